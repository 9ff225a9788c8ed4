# SPDX-License-Identifier: Apache-2.0

"""Many creates at once.

A few threads send the requests. The caller's thread hands the jobs out, one
step after the other, and yields their results in the order of the input; it
sends nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
import contextlib
import dataclasses
import logging
import queue
from typing import Any

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.control import Control, Tally, is_final
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.job import Job, Result, Step
from osc_cinderlite.lib.creating.kinds import creation_of
from osc_cinderlite.lib.creating.workers import Done, Workers
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.waiting import Ended, Poller

LOG = logging.getLogger(__name__)


def bulk(
    manager: Manager,
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

    If the project may have no more resources of the kind, the rest is
    skipped. Any other failure belongs to its result. With a KeyboardInterrupt
    the results end with what is known by then, and it is raised again.

    All requests are sent by other threads than the caller's.

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
        raise exceptions.InvalidInput('parallel must be at least 1')
    run = _Run(
        parallel=parallel,
        wait_timeout=(
            manager.wait_timeout if wait_timeout is None else wait_timeout
        ),
        stop_on_error=stop_on_error,
        control=control or Control(),
        on_change=on_change or (lambda tally: None),
        poller=Poller(manager),
        one_of_a_name=or_show,
    )
    return run.results(
        Job(
            one if isinstance(one, Creation) else creation_of(manager, one),
            wait=wait,
            or_show=or_show,
        )
        for one in requests
    )


@dataclasses.dataclass
class _Item:
    """A job of a run.

    :param index: its place in the input
    """

    index: int
    job: Job


#: what the threads are handed: a job to act, or a look at what is waited for
_Task = _Item | Poller
_Found = Resource | list[Ended]


@dataclasses.dataclass
class _Run:
    """The work of one call of :func:`bulk`, with its arguments.

    :param one_of_a_name: whether jobs for the same resource are to follow
        one another
    """

    parallel: int
    wait_timeout: float
    stop_on_error: bool
    control: Control
    on_change: Callable[[Tally], None]
    poller: Poller
    one_of_a_name: bool

    def __post_init__(self) -> None:
        self._tally = Tally()
        self._waiting: dict[str, list[_Item]] = {}
        self._in_progress: dict[int, _Item] = {}
        self._ready: dict[int, Result] = {}
        # One more for the looks: a slow create is not to delay them.
        self._workers = Workers[_Task, _Found](self.parallel + 1, _carry_out)
        self._is_looking = False
        self._held: _Item | None = None
        self._no_more: Exception | None = None
        self._interrupt: KeyboardInterrupt | None = None
        self.control.on_change(self._workers.wake)

    def results(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Carry the jobs out and return their results in the same order."""
        items = (_Item(index, job) for index, job in enumerate(jobs))
        yielded = 0
        self.on_change(self._tally)
        try:
            while True:
                more = self._start(items)
                while yielded in self._ready:
                    yield self._ready.pop(yielded)
                    yielded += 1
                if not more and not self._in_progress:
                    break
                self._step()
                self._tally.in_progress = len(self._in_progress)
                self.on_change(self._tally)
        finally:
            self._workers.end()
        if (broken := self._interrupt or self._no_more) is not None:
            raise broken

    def _start(self, items: Iterator[_Item]) -> bool:
        """Begin jobs while there is room; return whether more are left."""
        while len(self._in_progress) < self.parallel:
            item = self._held or self._next(items)
            self._held = None
            if item is None:
                return False
            if self.control.reason is not None:
                creation, why = item.job.creation, self.control.reason
                self._end(item, Result(creation, 'skipped', error=why))
                return True
            if self.one_of_a_name and self._is_being_made(item):
                self._held = item
                return True
            self._in_progress[item.index] = item
            self._advance(item)
        return True

    def _next(self, items: Iterator[_Item]) -> _Item | None:
        if self._no_more is None:
            try:
                return next(items, None)
            except KeyboardInterrupt as error:
                self._interrupt = error
                self.control.abandon()
            except Exception as error:
                self._no_more = error
        return None

    def _is_being_made(self, item: _Item) -> bool:
        """Return whether another job may be creating the same resource."""
        return any(
            other.job.creation.may_be_same(item.job.creation)
            for other in self._in_progress.values()
        )

    def _advance(self, item: _Item) -> None:
        """Have the next step of a job done, or end it."""
        step = item.job.next
        if step is None:
            self._end(item, item.job.result())
        elif step is Step.WAIT:
            self._watch(item)
        else:
            self._workers.hand(item)

    def _watch(self, item: _Item) -> None:
        resource = item.job.resource
        assert resource is not None
        followers = self._waiting.setdefault(resource.id, [])
        followers.append(item)
        if len(followers) == 1:
            self.poller.watch(
                resource, self.wait_timeout, item.job.creation.source
            )

    def _step(self) -> None:
        """Take what is done, or look at what is waited for."""
        if self.control.abandoned:
            self._give_up()
            return
        if not self._in_progress:
            return
        is_due = self._waiting and not self._is_looking
        try:
            done = self._workers.take(self.poller.pause if is_due else None)
        except queue.Empty:
            self._is_looking = True
            self._workers.hand(self.poller)
        except KeyboardInterrupt as error:
            self._interrupt = error
            self.control.abandon()
        else:
            if done is not None:
                self._take(done)

    def _take(self, done: Done[_Task, _Found]) -> None:
        """Go on with what a thread has done."""
        if isinstance(done.task, _Item):
            self._go_on(done.task, done.answer, done.error)
            return
        self._is_looking = False
        ended = done.answer
        if not isinstance(ended, list):
            error = _as_our_own(done.error)
            ended = [Ended(seen, error) for seen in self.poller.seen]
            self.poller.forget()
        for end in ended:
            for item in self._waiting.pop(end.resource.id, ()):
                self._go_on(item, end.resource, end.error)

    def _go_on(
        self, item: _Item, found: Any, error: BaseException | None
    ) -> None:
        """Let a job go on with the outcome of its step."""
        if error is None:
            item.job.take(found)
        else:
            item.job.fail(_as_our_own(error), found)
        if isinstance(error, exceptions.ClientException) and is_final(error):
            self.control.stop('not sent: the quota is exceeded')
        self._advance(item)

    def _end(self, item: _Item, result: Result) -> None:
        self._in_progress.pop(item.index, None)
        word = result.result
        self._tally.done[word] = self._tally[word] + 1
        self._ready[item.index] = result
        if self.stop_on_error and word in ('failed', 'timeout', 'unknown'):
            name = result.creation.name or f'number {item.index + 1}'
            self.control.stop(f'not sent, because {name} failed')

    def _give_up(self) -> None:
        """Report what is in progress as far as it is known."""
        with contextlib.suppress(queue.Empty):
            while True:
                done = self._workers.take(0)
                if done is not None:
                    self._take(done)
        for item in list(self._in_progress.values()):
            self._end(item, item.job.abandoned())


def _carry_out(task: _Task) -> _Found:
    """Send what a job needs next, or look: in one of the threads."""
    return task.job.act() if isinstance(task, _Item) else task.look()


def _as_our_own(error: BaseException | None) -> exceptions.ClientException:
    """Return a fault of this program as an error that a row can have."""
    if isinstance(error, exceptions.ClientException):
        return error
    LOG.debug('unforeseen', exc_info=error)
    told = exceptions.UnknownOutcome(
        f'{type(error).__name__}: {error}; it may or may not exist'
    )
    told.__cause__ = error
    return told
