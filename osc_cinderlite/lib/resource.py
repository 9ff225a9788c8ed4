# SPDX-License-Identifier: Apache-2.0

"""A volume, snapshot or backup as the server described it."""

from __future__ import annotations

from collections.abc import Iterable
import datetime
from typing import Any

#: the statuses of what is as good as deleted
_GOING = frozenset({'deleting', 'deleted'})


class Resource(dict[str, Any]):
    """The server's record, as a dictionary with its main keys at hand.

    :ivar request_id: Cinder's ID of the request that returned the record
    """

    request_id: str | None = None

    @property
    def id(self) -> str:
        """The resource's UUID."""
        return str(self['id'])

    @property
    def name(self) -> str | None:
        """The name, which need not be unique; None if it has none."""
        return self._text('name')

    @property
    def status(self) -> str | None:
        """The status, such as ``available``; None in a brief record."""
        return self._text('status')

    @property
    def size(self) -> int | None:
        """The size in GiB; None in a brief record."""
        size = self.get('size')
        return size if isinstance(size, int) else None

    @property
    def created_at(self) -> datetime.datetime | None:
        """When the server made it (UTC); None in a brief record."""
        return timestamp(self.get('created_at'))

    @property
    def has_failed(self) -> bool:
        """True if it ended in an error, or is being deleted."""
        status = (self.status or '').lower()
        return status.startswith('error') or status in _GOING

    def _text(self, key: str) -> str | None:
        value = self.get(key)
        return value if isinstance(value, str) else None


def timestamp(text: Any) -> datetime.datetime | None:
    """Read Cinder's ``2026-01-31T12:00:00.000000``, which is UTC."""
    try:
        when = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)


def listed(resources: Iterable[Resource]) -> str:
    """Return resources with what tells them apart, for a message."""
    return '; '.join(_candidate(found) for found in resources)


def _candidate(found: Resource) -> str:
    facts = [found.status or 'status unknown']
    if found.size is not None:
        facts.append(f'{found.size} GiB')
    facts.append(f'created {found.get("created_at") or "at an unknown time"}')
    return f'{found.id} ({", ".join(facts)})'
