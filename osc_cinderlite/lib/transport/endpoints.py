# SPDX-License-Identifier: Apache-2.0

"""The endpoint of a service: from the catalog, or configured."""

from __future__ import annotations

from collections.abc import Callable
import re
from typing import Any
from urllib import parse

from keystoneauth1 import adapter
from keystoneauth1 import exceptions as ksa_exceptions

from osc_cinderlite.lib import exceptions

_INTERFACES = ('public', 'internal', 'admin')

#: what of a URL's path is the version
_VERSION = re.compile(r'/v[0-9](\.[0-9]+)?(/|$)')


def find(service: adapter.Adapter) -> str | None:
    """Return the URL of a service, with its version, or None.

    :param service: the adapter of the service
    :raises keystoneauth1.exceptions.ClientException: if there is no token
    """
    if service.endpoint_override:
        return _overridden(service)
    found = service.get_endpoint()
    return str(found) if found else None


def _overridden(service: adapter.Adapter) -> str | None:
    """Return the configured endpoint, with its version.

    As for keystoneauth, it may name IDs: ``%(project_id)s``. Where it has no
    version, the server's document of versions tells the URL.
    """
    override = str(service.endpoint_override)
    if '%(' in override:
        project_id = service.get_project_id()
        override %= {
            'project_id': project_id,
            'tenant_id': project_id,
            'user_id': service.get_user_id(),
        }
        service.endpoint_override = override
    if _VERSION.search(parse.urlsplit(override).path):
        return override
    data = service.get_endpoint_data()
    return data.url if data is not None and data.api_version else None


def missing(
    service: adapter.Adapter, major: int, mask: Callable[[str], str]
) -> exceptions.MissingEndpoint:
    """Return the error of an endpoint that was not found.

    :param major: the requested major version of the API
    :param mask: removes secrets from a text
    """
    if service.endpoint_override:
        return exceptions.MissingEndpoint(
            f'no Block Storage API, version {major}, was found at the '
            f'configured endpoint {mask(str(service.endpoint_override))}'
        )
    region = service.region_name or 'any'
    interface = service.interface or 'public'
    name = service.service_name
    named = f', service name {name}' if name else ''
    return exceptions.MissingEndpoint(
        f'this cloud has no {service.service_type} endpoint, version {major}, '
        f'in its catalog (region {region}, interface {interface}{named})',
        _what_is_wrong(service),
    )


def _what_is_wrong(service: adapter.Adapter) -> str | None:
    """Return which of what was requested the catalog does not have."""
    get_access = getattr(service.session.auth, 'get_access', None)
    if get_access is None:
        return None
    access = get_access(service.session)
    if not access.project_id:
        return 'project'
    asked: dict[str, Any] = {
        'service_type': service.service_type,
        'region_name': service.region_name,
        'interface': service.interface or 'public',
        'service_name': service.service_name,
    }
    if _has(access.service_catalog, asked):
        return 'version'
    for name, anyone in (
        ('region_name', None),
        ('interface', _INTERFACES),
        ('service_name', None),
    ):
        if _has(access.service_catalog, {**asked, name: anyone}):
            return name
    return None


def _has(catalog: Any, wanted: dict[str, Any]) -> bool:
    try:
        return bool(catalog.get_endpoint_data_list(**wanted))
    except (ksa_exceptions.ClientException, ValueError):
        return False
