# SPDX-License-Identifier: Apache-2.0

"""Records of the fake cloud, with every field that a real Cinder 29 has."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
import itertools
import json
import time
from typing import Any

PROJECT = '9837a747e8f945739d078345dee3bb6d'

#: the property that selects volumes, and the one that holds the seconds until
#: a new volume is available
NIGHTLY = 'nightly'
SECONDS = 'seconds'

_UUID = '-cdf8-4c0c-8a24-b7ed07e4ea8d'
_OWNER = '6dd44b19325e49b6bcab9d7c7b3803f3'
_TIME = '2026-01-31T12:00:00.{:06d}'

_COMMON = {
    'size': 1,
    'availability_zone': 'nova',
    'name': None,
    'description': None,
    'snapshot_id': None,
    'metadata': {},
}
_FIELDS: Mapping[str, Mapping[str, Any]] = {
    'volumes': {
        'volume_type': 'standard',
        'source_volid': None,
        'user_id': _OWNER,
        'bootable': 'false',
        'encrypted': False,
        'replication_status': None,
        'consistencygroup_id': None,
        'multiattach': False,
        'attachments': [],
        'group_id': None,
        'shared_targets': False,
        'service_uuid': f'70b16992{_UUID}',
        'volume_type_id': f'58fcd541{_UUID}',
        'consumes_quota': True,
        'os-vol-tenant-attr:tenant_id': PROJECT,
    },
    'backups': {
        'object_count': 16,
        'container': f'9a/59/9a5935d3{_UUID}',
        'fail_reason': None,
        'is_incremental': False,
        'has_dependent_backups': False,
    },
}
KINDS = tuple(_FIELDS)


def volume_id(number: int) -> str:
    """Return the ID of the volume with a number."""
    return f'{number:08x}{_UUID}'


@dataclasses.dataclass
class Record:
    """A resource, kept as JSON: ten thousand of them are to be small.

    :param name: its name
    :param ready: when it is available, in monotonic seconds
    """

    name: str | None
    ready: float
    _text: bytes

    @classmethod
    def of(cls, kind: str, number: int, fields: Mapping[str, Any]) -> Record:
        """Return a record that is made now."""
        record_id = volume_id(number)
        created = _TIME.format(number)
        url = f'http://127.0.0.1/v3/{PROJECT}/{kind}/{record_id}'
        document = {
            'id': record_id,
            'status': 'available',
            'created_at': created,
            'updated_at': created,
            **_COMMON,
            **_FIELDS[kind],
            'links': [{'rel': rel, 'href': url} for rel in ('self', 'old')],
            **fields,
        }
        if kind == 'backups':
            document['data_timestamp'] = created
        seconds = float(document['metadata'].get(SECONDS, 0))
        return cls(
            document['name'],
            time.monotonic() + seconds,
            json.dumps(document).encode(),
        )

    @property
    def text(self) -> bytes:
        """The record as JSON, in its present status."""
        if time.monotonic() >= self.ready:
            return self._text
        return self._text.replace(b'"available"', b'"creating"', 1)


class Records:
    """All records of one kind, in the order in which they were made."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._numbers = itertools.count(1)
        self._records: dict[str, Record] = {}

    def add(self, fields: Mapping[str, Any]) -> Record:
        """Make a record and return it."""
        number = next(self._numbers)
        record = Record.of(self.kind, number, fields)
        self._records[volume_id(number)] = record
        return record

    def get(self, record_id: str) -> Record | None:
        """Return a record, or None if there is none."""
        return self._records.get(record_id)

    def delete(self, record_id: str) -> Record | None:
        """Delete a record at once and return it, or None."""
        return self._records.pop(record_id, None)

    def page(self, marker: str | None, limit: int) -> tuple[bytes, str | None]:
        """Return a page of the list, the newest first.

        :param marker: the last ID of the page before
        :returns: the records as JSON, and the next marker if there is one
        """
        ids = list(reversed(self._records))
        begin = ids.index(marker) + 1 if marker else 0
        shown = ids[begin : begin + limit]
        more = begin + limit < len(ids)
        text = b', '.join(self._records[one].text for one in shown)
        return text, shown[-1] if more else None
