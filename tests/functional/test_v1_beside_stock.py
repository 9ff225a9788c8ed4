# SPDX-License-Identifier: Apache-2.0

"""API v1 beside the last stock client that had it, on the same server."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
from typing import Any

import pytest

from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import CHECKOUT, Devcloud
from tests.functional.shell import LIMIT, Openstack, environment

pytestmark = [
    pytest.mark.each_server,
    pytest.mark.lacks('2.0'),
]

#: OpenStackClient 7.4 with cinderclient 4.3; `make soak` installs it
STOCK = CHECKOUT / '.venvs' / 'stock-7' / 'bin' / 'openstack'

#: what differs between two resources that are alike
_OF_EACH = ('id', 'created_at', 'name', 'display_name')


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


@pytest.fixture(scope='module')
def snapshot(demo: Cinder, volume: Record, name: Name) -> Record:
    return demo.create('snapshot', volume_id=volume['id'], name=name('s'))


def stock(devcloud: Devcloud, home: Path, *args: str) -> Any:
    """Run the stock client and return the record that it shows."""
    done = subprocess.run(
        [str(STOCK), '--os-volume-api-version', '1', *args, '-f', 'json'],
        env=environment(devcloud.config, home, 'dev-demo'),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def alike(record: Record) -> Record:
    return {k: v for k, v in record.items() if k not in _OF_EACH}


@pytest.mark.parametrize(
    'options',
    [
        ['--size', '1'],
        ['--size', '1', '--description', 'd', '--property', 'a=b'],
        ['--size', '2', '--type', 'slow', '--availability-zone', 'nova'],
        ['--size', '1', '--image', 'tiny'],
        ['--source', '{volume}'],
        ['--snapshot', '{snapshot}'],
        ['--size', '1', '--snapshot-id', '{snapshot}'],
        ['--size', '1', '-c', 'display_name', '-c', 'size'],
    ],
    ids=' '.join,
)
def test_volume(
    openstack: Openstack,
    devcloud: Devcloud,
    volume: Record,
    snapshot: Record,
    name: Name,
    tmp_path: Path,
    options: list[str],
) -> None:
    ids = {'volume': volume['id'], 'snapshot': snapshot['id']}
    line = [option.format(**ids) for option in options]
    ours = openstack.json('volume', 'create', name('v'), *line)
    theirs = stock(devcloud, tmp_path, 'volume', 'create', name('v'), *line)
    assert list(ours) == list(theirs)
    assert alike(ours) == alike(theirs)


@pytest.mark.parametrize('options', [[], ['--description', 'd', '--force']])
def test_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    volume: Record,
    name: Name,
    tmp_path: Path,
    options: list[str],
) -> None:
    line = ['--volume', volume['name'], *options]
    command = ('volume', 'snapshot', 'create')
    ours = openstack.json(*command, name('s'), *line)
    theirs = stock(devcloud, tmp_path, *command, name('s'), *line)
    assert list(ours) == list(theirs)
    assert alike(ours) == alike(theirs)


def test_backup(
    openstack: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    name: Name,
    tmp_path: Path,
) -> None:
    volumes = [demo.volume(name('volume')) for _ in range(2)]
    command = ('volume', 'backup', 'create', '--container', 'c')
    options = ('--name', name('b'), '--description', 'd')
    ours = openstack.json(*command, *options, volumes[0]['name'])
    theirs = stock(devcloud, tmp_path, *command, *options, volumes[1]['name'])
    assert list(ours) == list(theirs)
    assert ours['name'] == theirs['name']
