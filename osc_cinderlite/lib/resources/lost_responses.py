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

from collections.abc import Callable, Sequence
import datetime
import logging
import time
from typing import NamedTuple

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource, listed
from osc_cinderlite.lib.resources import comparison
from osc_cinderlite.lib.resources.creates import Creates, InProgress
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.text import printable
from osc_cinderlite.lib.transport.http import Answer

LOG = logging.getLogger(__name__)

#: seconds between the looks for a resource that is not there (yet)
LOOKS = (0.5, 1.5, 3.0)

#: what the server's clock may be off by within one response: neither ``Date``
#: nor every database has fractions of a second
_SLACK = datetime.timedelta(seconds=2)


Read = Callable[[Answer], Resource]


def create(
    finder: Finder,
    comparisons: Sequence[comparison.Comparison],
    creates: Creates,
    request: CreateRequest,
    read: Read,
) -> Resource:
    """Send a create; if its response is lost, look for what it made.

    :param finder: finds what it makes
    :param comparisons: what a record shows of the create that made it
    :param creates: the other creates of this process
    :param read: returns the record in a response
    :return: the new resource
    :raises exceptions.UnknownOutcome: if it may or may not exist
    :raises exceptions.CreatedTwice: if it exists twice
    """
    with creates.in_progress(request) as this:
        search = _Search(finder, comparisons, creates, request, read, this)
        try:
            try:
                made = finder.http.create(
                    f'/{request.path}', request.body, request.once, read
                )
            except exceptions.UnknownOutcome as error:
                lost = error
            else:
                return creates.add(made)
            return creates.add(search.made(lost))
        except exceptions.ClientException:
            raise
        except Exception as error:
            if not request.once.maybe_done:
                raise
            raise search.unknown(_unforeseen(request, error)) from error


def _unforeseen(
    request: CreateRequest, error: Exception
) -> exceptions.UnknownOutcome:
    return exceptions.UnknownOutcome(
        f'{type(error).__name__}: {error}',
        global_request_id=request.once.request_id,
    )


class _Found(NamedTuple):
    """Resources of the wanted name, sorted.

    :param ours: what this create has made
    :param candidates: what it may have made
    :param others: what it has not made, as far as the clocks can be trusted
    """

    ours: list[Resource]
    candidates: list[Resource]
    others: list[Resource]


class _Search:
    """The search for what a create made whose response was lost."""

    def __init__(
        self,
        finder: Finder,
        comparisons: Sequence[comparison.Comparison],
        creates: Creates,
        request: CreateRequest,
        read: Read,
        this: InProgress,
    ) -> None:
        self._finder = finder
        self._comparisons = comparisons
        self._creates = creates
        self._request = request
        self._read = read
        self._this = this

    def made(self, lost: exceptions.UnknownOutcome) -> Resource:
        """Return the new resource, sent once more if there is none."""
        found = self._look_for(lost)
        if found is not None:
            return found
        if lost.pending or lost.accepted:
            raise self.unknown(lost) from lost
        LOG.warning(
            '%s. No such %s was found; retrying (%s)',
            self._lost(),
            self._finder.kind,
            _global_id(lost),
        )
        return self._second()

    def _second(self) -> Resource:
        try:
            made = self._finder.http.create(
                f'/{self._request.path}',
                self._request.body,
                self._request.once,
                self._read,
            )
        except exceptions.UnknownOutcome as error:
            lost = error
        else:
            self._check_for_first(made)
            return made
        found = self._look_for(lost)
        if found is not None:
            return found
        if lost.status == 500:
            raise exceptions.ServerError(
                lost.message, status=lost.status, request_id=lost.request_id
            ) from lost
        raise self.unknown(lost) from lost

    def _check_for_first(self, made: Resource) -> None:
        """Find out whether the first create was carried out after all.

        :raises exceptions.CreatedTwice: if it was
        """
        self._creates.add(made)
        try:
            ours, candidates, _others = self._named()
        except exceptions.ClientException as error:
            LOG.debug('could not look for a first one: %s', error)
            return
        first = [one for one in (*ours, *candidates) if one.id != made.id]
        if first:
            twice = [*first, made]
            ids = ' and '.join(one.id for one in twice)
            raise exceptions.CreatedTwice(
                f"{self._finder.kind} '{self._request.name}' was created "
                f'twice, as the first request was carried out late: {ids}; '
                'delete one of them',
                twice,
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
            if len(found.ours) > 1 or not self._this.alone:
                break
            if found.ours and not found.candidates:
                return self._take(found.ours[0], lost)
        if any(found):
            raise self.unknown(lost, [*found.ours, *found.candidates])
        if not self._this.alone:
            raise self.unknown(lost) from lost
        return None

    def _take(
        self, found: Resource, lost: exceptions.UnknownOutcome
    ) -> Resource:
        LOG.warning(
            '%s. It was found: %s (%s)',
            self._lost(),
            printable(found.id),
            _global_id(lost),
        )
        found.request_id = lost.request_id
        return found

    def _named(self) -> _Found:
        """Look for resources of the name that may be ours."""
        found = _Found([], [], [])
        user = self._finder.http.user_id()
        for one in self._finder.named(str(self._request.name)):
            if one in self._creates or self._is_of_another(one):
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
            comparison.all_of(self._comparisons, self._request.values, record),
        )
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def _is_new(self, record: Resource) -> bool | None:
        """Return whether a record was made since the request was sent."""
        now = self._finder.http.server_clock.now()
        made = record.created_at
        if now is None or made is None:
            return None
        sent = now - datetime.timedelta(
            seconds=time.monotonic() - self._this.sent
        )
        return sent - _SLACK <= made <= now + _SLACK

    def _lost(self) -> str:
        kind, name = self._finder.kind, self._request.name
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
            f'{self._lost()} ({why}). It may or may not exist{perhaps}',
            name=self._request.name,
            status=lost.status,
            request_id=lost.request_id,
            global_request_id=lost.global_request_id,
            pending=lost.pending,
            accepted=lost.accepted,
        )


def _global_id(lost: exceptions.UnknownOutcome) -> str:
    return f'Global-Request-ID: {lost.global_request_id}'
