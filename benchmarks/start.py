# SPDX-License-Identifier: Apache-2.0

"""Cost of starting a command, and the plugin's part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import functools
import statistics
import time

from benchmarks.bench import SIDES, Bench
from benchmarks.programs import Run, above, interleaved
from benchmarks.results import Budget, Part, Table

_Runs = Mapping[str, Sequence[Run]]

_VERSION = [f'version, {side}' for side in SIDES]


def measure(bench: Bench) -> Part:
    programs = _programs(bench)
    interleaved(1, programs)  # Fills the caches.
    pairs = interleaved(
        2 if bench.quick else 50, {key: programs[key] for key in _VERSION}
    )
    runs = interleaved(2 if bench.quick else 15, programs)
    bench.cloud.clear()
    return Part(
        [_tax(pairs), _own(runs)],
        [_ladder(runs), _taxes(runs)],
        {**runs, **{f'{key}, in pairs': pairs[key] for key in pairs}},
    )


def _programs(bench: Bench) -> dict[str, Callable[[], Run]]:
    """Return the rungs of a ladder, from an interpreter to a volume."""
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
        'python': lambda: bench.programs('python', '-c', 'pass'),
        'request': lambda: _one_request(bench),
        **{
            f'{command}, {side}': functools.partial(run, command, plugin)
            for command in commands
            for side, plugin in SIDES.items()
        },
    }


def _one_request(bench: Bench) -> Run:
    """Create a volume as a new client does: with a token new to Cinder."""
    api = bench.cloud.signed_in()
    begun = time.perf_counter()
    api.call('POST', '/volumes', {'volume': {'name': bench.name(), 'size': 1}})
    return Run(time.perf_counter() - begun, cpu=0)


def _tax(pairs: _Runs) -> Budget:
    """The least of 15 of each, too: that moves more than what it shows."""
    stock, ours = (pairs[key] for key in _VERSION)
    whole = statistics.median(run.cpu for run in stock)
    tax = above(ours, stock, lambda run: run.cpu)
    least = [min(run.cpu for run in runs[:15]) for runs in (stock, ours)]
    return Budget(
        'tax on openstack --version, processor time',
        '< 1 %',
        f'{tax / whole:.1%} ({tax * 1000:.1f} of {whole * 1000:.0f} ms)',
        tax < 0.01 * whole,
        f'median difference of {len(stock)} interleaved pairs; by the least '
        f'of the first 15 of each {least[1] / least[0] - 1:.1%}',
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
        f'{ours / stock:.2f} ({ours * 1000:.0f} of {stock * 1000:.0f} ms)',
        ours <= 0.4 * stock,
        f'median difference of {len(runs["python"])} interleaved pairs',
    )


def _ladder(runs: _Runs) -> Table:
    def wall(run: Run) -> float:
        return run.wall

    python = statistics.median(map(wall, runs['python']))
    request = statistics.median(map(wall, runs['request']))
    columns = []
    for side in SIDES:
        version, token, create = (
            runs[f'{what}, {side}'] for what in ('version', 'token', 'create')
        )
        rest = above(create, token, wall) - request
        columns.append(
            [
                python,
                above(version, runs['python'], wall),
                above(token, version, wall),
                request,
                rest,
                statistics.median(map(wall, create)),
            ]
        )
    what = (
        ("Python's start", 'python -c pass'),
        ("OpenStackClient's start", '--version, above that'),
        (
            'its commands, openstacksdk, signing in at Keystone',
            'token issue, above that',
        ),
        (
            'Cinder: one create, with a token that it has to check',
            'a POST by a library',
        ),
        ('the command itself', 'volume create above token issue, less that'),
        ('all of it', 'volume create'),
    )
    return Table(
        'Where the time of one volume create goes',
        'Wall time in milliseconds, medians. For stock, the command itself '
        'is three more requests to Cinder and one to Glance, too.',
        ('part', 'measured as', *SIDES),
        [
            (*what, *(f'{column * 1000:.0f}' for column in figures))
            for what, *figures in zip(what, *columns, strict=True)
        ],
    )


def _taxes(runs: _Runs) -> Table:
    """What the plugin adds to commands that are not its own."""
    return Table(
        'What other commands pay for the plugin',
        'Processor time in milliseconds: the least of all runs.',
        ('command', *SIDES),
        [
            (
                command,
                *(
                    f'{min(r.cpu for r in runs[f"{key}, {s}"]) * 1000:.0f}'
                    for s in SIDES
                ),
            )
            for command, key in (
                ('openstack --version', 'version'),
                ('openstack token issue', 'token'),
            )
        ],
    )
