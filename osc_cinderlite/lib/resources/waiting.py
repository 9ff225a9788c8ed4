# SPDX-License-Identifier: Apache-2.0

"""Waits for resources, one or a thousand, until their create has ended.

:class:`Poller` sends one request a look: for one resource its record, for
several a list. It never sleeps; its user decides how to spend
:attr:`Poller.pause`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import dataclasses
import time
from typing import NamedTuple

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.resources.messages import MessageManager

#: seconds between two looks: the first and the longest
SHORTEST = 0.3
LONGEST = 5.0

#: the pause is this part of the time already waited
_GROWTH = 0.08

#: seconds of failed looks after which a wait gives up
_PATIENCE = 300.0

#: every so many looks at what is made from a source go to the source
_LOOK_AT_SOURCE = 4

_PAGE = 1000


class Source(NamedTuple):
    """Source of a resource, which may fail instead of it.

    :param finder: finds it
    :param id: its UUID
    """

    finder: Finder
    id: str


@dataclasses.dataclass
class Watched:
    """A resource that is waited for.

    :param resource: its record as last seen
    :param since: when the wait began, on the monotonic clock
    :param deadline: when it ends
    :param source: what it is made from, if that may fail instead of it
    :param looks: how often it was looked at
    """

    resource: Resource
    since: float
    deadline: float
    source: Source | None = None
    looks: int = 0


@dataclasses.dataclass(frozen=True)
class Ended:
    """The end of a wait.

    :param resource: its record as last seen
    :param error: why it did not end well, or None
    """

    resource: Resource
    error: exceptions.ClientException | None = None


class Poller:
    """Resources that are waited for, and the looks at them.

    One thread may look while another one begins waits: each works on a copy.

    :param finder: finds all the resources
    :param clock: returns monotonic seconds
    """

    def __init__(
        self, finder: Finder, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._finder = finder
        self._clock = clock
        self._watched: dict[str, Watched] = {}
        self._last_look = clock()
        self._failing_since: float | None = None
        self._failed: exceptions.ClientException | None = None
        self._missing: set[str] = set()
        self._looks = 0

    def watch(
        self,
        resource: Resource,
        timeout: float,
        source: Source | None = None,
    ) -> None:
        """Begin to wait for a resource, for ``timeout`` seconds."""
        now = self._clock()
        self._watched[resource.id] = Watched(
            resource, now, now + timeout, source
        )

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._watched.clear()

    @property
    def seen(self) -> list[Resource]:
        """The records, as last seen, of what is still waited for."""
        return [watched.resource for watched in self._all()]

    def _all(self) -> list[Watched]:
        return list(self._watched.values())

    @property
    def pause(self) -> float:
        """Seconds until the next look is due; grows as the wait does."""
        watched = self._all()
        if not watched:
            return LONGEST
        youngest = max(w.since for w in watched)
        first = min(w.deadline for w in watched)
        due = self._last_look + min(
            max((self._last_look - youngest) * _GROWTH, SHORTEST), LONGEST
        )
        return max(0.0, min(due, first) - self._clock())

    def look(self) -> list[Ended]:
        """Look once and return the waits that have ended.

        A look that fails is repeated, for five minutes.

        :raises exceptions.ClientException: what the last look failed with
        """
        watched = {one.resource.id: one for one in self._all()}
        if not watched:
            return []
        try:
            states = self._states(watched)
        except exceptions.ClientException as error:
            self._last_look = self._clock()
            self._failing_since = self._failing_since or self._last_look
            self._failed = error
            if self._last_look - self._failing_since > _PATIENCE:
                raise
            return self._overdue()
        self._last_look = self._clock()
        self._failing_since = self._failed = None
        ended = [
            end
            for resource_id, seen in states.items()
            if (end := self._judge(watched[resource_id], seen))
        ]
        for end in ended:
            self._watched.pop(end.resource.id, None)
        return ended + self._overdue()

    @property
    def _deadline(self) -> float:
        """When the first of the waits ends, on the monotonic clock."""
        first = min((w.deadline for w in self._all()), default=self._clock())
        left = first - self._clock()
        return time.monotonic() + left

    def _states(
        self, watched: Mapping[str, Watched]
    ) -> dict[str, Resource | None]:
        """Return the records of what is waited for; None for what is gone."""
        if len(watched) == 1:
            return self._state_of_one(*watched.values())
        seen: dict[str, Resource | None] = {}
        count = min(_PAGE, len(watched) + 20)
        for record in self._finder.newest(count, deadline=self._deadline):
            if record.id in watched:
                seen[record.id] = record
                if len(seen) == len(watched):
                    break
        for resource_id in watched.keys() - seen.keys():
            seen.update(self._record(resource_id))
        self._looks += 1
        if self._looks % _LOOK_AT_SOURCE == 0:
            self._look_at_a_source(watched, seen)
        return seen

    def _look_at_a_source(
        self,
        watched: Mapping[str, Watched],
        seen: dict[str, Resource | None],
    ) -> None:
        """Find what waits for its source in vain; one source a look."""
        waiting = [w for w in watched.values() if w.source]
        if not waiting:
            return
        source = min(waiting, key=lambda w: w.looks).source
        assert source is not None
        has_failed = self._has_failed(source)
        for one in waiting:
            if one.source != source:
                continue
            one.looks += 1
            record = seen.get(one.resource.id)
            if has_failed and record and record.status == 'creating':
                seen[record.id] = Resource(record, status='error')

    def _state_of_one(self, watched: Watched) -> dict[str, Resource | None]:
        watched.looks += 1
        if watched.source and watched.looks % _LOOK_AT_SOURCE == 0:
            if not self._has_failed(watched.source):
                return {}
            failed = Resource(watched.resource, status='error')
            return {failed.id: failed}
        return self._record(watched.resource.id)

    def _record(self, resource_id: str) -> dict[str, Resource | None]:
        """Return the record by its ID; None if it is gone, or nothing yet."""
        try:
            found = self._finder.get(resource_id, deadline=self._deadline)
        except exceptions.NotFound as error:
            gone = self._is_gone(resource_id, error)
            return {resource_id: None} if gone else {}
        self._missing.discard(resource_id)
        if found.id != resource_id:
            raise exceptions.InvalidResponse(
                f'the response is about another {self._finder.kind}'
            )
        return {resource_id: found}

    def _is_gone(self, resource_id: str, error: exceptions.NotFound) -> bool:
        """Return whether Cinder itself has said so twice.

        :raises exceptions.NotFound: if somebody else says so
        """
        if not error.from_cinder:
            raise error
        twice = resource_id in self._missing
        self._missing.add(resource_id)
        return twice

    def _has_failed(self, source: Source) -> bool:
        try:
            found = source.finder.get(source.id, deadline=self._deadline)
        except exceptions.NotFound as error:
            return self._is_gone(source.id, error)
        self._missing.discard(source.id)
        return (found.status or '').startswith('error')

    def _judge(self, watched: Watched, seen: Resource | None) -> Ended | None:
        """Return the end that a look shows, or None if it goes on."""
        if seen is not None:
            seen.request_id = watched.resource.request_id
            watched.resource = seen
            status = (seen.status or '').lower()
            if status in self._finder.succeeded:
                return Ended(seen)
            if not status.startswith('error') and status != 'deleted':
                return None
        error = MessageManager(self._finder.http).failure(
            self._finder.kind,
            watched.resource,
            request_id=watched.resource.request_id,
            source_id=watched.source.id if watched.source else None,
            gone=seen is None,
        )
        return Ended(watched.resource, error)

    def _overdue(self) -> list[Ended]:
        now = self._clock()
        late = [w for w in self._all() if w.deadline <= now]
        for watched in late:
            self._watched.pop(watched.resource.id, None)
        return [Ended(w.resource, self._timeout(w)) for w in late]

    def _timeout(self, watched: Watched) -> exceptions.WaitTimeout:
        resource = watched.resource
        status = resource.status or 'in an unknown state'
        seconds = f'{watched.deadline - watched.since:g} s'
        text = f'{self._finder.kind} {resource.id} is still {status}'
        if self._failed is not None:
            seconds += f' (the last look failed: {self._failed})'
        return exceptions.WaitTimeout(f'{text} after {seconds}', resource)
