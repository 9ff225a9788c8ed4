# SPDX-License-Identifier: Apache-2.0

"""Following resources to the end of their create, one or a thousand.

:class:`Poller` knows what is waited for and asks the server once a tick: for
one resource its record, for several one list. It never sleeps; whoever uses
it decides how to spend :attr:`Poller.pause`.
"""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import time
from typing import TYPE_CHECKING

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource

if TYPE_CHECKING:
    from osc_cinderlite.lib.resources.base import Manager

#: seconds between two looks: the first and the longest
SHORTEST = 0.3
LONGEST = 5.0

#: the pause is this part of the time already waited
_GROWTH = 0.25

#: seconds of failed looks after which a wait gives up
_PATIENCE = 300.0

#: every so many looks at a volume restored from a backup go to the backup
_LOOK_AT_BACKUP = 4

_PAGE = 1000


@dataclasses.dataclass
class Watched:
    """A resource that is waited for.

    :param resource: its record as last seen
    :param since: when the wait began, on the monotonic clock
    :param deadline: when it ends
    :param restored_from: the UUID of the backup it is made from, if any
    :param request_id: Cinder's ID of the create, if known
    :param looks: how often it was looked at
    """

    resource: Resource
    since: float
    deadline: float
    restored_from: str | None = None
    request_id: str | None = None
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
    """What is waited for, and the looks at it.

    :param manager: the manager of all the resources
    :param clock: returns monotonic seconds
    """

    def __init__(
        self, manager: Manager, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.manager = manager
        self._clock = clock
        self._watched: dict[str, Watched] = {}
        self._last_look = clock()
        self._failing_since: float | None = None
        self._failed: exceptions.ClientException | None = None
        self._missing: set[str] = set()
        self._looks = 0

    def __len__(self) -> int:
        return len(self._watched)

    def watch(
        self,
        resource: Resource,
        timeout: float,
        restored_from: str | None = None,
    ) -> None:
        """Begin to wait for a resource, for ``timeout`` seconds."""
        now = self._clock()
        self._watched[resource.id] = Watched(
            resource,
            now,
            now + timeout,
            restored_from,
            request_id=resource.request_id,
        )

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._watched.clear()

    @property
    def seen(self) -> list[Resource]:
        """The records, as last seen, of what is still waited for."""
        return [watched.resource for watched in self._watched.values()]

    @property
    def pause(self) -> float:
        """Seconds until the next look is due; grows as the wait does."""
        if not self._watched:
            return LONGEST
        youngest = max(w.since for w in self._watched.values())
        first = min(w.deadline for w in self._watched.values())
        due = self._last_look + min(
            max((self._last_look - youngest) * _GROWTH, SHORTEST), LONGEST
        )
        return max(0.0, min(due, first) - self._clock())

    def look(self) -> list[Ended]:
        """Ask the server once and return what has come to its end.

        A look that fails is repeated, for five minutes.

        :raises exceptions.ClientException: what the last look failed with
        """
        try:
            states = self._states()
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
            if (end := self._judge(self._watched[resource_id], seen))
        ]
        for end in ended:
            del self._watched[end.resource.id]
        return ended + self._overdue()

    @property
    def _deadline(self) -> float:
        """When the first of the waits ends, on the monotonic clock."""
        left = min(w.deadline for w in self._watched.values()) - self._clock()
        return time.monotonic() + left

    def _states(self) -> dict[str, Resource | None]:
        """Return the records of what is waited for; None for what is gone."""
        if len(self._watched) == 1:
            (watched,) = self._watched.values()
            return self._state_of_one(watched)
        wanted = len(self._watched)
        seen: dict[str, Resource | None] = {}
        newest_first = self.manager.list(
            deadline=self._deadline,
            sort='created_at:desc',
            limit=str(min(_PAGE, wanted + 20)),
        )
        for record in newest_first:
            if record.id in self._watched:
                seen[record.id] = record
                if len(seen) == wanted:
                    break
        for resource_id in self._watched.keys() - seen.keys():
            seen.update(self._record(resource_id))
        self._looks += 1
        if self._looks % _LOOK_AT_BACKUP == 0:
            self._look_at_a_backup(seen)
        return seen

    def _look_at_a_backup(self, seen: dict[str, Resource | None]) -> None:
        """Find what waits for a backup in vain; one backup a look."""
        restored = [w for w in self._watched.values() if w.restored_from]
        if not restored:
            return
        backup = min(restored, key=lambda w: w.looks).restored_from
        same = [w for w in restored if w.restored_from == backup]
        lost = self._backup_is_lost(str(backup))
        for watched in same:
            watched.looks += 1
            record = seen.get(watched.resource.id)
            if lost and record and record.status == 'creating':
                seen[record.id] = Resource(record, status='error')

    def _state_of_one(self, watched: Watched) -> dict[str, Resource | None]:
        watched.looks += 1
        if watched.restored_from and watched.looks % _LOOK_AT_BACKUP == 0:
            if self._backup_is_lost(watched.restored_from):
                return {
                    watched.resource.id: Resource(
                        watched.resource, status='error'
                    )
                }
            return {}
        return self._record(watched.resource.id)

    def _record(self, resource_id: str) -> dict[str, Resource | None]:
        """Return the record by its ID; None if it is gone, or nothing yet."""
        try:
            found = self.manager.get(resource_id, deadline=self._deadline)
        except exceptions.NotFound as error:
            gone = self._is_gone(resource_id, error)
            return {resource_id: None} if gone else {}
        self._missing.discard(resource_id)
        if found.id != resource_id:
            raise exceptions.InvalidResponse(
                _('the answer is about another %(kind)s')
                % {'kind': self.manager.kind}
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

    def _backup_is_lost(self, backup_id: str) -> bool:
        try:
            backup = self.manager.client.backups.get(
                backup_id, deadline=self._deadline
            )
        except exceptions.NotFound as error:
            return self._is_gone(backup_id, error)
        self._missing.discard(backup_id)
        return (backup.status or '').startswith('error')

    def _judge(self, watched: Watched, seen: Resource | None) -> Ended | None:
        """Return the end that a look shows, or None if it goes on."""
        if seen is None:
            return Ended(watched.resource, self._failure(watched, gone=True))
        seen.request_id = watched.request_id
        watched.resource = seen
        status = (seen.status or '').lower()
        if status in self.manager.succeeded:
            return Ended(seen)
        if status.startswith('error') or status == 'deleted':
            return Ended(seen, self._failure(watched, gone=False))
        return None

    def _failure(
        self, watched: Watched, *, gone: bool
    ) -> exceptions.ResourceFailed:
        return self.manager.client.messages.failure(
            self.manager,
            watched.resource,
            request_id=watched.request_id,
            restored_from=watched.restored_from,
            gone=gone,
        )

    def _overdue(self) -> list[Ended]:
        now = self._clock()
        late = [w for w in self._watched.values() if w.deadline <= now]
        for watched in late:
            del self._watched[watched.resource.id]
        return [Ended(w.resource, self._timeout(w)) for w in late]

    def _timeout(self, watched: Watched) -> exceptions.WaitTimeout:
        resource = watched.resource
        text = _('%(kind)s %(id)s is still %(status)s after %(time)g s')
        if self._failed is not None:
            text += _(' (the last look failed: %(failed)s)')
        return exceptions.WaitTimeout(
            text
            % {
                'kind': self.manager.kind,
                'id': resource.id,
                'status': resource.status or _('in an unknown state'),
                'time': watched.deadline - watched.since,
                'failed': self._failed,
            },
            resource,
        )


def wait(
    manager: Manager,
    resource: Resource,
    *,
    timeout: float,
    restored_from: str | None = None,
    on_state: Callable[[Resource], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Resource:
    """Follow one resource to its end, see :meth:`.Manager.wait`."""
    poller = Poller(manager)
    poller.watch(resource, timeout, restored_from)
    while True:
        sleep(poller.pause)
        for end in poller.look():
            if end.error is not None:
                raise end.error
            return end.resource
        if on_state is not None:
            (seen,) = poller.seen
            on_state(seen)
