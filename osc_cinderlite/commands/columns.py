# SPDX-License-Identifier: Apache-2.0

"""Columns of a resource, in the order in which they are shown."""

import argparse
from collections.abc import Iterable, Mapping
import json
from typing import Any, TextIO

from cliff import columns as cliff_columns
from osc_lib.cli import format_columns

_VOLUME = (
    'attachments',
    'availability_zone',
    'bootable',
    'created_at',
    'description',
    'encrypted',
    'id',
    'multiattach',
    'name',
    'os-vol-host-attr:host',
    'os-vol-mig-status-attr:migstat',
    'os-vol-mig-status-attr:name_id',
    'os-vol-tenant-attr:tenant_id',
    'properties',
    'replication_status',
    'size',
    'snapshot_id',
    'source_volid',
    'status',
    'type',
    'updated_at',
    'user_id',
)

VOLUME_V2 = (
    *_VOLUME,
    'os-volume-replication:driver_data',
    'os-volume-replication:extended_status',
)

VOLUME_V3 = (
    *_VOLUME,
    'backup_id',
    'cluster_name',
    'consumes_quota',
    'group_id',
    'provider_id',
    'service_uuid',
    'shared_targets',
    'volume_type_id',
)

#: shown only if the volume has them
VOLUME_IF_SET_V2 = ('consistencygroup_id', 'volume_image_metadata')
VOLUME_IF_SET_V3 = (*VOLUME_IF_SET_V2, 'encryption_key_id')

SNAPSHOT = (
    'created_at',
    'description',
    'id',
    'name',
    'properties',
    'size',
    'status',
    'volume_id',
)

BACKUP = ('id', 'name', 'volume_id')

#: of a backup that was waited for
BACKUP_FULL = (
    *BACKUP,
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

#: levels of a record that are shown on a terminal
_DEEPEST = 20

#: names of columns that differ from the server's
_KEYS = {'properties': 'metadata', 'type': 'volume_type'}


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
    if name == 'bootable' and isinstance(value, str):
        return value.lower() == 'true'
    return value


class JSONColumn(cliff_columns.FormattableColumn[dict[str, Any]]):
    """A JSON document: an object for programs, its text for people."""

    indent: int | None = 2

    def human_readable(self) -> str:
        return json.dumps(self._value, indent=self.indent)


class JSONLineColumn(JSONColumn):
    """A JSON document on one line."""

    indent = None


def for_output(
    out: TextIO | None, values: list[Any], parsed_args: argparse.Namespace
) -> list[Any]:
    """Return values with what a terminal would act upon escaped.

    What is not a terminal gets them as they are, and so do the formatters
    that escape by themselves.
    """
    if (
        out is None
        or not out.isatty()
        or parsed_args.formatter in ('json', 'yaml')
    ):
        return values
    escaped: list[Any] = _escaped(values, _DEEPEST)
    return escaped


def _escaped(value: Any, deepest: int) -> Any:
    """Return a value that is safe for a terminal, down to so many levels."""
    from osc_cinderlite.lib import exceptions

    if not deepest:
        return '...'
    if isinstance(value, str):
        return '\n'.join(
            exceptions.printable(line) for line in value.split('\n')
        )
    if isinstance(value, dict):
        return {
            _escaped(k, deepest): _escaped(v, deepest - 1)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_escaped(v, deepest - 1) for v in value]
    if isinstance(value, cliff_columns.FormattableColumn):
        return type(value)(_escaped(value.machine_readable(), deepest))
    return value
