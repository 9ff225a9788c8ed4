# SPDX-License-Identifier: Apache-2.0

"""``--wait``, ``--or-show`` and ``--dry-run`` at API v2."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.faults import Faults
from tests.functional.shell import Openstack


def volume_create(name: str, *options: str) -> list[str]:
    return ['volume', 'create', name, '--size', '1', '-f', 'json', *options]


@pytest.mark.parametrize('volume_type', ['broken', 'nowhere'])
def test_no_reason_is_told(
    v2: Openstack,
    openstack: Openstack,
    log: AccessLog,
    name: Name,
    volume_type: str,
) -> None:
    command = volume_create(name('failing'), '--type', volume_type, '--wait')
    done = v2(*command).failed()
    assert done.json['status'] == 'error'
    line = done.stderr.splitlines()[-1]
    assert line.startswith(
        f'volume {done.id} is in status error; API version 2.0 has no '
        'messages (3.3 and later do)'
    )
    (post,) = log.requests(method='POST')
    assert line.endswith(f'(Request-ID: {post.request_id})')
    assert log.requests(path='messages') == []

    told = openstack(*command).failed().stderr.splitlines()[-1]
    assert 'is in status error: ' in told


def test_timeout(v2: Openstack, name: Name) -> None:
    done = v2(
        *volume_create(
            name('slow'), '--type', 'slow', '--wait', '--wait-timeout', '1'
        )
    ).failed(3)
    assert done.json['status'] == 'creating'
    assert f'volume {done.id} is still creating after 1 s' in done.stderr


@pytest.mark.parametrize(
    'command',
    [
        ['volume', 'create', '--size', '1'],
        ['volume', 'snapshot', 'create', '--volume'],
        ['volume', 'backup', 'create', '--name'],
    ],
    ids=['volume', 'snapshot', 'backup'],
)
def test_or_show(
    v2: Openstack,
    log: AccessLog,
    volume: Record,
    name: Name,
    command: list[str],
) -> None:
    new = name('once')
    arguments = {
        '1': [new],
        '--volume': [volume['id'], new],
        '--name': [new, volume['id']],
    }[command[-1]]
    options = ['--or-show', '--wait']
    first = v2.json(*command, *arguments, *options)
    assert first['name'] == new
    log.mark()
    second = v2.json(*command, *arguments, *options)
    assert second['id'] == first['id']
    assert log.requests(method='POST') == []
    assert log.lines()[0].startswith('GET /v2/')


def test_a_lost_answer(
    v2: Openstack, demo: Cinder, faults: Faults, name: Name
) -> None:
    new = name('lost')
    lost = {'method': 'POST', 'path': '/volumes$', 'after': True, 'times': 1}
    with faults(lost):
        done = v2(*volume_create(new, '--wait')).ok()
    assert done.json['status'] == 'available'
    assert 'It was found: ' in done.stderr
    (made,) = demo.listed('volume', name=new)
    assert made['id'] == done.id


def test_or_show_warns_of_what_is_otherwise(
    v2: Openstack, volume: Record
) -> None:
    done = v2(
        'volume',
        'create',
        volume['name'],
        '--size',
        '2',
        '--or-show',
        '-f',
        'json',
    ).ok()
    assert done.id == volume['id']
    assert 'exists, but its size is 1, not 2' in done.stderr


def test_dry_run(
    v2: Openstack, demo: Cinder, log: AccessLog, volume: Record, name: Name
) -> None:
    new = name('unwanted')
    hint = f'different_host={volume["id"]}'
    shown = v2.json(
        *volume_create(new, '--hint', hint, '--bootable', '--dry-run')
    )
    assert shown == {
        'method': 'POST',
        'path': f'/v2/{demo.project_id}/volumes',
        'microversion': None,
        'body': {
            'volume': {'name': new, 'size': 1},
            'OS-SCH-HNT:scheduler_hints': {'different_host': [volume['id']]},
        },
    }
    shown = v2.json(
        'volume',
        'snapshot',
        'create',
        new,
        '--volume',
        volume['name'],
        '--force',
        '--dry-run',
    )
    assert shown == {
        'method': 'POST',
        'path': f'/v2/{demo.project_id}/snapshots',
        'microversion': None,
        'body': {
            'snapshot': {
                'name': new,
                'volume_id': volume['id'],
                'force': True,
            }
        },
    }
    shown = v2.json(
        'volume',
        'backup',
        'create',
        volume['name'],
        '--no-incremental',
        '--dry-run',
    )
    assert shown['path'] == f'/v2/{demo.project_id}/backups'
    assert shown['microversion'] is None
    assert shown['body'] == {
        'backup': {'volume_id': volume['id'], 'incremental': False}
    }
    assert log.requests(method='POST') == []
    assert demo.listed('volume', name=new) == []
