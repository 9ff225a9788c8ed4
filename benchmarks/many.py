# SPDX-License-Identifier: Apache-2.0

"""Forty volumes: in bulk, and by the ways there were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import dataclasses
import itertools
import statistics
from typing import Any

from benchmarks.bench import Bench
from benchmarks.results import Budget, Part, Table
from benchmarks.ways import (
    BARE,
    BARE_16,
    BULK,
    BULK_16,
    CINDER,
    PARALLEL,
    SHELL,
    STOCK,
)

#: seconds that each request to Cinder takes longer
LATENCIES = (0.0, 0.1)

#: numbers of volumes
STEPS = (1, 5, 10, 20, 40)


@dataclasses.dataclass(frozen=True)
class Timing:
    """Many creates, once.

    :param seconds: from the start of the first program to the last one's end
    :param rate: creates a second, by their arrivals at the server: each but
        the first few comes when another is done
    :param after: seconds to the end of each program
    """

    seconds: float
    rate: float
    after: Sequence[float]


@dataclasses.dataclass
class Timings:
    """What was timed.

    :param all: by the key of way, number and latency
    :param count: the number of volumes that most is measured with
    """

    all: dict[str, list[Timing]]
    count: int = STEPS[-1]

    def add(
        self, way: str, latency: float, count: int, timing: Timing
    ) -> None:
        self.all.setdefault(_key(way, latency, count), []).append(timing)

    def seconds(
        self, way: str, latency: float, count: int | None = None
    ) -> float:
        """Return the median of the times of so many creates, or of all."""
        count = count or self.count
        if way in (STOCK, CINDER):
            loops = self.all[_key(way, latency, self.count)]
            return statistics.median(loop.after[count - 1] for loop in loops)
        timings = self.all[_key(way, latency, count)]
        return statistics.median(one.seconds for one in timings)

    def rate(self, way: str, latency: float) -> float:
        """Return the median of the creates a second."""
        timings = self.all[_key(way, latency, self.count)]
        return statistics.median(one.rate for one in timings)


def _time(bench: Bench, way: str, latency: float, count: int) -> Timing:
    """Create volumes and take the time of it."""
    cloud = bench.cloud
    mark = cloud.mark()
    with cloud.latency(latency):
        runs = bench.ways(way, count)
    arrivals = [
        one.time.timestamp()
        for one in cloud.asked(mark)
        if str(one) == 'POST /v3/volumes'
    ]
    if len(arrivals) != count:
        raise RuntimeError(f'{way}: {len(arrivals)} creates, not {count}')
    cloud.settle()
    after = list(itertools.accumulate(run.wall for run in runs))
    span = max(arrivals) - min(arrivals)
    rate = max(count - PARALLEL.get(way, 1), 0) / span if span else 0.0
    return Timing(after[-1], rate, after)


def measure(bench: Bench) -> Part:
    steps = (1, 20) if bench.quick else STEPS
    timings = Timings({}, steps[-1])

    def time(way: str, latency: float, count: int) -> None:
        timings.add(way, latency, count, _time(bench, way, latency, count))

    for number in range(1 if bench.quick else 2):
        for latency in LATENCIES:
            for way in (
                *(BARE, BULK, SHELL, STOCK),
                *(BARE, BULK, BARE_16, BULK_16, SHELL, CINDER),
            ):
                time(way, latency, timings.count)
            if number == 0:
                for count, way in itertools.product(steps[:-1], (BULK, SHELL)):
                    time(way, latency, count)
            bench.cloud.clear()
    return Part(_budgets(timings), [_table(timings)], timings.all)


def curves(
    samples: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Return the curves of the plot, by latency and way.

    :param samples: as read from the results file
    """
    timings = Timings(
        {
            key: [Timing(**timing) for timing in found]
            for key, found in samples.items()
        }
    )
    return {
        f'{latency * 1000:.0f} ms of latency' if latency else 'no latency': {
            way: [(n, timings.seconds(way, latency, n)) for n in STEPS]
            for way in (STOCK, SHELL, BULK)
        }
        for latency in LATENCIES
    }


def _key(way: str, latency: float, count: int) -> str:
    return f'{way}: {count} volumes, {latency * 1000:.0f} ms'


def _budgets(timings: Timings) -> list[Budget]:
    none, some = LATENCIES
    faster, faster_with_latency = (
        timings.seconds(STOCK, latency) / timings.seconds(BULK, latency)
        for latency in LATENCIES
    )
    ceiling = timings.seconds(STOCK, some) / timings.seconds(BARE, some)
    of_bare = timings.rate(BULK, none) / timings.rate(BARE, none)
    return [
        Budget(
            f'{timings.count} volumes in bulk, against the stock loop',
            '≥ 7 times as fast',
            _times(timings, none, faster),
            faster >= 7,
            'whole programs, --parallel 4, which is the default',
        ),
        Budget(
            f'{timings.count} volumes in bulk, against bare requests',
            '≥ 90 % of their creates a second',
            f'{of_bare:.0%} ({timings.rate(BULK, none):.1f} of '
            f'{timings.rate(BARE, none):.1f} a second)',
            of_bare >= 0.9,
            'as they arrive at the server, both with 4 connections',
        ),
        Budget(
            f'the same with {some * 1000:.0f} ms of latency, '
            'against the stock loop',
            '≥ 20 times as fast',
            _times(timings, some, faster_with_latency),
            faster_with_latency >= 20,
            'whole programs, --parallel 4; bare requests, the ceiling on this '
            f'machine, are {ceiling:.1f} times as fast',
        ),
    ]


def _times(timings: Timings, latency: float, faster: float) -> str:
    return (
        f'{faster:.1f} times ({timings.seconds(STOCK, latency):.1f} → '
        f'{timings.seconds(BULK, latency):.1f} s)'
    )


def _table(timings: Timings) -> Table:
    return Table(
        f'{timings.count} volumes',
        'Seconds from start to end of the program or the loop, and creates a '
        'second between the first that arrives at the server and the last. '
        'Medians.',
        (
            'by',
            *('seconds', 'creates/s'),
            *('seconds, 100 ms', 'creates/s, 100 ms'),
        ),
        [
            (
                way,
                *(
                    f'{figure:.1f}'
                    for latency in LATENCIES
                    for figure in (
                        timings.seconds(way, latency),
                        timings.rate(way, latency),
                    )
                ),
            )
            for way in (STOCK, CINDER, SHELL, BULK, BULK_16, BARE, BARE_16)
        ],
    )
