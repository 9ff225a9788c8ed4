# SPDX-License-Identifier: Apache-2.0

"""Reasons of failed creates, in Cinder's own words where it has any."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server

_DRIVER = (
    'create volume from backend storage:Driver failed to create the volume.'
)
_SCHEDULER = (
    'schedule allocate volume:Could not find any available weighted backend.'
)
_NOTHING_RECORDED = 'Cinder recorded no reason'


def waited(openstack: Openstack, *args: str) -> str:
    """Return the line that says why a create failed."""
    done = openstack(*args, '--wait', '-f', 'json').failed()
    assert done.json['status'].startswith('error')
    created, reason = done.stderr.splitlines()
    assert created.endswith('; waiting for it')
    assert done.id in created
    assert f'{done.id} is in status {done.json["status"]}' in reason
    return reason


def volume_create(name: str, volume_type: str) -> list[str]:
    return ['volume', 'create', name, '--size', '1', '--type', volume_type]


@pytest.mark.needs('3.64')
@pytest.mark.parametrize(
    ('volume_type', 'reason'), [('broken', _DRIVER), ('nowhere', _SCHEDULER)]
)
def test_volume(
    openstack: Openstack,
    log: AccessLog,
    name: Name,
    volume_type: str,
    reason: str,
) -> None:
    line = waited(openstack, *volume_create(name('v'), volume_type))
    assert reason.rstrip('.') in line
    (create,) = log.requests(method='POST')
    assert f'(Request-ID: {create.request_id})' in line


@pytest.mark.needs('3.64')
def test_snapshot(
    openstack: Openstack, devcloud: Devcloud, demo: Cinder, name: Name
) -> None:
    volume = demo.volume(name('volume'))
    devcloud.file('volume', volume['id']).unlink()
    line = waited(
        openstack,
        'volume',
        'snapshot',
        'create',
        's',
        '--volume',
        volume['id'],
    )
    assert 'create snapshot:Snapshot failed to create' in line


def test_backup(openstack: Openstack, demo: Cinder, name: Name) -> None:
    volume = demo.volume(name('volume'))
    command = ['volume', 'backup', 'create', volume['id']]
    line = waited(openstack, *command, '--container', 'fail')
    assert 'the container is named fail' in line


@pytest.mark.needs('3.71')
def test_restore(openstack: Openstack, demo: Cinder, name: Name) -> None:
    """The volume has no message of its own: its backup has it."""
    volume = demo.volume(name('volume'))
    backup = demo.create(
        'backup', volume_id=volume['id'], container='fail-restore'
    )
    line = waited(
        openstack, 'volume', 'create', name('v'), '--backup', backup['id']
    )
    assert 'is in status error_restoring: ' in line
    assert _NOTHING_RECORDED not in line


@pytest.mark.needs('3.3')
def test_nothing_recorded(
    openstack: Openstack, devcloud: Devcloud, demo: Cinder, name: Name
) -> None:
    """Cinder keeps no message of a clone that fails in the driver."""
    volume = demo.volume(name('volume'))
    devcloud.file('volume', volume['id']).unlink()
    line = waited(
        openstack, 'volume', 'create', name('v'), '--source', volume['id']
    )
    assert _NOTHING_RECORDED in line
    assert 'Request-ID: req-' in line


@pytest.mark.needs('3.64')
@pytest.mark.parametrize(
    ('version', 'reason'),
    [
        ('3.5', _DRIVER),
        ('3.4', _DRIVER),
        ('3.3', _DRIVER),
        ('3.2', 'API version 3.2 has no messages'),
    ],
)
def test_older_versions(
    openstack: Openstack,
    log: AccessLog,
    name: Name,
    version: str,
    reason: str,
) -> None:
    """Before 3.5 the server does not filter messages, before 3.3 has none."""
    other = [*volume_create(name('v'), 'nowhere'), '--wait']
    openstack('--os-volume-api-version', '3.2', *other).failed()
    log.mark()
    failing = volume_create(name('v'), 'broken')
    line = waited(openstack.at(version), *failing)
    assert reason.rstrip('.') in line
    asked = log.requests(path='/messages$')
    assert bool(asked) == (version != '3.2')


@pytest.mark.parametrize('volume_type', ['broken', 'nowhere'])
def test_api_without_messages(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    name: Name,
    volume_type: str,
) -> None:
    old = '3.2' if api.major == 3 else f'{api.major}.0'
    line = waited(openstack.at(old), *volume_create(name('v'), volume_type))
    assert f'; API version {old} has no messages (3.3 and later do)' in line
    assert line.endswith(
        f'(Request-ID: {log.requests(method="POST")[-1].request_id})'
    )
    assert log.requests(path='messages') == []


@pytest.mark.needs('3.5')
def test_messages_that_cannot_be_read(
    openstack: Openstack, faults: Faults, name: Name
) -> None:
    with faults({'method': 'GET', 'path': '/messages$', 'status': 403}):
        line = waited(openstack, *volume_create(name('v'), 'broken'))
    assert 'its messages could not be read' in line
    assert 'HTTP 403' in line
