# SPDX-License-Identifier: Apache-2.0

"""``--incremental-or-full``: what it makes, and that it says so."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.shell import Openstack

_FULL = 'Making a full backup: there is no usable parent'


pytestmark = pytest.mark.each_server


@pytest.fixture
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


def create(
    openstack: Openstack, volume: Record, *options: str
) -> tuple[Record, str]:
    """Return the record of a new backup, and what was said of it."""
    done = openstack(
        'volume',
        'backup',
        'create',
        volume['name'],
        '--incremental-or-full',
        '--wait',
        '-f',
        'json',
        *options,
    ).ok()
    return done.json, done.stderr.splitlines()[0]


def on_top_of(parent: Record) -> str:
    return f'Making an incremental backup on top of {parent["id"]}'


def test_from_the_first_on(
    openstack: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    volume: Record,
    name: Name,
) -> None:
    first, said = create(openstack, volume)
    assert said == _FULL
    assert first['is_incremental'] is False

    second, said = create(openstack, volume)
    assert said == on_top_of(first)
    assert second['is_incremental'] is True

    devcloud.write(volume['id'], 0, b'third')
    third, said = create(openstack, volume)
    assert said == on_top_of(second)
    restored = demo.restored(third['id'], name('restored'))
    assert devcloud.read(restored['id'], 0, 5) == b'third'

    demo.extend(volume['id'], 2)
    resized, said = create(openstack, volume)
    assert said == _FULL
    assert resized['is_incremental'] is False


def test_a_failed_backup_is_no_parent(
    openstack: Openstack, log: AccessLog, volume: Record
) -> None:
    openstack(
        'volume',
        'backup',
        'create',
        volume['id'],
        '--container',
        'fail',
        '--wait',
    ).failed()
    made, said = create(openstack, volume)
    assert said == _FULL
    assert made['is_incremental'] is False
    assert log.bodies()[-1]['backup']['incremental'] is False


def test_a_backup_of_another_volume_is_no_parent(
    openstack: Openstack, demo: Cinder, volume: Record, name: Name
) -> None:
    other = demo.volume(name('other'))
    demo.create('backup', volume_id=other['id'])
    _, said = create(openstack, volume)
    assert said == _FULL


def test_of_a_snapshot(
    openstack: Openstack, demo: Cinder, volume: Record, name: Name
) -> None:
    """A backup with newer data than the snapshot is no parent of it."""
    early = demo.create('backup', volume_id=volume['id'])
    snapshot = demo.create(
        'snapshot', volume_id=volume['id'], name=name('snap')
    )
    demo.create('backup', volume_id=volume['id'])
    made, said = create(openstack, volume, '--snapshot', snapshot['name'])
    assert said == on_top_of(early)
    assert made['is_incremental'] is True
    assert made['snapshot_id'] == snapshot['id']


def test_quiet(openstack: Openstack, volume: Record) -> None:
    done = openstack(
        '-q',
        'volume',
        'backup',
        'create',
        volume['id'],
        '--incremental-or-full',
    ).ok()
    assert done.stderr == ''
