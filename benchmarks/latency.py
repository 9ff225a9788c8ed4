# SPDX-License-Identifier: Apache-2.0

"""Single commands while each request to Cinder takes 100 ms longer."""

from __future__ import annotations

from collections.abc import Callable
import functools

from benchmarks.bench import SIDES, Bench
from benchmarks.cloud import PREFIX
from benchmarks.programs import Run, above, interleaved
from benchmarks.results import Budget, Part

SECONDS = 0.1

_SOURCE = f'{PREFIX}source'
_TOKEN = ('token', 'issue')


def measure(bench: Bench) -> Part:
    bench.cloud.api.volume(_SOURCE)
    commands: dict[str, Callable[[], tuple[str, ...]]] = {
        'volume create': lambda: (
            *('volume', 'create', bench.name(), '--size', '1'),
        ),
        'snapshot create by name': lambda: (
            *('volume', 'snapshot', 'create', bench.name()),
            *('--volume', _SOURCE),
        ),
        'backup create by name': lambda: (
            *('volume', 'backup', 'create', '--name', bench.name(), _SOURCE),
        ),
    }

    def run(command: Callable[[], tuple[str, ...]], plugin: bool) -> Run:
        bench.cloud.settle()
        with bench.cloud.latency(SECONDS):
            return bench.openstack(*command(), plugin=plugin)

    runs = interleaved(
        1 if bench.quick else 7,
        {
            f'{what}, {side}': functools.partial(run, command, plugin)
            for name, create in commands.items()
            for side, plugin in SIDES.items()
            for what, command in (
                (_floor(name), lambda: _TOKEN),
                (name, create),
            )
        },
    )
    bench.cloud.clear()
    return Part(
        'One command, far from the cloud',
        [_budget(runs, name) for name in commands],
        samples=runs,
    )


def _floor(command: str) -> str:
    """Return the name of the run right before a command, in its conditions."""
    return f'{" ".join(_TOKEN)}, before {command}'


def _budget(runs: dict[str, list[Run]], command: str) -> Budget:
    stock, ours = (
        above(
            runs[f'{command}, {side}'],
            runs[f'{_floor(command)}, {side}'],
            lambda run: run.wall,
        )
        for side in SIDES
    )
    return Budget(
        f'{command}, with 100 ms of latency: time above token issue',
        "≤ 0.4 of stock's",
        f'{ours / stock:.2f} ({ours:.2f} of {stock:.2f} s)',
        ours <= 0.4 * stock,
        f'median difference of {len(runs[f"{command}, stock"])} '
        'interleaved pairs',
    )
