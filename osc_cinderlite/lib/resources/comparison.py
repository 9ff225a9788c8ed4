# SPDX-License-Identifier: Apache-2.0

"""Comparison of a record with the create that may have made it.

A comparison returns True or False, or None where the record does not tell:
not at this API version, or not yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.conventions import Values

Comparison = Callable[[Values, Resource], bool | None]

#: properties that Cinder adds to those that a volume is created with
_ADDED = frozenset({'readonly', 'attached_mode', 'src_backup_id'})

#: fields of what else a volume is made from, whose image it then has
_SOURCES = ('snapshot_id', 'source_volid', 'backup_id', 'ref')


def all_of(*verdicts: bool | None) -> bool | None:
    """Return what several comparisons of one record say together."""
    if False in verdicts:
        return False
    return None if None in verdicts else True


def if_given(field: str) -> Comparison:
    """Compare a field that has a default of the server's."""

    def compare(values: Values, record: Resource) -> bool | None:
        asked = values.get(field)
        if asked is None:
            return True
        if field not in record:
            return None
        return _text(record[field]) == _text(asked)

    return compare


def exactly(field: str) -> Comparison:
    """Compare a field that is empty unless it is given."""

    def compare(values: Values, record: Resource) -> bool | None:
        asked = values.get(field)
        if field not in record:
            return None if asked else True
        return _text(record[field] or '') == _text(asked or '')

    return compare


def properties(values: Values, record: Resource) -> bool | None:
    """Compare the properties; Cinder adds some of its own."""
    if 'metadata' not in record:
        return None if values.get('metadata') else True
    shown = record['metadata']
    if not isinstance(shown, dict):
        return None
    asked = values.get('metadata') or {}
    return asked.items() <= shown.items() and (
        shown.keys() - asked.keys() <= _ADDED
    )


def volume_type(values: Values, record: Resource) -> bool | None:
    """Compare the type, which is requested by name or ID."""
    asked = values.get('volume_type')
    if not asked or asked == record.get('volume_type'):
        return True
    if 'volume_type_id' not in record:
        return None
    return bool(asked == record['volume_type_id'])


def group(values: Values, record: Resource) -> bool | None:
    """Compare the group; Cinder shows a consistency group as a group."""
    asked = values.get('group_id') or values.get('consistencygroup_id')
    keys = [k for k in ('group_id', 'consistencygroup_id') if k in record]
    shown = {record[key] for key in keys} - {None}
    if asked and 'group_id' not in keys and not shown:
        return None
    return shown == ({asked} if asked else set())


def image(values: Values, record: Resource) -> bool | None:
    """Compare the image, which a volume has once its bytes are copied."""
    asked = values.get('image')
    shown = record.get('volume_image_metadata')
    shown = shown if isinstance(shown, dict) else {}
    if asked:
        if not shown:
            is_copied = record.status not in ('creating', 'downloading')
            return False if is_copied else None
        # Cinder takes the ID, a URL that ends in it, or the name.
        names = (shown.get('image_id'), shown.get('image_name'))
        return asked in names or asked.rpartition('/')[2] in names
    if any(values.get(field) for field in _SOURCES):
        return True
    is_bootable = _text(record.get('bootable')).lower() == 'true'
    return not shown and not is_bootable and record.status != 'downloading'


def backup(values: Values, record: Resource) -> bool | None:
    """Compare the backup, which a volume shows once it is restored."""
    asked = values.get('backup_id')
    metadata = record.get('metadata')
    shown = (
        metadata.get('src_backup_id') if isinstance(metadata, dict) else None
    )
    if asked and shown is None:
        return None
    return bool(shown == asked)


def incremental(values: Values, record: Resource) -> bool | None:
    """Compare whether a backup builds on another one."""
    if 'is_incremental' not in record:
        return None
    return bool(record['is_incremental']) == bool(values.get('incremental'))


def _text(value: Any) -> str:
    return str(value).strip()
