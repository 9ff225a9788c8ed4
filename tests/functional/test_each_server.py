# SPDX-License-Identifier: Apache-2.0

"""What has to work on every server: many at once, a lost response, versions.

The other modules that are marked ``each_server`` are about one thing each.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack, Result

pytestmark = [pytest.mark.each_server, pytest.mark.basic]

VOLUME = ('volume', 'create')
JSON = ('--wait', '-f', 'json')


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


def by_volume(done: Result) -> dict[str, Any]:
    return {row['Volume']: row for row in done.json}


def test_numbered(
    openstack: Openstack,
    api: Server,
    demo: Cinder,
    log: AccessLog,
    name: Name,
) -> None:
    stem = name('numbered')
    done = openstack(
        *('volume', 'bulk', 'create', f'{stem}-{{n}}', '--count', '4'),
        *('--size', '1', '--type', 'standard', *JSON),
    ).ok()
    names = [f'{stem}-{n}' for n in range(1, 5)]
    assert [row['Name'] for row in done.json] == names
    assert done.stderr == '4 volumes: 4 created\n'
    for row in done.json:
        there = demo.get('volume', row['ID'])
        assert (there['name'], there['status']) == (row['Name'], 'available')
    path = f'^{api.path("/volumes")}$'
    created = log.requests(method='POST', path=path)
    assert len(created) == 4
    assert {one.microversion for one in created} == {api.microversion}


def test_from_a_file(
    openstack: Openstack, devcloud: Devcloud, demo: Cinder, name: Name
) -> None:
    """One entry fails; the others are made, and its row says why."""
    source = demo.volume(name('source'))
    devcloud.write(source['id'], 0, b'cloned')
    stem = name('listed')
    entries = [
        {'name': f'{stem}-clone', 'source': source['name']},
        {'name': f'{stem}-broken', 'size': 1, 'type': 'broken'},
        {
            'name': f'{stem}-flagged',
            'size': 2,
            'read_only': True,
            'property': {'a': 'b'},
        },
    ]
    done = openstack(
        *('volume', 'bulk', 'create', '--from-file', '-', *JSON),
        stdin=json.dumps(entries),
    ).failed()
    clone, broken, flagged = done.json
    assert clone['Result'] == flagged['Result'] == 'created'
    assert devcloud.read(clone['ID'], 0, 6) == b'cloned'
    assert broken['Status'] == 'error'
    assert broken['Error'].startswith('is in status error')
    metadata = demo.get('volume', flagged['ID'])['metadata']
    assert metadata == {'a': 'b', 'readonly': 'True'}


def test_snapshots(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    volumes: list[Record],
) -> None:
    """Below 3.66 an attached volume needs ``--force``; others do not."""
    line = (
        *('volume', 'snapshot', 'bulk', 'create', '--volume-property'),
        f'of={volumes[0]["metadata"]["of"]}',
        *('--name', '{volume}-snap', *JSON),
    )
    first = by_volume(openstack(*line))
    attached = first.pop(volumes[1]['id'])
    if not api.has('3.66'):
        assert attached['Result'] == 'failed'
        assert attached['Error'].endswith(
            '; --force snapshots an attached volume'
        )
    for volume in (volumes[0], volumes[2]):
        row = first[volume['id']]
        assert row['Status'] == 'available'
        assert row['Name'] == f'{volume["name"]}-snap'
        content = volume['name'].encode()
        kept = devcloud.read(row['ID'], 0, len(content), 'snapshot')
        assert kept == content

    again = by_volume(openstack(*line, '--force', '--or-show').ok())
    assert again[volumes[1]['id']]['Status'] == 'available'
    assert again[volumes[0]['id']]['ID'] == first[volumes[0]['id']]['ID']


def test_backups(
    openstack: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    volumes: list[Record],
    name: Name,
) -> None:
    line = ('volume', 'backup', 'bulk', 'create', '--incremental-or-full')
    first = openstack(*line, volumes[2]['id'], *JSON).ok()
    assert '1 created; 0 incremental, 1 full' in first.stderr
    devcloud.write(volumes[2]['id'], 0, b'NEW')
    done = openstack(*line, volumes[0]['name'], volumes[2]['id'], *JSON).ok()
    assert '2 created; 1 incremental, 1 full' in done.stderr
    full, incremental = done.json
    assert demo.get('backup', full['ID'])['is_incremental'] is False
    assert demo.get('backup', incremental['ID'])['is_incremental'] is True
    restored = demo.restored(incremental['ID'], name('restored'))
    assert devcloud.read(restored['id'], 0, 3) == b'NEW'


def test_lost_response(
    openstack: Openstack,
    api: Server,
    demo: Cinder,
    faults: Faults,
    name: Name,
) -> None:
    """One volume is there, and its ID is told.

    A record of API v1 does not say whose it is: there a person has to look.
    """
    new = name('lost')
    lost = {
        'method': 'POST',
        'path': f'{api.path("")}.*/volumes$',
        'after': True,
        'skip': 0 if api.has('3.71') or api.major < 3 else 1,
        'times': 1,
    }
    with faults(lost):
        done = openstack(*VOLUME, new, '--size', '1', *JSON)
    (made,) = demo.listed('volume', name=new)
    if api.major == 1:
        assert done.failed().stdout == ''
        assert f'It may or may not exist, perhaps as {made["id"]}' in (
            done.stderr
        )
    else:
        assert done.ok().id == made['id']
        assert 'It was found: ' in done.stderr
    demo.wait('volume', made['id'])


@pytest.mark.needs('3.0')
def test_a_create_finds_the_version(
    openstack: Openstack, api: Server, devcloud: Devcloud, name: Name
) -> None:
    """On an old server, one request too high, and one to create."""
    log = devcloud.access_log()
    openstack(*VOLUME, name('blank'), '--size', '1').ok()
    *refused, created = log.requests()
    assert [one.status for one in refused] == (
        [] if api.has('3.71') else [406]
    )
    assert {str(one) for one in (*refused, created)} == {'POST /v3/volumes'}
    assert created.microversion == api.microversion
    assert all(one.body == created.body for one in refused)


@pytest.mark.needs('3.0')
def test_a_version_that_is_too_high(
    openstack: Openstack, api: Server, devcloud: Devcloud
) -> None:
    log = devcloud.access_log()
    newer = f'3.{int(api.newest[2:]) + 1}'
    done = openstack.at(newer)(*VOLUME, 'unwanted', '--size', '1').failed()
    (line,) = done.stderr.splitlines()
    assert f'Version {newer} is not supported' in line
    assert f'aximum is {api.newest}' in line
    assert line.endswith(
        'leave --os-volume-api-version out to use what the cloud has'
    )
    assert len(log.requests()) == 1


@pytest.mark.lacks('3.47')
def test_what_it_lacks(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
) -> None:
    """Refused in words, and with nothing sent but look-ups."""
    for option, needs in (
        ('--hint=a=b', '2.0'),
        ('--consistency-group=g', '2.0'),
        ('--remote-source=a=b', '3.0'),
        ('--group=g', '3.13'),
        ('--backup=b', '3.47'),
    ):
        if api.has(needs):
            continue
        done = openstack(*VOLUME, 'unwanted', '--size', '1', option)
        assert done.status == (2 if api.major < 3 else 1)
        name = option.partition('=')[0]
        assert f'{name} needs ' in done.stderr
        assert f'{needs.removesuffix(".0")} or later' in done.stderr
    assert log.requests(method='POST') == []
