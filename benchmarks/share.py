# SPDX-License-Identifier: Apache-2.0

"""Creates a second in bulk, as a share of what bare requests achieve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import itertools
import statistics

from benchmarks import fake_cloud
from benchmarks.bench import Bench
from benchmarks.fake_cloud import Fake, Settings
from benchmarks.results import Budget, Part, Table
from benchmarks.ways import Ways

_LATENCIES = (0.0, 0.1, 0.3)
_PARALLEL = (4, 16, 64)
_GOAL = 0.95

#: creates of a run: so many for each connection, but not less than that
_EACH = 16
_LEAST = 200

#: creates of a run on the real Cinder, which does ten a second
_REAL = 40

#: creates a second of each run, in bulk and bare, by the conditions
_Samples = dict[str, tuple[list[float], list[float]]]


def measure(bench: Bench) -> Part:
    rounds = 1 if bench.quick else 3
    samples: _Samples = {}
    for latency, parallel in itertools.product(_LATENCIES, _PARALLEL):
        with fake_cloud.running(Settings(latency)) as fake:
            rates = samples[_key(latency, parallel)] = ([], [])
            for _ in range(rounds):
                for found, rate in zip(
                    rates, _rates(bench, fake, parallel), strict=True
                ):
                    found.append(rate)
    real: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for found, create in zip(
            real, (bench.ways.bulk, bench.ways.bare), strict=True
        ):
            mark = bench.cloud.mark()
            create(_REAL)
            found.append(_rate_at(bench, mark))
            bench.cloud.settle()
    bench.cloud.clear()
    return _part(samples, real)


def _part(samples: _Samples, real: tuple[list[float], list[float]]) -> Part:
    return Part(
        "Share of bare requests' speed",
        [
            _budget(
                'creates a second of a real Cinder, --parallel 4',
                real,
                'as they arrive at the server, which is busy all the time',
            ),
            *(
                _budget(
                    f'creates a second of a fake Cinder, {_key(*conditions)}',
                    samples[_key(*conditions)],
                )
                for conditions in itertools.product(_LATENCIES, _PARALLEL)
            ),
        ],
        [_table(samples)],
        {**samples, 'real Cinder': real},
    )


def _rates(bench: Bench, fake: Fake, parallel: int) -> tuple[float, float]:
    """Return the creates a second, in bulk and bare."""
    count = max(_EACH * parallel, _LEAST)
    ways = Ways(bench.programs, fake.credentials, bench.name)
    ways.bulk(count, parallel, '-f', 'value')
    bulk = fake.figures().rate(parallel)
    ways.bare(count, parallel)
    return bulk, fake.figures().rate(parallel)


def _rate_at(bench: Bench, mark: int) -> float:
    """Return the creates a second at the real Cinder since a mark."""
    arrivals = [
        one.time.timestamp()
        for one in bench.cloud.asked(mark)
        if str(one) == 'POST /v3/volumes'
    ]
    return (len(arrivals) - 4) / (max(arrivals) - min(arrivals))


def _key(latency: float, parallel: int) -> str:
    return f'{latency * 1000:.0f} ms of latency, --parallel {parallel}'


def _medians(rates: tuple[Sequence[float], ...]) -> tuple[float, float]:
    bulk, bare = (statistics.median(found) for found in rates)
    return bulk, bare


def _budget(
    what: str, rates: tuple[Sequence[float], ...], note: str = ''
) -> Budget:
    bulk, bare = _medians(rates)
    share = round(bulk / bare, 3)
    return Budget(
        what,
        f'≥ {_GOAL:.0%} of bare requests',
        f'{share:.1%} ({bulk:.1f} of {bare:.1f})',
        share >= _GOAL,
        note,
    )


def _table(samples: Mapping[str, tuple[list[float], list[float]]]) -> Table:
    def cell(latency: float, parallel: int) -> str:
        bulk, bare = _medians(samples[_key(latency, parallel)])
        return f'{bulk / bare:.0%}'

    return Table(
        'The share on the fake Cinder, which is never busy. Medians of '
        'runs in turns.',
        ('latency', *(f'--parallel {number}' for number in _PARALLEL)),
        [
            (
                f'{latency * 1000:.0f} ms',
                *(cell(latency, parallel) for parallel in _PARALLEL),
            )
            for latency in _LATENCIES
        ],
    )
