# SPDX-License-Identifier: Apache-2.0

"""Scripts that were written for the stock client."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.functional.cinder import Cinder, Name, Record
from tests.functional.shell import Openstack

pytestmark = [pytest.mark.each_server, pytest.mark.needs('2.0')]

CREATES = {
    'volume': 'volume create --size 1 of-scripts',
    'snapshot': 'volume snapshot create --volume {volume} of-scripts',
    'backup': 'volume backup create --name of-scripts {volume}',
}
FORMATS = ('value', 'shell', 'json', 'yaml', 'table')
COLUMNS = ('-c ID', '-c id', '-c Name -c ID', '-c NAME')

#: what differs from one run to the next
_OWN = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    made = demo.volume(name('of-scripts'))
    demo.wait('volume', made['id'])
    return made


@pytest.fixture
def run(
    openstack: Openstack, stock: Openstack, demo: Cinder, volume: Record
) -> Run:
    return Run(openstack, stock, demo, volume)


class Run:
    """Runs the same line with both clients."""

    def __init__(
        self,
        ours: Openstack,
        theirs: Openstack,
        demo: Cinder,
        volume: Record,
    ) -> None:
        self._clients = (theirs, ours)
        self._demo = demo
        self._volume = volume['id']

    def assert_same(self, line: str) -> None:
        """Check status, standard output and standard error."""
        theirs, ours = map(self._facts, self._clients, [line, line])
        assert ours == theirs

    def _facts(self, client: Openstack, line: str) -> tuple[int, str, str]:
        self._demo.wait('volume', self._volume)
        done = client(*shlex.split(line.format(volume=self._volume)))
        return done.status, _OWN.sub('ID', done.stdout), done.stderr


@pytest.mark.parametrize('kind', CREATES)
@pytest.mark.parametrize('columns', COLUMNS)
def test_columns(run: Run, kind: str, columns: str) -> None:
    for formatter in FORMATS:
        run.assert_same(f'{CREATES[kind]} -f {formatter} {columns}')


@pytest.mark.parametrize(
    'options',
    [
        *('--bootable', '--non-bootable', '--read-only', '--read-write'),
        '--bootable --read-only',
        '--desc nightly --avail nova',
        '--prop a=b --prop c=d',
    ],
)
def test_silence_and_abbreviations(run: Run, options: str) -> None:
    """Nothing is said in success, of follow-ups either."""
    run.assert_same(f'{CREATES["volume"]} {options} -f value -c id')


def test_abbreviation_that_new_options_share(
    openstack: Openstack, demo: Cinder, volume: Record
) -> None:
    """The interactive shell has no options of its own to confuse it with."""
    demo.wait('volume', volume['id'])
    done = openstack(
        stdin=f'volume snapshot create --volume {volume["id"]} --d x '
        'of-scripts -f value -c description -c id'
    )
    assert 'ambiguous' not in done.stderr
    assert 'x' in done.stdout.split()


@pytest.mark.parametrize(
    'line',
    [
        'volume create --size 1 x -c nonsense',
        'volume create --size 1 x -c name -c nonsense',
        'volume create --size 1 --or-show',
        'volume bulk create --size 1 --count 2 same',
        'volume snapshot bulk create',
        'volume backup bulk create --all one',
        'volume backup bulk create one --name {{size}}',
    ],
)
def test_wrong_command_lines(
    run: Run, openstack: Openstack, line: str
) -> None:
    done = openstack(*shlex.split(line.format())).failed(2)
    assert done.stdout == ''
    assert len(done.stderr.splitlines()) == 1
