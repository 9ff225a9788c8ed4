# SPDX-License-Identifier: Apache-2.0

"""``--wait``: what it ends with, how often it asks, what it survives."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import itertools
import threading
from typing import Any

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record, until
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack, Result

pytestmark = pytest.mark.each_server

_BACKUP_COLUMNS = {
    'id',
    'name',
    'volume_id',
    'status',
    'size',
    'is_incremental',
    'object_count',
    'container',
    'fail_reason',
    'snapshot_id',
}


def volume_create(name: str, *options: str) -> list[str]:
    return ['volume', 'create', name, '--size', '1', '-f', 'json', *options]


def wait_for_existing(
    openstack: Openstack, volume: Record, *options: str
) -> Result:
    """Wait for a volume that is there already."""
    return openstack(
        *volume_create(volume['name'], '--or-show', '--wait', *options)
    )


def set_status(admin: Cinder, volume: Record, status: str) -> None:
    """Let Cinder say that a volume is in a status (admin)."""
    action = {'os-reset_status': {'status': status}}
    admin.act('volume', volume['id'], action)


@contextlib.contextmanager
def meanwhile(act: Any) -> Iterator[None]:
    """Do something in another thread, and wait for the end of it."""
    thread = threading.Thread(target=act)
    thread.start()
    yield
    thread.join()


def test_backup_shows_the_full_record(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    volume = demo.volume(name('volume'))
    done = openstack(
        'volume',
        'backup',
        'create',
        volume['id'],
        '--name',
        name('backup'),
        '--wait',
        '-f',
        'json',
    ).ok()
    assert list(done.json)[:3] == ['id', 'name', 'volume_id']
    assert done.json.keys() >= _BACKUP_COLUMNS
    backup = demo.get('backup', done.id)
    for column in _BACKUP_COLUMNS:
        assert done.json[column] == backup[column], column
    assert done.json['object_count'] > 0


def test_slow(
    openstack: Openstack, api: Server, log: AccessLog, name: Name
) -> None:
    """Few looks, at growing distances; one small request each."""
    new = name('slow')
    done = openstack(*volume_create(new, '--type', 'slow', '--wait')).ok()
    assert done.json['status'] == 'available'
    assert done.stderr.splitlines() == [
        f'Volume {done.id} ({new}) created; waiting for it'
    ]

    create, *looks = log.requests()
    path = api.path('/volumes')
    assert str(create) == f'POST {path}'
    assert {str(look) for look in looks} == {f'GET {path}/{done.id}'}
    assert 4 <= len(looks) <= 20
    times = [look.time.timestamp() for look in looks]
    pauses = [b - a for a, b in itertools.pairwise(times)]
    assert times[0] - create.time.timestamp() >= 0.3
    assert min(pauses) >= 0.3
    assert len(log.requests('identity', 'POST', '/auth/tokens$')) == 1


def test_time_out(
    openstack: Openstack, api: Server, demo: Cinder, name: Name
) -> None:
    done = openstack(
        *volume_create(
            name('slow'), '--type', 'slow', '--wait', '--wait-timeout', '1'
        )
    ).failed(3)
    assert done.json['status'] == 'creating'
    created, line = done.stderr.splitlines()
    assert 'waiting for it' in created
    assert f'volume {done.id} is still creating after 1 s' in line
    look = f"look again with 'openstack volume show {done.id}'"
    # OpenStackClient has no such command at API v1 any more.
    assert (look in line) == (api.major > 1)
    demo.wait('volume', done.id)


def test_quiet(openstack: Openstack, name: Name) -> None:
    done = openstack('-q', *volume_create(name('quiet'), '--wait')).ok()
    assert done.stderr == ''
    assert done.json['status'] == 'available'


@pytest.mark.parametrize('form', ['table', 'yaml', 'value', 'shell'])
def test_the_id_is_said_before_and_not_on_stdout(
    openstack: Openstack, name: Name, form: str
) -> None:
    new = name('waited')
    done = openstack(
        'volume', 'create', new, '--size', '1', '--wait', '-f', form
    ).ok()
    assert f'({new}) created; waiting for it' in done.stderr
    assert 'waiting' not in done.stdout
    assert 'available' in done.stdout


_PAGE = '<html><head><title>502 Bad Gateway</title></head></html>'


@pytest.mark.parametrize(
    'rule',
    [
        {'status': 502, 'body': _PAGE},
        {'status': 503},
        {'status': 503, 'headers': {'Retry-After': '1'}},
        {'status': 504, 'body': ''},
        {'status': 500},
        {'status': 429, 'headers': {'Retry-After': '1'}},
        {'status': 200, 'body': _PAGE},
        {'drop': True},
    ],
    ids=str,
)
def test_passing_faults(
    openstack: Openstack,
    faults: Faults,
    log: AccessLog,
    name: Name,
    rule: dict[str, Any],
) -> None:
    look = {'method': 'GET', 'path': '/volumes/[^/]+$', 'times': 2}
    with faults({**look, **rule}):
        done = openstack(*volume_create(name('waited'), '--wait')).ok()
    assert done.json['status'] == 'available'
    assert len([one for one in log.requests() if one.fault]) == 2
    assert len(log.requests(method='POST')) == 1
    assert 'error' not in done.stderr.lower()


def test_retry_after_is_heeded(
    openstack: Openstack, faults: Faults, log: AccessLog, name: Name
) -> None:
    rule = {
        'method': 'GET',
        'path': '/volumes/[^/]+$',
        'times': 1,
        'status': 503,
        'headers': {'Retry-After': '2'},
    }
    with faults(rule):
        openstack(*volume_create(name('waited'), '--wait')).ok()
    refused, again = log.requests(method='GET')[:2]
    assert refused.status == 503
    assert (again.time - refused.time).total_seconds() >= 2


def test_a_token_that_expires(
    openstack: Openstack, faults: Faults, log: AccessLog, name: Name
) -> None:
    rule = {
        'method': 'GET',
        'path': '/volumes/[^/]+$',
        'times': 1,
        'status': 401,
    }
    with faults(rule):
        done = openstack(*volume_create(name('waited'), '--wait')).ok()
    assert done.json['status'] == 'available'
    assert len(log.requests('identity', 'POST', '/auth/tokens$')) == 2


def test_deleted_meanwhile(
    openstack: Openstack,
    admin: Cinder,
    demo: Cinder,
    log: AccessLog,
    name: Name,
) -> None:
    volume = demo.volume(name('volume'))
    set_status(admin, volume, 'creating')

    def delete() -> None:
        until(lambda: log.requests(method='GET', path=volume['id']))
        admin.act('volume', volume['id'], {'os-force_delete': {}})

    with meanwhile(delete):
        done = wait_for_existing(openstack, volume).failed()
    assert done.json['status'] in ('creating', 'deleting')
    assert f'volume {volume["id"]} is gone' in done.stderr
    assert 'it was deleted' in done.stderr


@pytest.mark.needs('3.64')
@pytest.mark.parametrize(
    'status', ['error_deleting', 'error_extending', 'error_backing-up']
)
def test_states_that_end_it(
    openstack: Openstack,
    admin: Cinder,
    demo: Cinder,
    log: AccessLog,
    name: Name,
    status: str,
) -> None:
    volume = demo.volume(name('volume'))
    set_status(admin, volume, 'creating')
    log.mark()

    def fail() -> None:
        until(lambda: log.requests(method='GET', path=volume['id']))
        set_status(admin, volume, status)

    with meanwhile(fail):
        done = wait_for_existing(openstack, volume).failed()
    assert done.json['status'] == status
    assert f'is in status {status}' in done.stderr


@pytest.mark.needs('3.64')
@pytest.mark.parametrize(
    'status', ['downloading', 'maintenance', 'backing-up']
)
def test_states_that_do_not(
    openstack: Openstack,
    admin: Cinder,
    demo: Cinder,
    name: Name,
    status: str,
) -> None:
    volume = demo.volume(name('volume'))
    set_status(admin, volume, status)
    done = wait_for_existing(
        openstack, volume, '--wait-timeout', '0.5'
    ).failed(3)
    assert done.json['status'] == status
    assert f'is still {status} after 0.5 s' in done.stderr


def test_attached_at_once(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    volume = demo.volume(name('volume'))
    demo.attach(volume['id'])
    done = wait_for_existing(openstack, volume).ok()
    assert done.json['status'] == 'in-use'
