# SPDX-License-Identifier: Apache-2.0

"""Ten thousand rows: what they cost the client, and whether that grows.

The server is a stub, so that there is nothing to measure but the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import functools
import statistics

from benchmarks.bench import Bench
from benchmarks.programs import Run, interleaved
from benchmarks.results import Budget, Part, Table
from tests import stub_cloud

_ROWS = (1, 100, 1000, 10_000)
_MOST = _ROWS[-1]

#: MiB that the memory may grow from a hundred rows to the most
_GROWTH = 30

#: milliseconds that two measurements of a row's cost may be apart, beside
#: this part of it, and it still is called constant
_NOISE = 0.02
_PART = 0.25

_WAYS = {'planned': ('--dry-run',), 'carried out': ()}


def measure(bench: Bench) -> Part:
    with stub_cloud.running() as credentials:

        def run(count: int, options: tuple[str, ...]) -> Run:
            return bench.programs.metered(
                *('volume', 'bulk', 'create', 'data-{n}'),
                *('--count', str(count), '--size', '1', *options),
                credentials=credentials,
                plugin=True,
            )

        runs = interleaved(
            1 if bench.quick else 3,
            {
                f'{count} {way}': functools.partial(run, count, options)
                for way, options in _WAYS.items()
                for count in _ROWS
            },
        )
    return Part(
        [budget for way in _WAYS for budget in _budgets(runs, way)],
        [_table(runs)],
        runs,
    )


Runs = Mapping[str, Sequence[Run]]


def _budgets(runs: Runs, way: str) -> Iterator[Budget]:
    few, most = (_memory(runs, f'{count} {way}') for count in (100, _MOST))
    yield Budget(
        f'memory for {_MOST:,} rows {way}, above that for 100',
        f'< {_GROWTH} MiB',
        f'{most - few:.1f} MiB ({few:.0f} → {most:.0f})',
        most - few < _GROWTH,
        'greatest resident size, as a table, which is the default',
    )
    costs = [_cost(runs, way, count) for count in _ROWS[1:]]
    yield Budget(
        f'processor time for a row {way}, of 100, 1,000 and {_MOST:,}',
        'constant',
        ', '.join(f'{cost:.2f}' for cost in costs) + ' ms',
        costs[-1] - costs[-2] <= _NOISE + _PART * costs[-2],
        f'above a run of one row; of {_MOST:,} not more than {_PART:.0%} and '
        f'{_NOISE} ms above that of 1,000',
    )


def _memory(runs: Runs, key: str) -> float:
    return statistics.median(run.memory for run in runs[key])


def _cost(runs: Runs, way: str, count: int) -> float:
    """Return the milliseconds of processor time that a row costs."""
    one, many = (
        statistics.median(run.own_cpu for run in runs[f'{n} {way}'])
        for n in (1, count)
    )
    return (many - one) / (count - 1) * 1000


def _table(runs: Runs) -> Table:
    return Table(
        'Rows against a stub',
        'A Keystone and a Cinder of 150 lines that answer at once. Medians.',
        ('rows', 'wall, s', 'processor, s', 'memory, MiB'),
        [
            (
                f'{count:,} {way}',
                *(
                    f'{statistics.median(figures):.{digits}f}'
                    for figures, digits in (
                        ([run.wall for run in done], 2),
                        ([run.cpu for run in done], 2),
                        ([run.memory for run in done], 0),
                    )
                ),
            )
            for way in _WAYS
            for count in _ROWS
            for done in (runs[f'{count} {way}'],)
        ],
    )
