# SPDX-License-Identifier: Apache-2.0

"""``volume backup create``, full and incremental."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server


@pytest.fixture
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


def create(
    openstack: Openstack, *args: str, cloud: str = 'dev-demo'
) -> Record:
    made: Record = openstack.json(
        'volume', 'backup', 'create', *args, '--wait', cloud=cloud
    )
    assert made['status'] == 'available'
    return made


def restored(demo: Cinder, name: Name, backup: Record) -> str:
    """Return the ID of a volume that a backup was restored to."""
    return str(demo.restored(backup['id'], name('back'))['id'])


@pytest.mark.basic
def test_full(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    log: AccessLog,
    volume: Record,
    name: Name,
) -> None:
    devcloud.write(volume['id'], 0, b'kept')
    new = name('backup')
    made = create(
        openstack,
        volume['name'],
        '--name',
        new,
        '--description',
        'nightly',
        '--container',
        'shelf',
        '--no-incremental',
    )
    assert list(made)[:3] == ['id', 'name', 'volume_id']
    assert made['name'] == new
    assert made['volume_id'] == volume['id']
    assert made['description'] == 'nightly'
    assert made['container'] == 'shelf'
    assert made['is_incremental'] is False
    assert made['size'] == 1
    post = log.requests(method='POST')[-1]
    assert str(post) == f'POST {api.path("/backups")}'
    assert post.microversion == api.microversion
    assert post.body == {
        'backup': {
            'name': new,
            'volume_id': volume['id'],
            'description': 'nightly',
            'container': 'shelf',
            'incremental': False,
        }
    }
    assert devcloud.read(restored(demo, name, made), 0, 4) == b'kept'


@pytest.mark.needs('3.43')
def test_properties(
    openstack: Openstack, demo: Cinder, volume: Record
) -> None:
    made = create(openstack, volume['id'], '--property', 'keep=7')
    assert made['properties'] == {'keep': '7'}
    assert demo.get('backup', made['id'])['metadata'] == {'keep': '7'}


def test_without_waiting_there_are_the_columns_of_old(
    openstack: Openstack, api: Server, demo: Cinder, volume: Record
) -> None:
    made = openstack.json('volume', 'backup', 'create', volume['name'])
    assert made.pop('volume_id', None) == (
        volume['id'] if api.major > 1 else None
    )
    assert list(made) == ['id', 'name']
    assert made['name'] is None
    demo.wait('backup', made['id'])


def test_of_the_administrator(
    openstack: Openstack, admin: Cinder, name: Name
) -> None:
    volume = admin.volume(name('admins'))
    create(openstack, volume['name'], cloud='dev-admin')


@pytest.mark.needs('3.71')
def test_without_the_right(openstack: Openstack, volume: Record) -> None:
    done = openstack(
        'volume', 'backup', 'create', volume['id'], cloud='dev-reader'
    ).failed()
    assert "Policy doesn't allow backup:create" in done.stderr


#: bytes of one object of a backup: it may become nothing but zeros
CHUNK = 64 << 20


def test_incremental(
    openstack: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    volume: Record,
    name: Name,
) -> None:
    devcloud.write(volume['id'], 0, b'old')
    create(openstack, volume['id'])
    for now in (b'x' * CHUNK, bytes(CHUNK)):
        devcloud.write(volume['id'], 0, now)
        made = create(openstack, volume['id'], '--incremental')
        assert made['is_incremental'] is True
        assert devcloud.read(restored(demo, name, made), 0, len(now)) == now


def test_incremental_without_a_parent(
    openstack: Openstack, volume: Record
) -> None:
    done = openstack(
        'volume', 'backup', 'create', volume['id'], '--incremental'
    ).failed()
    (line,) = done.stderr.splitlines()
    assert 'No backups available to do an incremental backup' in line
    assert line.endswith('--incremental-or-full makes a full one in this case')


@pytest.mark.needs('3.71')
def test_no_incremental_is_sent(
    openstack: Openstack,
    stock: Openstack,
    log: AccessLog,
    demo: Cinder,
    volume: Record,
) -> None:
    parent = demo.create('backup', volume_id=volume['id'])
    made = create(openstack, volume['id'], '--no-incremental')
    assert log.body()['backup']['incremental'] is False
    assert made['is_incremental'] is False

    # The stock client lets a later --no-incremental pass unheeded.
    done = stock(
        'volume',
        'backup',
        'create',
        volume['id'],
        '--incremental',
        '--no-incremental',
        '-f',
        'json',
    ).ok()
    assert demo.wait('backup', done.id)['is_incremental'] is True
    assert parent['id'] != done.id


def test_of_a_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    volume: Record,
    name: Name,
) -> None:
    devcloud.write(volume['id'], 0, b'then')
    snapshot = demo.create(
        'snapshot', volume_id=volume['id'], name=name('snap')
    )
    devcloud.write(volume['id'], 0, b'now.')
    made = create(openstack, volume['id'], '--snapshot', snapshot['name'])
    assert made['snapshot_id'] == snapshot['id']
    assert devcloud.read(restored(demo, name, made), 0, 4) == b'then'


def test_attached(openstack: Openstack, demo: Cinder, volume: Record) -> None:
    demo.attach(volume['id'])
    refused = openstack('volume', 'backup', 'create', volume['id']).failed()
    (line,) = refused.stderr.splitlines()
    assert 'Backing up an in-use volume must use the force flag' in line
    assert line.endswith('--force backs up an attached volume')
    create(openstack, volume['id'], '--force')


@pytest.mark.needs('3.51')
def test_availability_zone(
    openstack: Openstack, log: AccessLog, volume: Record
) -> None:
    create(openstack, volume['id'], '--availability-zone', 'nova')
    assert log.bodies()[-1]['backup']['availability_zone'] == 'nova'
