# SPDX-License-Identifier: Apache-2.0

"""Creates whose response was lost.

Sending one again blindly could make a second resource. Where it had a name,
the server is asked for resources of that name:

- one that was made since the request was sent, by the server's clock, by the
  same user, and that is just what was requested, is ours;
- if there is none, the create is sent once more. Not so if the server may
  still be working on it, or has said that it accepted it;
- anything else is left to a person, and so is a create without a name.

After a second create the name is looked up once more: the first may have
been carried out late.

What this process made itself, by another create of the same name, is not
taken for it; while such a create is in progress, a person has to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
import contextlib
import dataclasses
import datetime
import logging
import time
from typing import NamedTuple

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource, listed
from osc_cinderlite.lib.resources import comparison
from osc_cinderlite.lib.resources.creates import Creates, InProgress
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.text import printable
from osc_cinderlite.lib.transport.http import Answer

LOG = logging.getLogger(__name__)

#: seconds between the looks for a resource that is not there (yet)
LOOKS = (0.5, 1.5, 3.0)

#: what the server's clock may be off by within one response: neither ``Date``
#: nor every database has fractions of a second
_SLACK = datetime.timedelta(seconds=2)


def create(
    request: CreateRequest,
    comparisons: Sequence[comparison.Comparison],
    creates: Creates,
    read: Callable[[Answer], Resource],
) -> Resource:
    """Send a create; if its response is lost, look for what it made.

    :param comparisons: what a record shows of the create that made it
    :param creates: the other creates of this process
    :param read: returns the record in a response
    :return: the new resource, sent once more if there was none
    :raises exceptions.UnknownOutcome: if it may or may not exist
    :raises exceptions.CreatedTwice: if it exists twice
    """
    with creates.in_progress(request) as this:
        search = _Search(request, comparisons, creates, this)
        with search.unforeseen_is_unknown():
            for is_second in (False, True):
                try:
                    made = request.finder.http.create(
                        f'/{request.path}', request.body, request.once, read
                    )
                except exceptions.UnknownOutcome as error:
                    # Handled after this block: otherwise Python would make it
                    # the context of later exceptions.
                    lost = error
                else:
                    creates.add(made)
                    if is_second:
                        search.check_for_first(made)
                    return made
                found = search.look_for(lost)
                if found is not None:
                    return creates.add(found)
                if is_second or lost.pending or lost.accepted:
                    break
                LOG.warning(
                    '%s. No such %s was found; retrying (%s)',
                    search.headline(),
                    request.finder.kind,
                    _global_id(lost),
                )
            if lost.status == 500:
                raise exceptions.ServerError(
                    lost.message,
                    status=lost.status,
                    request_id=lost.request_id,
                ) from lost
            raise search.unknown(lost) from lost


class _Found(NamedTuple):
    """Resources of the wanted name, sorted.

    :param ours: what this create has made
    :param candidates: what it may have made
    :param others: what it has not made, as far as the clocks can be trusted
    """

    ours: list[Resource]
    candidates: list[Resource]
    others: list[Resource]


@dataclasses.dataclass
class _Search:
    """The search for what a create made whose response was lost.

    :param this: the create; the others are parameters of :func:`create`
    """

    request: CreateRequest
    comparisons: Sequence[comparison.Comparison]
    creates: Creates
    this: InProgress

    @contextlib.contextmanager
    def unforeseen_is_unknown(self) -> Iterator[None]:
        """Raise UnknownOutcome for any other error once something was sent."""
        try:
            yield
        except exceptions.ClientException:
            raise
        except Exception as error:
            once = self.request.once
            if not once.maybe_done:
                raise
            unforeseen = exceptions.UnknownOutcome(
                f'{type(error).__name__}: {error}',
                global_request_id=once.request_id,
            )
            raise self.unknown(unforeseen) from error

    def check_for_first(self, made: Resource) -> None:
        """Find out whether the first create was carried out after all.

        :raises exceptions.CreatedTwice: if it was
        """
        try:
            ours, candidates, _others = self._named()
        except exceptions.ClientException as error:
            LOG.debug('could not look for a first one: %s', error)
            return
        first = [one for one in (*ours, *candidates) if one.id != made.id]
        if first:
            twice = [*first, made]
            ids = ' and '.join(one.id for one in twice)
            kind, name = self.request.finder.kind, self.request.name
            raise exceptions.CreatedTwice(
                f"{kind} '{name}' was created twice, as the first request was "
                f'carried out late: {ids}; delete one of them',
                twice,
            )

    def look_for(self, lost: exceptions.UnknownOutcome) -> Resource | None:
        """Return what the create made, or None if nothing has its name."""
        name = self.request.name
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
            if len(found.ours) > 1 or not self.this.alone:
                break
            if found.ours and not found.candidates:
                return self._take(found.ours[0], lost)
        if any(found):
            raise self.unknown(lost, [*found.ours, *found.candidates])
        if not self.this.alone:
            raise self.unknown(lost) from lost
        return None

    def _take(
        self, found: Resource, lost: exceptions.UnknownOutcome
    ) -> Resource:
        LOG.warning(
            '%s. It was found: %s (%s)',
            self.headline(),
            printable(found.id),
            _global_id(lost),
        )
        found.request_id = lost.request_id
        return found

    def _named(self) -> _Found:
        """Look for resources of the name that may be ours."""
        found = _Found([], [], [])
        user = self.request.finder.http.user_id()
        for one in self.request.finder.named(str(self.request.name)):
            if one in self.creates or self._is_of_another(one):
                continue
            verdict = self._is_ours(one, user)
            if verdict is None:
                found.candidates.append(one)
            else:
                (found.ours if verdict else found.others).append(one)
        return found

    def _is_of_another(self, record: Resource) -> bool:
        wanted = self.request.values.get('volume_id')
        volume = record.get('volume_id')
        return None not in (wanted, volume) and volume != wanted

    def _is_ours(self, record: Resource, user: str | None) -> bool | None:
        """Return whether a record is of this create, or None if it is open."""
        maker, values = record.get('user_id'), self.request.values
        return comparison.all_of(
            self._is_new(record),
            None if None in (user, maker) else maker == user,
            *(same(values, record) for same in self.comparisons),
        )

    def _is_new(self, record: Resource) -> bool | None:
        """Return whether a record was made since the request was sent."""
        now = self.request.finder.http.server_clock.now()
        made = record.created_at
        if now is None or made is None:
            return None
        sent = now - datetime.timedelta(
            seconds=time.monotonic() - self.this.sent
        )
        return sent - _SLACK <= made <= now + _SLACK

    def headline(self) -> str:
        """Return what has happened, for a person."""
        kind, name = self.request.finder.kind, self.request.name
        if not name:
            return f'Lost the response to creating a {kind}'
        return f"Lost the response to creating {kind} '{printable(name)}'"

    def unknown(
        self,
        lost: exceptions.UnknownOutcome,
        candidates: Sequence[Resource] = (),
    ) -> exceptions.UnknownOutcome:
        """Return the error that tells a person what is to be looked for.

        :param candidates: what may be the resource
        """
        why = lost.message.rstrip('.')
        perhaps = f', perhaps as {listed(candidates)}' if candidates else ''
        return exceptions.UnknownOutcome(
            f'{self.headline()} ({why}). It may or may not exist{perhaps}',
            name=self.request.name,
            status=lost.status,
            request_id=lost.request_id,
            global_request_id=lost.global_request_id,
            pending=lost.pending,
            accepted=lost.accepted,
        )


def _global_id(lost: exceptions.UnknownOutcome) -> str:
    return f'Global-Request-ID: {lost.global_request_id}'
