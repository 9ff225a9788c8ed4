# SPDX-License-Identifier: Apache-2.0

"""Threads that carry out tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import contextlib
import dataclasses
import logging
import queue
import threading
from typing import Generic, TypeVar

LOG = logging.getLogger(__name__)

#: longest wait, in seconds: Python calls no signal handler during one that the
#: signal does not interrupt, such as a signal that another thread receives
_LONGEST = 0.5

Task = TypeVar('Task')
Answer = TypeVar('Answer')


@dataclasses.dataclass(frozen=True)
class Done(Generic[Task, Answer]):
    """A task that was carried out.

    :param task: the task
    :param answer: the result, or None if it failed
    :param error: the exception it failed with
    """

    task: Task
    answer: Answer | None = None
    error: BaseException | None = None


class Workers(Generic[Task, Answer]):
    """Threads, started as they are needed.

    Not those of concurrent.futures: a program does not end before these do,
    and a response that is waited for at a second Ctrl-C may never come.

    :param most: how many threads there may be
    :param carry_out: what is called with each task, in one of the threads
    """

    def __init__(self, most: int, carry_out: Callable[[Task], Answer]) -> None:
        self._most = most
        self._carry_out = carry_out
        self._threads = 0
        self._busy = 0
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Done[Task, Answer] | None] = (
            queue.SimpleQueue()
        )

    def hand(self, task: Task) -> None:
        """Have a task carried out by the next thread that is free."""
        self._tasks.put(task)
        self._busy += 1
        if self._threads < min(self._busy, self._most):
            self._start()

    def _start(self) -> None:
        """Start a thread, or do with what there is.

        A container may be allowed no more threads.
        """
        try:
            threading.Thread(target=self._work, daemon=True).start()
        except RuntimeError as error:
            LOG.debug('no more than %d threads: %s', self._threads, error)
            if not self._threads:
                self._do(self._tasks.get())
        else:
            self._threads += 1

    def take(self, timeout: float | None) -> Done[Task, Answer] | None:
        """Return what is done next, or None after :meth:`wake`.

        :param timeout: seconds to wait for it; without an end if None
        :raises queue.Empty: if nothing was done by then
        """
        done = self._next(timeout)
        if done is not None:
            self._busy -= 1
        return done

    def _next(self, timeout: float | None) -> Done[Task, Answer] | None:
        while timeout is None:
            with contextlib.suppress(queue.Empty):
                return self._events.get(timeout=_LONGEST)
        return self._events.get(timeout=timeout)

    def wake(self) -> None:
        """End a :meth:`take`, from another thread or a signal handler."""
        self._events.put(None)

    def end(self) -> None:
        """End each thread when it is free."""
        for _n in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            self._do(task)

    def _do(self, task: Task | None) -> None:
        if task is None:
            return
        try:
            done = Done[Task, Answer](task, self._carry_out(task))
        except BaseException as error:
            done = Done(task, error=error)
        self._events.put(done)


def each(
    tasks: Sequence[Task], most: int, carry_out: Callable[[Task], None]
) -> None:
    """Carry tasks out, several at a time, and wait for all of them.

    :param most: how many threads there may be
    :raises Exception: what the first that failed has raised
    """
    threads = Workers[Task, None](most, carry_out)
    try:
        for task in tasks:
            threads.hand(task)
        for _task in tasks:
            done = threads.take(None)
            if done is not None and done.error is not None:
                raise done.error
    finally:
        threads.end()
