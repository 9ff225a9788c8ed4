# SPDX-License-Identifier: Apache-2.0

"""Selection of 10 of 50,000 volumes, beside a bare listing of them."""

from __future__ import annotations

from collections.abc import Mapping
import statistics

from benchmarks import fake_cloud
from benchmarks.bench import Bench
from benchmarks.fake_cloud import PAGE, Settings
from benchmarks.fake_records import NIGHTLY
from benchmarks.programs import Run
from benchmarks.results import Budget, Part, Table

_WANTED = 10
_FEW, _MOST = 1000, 50_000

#: MiB that the memory may grow by from few volumes to the most
_GROWTH = 4

#: times of a bare listing that the selection may take
_TIMES = 2

_PLUGIN = 'volume snapshot bulk create --volume-property'
_BARE = 'bare requests'

_Runs = dict[str, list[Run]]


def measure(bench: Bench) -> Part:
    runs: _Runs = {}
    requests: dict[str, Mapping[str, int]] = {}
    for count in (_WANTED, _FEW, _MOST):
        settings = Settings(volumes=count, nightly=_WANTED)
        with fake_cloud.running(settings) as fake:
            for _ in range(1 if bench.quick else 5):
                for key, run in (
                    (_PLUGIN, _plugin),
                    (_BARE, _bare),
                ):
                    done = run(bench, fake.credentials)
                    runs.setdefault(_key(key, count), []).append(done)
                    requests[_key(key, count)] = fake.figures().requests
    return Part(
        f'Selection of {_WANTED} of {_MOST:,} volumes',
        _budgets(runs, requests),
        [_table(runs, requests)],
        {'runs': runs, 'requests': requests},
    )


def _plugin(bench: Bench, credentials: Mapping[str, str]) -> Run:
    return bench.programs.metered(
        *('volume', 'snapshot', 'bulk', 'create', '--dry-run'),
        *('--volume-property', f'{NIGHTLY}=yes', '-f', 'value'),
        credentials=credentials,
        plugin=True,
    )


def _bare(bench: Bench, credentials: Mapping[str, str]) -> Run:
    return bench.programs.bare('select', NIGHTLY, credentials=credentials)


def _key(what: str, count: int) -> str:
    return f'{what}, {count:,} volumes'


def _seconds(runs: _Runs, what: str, count: int) -> float:
    return statistics.median(run.own_wall for run in runs[_key(what, count)])


def _listing(runs: _Runs, what: str) -> float:
    """Return the seconds of listing most volumes, above those of ten."""
    return _seconds(runs, what, _MOST) - _seconds(runs, what, _WANTED)


def _memory(runs: _Runs, what: str, count: int) -> float:
    return statistics.median(run.memory for run in runs[_key(what, count)])


def _budgets(
    runs: _Runs, requests: Mapping[str, Mapping[str, int]]
) -> list[Budget]:
    asked = requests[_key(_PLUGIN, _MOST)]
    pages = _MOST // PAGE
    ours, bare = (_listing(runs, what) for what in (_PLUGIN, _BARE))
    few, most = (_memory(runs, _PLUGIN, count) for count in (_FEW, _MOST))
    return [
        Budget(
            f'requests to select {_WANTED} of {_MOST:,} volumes',
            f'{pages}, a page of {PAGE:,} each, and one for the versions',
            ', '.join(f'{n} {kind}' for kind, n in sorted(asked.items())),
            sum(asked.values()) <= pages + 1,
            'a fake Cinder: the real one of the development cloud cannot '
            'hold so many; --dry-run, which asks for the newest microversion',
        ),
        Budget(
            'seconds for that, above the selection of 10 of 10',
            f'≤ {_TIMES:g} times a bare listing',
            f'{ours / bare:.2f} times ({ours:.2f} against {bare:.2f} s)',
            ours <= _TIMES * bare,
            'both parse each page and look at the properties',
        ),
        Budget(
            f'memory for that, above the selection of {_WANTED} of {_FEW:,}',
            f'< {_GROWTH} MiB',
            f'{most - few:.1f} MiB ({few:.1f} → {most:.1f})',
            most - few < _GROWTH,
            'peak resident size',
        ),
    ]


def _table(runs: _Runs, requests: Mapping[str, Mapping[str, int]]) -> Table:
    return Table(
        'By the size of the cloud; seconds from where OpenStackClient calls '
        'the command, or from the token on for the bare listing. Medians.',
        ('by', 'volumes', 'requests', 'seconds', 'memory, MiB'),
        [
            (
                what,
                f'{count:,}',
                str(sum(requests[_key(what, count)].values())),
                f'{_seconds(runs, what, count):.2f}',
                f'{_memory(runs, what, count):.1f}',
            )
            for count in (_WANTED, _FEW, _MOST)
            for what in (_PLUGIN, _BARE)
        ],
    )
