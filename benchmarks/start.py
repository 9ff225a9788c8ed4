# SPDX-License-Identifier: Apache-2.0

"""Cost of starting a command, and the plugin's part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import functools
import statistics

from benchmarks.bench import SIDES, Bench
from benchmarks.programs import Run, above, interleaved
from benchmarks.results import Budget, Part

_Runs = Mapping[str, Sequence[Run]]

_VERSION = [f'version, {side}' for side in SIDES]


def measure(bench: Bench) -> Part:
    programs = _programs(bench)
    interleaved(1, programs)  # Fills the caches.
    pairs = interleaved(
        2 if bench.quick else 40, {key: programs[key] for key in _VERSION}
    )
    runs = interleaved(
        2 if bench.quick else 15,
        {key: programs[key] for key in programs if key not in _VERSION},
    )
    bench.cloud.clear()
    return Part(
        'Start of a command',
        [_tax(pairs), _own(runs)],
        samples={**runs, **pairs},
    )


def _programs(bench: Bench) -> dict[str, Callable[[], Run]]:
    """Return what is run, with the plugin and without."""
    commands: dict[str, Callable[[], tuple[str, ...]]] = {
        'version': lambda: ('--version',),
        'token': lambda: ('token', 'issue'),
        'create': lambda: ('volume', 'create', bench.name(), '--size', '1'),
    }

    def run(command: str, plugin: bool) -> Run:
        credentials = bench.cloud.credentials
        args = commands[command]()
        if command == 'version':
            return bench.programs('openstack', *args, plugin=plugin)
        return bench.programs.metered(
            *args, credentials=credentials, plugin=plugin
        )

    return {
        f'{command}, {side}': functools.partial(run, command, plugin)
        for command in commands
        for side, plugin in SIDES.items()
    }


def _tax(pairs: _Runs) -> Budget:
    stock, ours = (pairs[key] for key in _VERSION)
    whole = statistics.median(run.cpu for run in stock)
    tax = above(ours, stock, lambda run: run.cpu)
    return Budget(
        'tax on openstack --version, processor time',
        '< 1%',
        f'{tax / whole:.1%} ({tax * 1000:.1f} of {whole * 1000:.0f} ms)',
        tax < 0.01 * whole,
        f'median difference of {len(stock)} interleaved pairs',
    )


def _own(runs: _Runs) -> Budget:
    stock, ours = (
        above(
            runs[f'create, {s}'],
            runs[f'token, {s}'],
            lambda run: run.own_cpu,
        )
        for s in SIDES
    )
    return Budget(
        'own processor time of volume create, above token issue',
        "≤ 0.4 of stock's",
        f'{ours * 1000:.0f} of {stock * 1000:.0f} ms',
        ours <= 0.4 * stock,
        f'median difference of {len(runs["create, stock"])} interleaved '
        "pairs; token issue imports Keystone's commands, which a create does "
        'not need',
    )
