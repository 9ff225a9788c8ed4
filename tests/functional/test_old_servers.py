# SPDX-License-Identifier: Apache-2.0

"""Clouds whose newest microversion is an older one.

Each command works, or names the option, the version it needs and the version
of the cloud.
"""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.faults import Faults
from tests.functional.shell import Openstack

_NEWEST = ('3.0', '3.12', '3.42', '3.46', '3.50', '3.59', '3.65', '3.70')
_KEPT = b'kept'


def has(newest: str, needed: str) -> bool:
    """Return whether a cloud of this version has what came with the other."""
    return int(newest.partition('.')[2]) >= int(needed.partition('.')[2])


def needs(option: str, needed: str, newest: str) -> str:
    """Return the line that refuses an option."""
    return (
        f'{option} needs volume API version {needed} or later, and this cloud '
        f'has at most {newest}'
    )


def accepted(log: AccessLog) -> list[str]:
    """Return the requests that made something."""
    return [str(one) for one in log.requests() if one.status == 202]


# What is of the module is there before the version is lowered for a test.


@pytest.fixture(scope='module')
def volume(devcloud: Devcloud, demo: Cinder, name: Name) -> Record:
    made = demo.volume(name('volume'))
    devcloud.write(made['id'], 0, _KEPT)
    return made


@pytest.fixture(scope='module')
def attached(demo: Cinder, name: Name) -> Record:
    made = demo.volume(name('attached'))
    demo.attach(made['id'])
    return made


@pytest.fixture(scope='module')
def snapshot(demo: Cinder, volume: Record, name: Name) -> Record:
    return demo.create('snapshot', volume_id=volume['id'], name=name('snap'))


@pytest.fixture(scope='module')
def backup(demo: Cinder, volume: Record, name: Name) -> Record:
    return demo.create('backup', volume_id=volume['id'], name=name('backup'))


@pytest.fixture(scope='module')
def group(demo: Cinder, admin: Cinder, name: Name) -> Record:
    return demo.create(
        'group',
        name=name('group'),
        group_type=admin.group_type(name('group-type')),
        volume_types=[demo.type_id('standard')],
    )


@pytest.fixture(scope='module')
def of_admin(admin: Cinder, name: Name) -> Record:
    return admin.volume(name('of-old'), size=2)


@pytest.fixture(params=_NEWEST)
def newest(request: pytest.FixtureRequest, faults: Faults) -> Iterator[str]:
    """The newest microversion of the cloud, for one test."""
    with faults(max_microversion=request.param):
        yield str(request.param)


def create(name: str, *options: str) -> list[str]:
    return ['volume', 'create', name, *options]


def rows(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_what_every_server_has(
    openstack: Openstack,
    log: AccessLog,
    volume: Record,
    newest: str,
    name: Name,
) -> None:
    made = openstack.json(
        *create(name('volume'), '--size', '1', '--type', 'standard'),
        '--description',
        'on an old server',
        '--availability-zone',
        'nova',
        '--property',
        'a=b',
        '--hint',
        f'same_host={volume["id"]}',
        '--bootable',
        '--read-only',
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['bootable'] is True
    assert made['description'] == 'on an old server'
    assert made['properties'] == {'a': 'b', 'readonly': 'True'}

    refused, created, *rest = log.requests()
    assert (refused.status, refused.microversion) == (406, 'volume 3.71')
    assert (created.method, created.status) == ('POST', 202)
    assert {one.microversion for one in (created, *rest)} == {
        f'volume {newest}'
    }


def test_many_of_every_source(
    openstack: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    volume: Record,
    snapshot: Record,
    newest: str,
    name: Name,
) -> None:
    stem = name('many')
    entries = [
        {'name': f'{stem}-clone', 'source': volume['name']},
        {'name': f'{stem}-snap', 'snapshot': snapshot['id']},
        {'name': f'{stem}-image', 'image': 'tiny', 'size': 1},
    ]
    done = openstack(
        'volume',
        'bulk',
        'create',
        '--from-file',
        '-',
        '--wait',
        '-f',
        'json',
        stdin=json.dumps(entries),
    ).ok()
    clone, of_snapshot, of_image = rows(done.stdout)
    for one in (clone, of_snapshot):
        assert one['Status'] == 'available'
        assert devcloud.read(one['ID'], 0, len(_KEPT)) == _KEPT
    assert devcloud.read(of_image['ID'], 0, 8) == b'devcloud'
    assert log.lines().count('GET /v3/') == 0
    assert [one.status for one in log.requests()].count(406) <= 4


def test_of_a_backup(
    openstack: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    backup: Record,
    newest: str,
    name: Name,
) -> None:
    command = create(name('restored'), '--backup')
    if has(newest, '3.47'):
        made = openstack.json(*command, backup['name'], '--wait')
        assert made['status'] == 'available'
        assert devcloud.read(made['id'], 0, len(_KEPT)) == _KEPT
        return
    for by in ('id', 'name'):
        done = openstack(*command, backup[by]).failed()
        assert done.stderr.splitlines() == [needs('--backup', '3.47', newest)]
    assert not accepted(log)


def test_group(
    openstack: Openstack,
    log: AccessLog,
    group: Record,
    newest: str,
    name: Name,
) -> None:
    command = create(name('grouped'), '--size', '1', '--type', 'standard')
    if has(newest, '3.13'):
        made = openstack.json(*command, '--group', group['name'])
        assert made['group_id'] == group['id']
        return
    for by in ('id', 'name'):
        done = openstack(*command, '--group', group[by]).failed()
        assert done.stderr.splitlines() == [needs('--group', '3.13', newest)]
    assert not accepted(log)


def test_backup(
    openstack: Openstack, log: AccessLog, volume: Record, newest: str
) -> None:
    """What is refused is refused before there is a backup."""
    command = ['volume', 'backup', 'create', volume['name'], '--force']
    there = []
    for option, value, needed in (
        ('--property', 'keep=7', '3.43'),
        ('--availability-zone', 'nova', '3.51'),
    ):
        if has(newest, needed):
            there += [option, value]
            continue
        done = openstack(*command, option, value).failed()
        assert done.stderr.splitlines() == [needs(option, needed, newest)]
    assert log.bodies('^/v3/backups$') == []

    made = openstack.json(*command, *there, '--incremental-or-full', '--wait')
    assert made['status'] == 'available'
    kept = {'keep': '7'} if '--property' in there else {}
    assert made['properties'] == kept
    sent = log.body('^/v3/backups$')['backup']
    assert ('availability_zone' in sent) == ('--availability-zone' in there)


def test_attached(
    openstack: Openstack,
    log: AccessLog,
    attached: Record,
    newest: str,
    name: Name,
) -> None:
    command = ['volume', 'snapshot', 'create', name('snap')]
    command += ['--volume', attached['name']]
    done = openstack(*command)
    if has(newest, '3.66'):
        done.ok()
    else:
        (line,) = done.failed().stderr.splitlines()
        assert 'current status is: in-use' in line
        assert line.endswith('; --force snapshots an attached volume')
    log.mark()
    made = openstack.json(*command, '--force', '--wait')
    assert made['status'] == 'available'
    sent = log.requests(method='POST')[-1].body['snapshot']
    assert ('force' in sent) == (not has(newest, '3.66'))


def test_existing_volume(
    openstack: Openstack,
    devcloud: Devcloud,
    of_admin: Record,
    newest: str,
    name: Name,
) -> None:
    directory = devcloud.file('volume', of_admin['id']).parent
    legacy = existing(directory, name('legacy'))
    command = create(name('managed'), '--remote-source')
    command.append(f'source-name={legacy}')
    done = openstack(*command, '--cluster', 'none@none', cloud='dev-admin')
    (line,) = done.failed().stderr.splitlines()
    if has(newest, '3.16'):
        assert "Cluster 'none@none' not found" in line
    else:
        assert line == needs('--cluster', '3.16', newest)

    made = openstack.json(
        *command,
        '--host',
        'devcloud@standard#standard',
        '--bootable',
        '--wait',
        cloud='dev-admin',
    )
    assert made['status'] == 'available'
    assert made['bootable'] is True
    assert made['size'] == 2
    content = devcloud.read(made['id'], 0, len(legacy))
    assert content == legacy.encode()


def test_existing_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    of_admin: Record,
    newest: str,
    name: Name,
) -> None:
    directory = devcloud.file('volume', of_admin['id']).parent
    legacy = existing(directory, name('legacy'))
    made = openstack.json(
        'volume',
        'snapshot',
        'create',
        name('managed'),
        '--volume',
        of_admin['name'],
        '--remote-source',
        f'source-name={legacy}',
        '--wait',
        cloud='dev-admin',
    )
    assert made['status'] == 'available'
    content = devcloud.read(made['id'], 0, len(legacy), kind='snapshot')
    assert content == legacy.encode()


def existing(directory: Path, name: str) -> str:
    """Put a file where the backend keeps its own; return its name."""
    with open(directory / name, 'wb') as file:
        file.write(name.encode())
        file.truncate(2 * GIB)
    return name


@pytest.mark.parametrize(
    'newest', ['3.2', '3.3', '3.4', '3.5', *_NEWEST], indirect=True
)
def test_the_reason_of_a_failure(
    openstack: Openstack, log: AccessLog, newest: str, name: Name
) -> None:
    """Cinder tells it from 3.3 on, and only the one asked for from 3.5 on."""
    done = openstack(
        *create(name('failing'), '--size', '1', '--type', 'broken'),
        '--wait',
        '-f',
        'json',
    ).failed()
    assert done.json['status'] == 'error'
    why = (
        ': create volume from backend storage:Driver failed to create the '
        'volume'
        if has(newest, '3.3')
        else f'; API version {newest} has no messages (3.3 and later do)'
    )
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f'volume {done.id} is in status error{why}')
    asked = log.requests(path='/messages$')
    assert len(asked) == (1 if has(newest, '3.3') else 0)
    assert all(
        bool(one.query) == has(newest, '3.5') and one.status == 200
        for one in asked
    )


def test_many_snapshots_and_backups(
    openstack: Openstack,
    volume: Record,
    attached: Record,
    newest: str,
) -> None:
    done = openstack(
        *('volume', 'snapshot', 'bulk', 'create', volume['id']),
        attached['name'],
        '--wait',
        '-f',
        'json',
    )
    one, other = rows(done.stdout)
    assert one['Status'] == 'available'
    if has(newest, '3.66'):
        assert done.ok() and other['Status'] == 'available'
    else:
        assert done.failed() and other['Result'] == 'failed'
        assert other['Error'].endswith(
            '; --force snapshots an attached volume'
        )

    done = openstack(
        *('volume', 'backup', 'bulk', 'create', volume['name']),
        *('--property', 'keep=7', '--dry-run', '-f', 'json'),
    )
    (plan,) = rows(done.stdout)
    if has(newest, '3.43'):
        assert done.ok() and plan['Body'] == {
            'backup': {'volume_id': volume['id'], 'metadata': {'keep': '7'}}
        }
    else:
        assert done.failed()
        assert plan['Error'] == needs('--property', '3.43', newest)


def test_an_entry_that_needs_more(
    openstack: Openstack, newest: str, name: Name
) -> None:
    """It fails for itself."""
    entries = [
        {'name': name('plain'), 'size': 1},
        {'name': name('restored'), 'backup': 'no-such-backup'},
    ]
    done = openstack(
        *('volume', 'bulk', 'create', '--from-file', '-', '-f', 'json'),
        stdin=json.dumps(entries),
    ).failed()
    plain, restored = rows(done.stdout)
    assert plain['Result'] == 'created'
    assert restored['Result'] == 'failed'
    assert restored['Error'] == (
        'No backup found for no-such-backup'
        if has(newest, '3.47')
        else needs('--backup', '3.47', newest)
    )


def test_or_show_and_dry_run(
    openstack: Openstack, log: AccessLog, volume: Record, newest: str
) -> None:
    command = create(volume['name'], '--size', '1')
    shown = openstack.json(*command, '--or-show', '--wait')
    assert shown['id'] == volume['id']
    plan = openstack.json(*command, '--dry-run')
    assert plan['microversion'] == newest
    assert plan['body'] == {'volume': {'name': volume['name'], 'size': 1}}
    assert log.requests(method='POST') == []


def test_a_version_that_the_server_does_not_have(
    openstack: Openstack, log: AccessLog, newest: str
) -> None:
    """What was asked for is not lowered."""
    above = f'3.{int(newest.removeprefix("3.")) + 1}'
    done = openstack.at(above)(*create('unwanted', '--size', '1')).failed()
    (line,) = done.stderr.splitlines()
    assert f'Version {above} is not supported by the API' in line
    assert f'maximum is {newest}' in line
    assert line.endswith(
        '; leave --os-volume-api-version out to use what the cloud has'
    )
    assert len(log.requests()) == 1
