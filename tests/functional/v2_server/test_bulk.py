# SPDX-License-Identifier: Apache-2.0

"""The bulk commands at API v2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.shell import Openstack


@pytest.fixture
def volumes(devcloud: Devcloud, demo: Cinder, name: Name) -> list[Record]:
    """Three volumes with a property of their own, one of them attached."""
    stem = name('many')
    made = [
        demo.volume(f'{stem}-{n}', metadata={'of': stem}) for n in (1, 2, 3)
    ]
    for volume in made:
        devcloud.write(volume['id'], 0, volume['name'].encode())
    demo.attach(made[1]['id'])
    return made


def rows(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_numbered(
    v2: Openstack, demo: Cinder, log: AccessLog, name: Name
) -> None:
    stem = name('numbered')
    done = v2(
        'volume',
        'bulk',
        'create',
        f'{stem}-{{n}}',
        '--count',
        '4',
        '--size',
        '1',
        '--type',
        'standard',
        '--wait',
        '-f',
        'json',
    ).ok()
    made = rows(done.stdout)
    assert [one['Name'] for one in made] == [
        f'{stem}-{n}' for n in range(1, 5)
    ]
    assert {one['Status'] for one in made} == {'available'}
    assert '4 volumes: 4 created' in done.stderr
    for one in made:
        assert demo.get('volume', one['ID'])['status'] == 'available'
    assert len(log.requests(method='POST', path='^/v2/volumes$')) == 4
    assert {one.microversion for one in log.requests()} == {None}


def test_from_a_file(
    v2: Openstack, devcloud: Devcloud, demo: Cinder, volume: Record, name: Name
) -> None:
    """One entry fails; the others are made, and its row says why."""
    devcloud.write(volume['id'], 0, b'cloned')
    stem = name('listed')
    entries = [
        {'name': f'{stem}-clone', 'source': volume['name']},
        {'name': f'{stem}-broken', 'size': 1, 'type': 'broken'},
        {
            'name': f'{stem}-flagged',
            'size': 2,
            'read_only': True,
            'property': {'a': 'b'},
        },
    ]
    done = v2(
        'volume',
        'bulk',
        'create',
        '--from-file',
        '-',
        '--wait',
        '-f',
        'json',
        stdin=json.dumps(entries),
    ).failed()
    clone, broken, flagged = rows(done.stdout)
    assert clone['Result'] == flagged['Result'] == 'created'
    assert devcloud.read(clone['ID'], 0, 6) == b'cloned'
    assert broken['Status'] == 'error'
    assert 'API version 2.0 has no messages' in broken['Error']
    metadata = demo.get('volume', flagged['ID'])['metadata']
    assert metadata == {'a': 'b', 'readonly': 'True'}


def test_an_entry_that_v2_cannot_have(v2: Openstack, log: AccessLog) -> None:
    done = v2(
        'volume',
        'bulk',
        'create',
        '--from-file',
        '-',
        stdin=json.dumps([{'name': 'a', 'size': 1}, {'backup': 'b'}]),
    ).failed()
    assert 'Entry 2' in done.stderr
    assert 'backup' in done.stderr
    assert log.lines() == []


def test_snapshots(
    v2: Openstack, devcloud: Devcloud, log: AccessLog, volumes: list[Record]
) -> None:
    """The attached one needs ``--force``; the others do not suffer."""
    chosen = ['--volume-property', f'of={volumes[0]["metadata"]["of"]}']
    command = [
        'volume',
        'snapshot',
        'bulk',
        'create',
        *chosen,
        '--name',
        '{volume}-snap',
        '--wait',
        '-f',
        'json',
    ]
    done = v2(*command).failed()
    results = {one['Volume']: one for one in rows(done.stdout)}
    assert results.keys() == {one['id'] for one in volumes}
    refused = results[volumes[1]['id']]
    assert refused['Result'] == 'failed'
    assert refused['Error'].endswith('; --force snapshots an attached volume')
    for volume in (volumes[0], volumes[2]):
        made = results[volume['id']]
        assert made['Status'] == 'available'
        assert made['Name'] == f'{volume["name"]}-snap'
        content = volume['name'].encode()
        assert (
            devcloud.read(made['ID'], 0, len(content), 'snapshot') == content
        )

    done = v2(*command, '--force', '--or-show').ok()
    again = {one['Volume']: one for one in rows(done.stdout)}
    assert again[volumes[1]['id']]['Result'] == 'created'
    assert again[volumes[0]['id']]['ID'] == results[volumes[0]['id']]['ID']
    assert '3 volume snapshots: 1 created, 2 exists' in done.stderr
    assert {one.microversion for one in log.requests()} == {None}


def test_backups(
    v2: Openstack, devcloud: Devcloud, demo: Cinder, volumes: list[Record]
) -> None:
    given = [volumes[0]['name'], volumes[2]['id']]
    command = ['volume', 'backup', 'bulk', 'create', '--wait', '-f', 'json']
    first = v2(*command, volumes[2]['id'], '--incremental-or-full').ok()
    assert '1 created; 0 incremental, 1 full' in first.stderr
    devcloud.write(volumes[2]['id'], 0, b'NEW')
    done = v2(*command, *given, '--incremental-or-full').ok()
    assert '2 created; 1 incremental, 1 full' in done.stderr
    full, incremental = rows(done.stdout)
    assert demo.get('backup', full['ID'])['is_incremental'] is False
    assert demo.get('backup', incremental['ID'])['is_incremental'] is True
    restored = demo.create('volume', backup_id=incremental['ID'])
    assert devcloud.read(restored['id'], 0, 3) == b'NEW'


def test_dry_run(
    v2: Openstack, demo: Cinder, log: AccessLog, volumes: list[Record]
) -> None:
    done = v2(
        'volume',
        'backup',
        'bulk',
        'create',
        volumes[0]['name'],
        volumes[1]['id'],
        '--force',
        '--dry-run',
        '-f',
        'json',
    ).ok()
    planned = rows(done.stdout)
    assert [one['Body'] for one in planned] == [
        {'backup': {'volume_id': volumes[0]['id'], 'force': True}},
        {'backup': {'volume_id': volumes[1]['id'], 'force': True}},
    ]
    assert log.requests(method='POST') == []
