# SPDX-License-Identifier: Apache-2.0

"""Forty volumes on a cloud that is far away and never busy.

A stub, so that only the latency and the client are left to measure: the
processors of one machine have to serve the devcloud, too.
"""

from __future__ import annotations

import statistics

from benchmarks import many, ways
from benchmarks.bench import Bench
from benchmarks.programs import Run
from benchmarks.results import Budget, Part, Table
from tests import stub_cloud

#: seconds that each request to the stub's Cinder takes
_LATENCY = 0.1

_WAYS = (ways.STOCK, ways.BULK, ways.BARE, ways.BULK_16, ways.BARE_16)


def measure(bench: Bench) -> Part:
    count = many.STEPS[1 if bench.quick else -1]
    runs: dict[str, list[float]] = {way: [] for way in _WAYS}
    with stub_cloud.running(_LATENCY) as credentials:
        create = ways.Ways(bench.programs, credentials, bench.name)
        for _ in range(1 if bench.quick else 3):
            for way in _WAYS:
                runs[way].append(_seconds(*create(way, count)))
    medians = {way: statistics.median(took) for way, took in runs.items()}
    return Part(
        [_budget(count, medians)], [_table(count, medians)], samples=runs
    )


def _seconds(*runs: Run) -> float:
    return sum(run.wall for run in runs)


def _budget(count: int, medians: dict[str, float]) -> Budget:
    stock, ours = medians[ways.STOCK], medians[ways.BULK]
    return Budget(
        f'the same where the server is never busy: {count} volumes of a stub',
        '≥ 20 times as fast',
        f'{stock / ours:.1f} times ({stock:.1f} → {ours:.1f} s)',
        stock >= 20 * ours,
        'whole programs, --parallel 4; the stub answers after 100 ms',
    )


def _table(count: int, medians: dict[str, float]) -> Table:
    return Table(
        f'{count} volumes of a stub with 100 ms of latency',
        'Seconds from start to end of the program or the loop. Medians.',
        ('by', 'seconds', 'times as fast as stock'),
        [
            (way, f'{took:.2f}', f'{medians[ways.STOCK] / took:.1f}')
            for way, took in medians.items()
        ],
    )
