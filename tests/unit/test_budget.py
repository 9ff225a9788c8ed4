# SPDX-License-Identifier: Apache-2.0

"""Budgets of modules and memory; each run is a real program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import dataclasses
import os
from pathlib import Path
import subprocess
import sys

import pytest

from tests import stub_cloud

CHECKOUT = Path(__file__).parents[2]

#: KiB
_MIB = 1024

_SHELL = """
import atexit, re, sys
def report():
    status = open('/proc/self/status').read()
    print()
    print(re.search(r'VmHWM:\\s+(\\d+) kB', status)[1], *sys.modules)
atexit.register(report)
if sys.argv[1] == 'without':
    from tests.functional import forking_shell
    forking_shell.hide('osc-cinderlite')
del sys.argv[1]
from openstackclient import shell
sys.exit(shell.main())
"""


@dataclasses.dataclass(frozen=True)
class Run:
    """What a run of ``openstack`` took.

    :param memory: the greatest resident size, in KiB
    :param modules: all that it imported
    """

    memory: int
    modules: frozenset[str]


def openstack(
    home: Path,
    *args: str,
    plugin: bool = True,
    credentials: Mapping[str, str] | None = None,
) -> Run:
    """Run it in a process of its own.

    :param home: for its caches
    :param plugin: whether the plugin is to be found
    """
    mine = home / ('with' if plugin else 'without')
    mine.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, '-c', _SHELL, mine.name, *args],
        env={
            'HOME': str(mine),
            'PATH': os.defpath,
            'PYTHONPATH': str(CHECKOUT),
            **(credentials or {}),
        },
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    memory, *modules = done.stdout.splitlines()[-1].split()
    return Run(int(memory), frozenset(modules))


@pytest.fixture(scope='module')
def credentials() -> Iterator[dict[str, str]]:
    """A user of a stub of a cloud, in another process."""
    with stub_cloud.running() as found:
        yield found


def outsiders(modules: frozenset[str]) -> set[str]:
    """Return what is neither of the plugin nor of Python itself."""
    roots = {name.partition('.')[0] for name in modules}
    return roots - {'osc_cinderlite'} - sys.stdlib_module_names


def test_modules_at_the_start(tmp_path: Path) -> None:
    ours, stock = (
        openstack(tmp_path, '--version', plugin=plugin).modules
        for plugin in (True, False)
    )
    assert ours - stock == {'osc_cinderlite', 'osc_cinderlite.plugin'}


def test_modules_of_other_commands(tmp_path: Path) -> None:
    """OSC imports our commands for each of its own; not what they use."""
    ours, stock = (
        openstack(tmp_path, 'help', 'server', 'list', plugin=plugin).modules
        for plugin in (True, False)
    )
    more = ours - stock
    assert 'osc_cinderlite.v3.volume' in more
    assert {name.partition('.')[0] for name in more} == {'osc_cinderlite'}
    assert not [name for name in more if name.startswith('osc_cinderlite.lib')]


def test_modules_of_a_create(
    tmp_path: Path, credentials: dict[str, str]
) -> None:
    """All that is not ours any command had to import to sign in."""
    token = openstack(
        tmp_path, 'token', 'issue', plugin=False, credentials=credentials
    )
    create = openstack(
        tmp_path,
        *('volume', 'create', 'data', '--size', '1'),
        credentials=credentials,
    )
    more = create.modules - token.modules
    assert 'osc_cinderlite.lib.resources.volumes' in more
    for unused in ('volume_snapshots', 'volume_backups', 'messages', 'waiter'):
        assert f'osc_cinderlite.lib.{unused}' not in more
    assert outsiders(more) == set()


@pytest.mark.parametrize(
    ('options', 'rows', 'most'),
    [
        (['--dry-run'], 10_000, 30),
        (['--dry-run', '-f', 'value'], 10_000, 4),
        ([], 10_000, 30),
        (['-f', 'value'], 3_000, 4),
    ],
    ids=['plan', 'plan, row by row', 'table', 'row by row'],
)
def test_memory_of_many_rows(
    tmp_path: Path,
    credentials: dict[str, str],
    options: list[str],
    rows: int,
    most: int,
) -> None:
    """A table of ten thousand rows costs at most 30 MiB, and is all it is."""
    few, many = (
        openstack(
            tmp_path,
            *('volume', 'bulk', 'create', 'data-{n}', '--size', '1'),
            *('--count', str(count), *options),
            credentials=credentials,
        ).memory
        for count in (100, rows)
    )
    assert many - few < most * _MIB
