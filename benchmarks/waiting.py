# SPDX-License-Identifier: Apache-2.0

"""End of a wait: from "available" at the server to the end of the command."""

from __future__ import annotations

from concurrent import futures
import itertools
import statistics
import time
from typing import NamedTuple

from benchmarks import fake_cloud
from benchmarks.bench import Bench
from benchmarks.fake_cloud import Fake
from benchmarks.fake_records import SECONDS
from benchmarks.programs import Run
from benchmarks.results import Budget, Part, Table

#: seconds until a volume is available: the short waits one after the other,
#: the long ones, which have the budget, at the same time
_SHORT = (1.0, 1.4, 2.0, 2.8, 4.0)
_LONG = tuple(5 * 1.19**n for n in range(14))

#: seconds between the starts of long waits: a program is busy for nearly one.
#: The longest begins first, and none ends before the last has begun
_APART = 2.0

_PART = 0.1

_BANDS = (1, 2, 5, 10, 20, 50)


class _Late(NamedTuple):
    """The end of a wait.

    :param wait: seconds until the volume was available
    :param after: seconds from then to the end of the command
    :param ending: seconds from then to the end of Python itself
    """

    wait: float
    after: float
    ending: float

    @property
    def part(self) -> float:
        """The time after the wait, as a part of it."""
        return self.after / self.wait


def measure(bench: Bench) -> Part:
    short, long = (_SHORT[:2], _LONG[:2]) if bench.quick else (_SHORT, _LONG)
    with fake_cloud.running() as fake:
        runs = [(wait, *_run(bench, fake, wait)) for wait in short]
        with futures.ThreadPoolExecutor(len(long)) as pool:

            def begin(number: int, wait: float) -> tuple[float, str, Run]:
                time.sleep(number * _APART)
                return (wait, *_run(bench, fake, wait))

            runs += pool.map(begin, itertools.count(), reversed(long))
        ready = fake.figures().ready
    late = sorted(
        _Late(wait, run.returned - ready[name], run.ended - run.returned)
        for wait, name, run in runs
    )
    return Part(
        'End of a wait',
        [_budget([one for one in late if one.wait >= min(long)])],
        [_table(late)],
        {'wait, after, ending': late},
    )


def _run(bench: Bench, fake: Fake, wait: float) -> tuple[str, Run]:
    """Create a volume and wait for it; return its name, too."""
    name = bench.name()
    return name, bench.programs.metered(
        *('volume', 'create', name, '--size', '1', '--wait'),
        *('--property', f'{SECONDS}={wait:.2f}'),
        credentials=fake.credentials,
        plugin=True,
    )


def _budget(late: list[_Late]) -> Budget:
    parts = [one.part for one in late]
    return Budget(
        'from "available" at the server to the end of the command',
        f'< {_PART:.0%} of the wait',
        f'{statistics.median(parts):.1%} at the median, '
        f'{max(parts):.1%} at most',
        max(parts) < _PART,
        f'{len(late)} waits of {late[0].wait:.0f} to {late[-1].wait:.0f} s '
        'for a volume of a fake Cinder; without the end of Python itself, '
        'which is the same after each command of OpenStackClient',
    )


def _table(late: list[_Late]) -> Table:
    rows = []
    for low, high in itertools.pairwise(_BANDS):
        band = [one for one in late if low <= one.wait < high]
        if band:
            rows.append(
                (
                    f'{low} to {high} s',
                    f'{statistics.median(one.after for one in band):.2f}',
                    f'{max(one.after for one in band):.2f}',
                    f'{statistics.median(one.part for one in band):.0%}',
                    f'{max(one.part for one in band):.0%}',
                    f'{statistics.median(one.ending for one in band):.2f}',
                )
            )
    return Table(
        'Seconds from "available" to the end of the command, and their part '
        'of the wait; then the seconds in which Python ends.',
        ('wait', 'median, s', 'most, s', 'median', 'most', 'Python, s'),
        rows,
    )
