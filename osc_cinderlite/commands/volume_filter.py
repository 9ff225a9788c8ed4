# SPDX-License-Identifier: Apache-2.0

"""Filters of volumes, from the options of a bulk command."""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from osc_cinderlite.commands.selection import FILTERS
from osc_cinderlite.lib.resource import Resource


def given(args: argparse.Namespace) -> list[str]:
    """Return the names of the filters that are given."""
    return [one.flag for one in FILTERS if getattr(args, one.dest)]


def query(args: argparse.Namespace) -> Mapping[str, Any]:
    """Return what the server can filter; it is compared here in any case.

    Servers that do not let users filter ignore it.
    """
    asked = {'all_tenants': '1'} if args.all_projects else {}
    if args.volume_status and len(args.volume_status) == 1:
        asked['status'] = args.volume_status[0]
    return asked


def is_taken(
    volume: Resource, args: argparse.Namespace, servers: Iterable[str]
) -> bool:
    """Return whether a volume passes all filters.

    :param servers: the IDs of the servers that are given
    """
    types = args.volume_type or ()
    type_of = (volume.get('volume_type'), volume.get('volume_type_id'))
    return (
        _has_properties(volume, args)
        and (not args.volume_status or volume.status in args.volume_status)
        and (not types or any(one in types for one in type_of))
        and (not args.server or bool(set(servers_of(volume)) & set(servers)))
        and (not args.named or bool(volume.name))
        and not any(is_named_by(volume, one) for one in args.exclude or ())
    )


def _has_properties(volume: Resource, args: argparse.Namespace) -> bool:
    metadata = volume.get('metadata')
    has: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    wanted = args.volume_property or {}
    if not all(has.get(key) in values for key, values in wanted.items()):
        return False
    for text in args.without_volume_property or ():
        key, equals, value = text.partition('=')
        if key in has and (not equals or has[key] == value):
            return False
    return True


def is_named_by(volume: Resource, given: str) -> bool:
    """Return whether a volume has this name or ID."""
    return given == volume.name or given.lower() == volume.id


def servers_of(volume: Resource) -> list[str]:
    """Return the IDs of the servers that have a volume attached."""
    attachments = volume.get('attachments')
    if not isinstance(attachments, list):
        return []
    return [
        str(attachment.get('server_id'))
        for attachment in attachments
        if isinstance(attachment, dict) and attachment.get('server_id')
    ]
