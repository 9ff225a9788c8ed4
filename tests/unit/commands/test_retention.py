# SPDX-License-Identifier: Apache-2.0

"""Retention of the bulk commands, as a person sees it."""

from __future__ import annotations

from collections.abc import Iterator
import datetime
from typing import Any

import pytest

from tests.unit import stub as stub_module
from tests.unit.shell import Result
from tests.unit.stub import Asked, Record, Stub, fault

SNAPSHOT = ('volume', 'snapshot', 'bulk', 'create')
BACKUP = ('volume', 'backup', 'bulk', 'create')


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_module.running() as stub:
        # New ones are the newest.
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        stub.defaults = {'created_at': now.isoformat()}
        yield stub


@pytest.fixture
def volume(stub: Stub) -> Record:
    return stub.add('volumes', name='data')


def old(stub: Stub, kind: str, volume: Record, days: int, **more: Any) -> str:
    """Add a resource of a series, made so many days ago; return its ID."""
    now = datetime.datetime.now(datetime.UTC)
    when = (now - datetime.timedelta(days=days)).replace(tzinfo=None)
    record = {
        'name': f'data-{when:%Y%m%d}',
        'volume_id': volume['id'],
        'created_at': when.isoformat(),
        'is_incremental': False,
    }
    return str(stub.add(f'{kind}s', **{**record, **more})['id'])


def run(stub: Stub, command: tuple[str, ...], *args: str) -> Result:
    return stub.openstack(
        *(*command, 'data', '--name', '{volume}-{date}', '--wait'),
        *('-f', 'json', *args),
    )


def results(done: Result) -> dict[str, str]:
    return {row['ID']: row['Result'] for row in done.json}


@pytest.mark.parametrize(
    ('command', 'kind'), [(SNAPSHOT, 'snapshot'), (BACKUP, 'backup')]
)
class TestKeep:
    def test_older_ones(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        olds = [old(stub, kind, volume, day) for day in (1, 2, 3)]
        done = run(stub, command, '--keep', '2')
        assert done.status == 0, done
        left = [one['id'] for one in stub.records[f'{kind}s']]
        assert olds[0] in left
        assert not set(olds[1:]) & set(left)
        assert len(left) == 2
        found = results(done)
        assert [found.get(one) for one in olds] == [None, *['deleted'] * 2]
        assert f'1 volume {kind}: 1 created, 2 deleted' in done.stderr

    def test_nothing_else_is_touched(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        other = stub.add('volumes', name='other')
        foreign = [
            old(stub, kind, volume, 9, name='data-2026010'),
            old(stub, kind, volume, 9, name='data-20260101-mine'),
            old(stub, kind, volume, 9, name='Data-20260101'),
            old(stub, kind, volume, 9, name=None),
            old(stub, kind, other, 9),
            old(stub, kind, volume, 9, status='creating'),
        ]
        done = run(stub, command, '--keep', '1')
        assert done.status == 0, done
        left = {one['id'] for one in stub.records[f'{kind}s']}
        assert set(foreign) <= left
        assert not stub.of('DELETE')

    def test_new_one_failed(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        old(stub, kind, volume, 1)
        old(stub, kind, volume, 2)
        today = datetime.datetime.now()
        stub.ends = {f'data-{today:%Y%m%d}': 'error'}
        done = run(stub, command, '--keep', '1')
        assert done.status == 1
        assert not stub.of('DELETE')

    def test_again_in_the_same_night(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        """A run that was broken off before the deletions is completed."""
        today = datetime.datetime.now()
        there = old(stub, kind, volume, 0, name=f'data-{today:%Y%m%d}')
        olds = [old(stub, kind, volume, day) for day in (1, 2)]
        done = run(stub, command, '--keep', '1', '--or-show')
        assert done.status == 0, done
        assert results(done) == {
            there: 'exists',
            **dict.fromkeys(olds, 'deleted'),
        }

    def test_quota_of_another_volume(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        """The good ones make room all the same."""
        one = old(stub, kind, volume, 1)
        stub.add('volumes', name='other')
        full = f'Maximum number of {kind}s allowed (2) exceeded'
        stub.before = lambda asked: (
            fault(413, full)
            if asked.name and asked.name.startswith('other')
            else None
        )
        done = stub.openstack(
            *(*command, 'data', 'other', '--name', '{volume}-{date}'),
            *('--wait', '--keep', '1', '--parallel', '1', '-f', 'json'),
        )
        assert done.status == 1
        assert results(done)[one] == 'deleted'

    def test_preview(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        olds = [old(stub, kind, volume, day) for day in (1, 2)]
        done = run(stub, command, '--keep', '2', '--dry-run')
        assert done.status == 0, done
        assert results(done) == {None: 'to create', olds[1]: 'to delete'}
        assert not stub.of('DELETE')

    def test_preview_of_one_that_exists(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        olds = [old(stub, kind, volume, day) for day in (0, 1, 2)]
        done = run(stub, command, '--or-show', '--keep', '2', '--dry-run')
        assert results(done) == {olds[0]: 'exists', olds[2]: 'to delete'}

    @pytest.mark.parametrize(
        ('message', 'word', 'status'),
        [
            ('Snapshot has dependent volumes.', 'kept', 0),
            ('Incremental backups exist for this backup.', 'kept', 0),
            ('You may not.', 'delete failed', 1),
        ],
    )
    def test_refused(
        self,
        stub: Stub,
        volume: Record,
        command: tuple[str, ...],
        kind: str,
        message: str,
        word: str,
        status: int,
    ) -> None:
        one = old(stub, kind, volume, 1)
        stub.before = lambda asked: (
            fault(400, message) if asked.method == 'DELETE' else None
        )
        done = run(stub, command, '--keep', '1')
        assert done.status == status, done
        assert results(done)[one] == word
        (row,) = [row for row in done.json if row['ID'] == one]
        assert message.rstrip('.') in row['Error']

    def test_lost_response(
        self, stub: Stub, volume: Record, command: tuple[str, ...], kind: str
    ) -> None:
        one = old(stub, kind, volume, 1)

        def lost(asked: Asked) -> Any:
            if asked.method != 'DELETE':
                return None
            stub.records[f'{kind}s'] = [
                record
                for record in stub.records[f'{kind}s']
                if record['id'] != one
            ]
            return fault(502) if len(stub.of('DELETE')) == 1 else None

        stub.before = lost
        done = run(stub, command, '--keep', '1')
        assert done.status == 0, done
        assert results(done)[one] == 'deleted'


class TestChains:
    def test_goes_as_a_whole(self, stub: Stub, volume: Record) -> None:
        chain = [
            old(stub, 'backup', volume, day, is_incremental=day != 5)
            for day in (5, 4, 3)
        ]
        done = run(stub, BACKUP, '--keep', '1')
        assert done.status == 0, done
        deleted = [one.path.rpartition('/')[2] for one in stub.of('DELETE')]
        assert deleted == chain[::-1]

    def test_stays_until_all_has_expired(
        self, stub: Stub, volume: Record
    ) -> None:
        chain = [
            old(stub, 'backup', volume, day, is_incremental=day != 5)
            for day in (5, 4)
        ]
        done = run(stub, BACKUP, '--keep', '2')
        assert done.status == 0, done
        assert results(done)[chain[0]] == 'kept'
        assert not stub.of('DELETE')
        assert '1 created, 1 kept' in done.stderr

    @pytest.mark.parametrize(
        ('age', 'incremental'), [('8d', True), ('6d', False)]
    )
    def test_full_after(
        self, stub: Stub, volume: Record, age: str, incremental: bool
    ) -> None:
        old(stub, 'backup', volume, 7)
        old(stub, 'backup', volume, 1, is_incremental=True)
        done = run(stub, BACKUP, '--incremental-or-full', '--full-after', age)
        assert done.status == 0, done
        assert stub.posted[-1]['backup']['incremental'] is incremental


@pytest.mark.parametrize(
    ('option', 'result'),
    [('--incremental', 'kept'), ('--no-incremental', 'to delete')],
)
def test_preview_of_a_chain(
    stub: Stub, volume: Record, option: str, result: str
) -> None:
    """An incremental backup will need those that it builds upon."""
    one = old(stub, 'backup', volume, 1)
    done = run(stub, BACKUP, option, '--keep', '1', '--dry-run')
    assert done.status == 0, done
    assert results(done) == {None: 'to create', one: result}
