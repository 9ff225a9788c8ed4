# SPDX-License-Identifier: Apache-2.0

"""Columns of a resource, in the order in which they are shown."""

from collections.abc import Iterable, Mapping
import json
from typing import Any

from cliff import columns as cliff_columns
from osc_lib.cli import format_columns

#: at every version
_VOLUME = (
    'attachments',
    'availability_zone',
    'bootable',
    'created_at',
    'encrypted',
    'id',
    'multiattach',
    'name',
    'properties',
    'size',
    'snapshot_id',
    'source_volid',
    'status',
    'type',
)

_VOLUME_V2 = sorted(
    (
        *_VOLUME,
        'description',
        'os-vol-host-attr:host',
        'os-vol-mig-status-attr:migstat',
        'os-vol-mig-status-attr:name_id',
        'os-vol-tenant-attr:tenant_id',
        'replication_status',
        'updated_at',
        'user_id',
    )
)

_V1 = ('display_description', 'display_name')

_IF_SET = ('consistencygroup_id', 'volume_image_metadata')

#: by the major version of the API
VOLUME = {
    1: tuple(sorted((*_VOLUME, *_V1))),
    2: (
        *_VOLUME_V2,
        'os-volume-replication:driver_data',
        'os-volume-replication:extended_status',
    ),
    3: (
        *_VOLUME_V2,
        'backup_id',
        'cluster_name',
        'consumes_quota',
        'group_id',
        'provider_id',
        'service_uuid',
        'shared_targets',
        'volume_type_id',
    ),
}

#: shown only if the volume has them
VOLUME_IF_SET = {
    1: ('image_id', 'volume_image_metadata'),
    2: _IF_SET,
    3: (*_IF_SET, 'encryption_key_id'),
}

#: at every version
_SNAPSHOT = ('created_at', 'id', 'properties', 'size', 'status', 'volume_id')

_SNAPSHOT_V2 = tuple(sorted((*_SNAPSHOT, 'description', 'name')))

SNAPSHOT = {
    1: tuple(sorted((*_SNAPSHOT, *_V1))),
    2: _SNAPSHOT_V2,
    3: _SNAPSHOT_V2,
}

_BACKUP = ('id', 'name', 'volume_id')

BACKUP = {1: ('id', 'name'), 2: _BACKUP, 3: _BACKUP}

#: of a backup that was waited for
BACKUP_FULL = (
    *_BACKUP,
    'availability_zone',
    'container',
    'created_at',
    'data_timestamp',
    'description',
    'fail_reason',
    'has_dependent_backups',
    'is_incremental',
    'object_count',
    'properties',
    'size',
    'snapshot_id',
    'status',
    'updated_at',
    'user_id',
)

#: names of columns that differ from the server's
_KEYS = {
    'properties': 'metadata',
    'type': 'volume_type',
    'display_name': 'name',
    'display_description': 'description',
}


def show(
    record: Mapping[str, Any],
    always: Iterable[str],
    if_set: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the columns of a record.

    :param always: the columns shown even where the server sent nothing
    :param if_set: those shown only with a value
    """
    shown = {name: _value(record, name) for name in always}
    for name in if_set:
        if record.get(name) is not None:
            shown[name] = record[name]
    return shown


def _value(record: Mapping[str, Any], name: str) -> Any:
    value = record.get(_KEYS.get(name, name))
    if name == 'properties':
        return format_columns.DictColumn(
            value if isinstance(value, dict) else {}
        )
    return value


def as_bool(value: Any) -> Any:
    """Return a value that Cinder may have written as text."""
    return value.lower() == 'true' if isinstance(value, str) else value


class JSONColumn(cliff_columns.FormattableColumn[dict[str, Any]]):
    """A JSON document: an object for programs, its text for people."""

    indent: int | None = 2

    def human_readable(self) -> str:
        return json.dumps(self._value, indent=self.indent)


class JSONLineColumn(JSONColumn):
    """A JSON document on one line."""

    indent = None
