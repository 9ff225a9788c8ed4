# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from collections.abc import Callable, Iterator
import queue
import signal
import threading
import time

import pytest

from osc_cinderlite.lib.creating.workers import Done, Workers
from tests.unit.clock import SOON

Maker = Callable[[int, Callable[[int], int]], Workers[int, int]]


@pytest.fixture
def workers() -> Iterator[Maker]:
    """Makes workers that end with the test."""
    made: list[Workers[int, int]] = []

    def make(most: int, carry_out: Callable[[int], int]) -> Workers[int, int]:
        made.append(Workers(most, carry_out))
        return made[-1]

    yield make
    for one in made:
        one.end()


def test_each_answer_comes_with_its_task(workers: Maker) -> None:
    doublers = workers(2, lambda number: number * 2)
    for number in (0, 1, 2):
        doublers.hand(number)
    done = [doublers.take(SOON) for _n in range(3)]
    assert sorted(done, key=repr) == [Done(0, 0), Done(1, 2), Done(2, 4)]


def test_an_error_is_an_answer(workers: Maker) -> None:
    """Of any kind: the thread goes on, and none of them ends unseen."""
    errors = [ValueError('no'), SystemExit(3), KeyboardInterrupt()]

    def fail(number: int) -> int:
        raise errors[number]

    failing = workers(1, fail)
    for number, error in enumerate(errors):
        failing.hand(number)
        assert failing.take(SOON) == Done(number, error=error)


@pytest.mark.parametrize(('most', 'tasks', 'threads'), [(3, 5, 3), (3, 2, 2)])
def test_no_more_threads_than_wanted(
    workers: Maker, most: int, tasks: int, threads: int
) -> None:
    release = threading.Event()
    begun: queue.SimpleQueue[int] = queue.SimpleQueue()

    def carry_out(number: int) -> int:
        begun.put(threading.get_ident())
        release.wait(SOON)
        return number

    busy = workers(most, carry_out)
    for number in range(tasks):
        busy.hand(number)
    idents = [begun.get(timeout=SOON) for _n in range(threads)]
    assert begun.empty()
    release.set()
    for _n in range(tasks):
        busy.take(SOON)
    idents += [begun.get_nowait() for _n in range(tasks - threads)]
    assert len(set(idents)) == threads


def test_a_free_thread_is_used_again(workers: Maker) -> None:
    """One after the other is the work of one thread."""
    same = workers(4, lambda number: threading.get_ident())
    idents = set()
    for number in range(5):
        same.hand(number)
        done = same.take(SOON)
        assert done is not None
        idents.add(done.answer)
    assert len(idents) == 1


def test_more_threads_when_they_are_needed(workers: Maker) -> None:
    together = threading.Barrier(3)

    def carry_out(number: int) -> int:
        return together.wait(SOON) if number else 0

    some = workers(3, carry_out)
    for _n in range(3):
        some.hand(0)
        some.take(SOON)
    for _n in range(3):
        some.hand(1)
    done = [some.take(SOON) for _n in range(3)]
    assert [one.error for one in done if one] == 3 * [None]


def test_nothing_is_done_yet(workers: Maker) -> None:
    idle = workers(1, lambda number: number)
    with pytest.raises(queue.Empty):
        idle.take(0)


def test_woken(workers: Maker) -> None:
    idle = workers(1, lambda number: number)
    idle.wake()
    assert idle.take(SOON) is None
    idle.hand(1)
    assert idle.take(SOON) == Done(1, 1)


def test_end(workers: Maker) -> None:
    """What was handed in is carried out before."""
    before = set(threading.enumerate())
    release = threading.Event()

    def carry_out(number: int) -> int:
        release.wait(SOON)
        return number

    busy = workers(2, carry_out)
    for number in (1, 2):
        busy.hand(number)
    threads = set(threading.enumerate()) - before
    assert [one.daemon for one in threads] == [True, True]
    busy.end()
    release.set()
    for thread in threads:
        thread.join(SOON)
        assert not thread.is_alive()
    assert {busy.take(0), busy.take(0)} == {Done(1, 1), Done(2, 2)}


def test_a_signal_that_another_thread_receives(workers: Maker) -> None:
    """It does not interrupt the wait, and its handler is called all the same.

    So it is, too, with one that comes just before the wait begins.
    """
    handled = threading.Event()

    def receive(number: int) -> int:
        time.sleep(0.2)
        signal.raise_signal(signal.SIGUSR1)
        return int(handled.wait(SOON))

    receiving = workers(1, receive)

    def handle(number: int, frame: object) -> None:
        receiving.wake()
        handled.set()

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        receiving.hand(7)
        assert receiving.take(None) is None
        assert receiving.take(SOON) == Done(7, 1)
    finally:
        signal.signal(signal.SIGUSR1, before)
