# SPDX-License-Identifier: Apache-2.0

"""``volume snapshot create``, of attached volumes too."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


@pytest.fixture(scope='module')
def attached(demo: Cinder, name: Name) -> Record:
    volume = demo.volume(name('attached'))
    demo.attach(volume['id'])
    return volume


@pytest.mark.basic
def test_snapshot(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    log: AccessLog,
    volume: Record,
    name: Name,
) -> None:
    new, content = name('snap'), name('content').encode()
    devcloud.write(volume['id'], 4096, content)
    made = openstack.json(
        'volume',
        'snapshot',
        'create',
        new,
        '--volume',
        volume['name'],
        '--description',
        'before the upgrade',
        '--property',
        'owner=me',
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['volume_id'] == volume['id']
    described = {'name': new, 'description': 'before the upgrade'}
    assert api.named(**described).items() <= made.items()
    assert made['properties'] == {'owner': 'me'}
    post = log.requests(method='POST')[-1]
    assert str(post) == f'POST {api.path("/snapshots")}'
    assert post.microversion == api.microversion
    wanted = {**described, 'volume_id': volume['id']}
    assert post.body == {
        'snapshot': api.named(**wanted, metadata={'owner': 'me'})
    }
    kept = devcloud.read(made['id'], 4096, len(content), kind='snapshot')
    assert kept == content


def test_of_the_administrator(
    openstack: Openstack, admin: Cinder, name: Name
) -> None:
    volume = admin.volume(name('admins'))
    made = openstack.json(
        'volume',
        'snapshot',
        'create',
        name('admins-snap'),
        '--volume',
        volume['name'],
        '--wait',
        cloud='dev-admin',
    )
    assert made['status'] == 'available'


@pytest.mark.needs('3.71')
def test_without_the_right(
    openstack: Openstack, volume: Record, name: Name
) -> None:
    done = openstack(
        'volume',
        'snapshot',
        'create',
        name('forbidden'),
        '--volume',
        volume['name'],
        cloud='dev-reader',
    ).failed()
    assert "Policy doesn't allow volume:create_snapshot" in done.stderr


def test_the_volume_is_by_default_the_one_of_that_name(
    openstack: Openstack, api: Server, volume: Record
) -> None:
    made = openstack.json('volume', 'snapshot', 'create', volume['name'])
    assert made['volume_id'] == volume['id']
    assert api.named(name=volume['name']).items() <= made.items()


@pytest.mark.needs('3.66')
@pytest.mark.parametrize('force', [[], ['--force']])
@pytest.mark.parametrize('version', ['3', '3.66'])
def test_attached(
    openstack: Openstack,
    log: AccessLog,
    attached: Record,
    name: Name,
    version: str,
    force: list[str],
) -> None:
    made = openstack.json(
        '--os-volume-api-version',
        version,
        'volume',
        'snapshot',
        'create',
        name('snap'),
        '--volume',
        attached['id'],
        '--wait',
        *force,
    )
    assert made['status'] == 'available'
    assert 'force' not in log.body()['snapshot']


@pytest.mark.needs('3.66')
@pytest.mark.parametrize('force', [[], ['--force']])
def test_attached_fails_in_the_stock_client(
    stock: Openstack, attached: Record, name: Name, force: list[str]
) -> None:
    done = stock(
        'volume',
        'snapshot',
        'create',
        name('snap'),
        '--volume',
        attached['id'],
        *force,
    ).failed()
    assert 'must be available, but current status is: in-use' in done.stderr


def test_attached_before_3_66(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    attached: Record,
    name: Name,
) -> None:
    command = [
        '--os-volume-api-version',
        api.at_most('3.65'),
        'volume',
        'snapshot',
        'create',
        name('snap'),
        '--volume',
        attached['id'],
    ]
    refused = openstack(*command).failed()
    (line,) = refused.stderr.splitlines()
    assert 'but current status is: in-use' in line
    assert line.endswith('--force snapshots an attached volume')
    assert 'force' not in log.bodies()[-1]['snapshot']

    made = openstack.json(*command, '--force', '--wait')
    assert made['status'] == 'available'
    assert log.bodies()[-1]['snapshot']['force'] is True


@pytest.mark.needs('3.66')
def test_attached_on_an_older_cloud(
    openstack: Openstack,
    log: AccessLog,
    faults: Faults,
    attached: Record,
    name: Name,
) -> None:
    command = [
        'volume',
        'snapshot',
        'create',
        name('snap'),
        '--volume',
        attached['id'],
    ]
    with faults(max_microversion='3.65'):
        refused = openstack(*command).failed()
        made = openstack.json(*command, '--force')
    assert '--force snapshots an attached volume' in refused.stderr
    assert made['volume_id'] == attached['id']
    assert log.requests(method='POST')[-1].microversion == 'volume 3.65'
