# SPDX-License-Identifier: Apache-2.0

"""``volume create`` from every source, with the bytes in it."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server

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


@pytest.mark.basic
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


@pytest.mark.basic
def test_what_is_said_of_a_volume(
    openstack: Openstack,
    api: Server,
    demo: Cinder,
    log: AccessLog,
    name: Name,
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
    post = log.requests(method='POST')[-1]
    assert str(post) == f'POST {api.path("/volumes")}'
    assert post.microversion == api.microversion
    assert post.body == {
        'volume': api.named(
            name=new,
            size=1,
            volume_type='slow',
            description='two\nlines, and ☃',
            availability_zone='nova',
            metadata={'a': 'b=c', 'd': ''},
        )
    }
    volume = demo.get('volume', made['id'])
    assert volume['name'] == made['name'] == new
    assert volume['volume_type'] == made['type'] == 'slow'
    assert volume['description'] == 'two\nlines, and ☃'
    assert made[api.description] == volume['description']
    assert volume['availability_zone'] == 'nova'
    assert volume['metadata'] == {'a': 'b=c', 'd': ''}
    assert made['properties'] == volume['metadata']


@pytest.mark.needs('2.0')
def test_columns_are_those_of_the_stock_client(
    openstack: Openstack, stock: Openstack, name: Name
) -> None:
    command = ['volume', 'create', name('columns'), '--size', '1']
    assert set(openstack.json(*command)) == set(stock.json(*command))


@pytest.mark.parametrize(('size', 'gib'), [('3G', 3), ('1T', 1024)])
def test_size(
    openstack: Openstack, demo: Cinder, name: Name, size: str, gib: int
) -> None:
    made = openstack.json('volume', 'create', name('size'), '--size', size)
    assert demo.get('volume', made['id'])['size'] == gib


@pytest.mark.parametrize('by', ['id', 'name'])
def test_of_a_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    snapshot: Record,
    name: Name,
    by: str,
) -> None:
    made = openstack.json(
        'volume',
        'create',
        name('of-snapshot'),
        '--snapshot',
        snapshot[by],
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


@pytest.mark.needs('3.47')
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


@pytest.mark.parametrize('by', ['id', 'name'])
def test_of_an_image(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    name: Name,
    by: str,
) -> None:
    image = demo.image('tiny')
    made = openstack.json(
        'volume',
        'create',
        name('of-image'),
        '--image',
        image[by],
        '--size',
        '1',
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['bootable'] == api.bootable(True)
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


@pytest.mark.needs('3.71')
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


@pytest.mark.needs('3.71')
@pytest.mark.parametrize(
    ('version', 'service'), [('1', 'volume'), ('2', 'volumev2')]
)
def test_on_a_cloud_without_v2(
    openstack: Openstack, name: Name, version: str, service: str
) -> None:
    done = openstack.at(version)(
        'volume', 'create', name('old'), '--size', '1'
    ).failed()
    (line,) = done.stderr.splitlines()
    assert f'this cloud has no {service} endpoint, version {version}' in line


@pytest.mark.parametrize('by', ['option', 'config'])
def test_other_ways_to_ask_for_a_version(
    any_openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    log: AccessLog,
    name: Name,
    by: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    config = tmp_path_factory.mktemp('config') / 'clouds.yaml'
    text = devcloud.config.read_text()
    major = str(api.major)
    option = ['--os-volume-api-version', major] if by == 'option' else []
    if not option:
        text = text.replace(
            'api_version: "3"\n    interface',
            f'api_version: "{major}"\n    interface',
        )
    config.write_text(text)
    any_openstack(
        *option,
        *('volume', 'create', name('blank'), '--size', '1'),
        env={'OS_CLIENT_CONFIG_FILE': str(config)},
    ).ok()
    assert log.lines()[-1] == f'POST {api.path("/volumes")}'
