# SPDX-License-Identifier: Apache-2.0

"""Deletions of resources that have expired, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import dataclasses
import logging
import re
import time
from typing import Literal

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.control import Control
from osc_cinderlite.lib.creating.workers import Workers
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.transport import retry

LOG = logging.getLogger(__name__)

#: seconds between two looks: the first and the longest
_SHORTEST = 0.05
_LONGEST = 5.0

#: Cinder's words for what others depend on, or use at the moment
_NEEDED = re.compile(r'\b(depend\w*|busy|exist for this backup)\b', re.I)


@dataclasses.dataclass(frozen=True)
class Deletion:
    """The outcome of one deletion.

    :param resource: its record as last seen
    :param result: ``deleted``, ``kept`` (something needs it),
        ``delete failed``, or ``to delete`` in a preview
    :param error: why it was not deleted
    """

    resource: Resource
    result: Literal['deleted', 'kept', 'delete failed', 'to delete']
    error: exceptions.ClientException | None = None


def deletions(
    finder: Finder,
    groups: Sequence[Sequence[Resource]],
    *,
    parallel: int,
    timeout: float,
    control: Control,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Deletion]:
    """Delete groups of resources, and wait until each is gone.

    :param groups: each is deleted in its order; if one stays, so do those
        behind it
    :param parallel: how many groups at a time
    :param timeout: seconds to wait for each resource
    :param control: ends it at once, if it is abandoned
    :param is_stopped: returns whether no further deletion is to be begun
    :return: the outcome of each deletion, as they end
    """

    def carry_out(group: Sequence[Resource]) -> list[Deletion]:
        done: list[Deletion] = []
        for resource in group:
            if is_stopped():
                break
            if done and done[-1].result != 'deleted':
                why = f'{done[-1].resource.id}, which builds on it, is there'
                error = exceptions.ClientException(why)
                done.append(Deletion(resource, 'kept', error))
            else:
                done.append(_delete(finder, resource, timeout))
        return done

    threads = Workers[Sequence[Resource], list[Deletion]](parallel, carry_out)
    try:
        for group in groups:
            threads.hand(group)
        left = len(groups)
        control.on_change(threads.wake)
        while left and not control.abandoned:
            done = threads.take(None)
            if done is None:
                continue
            left -= 1
            if done.error is not None:
                raise done.error
            yield from done.answer or ()
    finally:
        threads.end()


def _delete(finder: Finder, resource: Resource, timeout: float) -> Deletion:
    lost: exceptions.ClientException | None = None
    try:
        finder.delete(resource.id)
    except exceptions.ClientException as error:
        if isinstance(error, exceptions.NotFound) and error.from_cinder:
            return Deletion(resource, 'deleted')
        if not retry.is_lost(error):
            if _NEEDED.search(error.message):
                return Deletion(resource, 'kept', error)
            return Deletion(resource, 'delete failed', error)
        LOG.debug('%s; looking at it', error)
        lost = error
    try:
        return _follow(finder, resource, time.monotonic() + timeout, lost)
    except exceptions.ClientException as error:
        return Deletion(resource, 'delete failed', error)


def _follow(
    finder: Finder,
    resource: Resource,
    deadline: float,
    lost: exceptions.ClientException | None,
) -> Deletion:
    """Look until the resource is gone, or will stay.

    :param lost: the error of a deletion whose response was lost, or None
    """
    pause = _SHORTEST
    while True:
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST)
        try:
            seen = finder.get(resource.id)
        except exceptions.NotFound as error:
            if not error.from_cinder:
                raise
            return Deletion(resource, 'deleted')
        ended = _ended(resource, seen, lost)
        if ended is not None:
            return ended
        if time.monotonic() > deadline:
            why = f'its status is still {seen.status}'
            late = exceptions.WaitTimeout(why, seen)
            return Deletion(seen, 'delete failed', late)


def _ended(
    resource: Resource,
    seen: Resource,
    lost: exceptions.ClientException | None,
) -> Deletion | None:
    """Return the end of a deletion that a look shows, or None."""
    status = seen.status or ''
    if status == resource.status and lost is not None:
        return Deletion(seen, 'delete failed', lost)
    if status.startswith('error'):
        failed = exceptions.ResourceFailed(f'its status is {status}', seen)
        return Deletion(seen, 'delete failed', failed)
    if status == resource.status:
        why = f'its status is {status} again: something needs it'
        return Deletion(seen, 'kept', exceptions.ClientException(why))
    return None
