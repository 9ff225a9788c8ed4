# SPDX-License-Identifier: Apache-2.0

"""OpenStackClient's hooks.

Every ``openstack`` command imports this module: it imports nothing that is
not loaded anyway.
"""

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osc_cinderlite.lib.client import Client

DEFAULT_API_VERSION = '3'
# The core client's own option: it chooses our commands and its together.
API_VERSION_OPTION = 'os_volume_api_version'
API_NAME = 'cinderlite'
API_VERSIONS = ('1', '2', '3')


def make_client(instance: Any) -> 'Client':
    """Return the block storage client for OSC's client manager.

    :param instance: osc-lib's ClientManager
    :raises osc_lib.exceptions.CommandError: if the service is disabled
    """
    from osc_cinderlite.commands import cloud

    return cloud.client(instance, API_NAME)


def build_option_parser(
    parser: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    """Add no global option: ``--os-volume-api-version`` is the core's."""
    return parser


def check_api_version(check_version: str) -> bool:
    """Keep the shell from comparing 3.47 with :data:`API_VERSIONS`."""
    return True
