# SPDX-License-Identifier: Apache-2.0

"""Retention that deletes a thousand backups of ten volumes."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import fake_cloud
from benchmarks.bench import Bench
from benchmarks.fake_cloud import Settings
from benchmarks.programs import Run
from benchmarks.results import Budget, Part, Table

_VOLUMES = 10
_FEW, _MOST = 10, 1000

#: requests for each deletion: itself, and a look whether it is done
_EACH = 2

#: requests for the rest: the volumes, the old backups, the new ones, and the
#: wait for these
_REST = 30

#: MiB that the memory may grow by from few backups to the most
_GROWTH = 8

_PLUGIN = 'volume backup bulk create --keep 1'
_BARE = 'bare requests'

_Runs = dict[str, Run]
_Requests = dict[str, Mapping[str, int]]


def measure(bench: Bench) -> Part:
    runs: _Runs = {}
    requests: _Requests = {}
    for count in (_FEW, _MOST):
        settings = Settings(volumes=_VOLUMES, backups=count // _VOLUMES)
        for what, run in ((_PLUGIN, _plugin), (_BARE, _bare)):
            with fake_cloud.running(settings) as fake:
                runs[_key(what, count)] = run(bench, fake.credentials)
                requests[_key(what, count)] = fake.figures().requests
    return Part(
        f'Retention of {_MOST:,} backups',
        _budgets(runs, requests),
        [_table(runs, requests)],
        {'runs': runs, 'requests': requests},
    )


def _plugin(bench: Bench, credentials: Mapping[str, str]) -> Run:
    return bench.programs.metered(
        *('volume', 'backup', 'bulk', 'create', '--all', '--wait'),
        *('--name', '{volume}-{date}', '--keep', '1', '-f', 'value'),
        credentials=credentials,
        plugin=True,
    )


def _bare(bench: Bench, credentials: Mapping[str, str]) -> Run:
    return bench.programs.bare(
        '--parallel', '4', 'delete', credentials=credentials
    )


def _key(what: str, count: int) -> str:
    return f'{what}, {count:,} backups'


def _memory(runs: _Runs, what: str, count: int) -> float:
    return runs[_key(what, count)].memory


def _budgets(runs: _Runs, requests: _Requests) -> list[Budget]:
    asked = requests[_key(_PLUGIN, _MOST)]
    deleted = asked['DELETE backups/ID']
    rest = sum(asked.values()) - _MOST
    few, most = (_memory(runs, _PLUGIN, count) for count in (_FEW, _MOST))
    return [
        Budget(
            f'requests to back up {_VOLUMES} volumes and delete {_MOST:,} '
            'old backups',
            f'≤ {_EACH} for each deletion, and {_REST}',
            f'{deleted:,} deletions, {rest:,} others',
            sum(asked.values()) <= _EACH * _MOST + _REST,
            'a fake Cinder, which deletes at once; --keep 1, --parallel 4',
        ),
        Budget(
            f'memory for that, above that with {_FEW} old backups',
            f'< {_GROWTH} MiB',
            f'{most - few:.1f} MiB ({few:.1f} → {most:.1f})',
            most - few < _GROWTH,
            'peak resident size',
        ),
    ]


def _table(runs: _Runs, requests: _Requests) -> Table:
    return Table(
        'By the number of old backups; bare requests only list and delete '
        'them, by 4 connections, and list again. Seconds from where '
        'OpenStackClient calls the command, or from the token on.',
        ('by', 'backups', 'requests', 'seconds', 'memory, MiB'),
        [
            (
                what,
                f'{count:,}',
                f'{sum(requests[_key(what, count)].values()):,}',
                f'{runs[_key(what, count)].own_wall:.2f}',
                f'{_memory(runs, what, count):.1f}',
            )
            for count in (_FEW, _MOST)
            for what in (_PLUGIN, _BARE)
        ],
    )
