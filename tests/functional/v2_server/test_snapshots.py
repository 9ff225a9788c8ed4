# SPDX-License-Identifier: Apache-2.0

"""``volume snapshot create`` at API v2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.shell import Openstack


def test_every_option(
    v2: Openstack,
    stock_v2: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    log: AccessLog,
    name: Name,
) -> None:
    volume = demo.volume(name('source'))
    devcloud.write(volume['id'], 4096, b'then')
    new = name('snap')
    command = [
        'volume',
        'snapshot',
        'create',
        new,
        '--volume',
        volume['name'],
        '--description',
        'before the change',
        '--property',
        'a=b=c',
    ]
    made = v2.json(*command, '--wait')
    devcloud.write(volume['id'], 4096, b'now.')
    assert made['status'] == 'available'
    assert made['name'] == new
    assert made['volume_id'] == volume['id']
    assert made['size'] == 1
    assert made['description'] == 'before the change'
    assert made['properties'] == {'a': 'b=c'}
    assert devcloud.read(made['id'], 4096, 4, kind='snapshot') == b'then'
    assert log.body() == {
        'snapshot': {
            'name': new,
            'volume_id': volume['id'],
            'description': 'before the change',
            'metadata': {'a': 'b=c'},
        }
    }
    assert {one.microversion for one in log.requests()} == {None}
    assert set(made) == set(stock_v2.json(*command))


def test_the_volume_of_the_same_name(v2: Openstack, volume: Record) -> None:
    made = v2.json('volume', 'snapshot', 'create', volume['name'])
    assert made['volume_id'] == volume['id']


def test_attached(
    v2: Openstack, demo: Cinder, log: AccessLog, attached: Record, name: Name
) -> None:
    command = [
        'volume',
        'snapshot',
        'create',
        name('snap'),
        '--volume',
        attached['id'],
    ]
    refused = v2(*command).failed()
    (line,) = refused.stderr.splitlines()
    assert 'status must be available, but current status is: in-use' in line
    assert 'HTTP 400' in line
    assert line.endswith('; --force snapshots an attached volume')
    assert 'force' not in log.body()['snapshot']

    log.mark()
    made = v2.json(*command, '--force', '--wait')
    assert made['status'] == 'available'
    assert log.body()['snapshot']['force'] is True
    assert demo.get('volume', attached['id'])['status'] == 'in-use'


def test_remote_source(
    v2: Openstack,
    devcloud: Devcloud,
    admin: Cinder,
    log: AccessLog,
    name: Name,
) -> None:
    volume = admin.volume(name('of-old'), size=2)
    legacy = Path(devcloud.file('volume', volume['id']).parent, name('legacy'))
    with open(legacy, 'wb') as file:
        file.write(b'moved in')
        file.truncate(2 * GIB)
    made = v2.json(
        'volume',
        'snapshot',
        'create',
        name('managed'),
        '--volume',
        volume['id'],
        '--remote-source',
        f'source-name={legacy.name}',
        '--wait',
        cloud='dev-admin',
    )
    assert made['status'] == 'available'
    assert devcloud.read(made['id'], 0, 8, kind='snapshot') == b'moved in'
    assert 'POST /v2/os-snapshot-manage' in log.lines()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--volume', ''], 'argument --volume: the value is empty'),
        (['--property', 'x'], "Expected 'key=value' type, but got: x"),
    ],
)
def test_usage(
    v2: Openstack, log: AccessLog, options: list[str], message: str
) -> None:
    done = v2('volume', 'snapshot', 'create', 'unwanted', *options).failed(2)
    assert message in done.stderr
    assert log.lines() == []
