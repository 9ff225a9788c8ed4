# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""What became of a create whose answer was lost.

Sending it again blindly could make a second resource. Where the create had a
name, the server is asked for resources of that name:

- one that was made since the request went out, by the server's clock, by the
  same user, of the size and from the source that were asked for, is ours;
- if there is none, the create was not carried out and is sent again, once.
  Not so after a time-out: the server may still be at it;
- anything else is left to a person, and so is a create without a name.

What this process made itself, by another create of the same name, is not
taken for it; if such a create is under way, a person has to look.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator
import contextlib
import datetime
import logging
import shlex
import threading
import time
from typing import TYPE_CHECKING

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions

if TYPE_CHECKING:
    from osc_cinderlite.lib.base import Create, Manager
    from osc_cinderlite.lib.resource import Resource

LOG = logging.getLogger(__name__)

#: seconds between the looks for a resource that is not there (yet)
LOOKS = (0.5, 1.5, 3.0)

#: what the server's clock may be off by within one answer: neither ``Date``
#: nor every database has fractions of a second
_SLACK = datetime.timedelta(seconds=2)

#: fields of a create that its resource has in common with it
_COMMON = ('size', 'volume_id', 'snapshot_id', 'source_volid')

#: so many of this process's last resources are remembered
_REMEMBERED = 1000


class Flight:
    """A create under way.

    :param sent: when, on the monotonic clock

    :ivar alone: whether no other of its name has been under way meanwhile
    """

    def __init__(self, sent: float) -> None:
        self.sent = sent
        self.alone = True


class Flights:
    """The creates of one manager that are under way, and what they made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_name: dict[str, list[Flight]] = {}
        self._made: collections.deque[str] = collections.deque(
            maxlen=_REMEMBERED
        )

    @contextlib.contextmanager
    def flight(self, name: str) -> Iterator[Flight]:
        """Have a create of this name under way."""
        this = Flight(time.monotonic())
        with self._lock:
            flights = self._by_name.setdefault(name, [])
            flights.append(this)
            for one in flights if len(flights) > 1 else ():
                one.alone = False
        try:
            yield this
        finally:
            with self._lock:
                flights.remove(this)
                if not flights:
                    del self._by_name[name]

    def add(self, made: Resource) -> Resource:
        """Remember, and return, what a create made."""
        with self._lock:
            self._made.append(made.id)
        return made

    def __contains__(self, resource: Resource) -> bool:
        with self._lock:
            return resource.id in self._made


def create(
    manager: Manager, request: Create, post: Callable[[Create], Resource]
) -> Resource:
    """Send ``request`` by ``post``; if its answer is lost, look for it.

    :return: the new resource
    :raises exceptions.UnknownOutcome: if it may or may not exist
    """
    with manager.flights.flight(request.name or '') as flight:
        return manager.flights.add(_create(manager, request, post, flight))


def _create(
    manager: Manager,
    request: Create,
    post: Callable[[Create], Resource],
    flight: Flight,
) -> Resource:
    try:
        return post(request)
    except (exceptions.UnknownOutcome, exceptions.InvalidResponse) as lost:
        found = _look(manager, request, flight, lost)
        if found is not None:
            return found
        if isinstance(lost, exceptions.UnknownOutcome) and lost.pending:
            raise _open(manager, request.name, lost) from lost
    LOG.warning(
        _(
            "The answer to the create of %(kind)s '%(name)s' was lost; the "
            'server has not carried it out, so it is sent again.'
        ),
        {
            'kind': manager.kind,
            'name': exceptions.printable(str(request.name)),
        },
    )
    try:
        return post(request)
    except (exceptions.UnknownOutcome, exceptions.InvalidResponse) as lost:
        found = _look(manager, request, flight, lost)
        if found is not None:
            return found
        if lost.status == 500:
            raise exceptions.ServerError(
                lost.message, status=lost.status, request_id=lost.request_id
            ) from lost
        raise _open(manager, request.name, lost) from lost


def _look(
    manager: Manager,
    request: Create,
    flight: Flight,
    lost: exceptions.ClientException,
) -> Resource | None:
    """Return what the create made, or None if it made nothing."""
    name = request.name
    # Cinder strips names: such a one would not be found by its own name.
    if not name or name != name.strip():
        raise _open(manager, name, lost) from lost
    named: list[Resource] = []
    for pause in LOOKS:
        time.sleep(pause)
        try:
            named = [
                one
                for one in manager.named(name)
                if one not in manager.flights
            ]
            ours = [
                one for one in named if _is_ours(manager, one, request, flight)
            ]
        except exceptions.ClientException as error:
            raise _open(manager, name, lost) from error
        if len(ours) > 1 or not flight.alone:
            raise _open(manager, name, lost) from lost
        if ours:
            LOG.warning(
                _(
                    "The answer to the create of %(kind)s '%(name)s' was "
                    'lost; it was carried out: %(id)s.'
                ),
                {
                    'kind': manager.kind,
                    'name': exceptions.printable(name),
                    'id': exceptions.printable(ours[0].id),
                },
            )
            ours[0].request_id = lost.request_id
            return ours[0]
    if named:
        raise _open(manager, name, lost) from lost
    return None


def _is_ours(
    manager: Manager, found: Resource, request: Create, flight: Flight
) -> bool:
    since = manager.http.clock() - datetime.timedelta(
        seconds=time.monotonic() - flight.sent
    )
    made = found.created_at
    if made is None or made < since - _SLACK:
        return False
    wanted = {key: request.values.get(key) for key in _COMMON}
    wanted['user_id'] = manager.http.user_id()
    return all(
        value is None or key not in found or str(found[key]) == str(value)
        for key, value in wanted.items()
    )


def _open(
    manager: Manager, name: str | None, lost: exceptions.ClientException
) -> exceptions.UnknownOutcome:
    look = f'openstack {manager.noun} list'
    if name:
        look += f' --name {shlex.quote(name)}'
        text = _(
            "the answer to the create of the %(kind)s '%(name)s' was lost, "
            "it may exist or not: %(why)s; look with '%(look)s' before you "
            'create it again'
        )
    else:
        text = _(
            'the answer to the create of a %(kind)s was lost, it may exist '
            "or not: %(why)s; look with '%(look)s' before you create it again"
        )
    return exceptions.UnknownOutcome(
        text
        % {
            'kind': manager.kind,
            'name': name,
            'why': lost.message.rstrip('.'),
            'look': look,
        },
        status=lost.status,
        request_id=lost.request_id,
    )
