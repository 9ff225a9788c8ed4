# SPDX-License-Identifier: Apache-2.0

"""Requests, connections and modules, which no machine changes."""

from __future__ import annotations

from collections.abc import Sequence
import itertools

from benchmarks.bench import Bench
from benchmarks.cloud import PREFIX
from benchmarks.results import Budget, Part
from tests.functional.access_log import Request

#: volumes waited for, on a backend that takes its time
_WAITED_FOR = 10

#: seconds between two requests of a wait, at least
_NEVER_SOONER = 0.25

#: newest microversion of an older cloud, and volumes created in bulk there,
#: so many at a time
_OLDER = '3.50'
_MANY = 10
_AT_A_TIME = 4

_PLUGIN = 'osc_cinderlite'


def measure(bench: Bench) -> Part:
    api = bench.cloud.api
    source = api.volume(f'{PREFIX}source')
    snapshot = ('volume', 'snapshot', 'create', f'{PREFIX}snap', '--volume')
    backup = ('volume', 'backup', 'create', '--name', f'{PREFIX}backup')
    commands = {
        'volume create': (
            1,
            ('volume', 'create', f'{PREFIX}one', '--size', '1'),
        ),
        'snapshot create by ID': (1, (*snapshot, source['id'])),
        'backup create by ID': (1, (*backup, source['id'])),
        'snapshot create by name': (2, (*snapshot, source['name'])),
        'backup create by name': (2, (*backup, source['name'])),
    }
    budgets, samples = [], {}
    others: list[str] = []
    for command, (most, args) in commands.items():
        asked = _asked(bench, *args)
        of_cinder = _of_cinder(asked)
        budgets.append(
            Budget(
                f'requests to Cinder, {command}',
                str(most),
                str(len(of_cinder)),
                len(of_cinder) <= most,
            )
        )
        others += _unwanted(asked)
        samples[command] = [str(one) for one in asked]
    budgets.append(
        Budget(
            'requests to Glance and Nova, and second tokens, of all these',
            '0',
            str(len(others)),
            not others,
        )
    )
    budgets += [
        *_older_cloud(bench),
        _shell(bench),
        _wait(bench),
        _modules(bench),
    ]
    bench.cloud.clear()
    return Part('Requests and modules', budgets, samples=samples)


def _asked(
    bench: Bench, *args: str, newest: str | None = None
) -> Sequence[Request]:
    """Run a command and return its requests to all services.

    :param newest: the newest microversion that Cinder is to know
    """
    bench.cloud.settle()
    mark = bench.cloud.mark()
    with bench.cloud.newest(newest):
        bench.openstack(*args, plugin=True)
    return bench.cloud.asked(mark)


def _of_cinder(asked: Sequence[Request]) -> list[Request]:
    return [one for one in asked if one.service == 'block-storage']


def _unwanted(asked: Sequence[Request]) -> list[str]:
    """Return the requests to other services, less Keystone's first token."""
    others = [str(one) for one in asked if one.service != 'block-storage']
    others.remove('GET /v3')
    others.remove('POST /v3/auth/tokens')
    return others


def _older_cloud(bench: Bench) -> list[Budget]:
    """Create a volume, and ten, where the newest microversion is older."""
    one, many = (
        _of_cinder(_asked(bench, *args, newest=_OLDER))
        for args in (
            ('volume', 'create', f'{PREFIX}old', '--size', '1'),
            (
                *('volume', 'bulk', 'create', f'{PREFIX}old-{{n}}'),
                *('--size', '1', '--count', str(_MANY)),
                *('--parallel', str(_AT_A_TIME)),
            ),
        )
    )
    return [
        Budget(
            f'{what}, where the newest microversion is {_OLDER}',
            budget,
            str(len(asked)),
            len(asked) <= most,
            'the refusal of 3.71 names the newest one',
        )
        for what, budget, most, asked in (
            ('requests to Cinder, volume create', '2', 2, one),
            (
                f'requests to Cinder, {_MANY} volumes in bulk',
                f'{_MANY}, and one for each of {_AT_A_TIME} connections',
                _MANY + _AT_A_TIME,
                many,
            ),
        )
    ]


def _shell(bench: Bench) -> Budget:
    """Count what the second of two creates in one shell costs."""
    mark = bench.cloud.mark()
    bench.ways.shell(2)
    asked = bench.cloud.asked(mark)
    first, _second = (
        number
        for number, one in enumerate(asked)
        if str(one) == 'POST /v3/volumes'
    )
    connections = {one.client_port for one in _of_cinder(asked)}
    of_second = asked[first + 1 :]
    return Budget(
        'a second create in the interactive shell',
        '1 request, no discovery, no new connection',
        f'{len(of_second)} request, {len(connections) - 1} new connections',
        len(of_second) == len(connections) == 1,
    )


def _wait(bench: Bench) -> Budget:
    asked = _of_cinder(
        _asked(
            bench,
            *('volume', 'bulk', 'create', f'{PREFIX}{{n}}', '--size', '1'),
            *('--count', str(_WAITED_FOR), '--parallel', str(_WAITED_FOR)),
            *('--type', 'slow', '--wait'),
        )
    )
    looks = [one for one in asked if one.method == 'GET']
    lists = [one for one in looks if one.path == '/v3/volumes/detail']
    pauses = [
        (after.time - before.time).total_seconds()
        for before, after in itertools.pairwise(looks)
    ]
    return Budget(
        f'requests to wait for {_WAITED_FOR} volumes',
        'one list each time, with growing pauses',
        f'{len(lists)} lists, {len(looks) - len(lists)} others; '
        f'pauses of {pauses[0]:.1f} to {pauses[-1]:.1f} s',
        min(pauses) > _NEVER_SOONER and pauses[-1] > pauses[0],
    )


def _modules(bench: Bench) -> Budget:
    stock, ours = (
        bench.programs.modules('--version', plugin=plugin)
        for plugin in (False, True)
    )
    more = sorted(ours - stock)
    return Budget(
        'additional modules that openstack --version imports',
        'three at most, of the plugin alone',
        ', '.join(more),
        all(one.partition('.')[0] == _PLUGIN for one in more)
        and len(more) <= 3,
    )
