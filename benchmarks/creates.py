# SPDX-License-Identifier: Apache-2.0

"""Ten thousand creates in one run: processor time and memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import functools
import statistics

from benchmarks import fake_cloud
from benchmarks.bench import Bench
from benchmarks.programs import Run, interleaved
from benchmarks.results import Budget, Part, Table

_COUNTS = (1, 100, 1000, 10_000)
_FEW, _MOST = _COUNTS[-2:]

#: options of a run, and the MiB that its memory may grow by from a thousand
#: creates to the most
_WAYS: Mapping[str, tuple[tuple[str, ...], float]] = {
    'planned': (('--dry-run', '-f', 'value'), 4),
    'carried out, row by row': (('-f', 'value'), 4),
    'carried out, as a table': ((), 30),
}

#: milliseconds that two measurements of a row's cost may be apart, beside
#: this part of it, and it still is called constant
_NOISE = 0.02
_PART = 0.25

Runs = Mapping[str, Sequence[Run]]


def measure(bench: Bench) -> Part:
    with fake_cloud.running() as fake:

        def run(count: int, options: tuple[str, ...]) -> Run:
            return bench.programs.metered(
                *('volume', 'bulk', 'create', 'data-{n}'),
                *('--count', str(count), '--size', '1', *options),
                credentials=fake.credentials,
                plugin=True,
            )

        runs = interleaved(
            1 if bench.quick else 2,
            {
                f'{count} {way}': functools.partial(run, count, options)
                for way, (options, _) in _WAYS.items()
                for count in _COUNTS
            },
        )
    return Part(
        f'{_MOST:,} creates in one run',
        [budget for way in _WAYS for budget in _budgets(runs, way)],
        [_table(runs)],
        runs,
    )


def _budgets(runs: Runs, way: str) -> Iterator[Budget]:
    growth = _WAYS[way][1]
    few, most = (_memory(runs, f'{count} {way}') for count in (_FEW, _MOST))
    yield Budget(
        f'memory of {_MOST:,} creates {way}, above that of {_FEW:,}',
        f'< {growth:.0f} MiB',
        f'{most - few:.1f} MiB ({few:.1f} → {most:.1f})',
        most - few < growth,
        'peak resident size',
    )
    costs = [_cost(runs, way, count) for count in _COUNTS[1:]]
    yield Budget(
        f'processor time of each create {way}, of 100, {_FEW:,}, {_MOST:,}',
        'constant',
        ', '.join(f'{cost:.2f}' for cost in costs) + ' ms',
        costs[-1] - costs[-2] <= _NOISE + _PART * costs[-2],
        f'above a run of one; of {_MOST:,} not more than {_PART:.0%} and '
        f'{_NOISE} ms above that of {_FEW:,}',
    )


def _memory(runs: Runs, key: str) -> float:
    return statistics.median(run.memory for run in runs[key])


def _cost(runs: Runs, way: str, count: int) -> float:
    """Return the milliseconds of processor time of each create."""
    one, many = (
        statistics.median(run.own_cpu for run in runs[f'{n} {way}'])
        for n in (1, count)
    )
    return (many - one) / (count - 1) * 1000


def _table(runs: Runs) -> Table:
    return Table(
        'Whole programs on the fake Cinder. Medians.',
        ('creates', 'seconds', 'processor, s', 'memory, MiB'),
        [
            (
                f'{count:,} {way}',
                f'{statistics.median(run.wall for run in done):.2f}',
                f'{statistics.median(run.cpu for run in done):.2f}',
                f'{statistics.median(run.memory for run in done):.1f}',
            )
            for way in _WAYS
            for count in _COUNTS
            for done in (runs[f'{count} {way}'],)
        ],
    )
