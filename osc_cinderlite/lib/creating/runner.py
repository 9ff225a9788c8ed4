# SPDX-License-Identifier: Apache-2.0

"""Many creates at once.

A few threads send creates; the caller's thread hands them out, waits for
what they made by one :class:`~.waiter.Poller`, and yields the results in the
order of the input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
import contextlib
import dataclasses
import logging
import queue
from typing import Any, Literal, TypeVar

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.job import Creation, Outcome
from osc_cinderlite.lib.creating.workers import Done, Workers
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import base, waiting

LOG = logging.getLogger(__name__)

Word = Literal['created', 'exists', 'failed', 'timeout', 'unknown', 'skipped']

_T = TypeVar('_T')


@dataclasses.dataclass(frozen=True)
class Result:
    """What became of one create.

    :param creation: the create
    :param result: ``created``, ``exists`` (and was taken), ``failed``,
        ``timeout`` (it was not available in time), ``unknown`` (it was sent
        and what came of it cannot be said) or
        ``skipped`` (it was not sent)
    :param resource: the record as last seen, or None if there is none
    :param error: why it failed, is unknown or was skipped
    :param existed: whether it was there before
    """

    creation: Creation
    result: Word
    resource: Resource | None = None
    error: exceptions.ClientException | None = None
    existed: bool = False


@dataclasses.dataclass
class Tally:
    """How far a run is.

    :param done: results so far, by their word
    :param waiting: what is created and waited for
    :param under_way: what is sent, waited for or followed up
    """

    done: dict[Word, int] = dataclasses.field(default_factory=dict)
    waiting: int = 0
    under_way: int = 0

    def __getitem__(self, word: Word) -> int:
        return self.done.get(word, 0)

    @property
    def total(self) -> int:
        """How many have come to their end."""
        return sum(self.done.values())


class Control:
    """A way to end a run early, from another thread or a signal handler.

    :ivar reason: what the rest is skipped for, or None
    :ivar abandoned: whether the run is to end now
    :ivar asking: whether the thread of the run waits for the server; a
        signal handler in it may raise KeyboardInterrupt then, to end that
    """

    def __init__(self) -> None:
        self.reason: exceptions.ClientException | None = None
        self.abandoned = False
        self.asking = False
        self._wake: Callable[[], None] = lambda: None

    def stop(self, reason: str) -> None:
        """Send no more creates; those in progress are finished.

        :param reason: what the rest is skipped for
        """
        if self.reason is None:
            self.reason = exceptions.ClientException(reason, code='skipped')
        self._wake()

    def abandon(self) -> None:
        """End now, and report what is in progress as far as it is known.

        What was not taken from the input yet is skipped.
        """
        self.abandoned = True
        self.stop(_('not sent: the run was ended'))

    def on_change(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` at each call of the other methods."""
        self._wake = wake


def bulk(
    manager: base.Manager,
    requests: Iterable[Mapping[str, Any] | Creation],
    *,
    parallel: int = 4,
    wait: bool = False,
    wait_timeout: float | None = None,
    or_show: bool = False,
    stop_on_error: bool = False,
    control: Control | None = None,
    on_change: Callable[[Tally], None] | None = None,
) -> Iterator[Result]:
    """Create many resources.

    A quota that is used up ends the sending: the rest is skipped. Any other
    failure belongs to its result. With a KeyboardInterrupt the results end
    with what is known by then, and it is raised again.

    :param manager: such as ``client.volumes``
    :param requests: the fields of each create (by their names in
        :meth:`.VolumeManager.create` and so on), or creations; taken one
        after the other, as there is room for them
    :param parallel: how many to create at a time; with ``wait`` a resource
        counts until its wait has ended
    :param wait: follow each to its end
    :param wait_timeout: seconds for each; the manager's default if None
    :param or_show: take what has the wanted name already, and is of the
        wanted volume if it is of one
    :param stop_on_error: skip the rest after a failure
    :param control: ends the run early
    :param on_change: called as the run goes on
    :return: a result for each, in the order of ``requests``
    :raises exceptions.InvalidInput: if ``parallel`` is below 1
    :raises Exception: at the end, what ``requests`` broke off with
    """
    if parallel < 1:
        raise exceptions.InvalidInput(_('parallel has to be at least 1'))
    run = _Run(
        manager,
        parallel=parallel,
        wait=wait,
        wait_timeout=(
            manager.wait_timeout if wait_timeout is None else wait_timeout
        ),
        or_show=or_show,
        stop_on_error=stop_on_error,
        control=control or Control(),
        on_change=on_change or (lambda tally: None),
    )
    return run.results(
        request
        if isinstance(request, Creation)
        else Creation(manager, request)
        for request in requests
    )


@dataclasses.dataclass
class _Item:
    """A create in progress."""

    index: int
    creation: Creation
    outcome: Outcome | None = None
    following_up: bool = False


@dataclasses.dataclass
class _Run:
    """The work of one call of :func:`bulk`, with its arguments."""

    manager: base.Manager
    parallel: int
    wait: bool
    wait_timeout: float
    or_show: bool
    stop_on_error: bool
    control: Control
    on_change: Callable[[Tally], None]

    def __post_init__(self) -> None:
        self._tally = Tally()
        self._poller = waiting.Poller(self.manager)
        self._waiting: dict[str, list[_Item]] = {}
        self._under_way: dict[int, _Item] = {}
        self._ready: dict[int, Result] = {}
        self._workers = Workers(self.parallel, self._carry_out)
        self._held: _Item | None = None
        self._no_more: Exception | None = None
        self._interrupt: KeyboardInterrupt | None = None
        self.control.on_change(self._workers.wake)

    def results(self, creations: Iterable[Creation]) -> Iterator[Result]:
        items = (_Item(i, c) for i, c in enumerate(creations))
        yielded = 0
        self.on_change(self._tally)
        try:
            while True:
                more = self._start(items)
                while yielded in self._ready:
                    yield self._ready.pop(yielded)
                    yielded += 1
                if not more and not self._under_way:
                    break
                self._step()
                self._tally.waiting = len(self._waiting)
                self._tally.under_way = len(self._under_way)
                self.on_change(self._tally)
        finally:
            self._workers.end()
        if (broken := self._interrupt or self._no_more) is not None:
            raise broken

    def _start(self, items: Iterator[_Item]) -> bool:
        """Hand out creates while there is room; return whether more come."""
        while len(self._under_way) < self.parallel:
            item = self._held or self._next(items)
            self._held = None
            if item is None:
                return False
            if self.control.reason is not None:
                self._end(item, 'skipped', error=self.control.reason)
                return True
            if self.or_show and self._is_being_made(item):
                self._held = item
                return True
            self._under_way[item.index] = item
            self._workers.hand(item)
        return True

    def _next(self, items: Iterator[_Item]) -> _Item | None:
        if self._no_more is not None:
            return None
        try:
            return self._breakable(lambda: next(items, None), asking=True)
        except Exception as error:
            self._no_more = error
        return None

    def _breakable(
        self, call: Callable[[], _T | None], *, asking: bool
    ) -> _T | None:
        """Return what ``call`` returns, or None if it is interrupted."""
        try:
            try:
                self.control.asking = asking
                return call()
            finally:
                self.control.asking = False
        except KeyboardInterrupt as error:
            self._interrupt = error
            self.control.abandon()
        return None

    def _is_being_made(self, item: _Item) -> bool:
        """Return whether another row may be creating the same resource."""
        return any(
            other.creation.may_be_same(item.creation)
            for other in self._under_way.values()
        )

    def _carry_out(self, item: _Item) -> Outcome:
        """Send a create, or the follow-ups of one that is there."""
        if item.following_up and item.outcome is not None:
            item.creation.follow_up(item.outcome.resource.id)
            return item.outcome
        return item.creation.run(or_show=self.or_show, of_volume=True)

    def _step(self) -> None:
        """Take one event, or look at what is waited for."""
        if self.control.abandoned:
            self._give_up()
            return
        if not self._under_way:
            return
        pause = self._poller.pause if self._waiting else None
        try:
            done = self._breakable(
                lambda: self._workers.take(pause), asking=False
            )
        except queue.Empty:
            self._look()
        else:
            if done is not None:
                self._take(done)

    def _look(self) -> None:
        try:
            ended = self._breakable(self._poller.look, asking=True)
        except exceptions.ClientException as error:
            ended = [waiting.Ended(seen, error) for seen in self._poller.seen]
            self._poller.forget()
        for end in ended or ():
            for item in self._waiting.pop(end.resource.id):
                self._came_to_end(item, end)

    def _came_to_end(self, item: _Item, end: waiting.Ended) -> None:
        assert item.outcome is not None
        item.outcome = item.outcome._replace(resource=end.resource)
        if end.error is not None:
            late = isinstance(end.error, exceptions.WaitTimeout)
            result: Word = 'timeout' if late else 'failed'
            self._end(item, result, end.resource, end.error)
        elif item.creation.follow_ups and item.outcome.result == 'created':
            item.following_up = True
            self._workers.hand(item)
        else:
            self._end(item, item.outcome.result, end.resource)

    def _take(self, done: Done[_Item, Outcome]) -> None:
        """Go on with an item whose request was answered."""
        item = done.task
        if done.error is not None:
            self._take_error(item, done.error)
            return
        item.outcome = done.answer
        assert item.outcome is not None
        resource, result = item.outcome
        to_follow = item.creation.follow_ups and result == 'created'
        if item.following_up or not (self.wait or to_follow):
            self._end(item, result, resource)
            return
        if result == 'exists' and resource.status in self.manager.succeeded:
            self._end(item, result, resource)
            return
        followers = self._waiting.setdefault(resource.id, [])
        followers.append(item)
        if len(followers) == 1:
            self._poller.watch(
                resource, self.wait_timeout, item.creation.restored_from
            )

    def _take_error(self, item: _Item, error: BaseException) -> None:
        made = item.outcome.resource if item.outcome else None
        if not isinstance(error, exceptions.ClientException):
            error = _unforeseen(error)
        unknown = isinstance(error, exceptions.UnknownOutcome)
        self._end(item, 'unknown' if unknown else 'failed', made, error)
        if isinstance(error, exceptions.OverLimit):
            self.control.stop(_('not sent: %(why)s') % {'why': error})

    def _end(
        self,
        item: _Item,
        result: Word,
        resource: Resource | None = None,
        error: exceptions.ClientException | None = None,
    ) -> None:
        self._under_way.pop(item.index, None)
        self._tally.done[result] = self._tally[result] + 1
        existed = item.outcome is not None and item.outcome.result == 'exists'
        self._ready[item.index] = Result(
            item.creation, result, resource, error, existed
        )
        if self.stop_on_error and result in ('failed', 'timeout', 'unknown'):
            name = item.creation.name or _('number %(number)d') % {
                'number': item.index + 1
            }
            self.control.stop(
                _('not sent, because %(name)s failed') % {'name': name}
            )

    def _give_up(self) -> None:
        """Report what is in progress as far as it is known."""
        with contextlib.suppress(queue.Empty):
            while True:
                done = self._workers.take(0)
                if done is not None:
                    self._take(done)
        for item in list(self._under_way.values()):
            if item.outcome is None:
                self._end(
                    item,
                    'unknown',
                    error=exceptions.UnknownOutcome(
                        _('interrupted before the server answered')
                    ),
                )
            else:
                self._end(
                    item,
                    item.outcome.result,
                    item.outcome.resource,
                    exceptions.ClientException(_('not waited for to its end')),
                )


def _unforeseen(error: BaseException) -> exceptions.UnknownOutcome:
    """Return a fault of this program as one that a row can have."""
    LOG.debug('unforeseen', exc_info=error)
    told = exceptions.UnknownOutcome(
        _('%(error)s; it may or may not exist')
        % {'error': f'{type(error).__name__}: {error}'}
    )
    told.__cause__ = error
    return told
