# SPDX-License-Identifier: Apache-2.0

"""Creates whose response was lost.

Sending one again blindly could make a second resource. Where it had a name,
the server is asked for resources of that name:

- one that was made since the request was sent, by the server's clock, by the
  same user, and that is just what was asked for, is ours;
- if there is none, the create is sent once more. Not so if the server may
  still be working on it, or has said that it accepted it;
- anything else is left to a person, and so is a create without a name.

After a second create the name is looked up once more: the first may have
been carried out late.

What this process made itself, by another create of the same name, is not
taken for it; while such a create is in progress, a person has to look.
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
from typing import TYPE_CHECKING, NamedTuple

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resources import comparison

if TYPE_CHECKING:
    from osc_cinderlite.lib.resource import Resource
    from osc_cinderlite.lib.resources.base import Create, Manager

LOG = logging.getLogger(__name__)

#: seconds between the looks for a resource that is not there (yet)
LOOKS = (0.5, 1.5, 3.0)

#: what the server's clock may be off by within one response: neither ``Date``
#: nor every database has fractions of a second
_SLACK = datetime.timedelta(seconds=2)

#: so many of this process's last resources are remembered
_REMEMBERED = 1000


class Flight:
    """A create in progress.

    :param sent: when, on the monotonic clock

    :ivar alone: whether no other of its name has been in progress meanwhile
    """

    def __init__(self, sent: float) -> None:
        self.sent = sent
        self.alone = True


class Flights:
    """The creates of one manager that are in progress, and what they made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_name: dict[object, list[Flight]] = {}
        self._made: collections.deque[str] = collections.deque(
            maxlen=_REMEMBERED
        )

    @contextlib.contextmanager
    def flight(self, name: object) -> Iterator[Flight]:
        """Have a create of this name in progress.

        :param name: the name, and what else no two creates may share
        """
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
    """Send ``request`` by ``post``; if its response is lost, look for it.

    :return: the new resource
    :raises exceptions.UnknownOutcome: if it may or may not exist
    :raises exceptions.CreatedTwice: if it exists twice
    """
    key = (request.name or '', request.values.get('volume_id'))
    with manager.flights.flight(key) as flight:
        run = _Create(manager, request, post, flight)
        try:
            return manager.flights.add(run())
        except exceptions.ClientException:
            raise
        except Exception as error:
            if not request.once.maybe_done:
                raise
            raise run.unknown(_unforeseen(request, error)) from error


def _unforeseen(
    request: Create, error: Exception
) -> exceptions.UnknownOutcome:
    return exceptions.UnknownOutcome(
        f'{type(error).__name__}: {error}',
        global_request_id=request.once.request_id,
    )


class _Found(NamedTuple):
    """What a look has found of the wanted name.

    :param ours: what this create has made
    :param candidates: what it may have made
    :param others: what it has not made, as far as the clocks can be trusted
    """

    ours: list[Resource]
    candidates: list[Resource]
    others: list[Resource]


class _Create:
    """One create, until it is known what became of it."""

    def __init__(
        self,
        manager: Manager,
        request: Create,
        post: Callable[[Create], Resource],
        flight: Flight,
    ) -> None:
        self._manager = manager
        self._request = request
        self._post = post
        self._flight = flight

    def __call__(self) -> Resource:
        try:
            return self._post(self._request)
        except exceptions.UnknownOutcome as lost:
            found = self._look_for(lost)
            if found is not None:
                return found
            if lost.pending or lost.accepted:
                raise self.unknown(lost) from lost
            LOG.warning(
                _('%(lost)s. No such %(kind)s was found; retrying (%(id)s)'),
                self._words(lost),
            )
        return self._second()

    def _second(self) -> Resource:
        try:
            made = self._post(self._request)
        except exceptions.UnknownOutcome as lost:
            found = self._look_for(lost)
            if found is not None:
                return found
            if lost.status == 500:
                raise exceptions.ServerError(
                    lost.message,
                    status=lost.status,
                    request_id=lost.request_id,
                ) from lost
            raise self.unknown(lost) from lost
        self._check_for_first(made)
        return made

    def _check_for_first(self, made: Resource) -> None:
        """Find out whether the first create was carried out after all.

        :raises exceptions.CreatedTwice: if it was
        """
        self._manager.flights.add(made)
        try:
            ours, candidates, _others = self._named()
        except exceptions.ClientException as error:
            LOG.debug('could not look for a first one: %s', error)
            return
        first = [one for one in (*ours, *candidates) if one.id != made.id]
        if first:
            raise exceptions.CreatedTwice(
                self._manager.kind, str(self._request.name), [*first, made]
            )

    def _look_for(self, lost: exceptions.UnknownOutcome) -> Resource | None:
        """Return what the create made, or None if nothing has its name."""
        name = self._request.name
        # Cinder strips names: such a one would not be found by its own name.
        if not name or name != name.strip():
            raise self.unknown(lost) from lost
        found = _Found([], [], [])
        for pause in LOOKS:
            time.sleep(pause)
            try:
                found = self._named()
            except exceptions.ClientException as error:
                raise self.unknown(lost) from error
            if len(found.ours) > 1 or not self._flight.alone:
                break
            if found.ours and not found.candidates:
                return self._take(found.ours[0], lost)
        if any(found):
            raise self.unknown(lost, [*found.ours, *found.candidates])
        if not self._flight.alone:
            raise self.unknown(lost) from lost
        return None

    def _take(
        self, found: Resource, lost: exceptions.UnknownOutcome
    ) -> Resource:
        LOG.warning(
            _('%(lost)s. It was found: %(found)s (%(id)s)'),
            {
                **self._words(lost),
                'found': exceptions.printable(found.id),
            },
        )
        found.request_id = lost.request_id
        return found

    def _named(self) -> _Found:
        """Look for resources of the name that may be ours."""
        found = _Found([], [], [])
        user = self._manager.http.user_id()
        for one in self._manager.named(str(self._request.name)):
            if one in self._manager.flights or self._is_of_another(one):
                continue
            verdict = self._is_ours(one, user)
            if verdict is None:
                found.candidates.append(one)
            else:
                (found.ours if verdict else found.others).append(one)
        return found

    def _is_of_another(self, record: Resource) -> bool:
        volume = self._request.values.get('volume_id')
        return volume is not None and record.get('volume_id') not in (
            None,
            volume,
        )

    def _is_ours(self, record: Resource, user: str | None) -> bool | None:
        """Return whether a record is of this create, or None if it is open."""
        verdicts = (
            self._is_new(record),
            None
            if user is None or record.get('user_id') is None
            else record['user_id'] == user,
            comparison.all_of(
                self._manager.comparisons, self._request.values, record
            ),
        )
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def _is_new(self, record: Resource) -> bool | None:
        """Return whether a record was made since the request was sent."""
        now = self._manager.http.clock()
        made = record.created_at
        if now is None or made is None:
            return None
        sent = now - datetime.timedelta(
            seconds=time.monotonic() - self._flight.sent
        )
        return sent - _SLACK <= made <= now + _SLACK

    def _words(self, lost: exceptions.UnknownOutcome) -> dict[str, str]:
        return {
            'lost': exceptions.printable(self._lost()),
            'kind': self._manager.kind,
            'id': f'Global-Request-ID: {lost.global_request_id}',
        }

    def _lost(self) -> str:
        kind, name = self._manager.kind, self._request.name
        if not name:
            return _('Lost the response to creating a %s') % kind
        return _("Lost the response to creating %(kind)s '%(name)s'") % {
            'kind': kind,
            'name': name,
        }

    def unknown(
        self,
        lost: exceptions.UnknownOutcome,
        candidates: list[Resource] | None = None,
    ) -> exceptions.UnknownOutcome:
        """Return the error that tells a person where to look.

        :param candidates: what may be the resource
        """
        name = self._request.name
        look = f'openstack {self._manager.noun} list'
        if name:
            look += f' --name {shlex.quote(name)}'
        text = _(
            '%(lost)s (%(why)s). It may or may not exist%(candidates)s; '
            "check with '%(look)s' before retrying"
        )
        listed = exceptions.listed(candidates or [])
        return exceptions.UnknownOutcome(
            text
            % {
                'lost': self._lost(),
                'why': lost.message.rstrip('.'),
                'candidates': _(', perhaps as %s') % listed if listed else '',
                'look': look,
            },
            status=lost.status,
            request_id=lost.request_id,
            global_request_id=lost.global_request_id,
            pending=lost.pending,
            accepted=lost.accepted,
        )
