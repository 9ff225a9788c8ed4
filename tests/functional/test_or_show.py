# SPDX-License-Identifier: Apache-2.0

"""``--or-show``: a create that may be run twice."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


@pytest.mark.basic
def test_twice(openstack: Openstack, log: AccessLog, name: Name) -> None:
    new = name('once')
    command = ['volume', 'create', new, '--size', '1', '--or-show']
    first = openstack.json(*command)
    second = openstack.json(*command)
    assert first['id'] == second['id']
    assert list(first) == list(second)
    assert len(log.bodies()) == 1


@pytest.mark.parametrize(
    ('noun', 'kind'),
    [('volume snapshot', 'snapshot'), ('volume backup', 'backup')],
)
def test_snapshot_and_backup(
    openstack: Openstack,
    log: AccessLog,
    demo: Cinder,
    volume: Record,
    name: Name,
    noun: str,
    kind: str,
) -> None:
    new = name('once')
    named = (
        [new, '--volume', volume['id']]
        if kind == 'snapshot'
        else [volume['id'], '--name', new]
    )
    log.mark()
    command = [*noun.split(), 'create', *named, '--or-show', '-f', 'json']
    first = openstack(*command).ok()
    second = openstack(*command).ok()
    assert first.id == second.id
    assert list(first.json) == list(second.json)
    assert second.stderr == ''
    assert len(log.bodies()) == 1
    demo.wait(kind, first.id)


def test_with_wait(openstack: Openstack, log: AccessLog, name: Name) -> None:
    """It waits for the one that is there."""
    new = name('once')
    command = ['volume', 'create', new, '--size', '1', '--type', 'slow']
    made = openstack.json(*command)
    done = openstack(*command, '--or-show', '--wait', '-f', 'json').ok()
    assert done.id == made['id']
    assert done.json['status'] == 'available'
    assert f'{done.id} ({new}) exists; waiting for it' in done.stderr
    assert len(log.bodies()) == 1


def test_what_contradicts_is_said(
    openstack: Openstack, demo: Cinder, volume: Record, name: Name
) -> None:
    other = demo.volume(name('other'))
    done = openstack(
        'volume',
        'create',
        volume['name'],
        '--source',
        other['name'],
        '--size',
        '5',
        '--type',
        'slow',
        '--or-show',
        '-f',
        'json',
    ).ok()
    assert done.id == volume['id']
    warnings = done.stderr.splitlines()
    assert len(warnings) == 3
    for key, is_now, wanted in (
        ('size', '1', '5'),
        ('volume_type', 'standard', 'slow'),
        ('source_volid', 'None', other['id']),
    ):
        assert any(
            f'its {key} is {is_now}, not {wanted}' in one for one in warnings
        ), (key, warnings)


def test_snapshot_of_another_volume(
    openstack: Openstack, demo: Cinder, volume: Record, name: Name
) -> None:
    new = name('snap')
    demo.create('snapshot', volume_id=volume['id'], name=new)
    other = demo.volume(name('other'))
    done = openstack(
        'volume',
        'snapshot',
        'create',
        new,
        '--volume',
        other['id'],
        '--or-show',
        '-f',
        'json',
    ).ok()
    assert done.stderr == ''
    assert done.json['volume_id'] == other['id']


def test_several(
    openstack: Openstack, log: AccessLog, demo: Cinder, name: Name
) -> None:
    new = name('twin')
    twins = [demo.volume(new)['id'] for _ in range(2)]
    log.mark()
    done = openstack(
        'volume', 'create', new, '--size', '1', '--or-show'
    ).failed()
    (line,) = done.stderr.splitlines()
    assert f"More than one volume is named '{new}'" in line
    assert all(twin in line for twin in twins)
    assert log.bodies() == []


def test_other_projects_do_not_count(
    openstack: Openstack, demo: Cinder, volume: Record
) -> None:
    made = openstack.json(
        'volume',
        'create',
        volume['name'],
        '--size',
        '1',
        '--or-show',
        cloud='dev-admin',
    )
    assert made['id'] != volume['id']


def test_no_follow_up_of_what_exists(
    openstack: Openstack, log: AccessLog, volume: Record
) -> None:
    command = ['volume', 'create', volume['name'], '--size', '1', '--bootable']
    openstack(*command, '--or-show').ok()
    assert log.bodies() == []
