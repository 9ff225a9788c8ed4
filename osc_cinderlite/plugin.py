# SPDX-License-Identifier: Apache-2.0

"""OpenStackClient's hooks.

Every ``openstack`` command imports this module: it imports nothing that is
not loaded anyway.
"""

import argparse
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osc_cinderlite.lib import client
    from osc_cinderlite.lib.transport import retry

LOG = logging.getLogger(__name__)

DEFAULT_API_VERSION = '3'
# The core client's own option: it chooses our commands and its together.
API_VERSION_OPTION = 'os_volume_api_version'
API_NAME = 'cinderlite'
API_VERSIONS = ('2', '3')

#: seconds to wait for the next bytes of an answer; for slow clouds and tests
TIMEOUT = 'OSC_CINDERLITE_TIMEOUT'

#: seconds for which a request that was surely not carried out is sent again
PATIENCE = 'OSC_CINDERLITE_PATIENCE'


#: the official type of the service, under whose aliases it is configured
_SERVICE = 'block-storage'


def make_client(instance: Any) -> 'client.Client':
    """Return the block storage client for OSC's client manager.

    What a cloud's configuration says of the service, openstacksdk resolves,
    as for the stock commands: under any alias of the service's type.

    :param instance: osc-lib's ClientManager
    :raises osc_lib.exceptions.CommandError: if the service is disabled
    """
    import importlib.metadata

    from osc_lib import exceptions

    from osc_cinderlite.commands import option_types
    from osc_cinderlite.i18n import _
    from osc_cinderlite.lib import client
    from osc_cinderlite.lib.transport import wire

    cloud = instance._cli_options
    if not cloud.has_service(_SERVICE):
        raise exceptions.CommandError(
            _(
                'The block storage service is disabled for this cloud '
                '(has_block_storage: false)'
            )
        )
    version = _version(cloud, instance._api_version[API_NAME])
    service_type = cloud.get_service_type(_SERVICE)
    LOG.debug('Block storage client for API version %s', version)
    return client.Client(
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
    """Return the API version: the one asked for, or the configured one.

    :param asked: by option, variable or clouds.yaml, or OSC's default; a
        major version leaves the microversion to the service's own settings
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


def _patience(cloud: Any) -> 'retry.Patience':
    """Return how long requests are retried."""
    from osc_cinderlite.commands import option_types
    from osc_cinderlite.lib.transport import retry

    default = retry.Patience()
    retries = [
        found
        for found in (
            cloud.get_connect_retries(_SERVICE),
            cloud.get_status_code_retries(_SERVICE),
        )
        if found is not None
    ]
    return retry.Patience(
        tries=1 + max(retries) if retries else default.tries,
        seconds=option_types.from_environment(PATIENCE, default.seconds),
    )


def build_option_parser(
    parser: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    """Add no global option: ``--os-volume-api-version`` is the core's."""
    return parser


def check_api_version(check_version: str) -> bool:
    """Keep the shell from comparing 3.47 with :data:`API_VERSIONS`."""
    return True
