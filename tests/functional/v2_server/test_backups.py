# SPDX-License-Identifier: Apache-2.0

"""``volume backup create`` at API v2."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.shell import Openstack

_CREATE = ['volume', 'backup', 'create']


@pytest.fixture
def written(devcloud: Devcloud, demo: Cinder, name: Name) -> Record:
    """A volume with something in it."""
    volume = demo.volume(name('source'))
    devcloud.write(volume['id'], 4096, b'old')
    return volume


def restored(demo: Cinder, devcloud: Devcloud, backup: Record) -> bytes:
    """Return what a backup holds where :func:`written` wrote."""
    volume = demo.create('volume', backup_id=backup['id'])
    return devcloud.read(volume['id'], 4096, 3)


def test_full(
    v2: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    log: AccessLog,
    written: Record,
    name: Name,
) -> None:
    new = name('backup')
    made = v2.json(
        *_CREATE,
        written['name'],
        '--name',
        new,
        '--description',
        'nightly',
        '--container',
        'shelf',
        '--no-incremental',
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['name'] == new
    assert made['volume_id'] == written['id']
    assert made['description'] == 'nightly'
    assert made['container'] == 'shelf'
    assert made['is_incremental'] is False
    assert made['size'] == 1
    assert log.body() == {
        'backup': {
            'name': new,
            'volume_id': written['id'],
            'description': 'nightly',
            'container': 'shelf',
            'incremental': False,
        }
    }
    assert {one.microversion for one in log.requests()} == {None}
    assert restored(demo, devcloud, made) == b'old'


def test_columns_are_those_of_the_stock_client(
    v2: Openstack,
    stock_v2: Openstack,
    demo: Cinder,
    volume: Record,
    written: Record,
) -> None:
    made = v2.json(*_CREATE, volume['id'])
    theirs = stock_v2.json(*_CREATE, written['id'])
    demo.wait('backup', made['id'])
    assert list(made) == list(theirs) == ['id', 'name', 'volume_id']


def test_incremental(
    v2: Openstack, devcloud: Devcloud, demo: Cinder, written: Record
) -> None:
    refused = v2(*_CREATE, written['id'], '--incremental').failed()
    (line,) = refused.stderr.splitlines()
    assert 'No backups available to do an incremental backup' in line
    assert line.endswith('--incremental-or-full makes a full one in this case')

    done = v2(
        *_CREATE,
        written['name'],
        '--incremental-or-full',
        '--wait',
        '-f',
        'json',
    ).ok()
    full = done.json
    assert full['is_incremental'] is False
    assert 'Making a full backup: there is no usable parent' in done.stderr

    devcloud.write(written['id'], 4096, b'new')
    done = v2(
        *_CREATE,
        written['id'],
        '--incremental-or-full',
        '--wait',
        '-f',
        'json',
    ).ok()
    made = done.json
    assert made['is_incremental'] is True
    assert f'an incremental backup on top of {full["id"]}' in done.stderr
    assert restored(demo, devcloud, made) == b'new'
    assert restored(demo, devcloud, full) == b'old'

    devcloud.write(written['id'], 4096, b'NEW')
    made = v2.json(*_CREATE, written['id'], '--incremental', '--wait')
    assert made['is_incremental'] is True
    assert restored(demo, devcloud, made) == b'NEW'


def test_of_a_snapshot(
    v2: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    written: Record,
    name: Name,
) -> None:
    snapshot = demo.create(
        'snapshot', volume_id=written['id'], name=name('snap')
    )
    devcloud.write(written['id'], 4096, b'new')
    made = v2.json(
        *_CREATE, written['id'], '--snapshot', snapshot['name'], '--wait'
    )
    assert made['snapshot_id'] == snapshot['id']
    assert restored(demo, devcloud, made) == b'old'


def test_attached(v2: Openstack, log: AccessLog, attached: Record) -> None:
    refused = v2(*_CREATE, attached['id']).failed()
    (line,) = refused.stderr.splitlines()
    assert 'Backing up an in-use volume must use the force flag' in line
    assert line.endswith('; --force backs up an attached volume')

    log.mark()
    made = v2.json(*_CREATE, attached['id'], '--force', '--wait')
    assert made['status'] == 'available'
    assert log.body()['backup']['force'] is True


@pytest.mark.parametrize('option', ['--property', '--availability-zone'])
def test_what_v2_does_not_have(
    v2: Openstack, log: AccessLog, volume: Record, option: str
) -> None:
    done = v2(*_CREATE, volume['id'], option, 'a=b').failed(2)
    assert f'unrecognized arguments: {option} a=b' in done.stderr
    assert log.lines() == []


def test_the_reason_of_a_failure_is_the_backups_own(
    v2: Openstack, volume: Record
) -> None:
    """A backup tells it itself, at any version."""
    done = v2(
        *_CREATE, volume['id'], '--container', 'fail', '--wait', '-f', 'json'
    ).failed()
    assert done.json['status'] == 'error'
    assert 'the container is named fail' in done.json['fail_reason']
    assert f'backup {done.id} is in status error: ' in done.stderr
    assert 'the container is named fail' in done.stderr
