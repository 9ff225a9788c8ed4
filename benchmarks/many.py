# SPDX-License-Identifier: Apache-2.0

"""Forty volumes of a real Cinder: in bulk, in a shell and by a loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import itertools
import statistics

from benchmarks.bench import Bench
from benchmarks.results import Budget, Part, Table

#: seconds that each request to Cinder takes longer
LATENCIES = (0.0, 0.1)

#: numbers of volumes
STEPS = (1, 5, 10, 20, 40)

STOCK = 'openstack volume create, in a loop'
SHELL = 'interactive shell'
BULK = 'volume bulk create'

#: seconds of each run, by way and latency, by the number of volumes
Samples = Mapping[str, Mapping[str, Sequence[float]]]


def measure(bench: Bench) -> Part:
    ways = {
        STOCK: bench.ways.stock,
        SHELL: bench.ways.shell,
        BULK: bench.ways.bulk,
    }
    steps = STEPS[:2] if bench.quick else STEPS
    samples: dict[str, dict[str, list[float]]] = {
        _key(way, latency): {str(count): [] for count in steps}
        for way, latency in itertools.product(ways, LATENCIES)
    }
    for _ in range(1 if bench.quick else 2):
        for latency in LATENCIES:
            for count in steps:
                for way, create in ways.items():
                    if way == STOCK and count < steps[-1]:
                        continue
                    with bench.cloud.latency(latency):
                        runs = create(count)
                    bench.cloud.settle()
                    took = list(itertools.accumulate(r.wall for r in runs))
                    found = samples[_key(way, latency)]
                    if way == STOCK:
                        # A shorter loop is the beginning of the longest.
                        for step in steps:
                            found[str(step)].append(took[step - 1])
                    else:
                        found[str(count)].append(took[-1])
            bench.cloud.clear()
    most = steps[-1]
    return Part(
        f'{most} volumes',
        [_budget(samples, most)],
        [_table(samples, most)],
        samples,
    )


def curves(
    samples: Samples,
) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """Return the curves of the plot, by latency and way.

    :param samples: as read from the results file
    """
    return {
        _title(latency): {
            way: [(n, _seconds(samples, way, latency, n)) for n in STEPS]
            for way in (STOCK, SHELL, BULK)
        }
        for latency in LATENCIES
    }


def _title(latency: float) -> str:
    return f'{latency * 1000:.0f} ms of latency' if latency else 'no latency'


def _key(way: str, latency: float) -> str:
    return f'{way}, {_title(latency)}'


def _seconds(samples: Samples, way: str, latency: float, count: int) -> float:
    return statistics.median(samples[_key(way, latency)][str(count)])


def _budget(samples: Samples, most: int) -> Budget:
    stock, ours = (
        _seconds(samples, way, LATENCIES[0], most) for way in (STOCK, BULK)
    )
    return Budget(
        f'{most} volumes in bulk, against the stock loop',
        '≥ 7 times as fast',
        f'{stock / ours:.2f} times ({stock:.1f} → {ours:.1f} s)',
        stock >= 7 * ours,
        'whole programs, --parallel 4, which is the default',
    )


def _table(samples: Samples, most: int) -> Table:
    return Table(
        f'Seconds from the start of the program, or of the loop, to its end, '
        f'for {most} volumes of a real Cinder. Medians.',
        ('by', *map(_title, LATENCIES)),
        [
            (
                way,
                *(
                    f'{_seconds(samples, way, latency, most):.1f}'
                    for latency in LATENCIES
                ),
            )
            for way in (STOCK, SHELL, BULK)
        ],
    )
