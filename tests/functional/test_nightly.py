# SPDX-License-Identifier: Apache-2.0

"""A week of nights with retention, on a real Cinder."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.functional.cinder import Cinder, Name, until
from tests.functional.nights import KEEP, Nights
from tests.functional.projects import Project
from tests.functional.shell import OPENSTACK, Openstack, Result

pytestmark = pytest.mark.each_server


def test_nights(openstack: Openstack, demo: Cinder, name: Name) -> None:
    nights = Nights(openstack, demo, name('w'))
    volume = nights.volume('a')
    title = f'{nights.stem}-a'
    for _night in range(KEEP + 1):
        nights.night().ok()
        nights.check(volume, title)
    demo.extend(volume['id'], 2)
    for _night in range(KEEP):
        done = nights.night().ok()
        nights.check(volume, title)
    deleted = [row for row in done.json if row['Result'] == 'deleted']
    assert len(deleted) == KEEP + 1
    assert {one['size'] for one in nights.series(volume, title)} == {2}


def test_a_week(
    project: Project, openstack: Openstack, admin: Cinder, name: Name
) -> None:
    nights = Nights(openstack, project.cinder, name('w'), project.options)
    a, b, c = (nights.volume(one) for one in 'abc')
    stem = nights.stem
    for foreign in (f'{stem}-a', f'{stem}-a-12345', f'x{stem}-a-123456', None):
        made = project.cinder.create(
            'backup', volume_id=a['id'], name=foreign, force=True
        )
        project.cinder.wait('backup', made['id'])
        nights.foreign.add(made['id'])

    # Three plain nights.
    for _night in range(3):
        done = nights.night().ok()
        assert {row['Result'] for row in done.json} <= {'created', 'kept'}
        for one, letter in ((a, 'a'), (b, 'b'), (c, 'c')):
            nights.check(one, f'{stem}-{letter}')

    # A failed night: the old ones of that volume stay.
    before = nights.series(b, f'{stem}-b')
    admin.act('volume', b['id'], {'os-reset_status': {'status': 'error'}})
    done = nights.night().failed()
    failed = [row for row in done.json if row['Result'] == 'failed']
    assert [row['Volume'] for row in failed] == [b['id']]
    assert nights.series(b, f'{stem}-b') == before
    admin.act('volume', b['id'], {'os-reset_status': {'status': 'available'}})

    # An interrupted night, and the same line again.
    interrupted(nights)
    done = nights.night().ok()
    nights.check(a, f'{stem}-a')

    # A renamed volume: the series of its old name is left alone.
    nights.foreign |= {one['id'] for one in nights.series(b, f'{stem}-b')}
    project.cinder.call(
        'PUT', f'/volumes/{b["id"]}', {'volume': {'name': f'{stem}-new'}}
    )
    # A deleted one: so are its backups.
    nights.foreign |= {one['id'] for one in nights.series(c, f'{stem}-c')}
    project.cinder.call('DELETE', f'/volumes/{c["id"]}')
    # An extended one: a new chain begins.
    project.cinder.extend(a['id'], 2)
    deleted = []
    for _night in range(KEEP + 1):
        done = nights.night().ok()
        deleted += [r for r in done.json if r['Result'] == 'deleted']
        nights.check(a, f'{stem}-a')
        nights.check(b, f'{stem}-new')
    assert {row['Volume'] for row in deleted} == {a['id']}
    chain = nights.series(a, f'{stem}-a')
    assert {one['size'] for one in chain} == {2}
    assert chain[-1]['is_incremental'] is False

    # A chain that is young enough goes on, and is needed whole.
    nights.night('--full-after', '1h').ok()
    assert nights.series(a, f'{stem}-a')[0]['is_incremental'] is True
    time.sleep(1)
    planned = nights.night('--dry-run').ok()
    assert {row['Result'] for row in planned.json} <= {'to create', 'kept'}

    # A preview names just those that the night deletes and keeps.
    planned = nights.night('--dry-run', '--keep', '1').ok()
    done = nights.night('--keep', '1').ok()
    assert olds(planned, 'to delete') == olds(done, 'deleted')
    assert olds(planned, 'kept') == olds(done, 'kept') != set()


def olds(night: Result, result: str) -> set[str]:
    """Return the IDs of the rows with a result."""
    return {row['ID'] for row in night.json if row['Result'] == result}


def interrupted(nights: Nights) -> None:
    """Run the line and end it while the backups are being made."""
    before = len(nights.cinder.listed('backup'))
    with subprocess.Popen(
        [str(OPENSTACK), *nights.line],
        env=nights.openstack.environment('dev-demo'),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        until(lambda: len(nights.cinder.listed('backup')) > before, 'a backup')
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 143
    for one in nights.cinder.listed('backup'):
        nights.cinder.at_rest('backup', one['id'])


def test_snapshots(project: Project, openstack: Openstack, name: Name) -> None:
    volume = project.cinder.volume(name('data'))
    line = (
        *(*project.options, 'volume', 'snapshot', 'bulk', 'create'),
        *(volume['id'], '--name', '{volume}-{time}', '--wait', '--keep', '1'),
        *('-f', 'json'),
    )
    openstack(*line).ok()
    time.sleep(1.1)
    done = openstack(*line).ok()
    assert [row['Result'] for row in done.json] == ['created', 'deleted']
    assert len(project.cinder.listed('snapshot')) == 1
