# SPDX-License-Identifier: Apache-2.0

"""The client of a cloud, as OSC and its clouds.yaml configure it."""

import importlib.metadata
import logging
from typing import Any

from osc_lib import exceptions

from osc_cinderlite.commands import option_types
from osc_cinderlite.i18n import _
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.transport import retry, wire

LOG = logging.getLogger(__name__)

#: seconds to wait for the next bytes of a response; for slow clouds and tests
TIMEOUT = 'OSC_CINDERLITE_TIMEOUT'

#: seconds for which a request that was not carried out is retried
PATIENCE = 'OSC_CINDERLITE_PATIENCE'

#: the official type of the service, under whose aliases it is configured
_SERVICE = 'block-storage'


def client(instance: Any, api_name: str) -> Client:
    """Return the block storage client of the cloud that OSC uses.

    What a cloud's configuration says of the service, openstacksdk resolves,
    as for the stock commands: under any alias of the service's type.

    :param instance: osc-lib's ClientManager
    :param api_name: the key of the requested API version in it
    :raises osc_lib.exceptions.CommandError: if the service is disabled
    """
    cloud = instance._cli_options
    if not cloud.has_service(_SERVICE):
        raise exceptions.CommandError(
            _(
                'The block storage service is disabled for this cloud '
                '(has_block_storage: false)'
            )
        )
    version = _version(cloud, instance._api_version[api_name])
    service_type = cloud.get_service_type(_SERVICE)
    LOG.debug('Block storage client for API version %s', version)
    return Client(
        instance.session,
        api_version=version,
        service_type=None if service_type == _SERVICE else service_type,
        service_name=cloud.get_service_name(_SERVICE),
        endpoint_override=cloud.get_endpoint(_SERVICE),
        interface=cloud.get_interface(_SERVICE),
        region_name=cloud.get_region_name(_SERVICE),
        timeout=option_types.from_environment(TIMEOUT, wire.READ_TIMEOUT),
        patience=_patience(cloud),
        client_version=importlib.metadata.version('osc-cinderlite'),
    )


def _version(cloud: Any, asked: str) -> str:
    """Return the API version: the requested or the configured one.

    :param asked: the requested one, by option, variable or clouds.yaml, or
        OSC's default; a major version leaves the microversion to the
        service's own settings
    """
    major = asked.removesuffix('.latest')
    if '.' in major:
        return asked
    for configured in (
        cloud.get_api_version(_SERVICE),
        cloud.get_default_microversion(_SERVICE),
    ):
        if configured and str(configured).startswith(f'{major}.'):
            return str(configured)
    return asked


def _patience(cloud: Any) -> retry.Patience:
    """Return how long requests are retried."""
    default = retry.Patience()
    retries = (
        cloud.get_connect_retries(_SERVICE),
        cloud.get_status_code_retries(_SERVICE),
    )
    given = [one for one in retries if one is not None]
    return retry.Patience(
        tries=1 + max(given) if given else default.tries,
        seconds=option_types.from_environment(PATIENCE, default.seconds),
    )
