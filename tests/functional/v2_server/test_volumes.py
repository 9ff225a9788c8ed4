# SPDX-License-Identifier: Apache-2.0

"""``volume create`` at API v2, with every option it has there."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.faults import Faults
from tests.functional.shell import Openstack

_FIRST = b'first bytes of the volume'
_LAST = b'and its last'


@pytest.fixture(scope='module')
def source(devcloud: Devcloud, demo: Cinder, name: Name) -> Record:
    """A volume with something in it."""
    volume = demo.volume(name('source'), size=2)
    devcloud.write(volume['id'], 0, _FIRST)
    devcloud.write(volume['id'], 2 * GIB - len(_LAST), _LAST)
    return volume


@pytest.fixture(scope='module')
def snapshot(demo: Cinder, source: Record, name: Name) -> Record:
    return demo.create('snapshot', volume_id=source['id'], name=name('snap'))


def test_blank(
    v2: Openstack, demo: Cinder, log: AccessLog, name: Name
) -> None:
    new = name('blank')
    made = v2.json(
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
    assert made['status'] == 'creating'
    (post,) = log.requests()
    assert str(post) == 'POST /v2/volumes'
    assert post.microversion is None
    assert post.body == {
        'volume': {
            'name': new,
            'size': 1,
            'volume_type': 'slow',
            'description': 'two\nlines, and ☃',
            'availability_zone': 'nova',
            'metadata': {'a': 'b=c', 'd': ''},
        }
    }
    volume = demo.get('volume', made['id'])
    assert volume['name'] == made['name'] == new
    assert volume['size'] == made['size'] == 1
    assert volume['volume_type'] == made['type'] == 'slow'
    assert volume['description'] == 'two\nlines, and ☃'
    assert volume['availability_zone'] == 'nova'
    assert volume['metadata'] == made['properties'] == {'a': 'b=c', 'd': ''}


def test_columns_are_those_of_the_stock_client(
    v2: Openstack, stock_v2: Openstack, name: Name
) -> None:
    command = ['volume', 'create', name('columns'), '--size', '1']
    assert set(v2.json(*command)) == set(stock_v2.json(*command))


@pytest.mark.parametrize(
    ('options', 'by'),
    [
        (['--snapshot'], 'name'),
        (['--snapshot'], 'id'),
        (['--snapshot', '--size'], 'id'),
    ],
)
def test_of_a_snapshot(
    v2: Openstack,
    devcloud: Devcloud,
    snapshot: Record,
    name: Name,
    options: list[str],
    by: str,
) -> None:
    size = '3' if '--size' in options else '2'
    made = v2.json(
        'volume',
        'create',
        name('of-snapshot'),
        '--snapshot',
        snapshot[by],
        *(['--size', size] if '--size' in options else []),
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['snapshot_id'] == snapshot['id']
    assert made['size'] == int(size)
    assert devcloud.read(made['id'], 0, len(_FIRST)) == _FIRST
    end = devcloud.read(made['id'], 2 * GIB - len(_LAST), len(_LAST))
    assert end == _LAST


def test_clone(
    v2: Openstack, devcloud: Devcloud, source: Record, name: Name
) -> None:
    made = v2.json(
        'volume', 'create', name('clone'), '--source', source['name'], '--wait'
    )
    assert made['status'] == 'available'
    assert made['source_volid'] == source['id']
    assert made['size'] == 2
    assert devcloud.read(made['id'], 0, len(_FIRST)) == _FIRST


@pytest.mark.parametrize('by', ['id', 'name'])
def test_size_below_the_source(
    v2: Openstack, source: Record, name: Name, by: str
) -> None:
    done = v2(
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
    assert done.json['size'] == 2
    assert '1 GiB is below' in done.stderr


def test_of_an_image(
    v2: Openstack, devcloud: Devcloud, demo: Cinder, name: Name
) -> None:
    """Cinder itself looks the image's name up."""
    image = demo.image('tiny')
    made = v2.json(
        'volume',
        'create',
        name('of-image'),
        '--image',
        'tiny',
        '--size',
        '1',
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['bootable'] is True
    assert made['volume_image_metadata']['image_id'] == image['id']
    content = demo.image_bytes(image['id'])
    assert devcloud.read(made['id'], 0, len(content)) == content


def test_consistency_group(
    v2: Openstack, demo: Cinder, admin: Cinder, log: AccessLog, name: Name
) -> None:
    group = demo.create(
        'group',
        name=name('group'),
        group_type=admin.group_type(name('group-type')),
        volume_types=[demo.type_id('standard')],
    )
    for by in ('name', 'id'):
        made = v2.json(
            'volume',
            'create',
            name('grouped'),
            '--size',
            '1',
            '--type',
            'standard',
            '--consistency-group',
            group[by],
            '--wait',
        )
        assert demo.get('volume', made['id'])['group_id'] == group['id']
    assert {one.microversion for one in log.requests()} == {None}


@pytest.mark.parametrize(
    ('options', 'bootable', 'readonly'),
    [
        (['--bootable'], True, None),
        (['--non-bootable', '--read-write'], False, 'False'),
        (['--bootable', '--read-only'], True, 'True'),
    ],
)
def test_follow_ups(
    v2: Openstack,
    demo: Cinder,
    log: AccessLog,
    name: Name,
    options: list[str],
    bootable: bool,
    readonly: str | None,
) -> None:
    """They come once the volume is available, and the record shows them."""
    made = v2.json(
        'volume', 'create', name('flagged'), '--size', '1', *options
    )
    assert made['status'] == 'available'
    assert made['bootable'] is bootable
    assert made['properties'].get('readonly') == readonly
    volume = demo.get('volume', made['id'])
    assert volume['bootable'] == str(bootable).lower()
    assert volume['metadata'].get('readonly') == readonly
    actions = log.requests(method='POST', path='/action$')
    assert len(actions) == len(options)
    assert all(one.path.startswith('/v2/volumes/') for one in actions)


def test_follow_ups_of_a_volume_that_fails(
    v2: Openstack, stock_v2: Openstack, log: AccessLog, name: Name
) -> None:
    command = [
        'volume',
        'create',
        name('flagged'),
        '--size',
        '1',
        '--type',
        'broken',
        '--bootable',
        '-f',
        'json',
    ]
    done = v2(*command).failed()
    assert done.json['status'] == 'error'
    assert f'volume {done.id} is in status error' in done.stderr
    assert log.requests(path='/action$') == []
    assert stock_v2(*command).ok().json['status'] == 'creating'


def test_a_refused_follow_up(
    v2: Openstack, stock_v2: Openstack, faults: Faults, name: Name
) -> None:
    """The stock client does not even look at the answer."""
    rule = {
        'method': 'POST',
        'path': '/action$',
        'status': 403,
        'body': {'forbidden': {'code': 403, 'message': 'not for you'}},
    }
    command = ['volume', 'create', name('flagged'), '--size', '1']
    with faults(rule):
        done = v2(*command, '--read-only', '-f', 'json').failed()
        unheeded = stock_v2(*command, '--read-only').ok()
    assert done.json['status'] == 'available'
    reason = done.stderr.splitlines()[-1]
    assert done.id in reason
    assert 'not for you (HTTP 403' in reason
    assert 'not for you' not in unheeded.stderr


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--backup', 'x'], 'unrecognized arguments: --backup x'),
        (['--group', 'x'], 'unrecognized arguments: --group x'),
        (
            ['--remote-source', 'a=b', '--host', 'c'],
            'unrecognized arguments: --remote-source a=b --host c',
        ),
        (['--cluster', 'x'], 'unrecognized arguments: --cluster x'),
        (['--source-replicated', 'x'], 'no longer has replicated volumes'),
        (['--image', ''], 'argument --image: the value is empty'),
        (['--image', 'a', '--source', 'b'], 'not allowed with argument'),
    ],
)
def test_what_v2_does_not_have(
    v2: Openstack,
    log: AccessLog,
    name: Name,
    options: list[str],
    message: str,
) -> None:
    done = v2(
        'volume', 'create', name('unwanted'), '--size', '1', *options
    ).failed(2)
    assert message in done.stderr
    assert log.lines() == []


def test_size_is_needed(v2: Openstack, log: AccessLog) -> None:
    done = v2('volume', 'create', 'unwanted', '--image', 'tiny').failed()
    assert done.stderr.splitlines() == [
        '--size is a required option if --snapshot or --source are not '
        'specified'
    ]
    assert log.lines() == []


@pytest.mark.parametrize(
    'version', [['--os-volume-api-version', '2'], []], ids=['option', 'config']
)
def test_other_ways_to_ask_for_v2(
    openstack: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    name: Name,
    version: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    config = tmp_path_factory.mktemp('config') / 'clouds.yaml'
    text = devcloud.config.read_text()
    config.write_text(
        text
        if version
        else text.replace('volume_api_version: "3"', 'volume_api_version: "2"')
    )
    openstack(
        *version,
        'volume',
        'create',
        name('blank'),
        '--size',
        '1',
        env={'OS_CLIENT_CONFIG_FILE': str(config)},
    ).ok()
    assert log.lines() == ['POST /v2/volumes']
