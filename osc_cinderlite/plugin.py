# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""OpenStackClient's hooks.

Every ``openstack`` command imports this module: it imports nothing that is
not loaded anyway.
"""

import argparse
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osc_cinderlite.lib import client

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


def make_client(instance: Any) -> 'client.Client':
    """Return the block storage client for OSC's client manager.

    :param instance: osc-lib's ClientManager
    """
    import importlib.metadata

    from osc_cinderlite import options
    from osc_cinderlite.lib import client, http, resend

    version = instance._api_version[API_NAME]
    config = instance.get_configuration()
    prefixes = ('block_storage', f'volumev{version[0]}', 'volume')

    def configured(key: str) -> Any:
        return next(
            (found for p in prefixes if (found := config.get(f'{p}_{key}'))),
            None,
        )

    LOG.debug('Block storage client for API version %s', version)
    return client.Client(
        instance.session,
        api_version=version,
        service_type=configured('service_type'),
        service_name=configured('service_name'),
        endpoint_override=configured('endpoint_override'),
        interface=configured('interface') or instance.interface,
        region_name=configured('region_name') or instance.region_name,
        timeout=options.from_environment(TIMEOUT, http.READ_TIMEOUT),
        patience=resend.Patience(
            seconds=options.from_environment(
                PATIENCE, resend.Patience().seconds
            )
        ),
        client_version=importlib.metadata.version('osc-cinderlite'),
    )


def build_option_parser(
    parser: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    """Add no global option: ``--os-volume-api-version`` is the core's."""
    return parser


def check_api_version(check_version: str) -> bool:
    """Keep the shell from comparing 3.47 with :data:`API_VERSIONS`."""
    return True
