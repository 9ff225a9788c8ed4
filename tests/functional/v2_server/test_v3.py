# SPDX-License-Identifier: Apache-2.0

"""API v3 on this server, whose newest microversion is 3.64."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.shell import Openstack

_VOLUME = ['volume', 'create', 'unwanted', '--size', '1']


def test_a_create_finds_the_version(
    openstack: Openstack, log: AccessLog, name: Name
) -> None:
    """One request too high, and one to create."""
    openstack('volume', 'create', name('blank'), '--size', '1').ok()
    refused, created = log.requests()
    assert str(refused) == str(created) == 'POST /v3/volumes'
    assert refused.microversion == 'volume 3.71'
    assert refused.status == 406
    assert created.microversion == 'volume 3.64'
    assert created.status == 202
    assert refused.body == created.body


def test_the_version_is_found_once(
    openstack: Openstack, log: AccessLog, name: Name
) -> None:
    done = openstack(
        'volume',
        'bulk',
        'create',
        name('many') + '-{n}',
        '--count',
        '4',
        '--size',
        '1',
        '--wait',
    ).ok()
    assert '4 volumes: 4 created' in done.stderr
    assert not [one for one in log.lines() if one.endswith('/v3/')]
    created = [one for one in log.requests(method='POST') if one.status == 202]
    assert {one.microversion for one in created} == {'volume 3.64'}
    assert len(created) == 4


def test_a_version_that_is_too_high(
    openstack: Openstack, log: AccessLog
) -> None:
    done = openstack.at('3.65')(*_VOLUME).failed()
    (line,) = done.stderr.splitlines()
    assert 'Version 3.65 is not supported' in line
    assert 'maximum is 3.64' in line
    assert line.endswith(
        'leave --os-volume-api-version out to use what the cloud has'
    )
    assert len(log.requests()) == 1


@pytest.fixture(scope='module')
def backup(devcloud: Devcloud, demo: Cinder, name: Name) -> Record:
    source = demo.volume(name('source'))
    devcloud.write(source['id'], 0, b'kept')
    return demo.create('backup', volume_id=source['id'], name=name('backup'))


@pytest.mark.parametrize('version', ['3', '3.64', '3.47'])
def test_of_a_backup(
    openstack: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    backup: Record,
    name: Name,
    version: str,
) -> None:
    made = openstack.at(version).json(
        'volume',
        'create',
        name('restored'),
        '--backup',
        backup['name'],
        '--wait',
    )
    assert made['status'] == 'available'
    assert devcloud.read(made['id'], 0, 4) == b'kept'
    used = {
        one.microversion for one in log.requests() if one.status != 406
    } - {None}
    assert used == {f'volume {"3.47" if version == "3.47" else "3.64"}'}


def test_backup_with_all_that_v3_has(
    openstack: Openstack, demo: Cinder, volume: Record
) -> None:
    made = openstack.json(
        'volume',
        'backup',
        'create',
        volume['id'],
        '--property',
        'keep=7',
        '--availability-zone',
        'nova',
        '--wait',
    )
    backup = demo.get('backup', made['id'])
    assert backup['metadata'] == made['properties'] == {'keep': '7'}
    assert backup['status'] == 'available'


def test_a_reason(openstack: Openstack, name: Name) -> None:
    done = openstack(
        'volume',
        'create',
        name('failing'),
        '--size',
        '1',
        '--type',
        'broken',
        '--wait',
    ).failed()
    assert 'Driver failed to create the volume' in done.stderr


def test_attached(
    openstack: Openstack, log: AccessLog, attached: Record, name: Name
) -> None:
    """Below 3.66 an attached volume needs ``--force`` again."""
    command = [
        'volume',
        'snapshot',
        'create',
        name('snap'),
        '--volume',
        attached['id'],
    ]
    refused = openstack(*command).failed()
    assert refused.stderr.splitlines()[-1].endswith(
        '; --force snapshots an attached volume'
    )
    made = openstack.json(*command, '--force', '--wait')
    assert made['status'] == 'available'


def test_remote_source(
    openstack: Openstack,
    stock: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    volume: Record,
    name: Name,
) -> None:
    """Stock asks for 3.71, and does not get it."""
    directory = devcloud.file('volume', volume['id']).parent
    (directory / 'legacy').write_bytes(b'moved in')
    command = [
        'volume',
        'create',
        name('managed'),
        '--remote-source',
        'source-name=legacy',
        '--host',
        'devcloud@standard#standard',
        '--bootable',
    ]
    refused = stock(*command, cloud='dev-admin').failed()
    assert '406' in refused.stderr
    log.mark()
    made = openstack.json(*command, '--wait', cloud='dev-admin')
    assert made['status'] == 'available'
    assert made['bootable'] is True
    assert devcloud.read(made['id'], 0, 8) == b'moved in'
    used = [one.microversion for one in log.requests() if one.status == 202]
    assert used == ['volume 3.64']
