# SPDX-License-Identifier: Apache-2.0

"""Creates of this process, so that none is taken for another."""

from __future__ import annotations

import collections
from collections.abc import Iterator
import contextlib
import dataclasses
import threading
import time

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.requests import CreateRequest

#: so many of this process's last resources are remembered
_REMEMBERED = 1000


@dataclasses.dataclass(eq=False)
class InProgress:
    """A create in progress.

    :param sent: when, on the monotonic clock
    :param alone: whether no other of its name has been in progress meanwhile
    """

    sent: float
    alone: bool = True


class Creates:
    """The creates of one manager: those in progress, and what they made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_name: dict[object, list[InProgress]] = {}
        self._made: collections.deque[str] = collections.deque(
            maxlen=_REMEMBERED
        )

    @contextlib.contextmanager
    def in_progress(self, request: CreateRequest) -> Iterator[InProgress]:
        """Note a create, by what no two of them may share."""
        key = (request.name or '', request.values.get('volume_id'))
        this = InProgress(time.monotonic())
        with self._lock:
            same = self._by_name.setdefault(key, [])
            same.append(this)
            for one in same if len(same) > 1 else ():
                one.alone = False
        try:
            yield this
        finally:
            with self._lock:
                same.remove(this)
                if not same:
                    del self._by_name[key]

    def add(self, made: Resource) -> Resource:
        """Remember, and return, what a create made."""
        with self._lock:
            self._made.append(made.id)
        return made

    def __contains__(self, resource: Resource) -> bool:
        with self._lock:
            return resource.id in self._made
