# SPDX-License-Identifier: Apache-2.0

"""``volume create`` from every source, with the bytes in it."""

from __future__ import annotations

import pytest

from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.shell import Openstack

_FIRST = b'first bytes of the volume'
_LAST = b'and its last'


@pytest.fixture(scope='module')
def source(devcloud: Devcloud, demo: Cinder, name: Name) -> Record:
    """A volume with something in it."""
    volume = demo.volume(name('source'))
    devcloud.write(volume['id'], 0, _FIRST)
    devcloud.write(volume['id'], GIB - len(_LAST), _LAST)
    return volume


@pytest.fixture(scope='module')
def snapshot(demo: Cinder, source: Record, name: Name) -> Record:
    return demo.create('snapshot', volume_id=source['id'], name=name('snap'))


@pytest.fixture(scope='module')
def backup(demo: Cinder, source: Record, name: Name) -> Record:
    return demo.create('backup', volume_id=source['id'], name=name('backup'))


def assert_has_the_bytes(devcloud: Devcloud, volume_id: str) -> None:
    assert devcloud.read(volume_id, 0, len(_FIRST)) == _FIRST
    assert devcloud.read(volume_id, GIB - len(_LAST), len(_LAST)) == _LAST


@pytest.mark.parametrize('cloud', ['dev-demo', 'dev-admin'])
def test_blank(
    openstack: Openstack, admin: Cinder, name: Name, cloud: str
) -> None:
    new = name('blank')
    made = openstack.json(
        'volume', 'create', new, '--size', '2', '--wait', cloud=cloud
    )
    assert made['status'] == 'available'
    volume = admin.get('volume', made['id'])
    assert volume['name'] == new
    assert volume['size'] == 2


def test_what_is_said_of_a_volume(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    new = name('described')
    made = openstack.json(
        'volume',
        'create',
        new,
        '--size',
        '1',
        '--type',
        'slow',
        '--description',
        'two\nlines, and ☃',
        '--availability-zone',
        'nova',
        '--property',
        'a=b=c',
        '--property',
        'd=',
    )
    volume = demo.get('volume', made['id'])
    assert volume['volume_type'] == made['type'] == 'slow'
    assert volume['description'] == 'two\nlines, and ☃'
    assert volume['availability_zone'] == 'nova'
    assert volume['metadata'] == {'a': 'b=c', 'd': ''}
    assert made['properties'] == volume['metadata']


@pytest.mark.parametrize(('size', 'gib'), [('3G', 3), ('1T', 1024)])
def test_size(
    openstack: Openstack, demo: Cinder, name: Name, size: str, gib: int
) -> None:
    made = openstack.json('volume', 'create', name('size'), '--size', size)
    assert demo.get('volume', made['id'])['size'] == gib


def test_of_a_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    snapshot: Record,
    name: Name,
) -> None:
    made = openstack.json(
        'volume',
        'create',
        name('of-snapshot'),
        '--snapshot',
        snapshot['name'],
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['snapshot_id'] == snapshot['id']
    assert made['size'] == 1
    assert_has_the_bytes(devcloud, made['id'])


@pytest.mark.parametrize('by', ['id', 'name'])
def test_clone(
    openstack: Openstack,
    devcloud: Devcloud,
    source: Record,
    name: Name,
    by: str,
) -> None:
    made = openstack.json(
        'volume', 'create', name('clone'), '--source', source[by], '--wait'
    )
    assert made['status'] == 'available'
    assert made['source_volid'] == source['id']
    assert made['size'] == 1
    assert_has_the_bytes(devcloud, made['id'])


def test_of_a_backup(
    openstack: Openstack,
    devcloud: Devcloud,
    backup: Record,
    name: Name,
) -> None:
    made = openstack.json(
        'volume',
        'create',
        name('restored'),
        '--backup',
        backup['name'],
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['backup_id'] == backup['id']
    assert made['size'] == 1
    assert_has_the_bytes(devcloud, made['id'])


def test_of_an_image(
    openstack: Openstack, devcloud: Devcloud, demo: Cinder, name: Name
) -> None:
    image = demo.image('tiny')
    made = openstack.json(
        'volume',
        'create',
        name('of-image'),
        '--image',
        image['name'],
        '--size',
        '1',
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['bootable'] is True
    assert made['volume_image_metadata']['image_id'] == image['id']
    content = demo.image_bytes(image['id'])
    assert devcloud.read(made['id'], 0, len(content)) == content
    assert devcloud.read(made['id'], len(content), 1024) == bytes(1024)


def test_size_below_the_source(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    source = demo.volume(name('larger'), size=3)
    for by in ('id', 'name'):
        done = openstack(
            'volume',
            'create',
            name('raised'),
            '--source',
            source[by],
            '--size',
            '1',
            '-f',
            'json',
        ).ok()
        assert done.json['size'] == 3
        assert '1 GiB is below' in done.stderr
        assert '3 GiB' in done.stderr


def test_size_above_the_source(
    openstack: Openstack, devcloud: Devcloud, source: Record, name: Name
) -> None:
    made = openstack.json(
        'volume',
        'create',
        name('larger'),
        '--source',
        source['name'],
        '--size',
        '2',
        '--wait',
    )
    assert made['size'] == 2
    assert_has_the_bytes(devcloud, made['id'])


def test_without_the_right(openstack: Openstack, name: Name) -> None:
    new = name('forbidden')
    done = openstack(
        'volume', 'create', new, '--size', '1', cloud='dev-reader'
    ).failed()
    assert done.stdout == ''
    (line,) = done.stderr.splitlines()
    assert new in line
    assert "Policy doesn't allow volume:create to be performed" in line
    assert 'HTTP 403, Request-ID: req-' in line


def test_on_a_cloud_without_v2(openstack: Openstack, name: Name) -> None:
    done = openstack(
        '--os-volume-api-version',
        '2',
        'volume',
        'create',
        name('v2'),
        '--size',
        '1',
    ).failed()
    (line,) = done.stderr.splitlines()
    assert 'this cloud has no volumev2 endpoint' in line
