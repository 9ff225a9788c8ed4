# SPDX-License-Identifier: Apache-2.0


from __future__ import annotations

from collections.abc import Callable, Iterator
import itertools
import threading
import time
from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.creating.control import Control, Tally
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.job import Result
from osc_cinderlite.lib.creating.runner import bulk
from osc_cinderlite.lib.resources import waiting
from osc_cinderlite.lib.resources.conventions import Values
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.resources.volumes import VolumeManager
from tests.unit import stub as stub_module
from tests.unit.clock import SOON
from tests.unit.cloud import uuid
from tests.unit.stub import Answer, Asked, Stub, fault


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_module.running() as stub:
        yield stub


@pytest.fixture
def client(stub: Stub) -> Client:
    return stub.client()


def volumes(*names: str) -> list[dict[str, Any]]:
    """Return the fields of volumes."""
    return [{'name': name, 'size': 1} for name in names]


def words(results: list[Result]) -> list[str]:
    return [result.result for result in results]


def names(results: list[Result]) -> list[str | None]:
    return [result.creation.name for result in results]


def ids(results: list[Result]) -> list[str | None]:
    return [one.resource.id if one.resource else None for one in results]


def creates(stub: Stub) -> list[str | None]:
    """Return the names of what was to be created, as they arrived."""
    return [asked.name for asked in stub.of('POST')]


def test_results_are_in_the_order_of_the_input(
    stub: Stub, client: Client
) -> None:
    last_is_done = threading.Event()

    def first_is_last(asked: Asked) -> None:
        if asked.name == 'a':
            assert last_is_done.wait(SOON)
        elif asked.name == 'd':
            last_is_done.set()

    stub.before = first_is_last
    results = list(bulk(client.volumes, volumes(*'abcd'), parallel=4))
    assert names(results) == ['a', 'b', 'c', 'd']
    assert words(results) == ['created'] * 4
    by_name = {one['name']: one['id'] for one in stub.records['volumes']}
    assert ids(results) == [by_name[name] for name in 'abcd']


def test_as_many_as_wanted_at_once(stub: Stub, client: Client) -> None:
    together = threading.Barrier(5)
    under_way: list[str | None] = []
    most = 0

    def meet(asked: Asked) -> None:
        nonlocal most
        under_way.append(asked.name)
        most = max(most, len(under_way))
        together.wait(SOON)
        under_way.remove(asked.name)

    stub.before = meet
    wanted = volumes(*(str(n) for n in range(20)))
    results = list(bulk(client.volumes, wanted, parallel=5))
    assert words(results) == ['created'] * 20
    assert most == 5


def test_what_is_waited_for_is_under_way(stub: Stub, client: Client) -> None:
    most = 0

    def count(asked: Asked) -> None:
        nonlocal most
        states = [one['status'] for one in stub.records['volumes']]
        most = max(most, states.count('creating'))

    stub.before = count
    wanted = volumes(*'abcdefg')
    results = list(bulk(client.volumes, wanted, parallel=3, wait=True))
    assert [one.resource and one.resource.status for one in results] == (
        ['available'] * 7
    )
    assert most == 3


def test_one_list_a_tick(stub: Stub, client: Client) -> None:
    stub.looks = 3
    wanted = volumes(*(f'v{n}' for n in range(16)))
    results = list(bulk(client.volumes, wanted, parallel=16, wait=True))
    assert words(results) == ['created'] * 16
    singly = [str(one) for one in stub.of('GET') if 'detail' not in one.path]
    lists = stub.of('GET', '/volumes/detail')
    # Each of the 16 was looked at four times; only before the second of them
    # was there, or after all but one were done, can it have been singly.
    assert len(lists) >= 4
    assert len(lists) + len(singly) < 16


VALUES: dict[str, dict[str, Any]] = {
    'volumes': {
        'name': 'v',
        'size': 2,
        'description': 'd',
        'metadata': {'a': 'b'},
        'volume_type': 't',
        'availability_zone': 'z',
        'image': 'i',
        'group_id': uuid(7),
        'backup_id': uuid(8),
        'scheduler_hints': {'same_host': [uuid(9)]},
    },
    'snapshots': {
        'name': 's',
        'volume_id': uuid(1),
        'description': 'd',
        'metadata': {'a': 'b'},
        'force': True,
    },
    'backups': {
        'name': 'b',
        'volume_id': uuid(1),
        'description': 'd',
        'container': 'c',
        'incremental': True,
        'force': True,
        'snapshot_id': uuid(2),
        'metadata': {'a': 'b'},
        'availability_zone': 'z',
    },
}


@pytest.mark.parametrize('kind', VALUES)
def test_bodies_are_those_of_the_manager(stub: Stub, kind: str) -> None:
    client = stub.client('3.65' if kind == 'snapshots' else '3.71')
    manager = getattr(client, kind)
    manager.create(**VALUES[kind])
    results = list(bulk(manager, [VALUES[kind]] * 2))
    assert words(results) == ['created'] * 2
    alone, *many = stub.posted
    assert many == [alone, alone]
    assert len(alone[manager.key]) >= len(VALUES[kind]) - 1


def test_a_failure_belongs_to_its_result(stub: Stub, client: Client) -> None:
    stub.before = lambda asked: (
        fault(400, 'Not this.') if asked.name == 'b' else None
    )
    results = list(bulk(client.volumes, volumes(*'abc')))
    assert words(results) == ['created', 'failed', 'created']
    error = results[1].error
    assert isinstance(error, exceptions.BadRequest)
    assert error.message == 'Not this.'
    assert results[1].resource is None


def test_an_unknown_field_fails_its_result(stub: Stub, client: Client) -> None:
    wanted: list[Any] = [{'size': 1}, {'size': 1, 'colour': 'red'}]
    results = list(bulk(client.volumes, wanted))
    assert words(results) == ['created', 'failed']
    assert isinstance(results[1].error, exceptions.InvalidInput)
    assert len(stub.posted) == 1


def test_quota(stub: Stub, client: Client) -> None:
    full = (
        'SnapshotLimitExceeded: Maximum number of volumes allowed (2) exceeded'
    )
    stub.before = lambda asked: (
        fault(413, full, Retry_After='0') if asked.name == 'c' else None
    )
    wanted = volumes(*'abcde')
    results = list(bulk(client.volumes, wanted, parallel=1))
    assert words(results) == [
        'created',
        'created',
        'failed',
        'skipped',
        'skipped',
    ]
    assert creates(stub) == ['a', 'b', 'c']
    assert full in str(results[2].error)
    for result in results[3:]:
        assert str(result.error) == 'not sent: the quota is exceeded'
        assert result.resource is None


@pytest.mark.parametrize(
    ('message', 'is_final'),
    [
        ('Maximum number of snapshots allowed (2) exceeded', True),
        ('Maximum number of backups allowed (0) exceeded.', True),
        (
            'VolumeLimitExceeded: Maximum number of volumes allowed (1) '
            "exceeded for quota 'volumes'.",
            True,
        ),
        (
            'VolumeLimitExceeded: Maximum number of volumes allowed (1) '
            "exceeded for quota 'volumes_lvm'.",
            False,
        ),
        (
            'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot '
            'exceeds allowed gigabytes quota. Requested 9G, quota is 5G and '
            '1G has been consumed.',
            False,
        ),
        ('Over limit.', False),
    ],
    ids=['snapshots', 'backups', 'volumes', 'type', 'gigabytes', 'unknown'],
)
def test_quota_that_ends_a_run(
    stub: Stub, client: Client, message: str, is_final: bool
) -> None:
    """Only a count that is used up stops all others."""
    stub.before = lambda asked: (
        fault(413, message) if asked.name == 'a' else None
    )
    results = list(bulk(client.volumes, volumes(*'ab'), parallel=1))
    assert words(results) == ['failed', 'skipped' if is_final else 'created']


def test_what_is_under_way_when_a_quota_is_full(
    stub: Stub, client: Client
) -> None:
    refused = threading.Event()

    def answer(asked: Asked) -> Answer | None:
        if asked.name == 'b':
            refused.set()
            return fault(413, 'Maximum number of volumes allowed (1) exceeded')
        if asked.name == 'a':
            assert refused.wait(SOON)
            time.sleep(0.1)
        return None

    stub.before = answer
    wanted = volumes(*'abcd')
    results = list(bulk(client.volumes, wanted, parallel=2))
    assert words(results) == ['created', 'failed', 'skipped', 'skipped']


def test_stop_on_error(stub: Stub, client: Client) -> None:
    stub.before = lambda asked: fault(400) if asked.name == 'b' else None
    wanted = [*volumes('a', 'b', 'c'), {'size': 1}]
    results = list(
        bulk(client.volumes, wanted, parallel=1, stop_on_error=True)
    )
    assert words(results) == ['created', 'failed', 'skipped', 'skipped']
    assert str(results[2].error) == 'not sent, because b failed'
    assert creates(stub) == ['a', 'b']


def test_stop_on_the_error_of_one_without_a_name(
    stub: Stub, client: Client
) -> None:
    stub.before = lambda asked: fault(400)
    wanted = [{'size': 1}, {'size': 2}]
    results = list(
        bulk(client.volumes, wanted, parallel=1, stop_on_error=True)
    )
    assert str(results[1].error) == 'not sent, because number 1 failed'


def test_a_lost_answer(stub: Stub, client: Client) -> None:
    def after_it_was_done(asked: Asked) -> Answer | None:
        if asked.method == 'POST' and asked.name is None:
            stub.add('volumes')
            return fault(500, 'Lost.')
        return None

    stub.before = after_it_was_done
    wanted = [{'size': 1}, *volumes('b')]
    results = list(bulk(client.volumes, wanted))
    assert words(results) == ['unknown', 'created']
    assert isinstance(results[0].error, exceptions.UnknownOutcome)
    assert 'may or may not exist' in str(results[0].error)
    assert len(creates(stub)) == 2


def test_a_fault_of_the_program(stub: Stub, client: Client) -> None:
    class Odd(VolumeManager):
        def request(self, values: Values) -> CreateRequest:
            if values['name'] == 'b':
                raise RuntimeError('never thought of')
            return super().request(values)

    results = list(bulk(Odd(client.http), volumes(*'abc')))
    assert words(results) == ['created', 'unknown', 'created']
    assert 'RuntimeError: never thought of' in str(results[1].error)
    assert results[1].error
    assert isinstance(results[1].error.__cause__, RuntimeError)


class TestOrShow:
    def test_what_exists_is_taken(self, stub: Stub, client: Client) -> None:
        there = stub.add('volumes', name='b')
        results = list(bulk(client.volumes, volumes(*'abc'), or_show=True))
        assert words(results) == ['created', 'exists', 'created']
        assert ids(results)[1] == there['id']
        assert sorted(map(str, creates(stub))) == ['a', 'c']

    def test_the_same_name_twice(self, stub: Stub, client: Client) -> None:
        stub.before = lambda asked: time.sleep(0.05)
        wanted = volumes('a', 'a', 'b', 'a')
        results = list(bulk(client.volumes, wanted, parallel=4, or_show=True))
        assert words(results) == ['created', 'exists', 'created', 'exists']
        first = ids(results)[0]
        assert ids(results) == [first, first, ids(results)[2], first]
        assert sorted(map(str, creates(stub))) == ['a', 'b']

    def test_the_same_name_twice_without(
        self, stub: Stub, client: Client
    ) -> None:
        results = list(bulk(client.volumes, volumes('a', 'a')))
        assert words(results) == ['created', 'created']
        assert len(set(ids(results))) == 2

    def test_several_exist(self, stub: Stub, client: Client) -> None:
        there = [stub.add('volumes', name='a')['id'] for _n in range(2)]
        (result,) = bulk(client.volumes, volumes('a'), or_show=True)
        assert result.result == 'failed'
        assert all(one in str(result.error) for one in there)

    def test_without_a_name(self, stub: Stub, client: Client) -> None:
        (result,) = bulk(client.volumes, [{'size': 1}], or_show=True)
        assert result.result == 'failed'
        assert isinstance(result.error, exceptions.InvalidInput)
        assert stub.asked == []

    @pytest.mark.parametrize('kind', ['snapshots', 'backups'])
    def test_of_another_volume(
        self, stub: Stub, client: Client, kind: str
    ) -> None:
        """Two volumes of one name must not share one backup."""
        stub.add(kind, name='data-20260131', volume_id=uuid(1000))
        mine = stub.add(kind, name='data-20260131', volume_id=uuid(1001))
        wanted = [
            {'name': 'data-20260131', 'volume_id': uuid(number)}
            for number in (1001, 1002)
        ]
        results = list(bulk(getattr(client, kind), wanted, or_show=True))
        assert words(results) == ['exists', 'created']
        assert ids(results)[0] == mine['id']
        (created,) = stub.posted
        assert created[kind[:-1]]['volume_id'] == uuid(1002)

    def test_what_is_available_needs_no_wait(
        self, stub: Stub, client: Client
    ) -> None:
        stub.add('volumes', name='a')
        (result,) = bulk(client.volumes, volumes('a'), or_show=True, wait=True)
        assert result.result == 'exists'
        assert [str(one) for one in stub.asked] == ['GET /volumes/detail']

    def test_what_is_not_available_is_waited_for(
        self, stub: Stub, client: Client
    ) -> None:
        stub.looks = 3
        stub.add('volumes', name='a', status='creating')
        (result,) = bulk(client.volumes, volumes('a'), or_show=True, wait=True)
        assert result.result == 'exists'
        assert result.resource and result.resource.status == 'available'

    def test_what_is_in_error_fails(self, stub: Stub, client: Client) -> None:
        there = stub.add('volumes', name='a', status='error')
        (result,) = bulk(client.volumes, volumes('a'), or_show=True, wait=True)
        assert result.result == 'failed'
        assert result.resource and result.resource.id == there['id']
        assert isinstance(result.error, exceptions.ResourceFailed)


class TestWait:
    def test_one_id_for_two(self, stub: Stub, client: Client) -> None:
        """However strange the server: no row waits for ever."""
        there = stub.add('volumes', name='a', status='creating')

        def the_same(asked: Asked) -> Answer | None:
            return Answer({'volume': there}) if asked.name else None

        stub.before = the_same
        results = list(bulk(client.volumes, volumes('a', 'b'), wait=True))
        assert words(results) == ['created', 'created']
        assert ids(results) == [there['id']] * 2
        assert [r.resource and r.resource.status for r in results] == [
            'available'
        ] * 2

    def test_why_it_failed(self, stub: Stub, client: Client) -> None:
        stub.ends = {'b': 'error'}

        def message(asked: Asked) -> Answer | None:
            if asked.path != '/messages':
                return None
            about = {
                'resource_uuid': asked.query['resource_uuid'],
                'message_level': 'ERROR',
                'user_message': 'no room',
            }
            return Answer({'messages': [about]})

        stub.before = message
        results = list(bulk(client.volumes, volumes(*'abc'), wait=True))
        assert words(results) == ['created', 'failed', 'created']
        failed = results[1]
        assert isinstance(failed.error, exceptions.ResourceFailed)
        assert failed.error.reason == 'no room'
        assert failed.resource and failed.resource.status == 'error'

    def test_what_vanishes(self, stub: Stub, client: Client) -> None:
        def delete(asked: Asked) -> None:
            if asked.method == 'GET':
                stub.records['volumes'] = [
                    one
                    for one in stub.records['volumes']
                    if one['name'] != 'b'
                ]

        stub.before = delete
        results = list(bulk(client.volumes, volumes(*'abc'), wait=True))
        assert words(results) == ['created', 'failed', 'created']
        assert 'is gone' in str(results[1].error)
        assert ids(results)[1] is not None

    def test_time_out(self, stub: Stub, client: Client) -> None:
        stub.looks = 10**6
        results = list(
            bulk(client.volumes, volumes('a', 'b'), wait=True, wait_timeout=1)
        )
        assert words(results) == ['timeout', 'timeout']
        for result in results:
            assert isinstance(result.error, exceptions.WaitTimeout)
            assert result.resource and result.resource.status == 'creating'

    def test_a_server_that_refuses_to_tell(
        self,
        stub: Stub,
        client: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(waiting, '_PATIENCE', 0.5)
        stub.before = lambda asked: (
            fault(403, 'Not you.') if asked.method == 'GET' else None
        )
        results = list(bulk(client.volumes, volumes('a', 'b'), wait=True))
        assert words(results) == ['failed', 'failed']
        assert None not in ids(results)
        assert all('Not you' in str(one.error) for one in results)

    def test_a_server_that_is_silent_for_a_while(
        self, stub: Stub, client: Client
    ) -> None:
        silent = iter(range(7))
        stub.before = lambda asked: (
            fault(502)
            if asked.method == 'GET' and next(silent, None) is not None
            else None
        )
        results = list(bulk(client.volumes, volumes('a', 'b'), wait=True))
        assert words(results) == ['created', 'created']

    @pytest.mark.parametrize('number', [1, 3])
    def test_a_backup_that_is_lost(
        self, stub: Stub, client: Client, number: int
    ) -> None:
        """Cinder leaves the new volume in creating."""
        stub.looks = 10**6
        good, lost = (
            stub.add('backups', status=status)['id']
            for status in ('restoring', 'error')
        )
        wanted = [{'name': 'g', 'backup_id': good}] * (number - 1)
        wanted.append({'name': 'l', 'backup_id': lost})
        results = list(bulk(client.volumes, wanted, wait=True, wait_timeout=6))
        assert words(results) == [*['timeout'] * (number - 1), 'failed']
        *others, last = results
        assert isinstance(last.error, exceptions.ResourceFailed)
        for other in others:
            assert isinstance(other.error, exceptions.WaitTimeout)

    def test_the_default_time_out_is_the_managers(
        self, stub: Stub, client: Client
    ) -> None:
        class Hasty(VolumeManager):
            wait_timeout = 0.5

        stub.looks = 10**6
        (result,) = bulk(Hasty(client.http), volumes('a'), wait=True)
        assert isinstance(result.error, exceptions.WaitTimeout)


class TestFollowUps:
    def creation(self, client: Client, name: str) -> Creation:
        return Creation(
            client.volumes,
            {'name': name, 'size': 1},
            follow_ups=(
                lambda v: client.volumes.set_bootable(v, True),
                lambda v: client.volumes.set_readonly(v, True),
            ),
        )

    def test_once_it_is_available(self, stub: Stub, client: Client) -> None:
        def available(asked: Asked) -> None:
            if asked.path.endswith('/action'):
                of = asked.path.split('/')[2]
                (one,) = (v for v in stub.records['volumes'] if v['id'] == of)
                assert one['status'] == 'available'

        stub.before = available
        wanted = [self.creation(client, name) for name in 'ab']
        results = list(bulk(client.volumes, wanted))
        assert words(results) == ['created', 'created']
        for result in results:
            assert result.resource
            path = f'/volumes/{result.resource.id}/action'
            assert [one.body for one in stub.of('POST', path)] == [
                {'os-set_bootable': {'bootable': True}},
                {'os-update_readonly_flag': {'readonly': True}},
            ]

    def test_one_that_fails(self, stub: Stub, client: Client) -> None:
        stub.before = lambda asked: (
            fault(403, 'Not you.')
            if 'os-update_readonly_flag' in (asked.body or {})
            else None
        )
        (result,) = bulk(client.volumes, [self.creation(client, 'a')])
        assert result.result == 'failed'
        assert result.resource is not None
        assert 'Not you' in str(result.error)

    def test_not_of_what_existed(self, stub: Stub, client: Client) -> None:
        there = stub.add('volumes', name='a', status='creating')
        wanted = [self.creation(client, 'a')]
        (result,) = bulk(client.volumes, wanted, or_show=True)
        assert result.result == 'exists'
        assert result.resource == there
        assert stub.posted == []

    def test_not_of_what_failed(self, stub: Stub, client: Client) -> None:
        stub.ends = {'a': 'error'}
        (result,) = bulk(client.volumes, [self.creation(client, 'a')])
        assert result.result == 'failed'
        assert len(stub.posted) == 1


class TestControl:
    def test_stop(self, stub: Stub, client: Client) -> None:
        control = Control()
        stopped = threading.Event()

        def stop(asked: Asked) -> None:
            if asked.name == 'b':
                control.stop('not sent: enough')
                stopped.set()
            elif asked.name == 'a':
                assert stopped.wait(SOON)

        stub.before = stop
        wanted = volumes(*'abcd')
        results = list(
            bulk(client.volumes, wanted, parallel=2, control=control)
        )
        assert words(results) == ['created', 'created', 'skipped', 'skipped']
        assert str(results[3].error) == 'not sent: enough'
        assert len(stub.posted) == 2

    def test_the_first_reason_stays(self) -> None:
        control = Control()
        control.stop('one')
        control.stop('two')
        control.abandon()
        assert str(control.reason) == 'one'

    def test_abandon(self, stub: Stub, client: Client) -> None:
        control = Control()
        until_the_end = threading.Event()

        def never_answer(asked: Asked) -> None:
            if asked.name == 'b':
                control.abandon()
                until_the_end.wait(SOON)

        stub.before = never_answer
        begun = time.monotonic()
        results = list(
            bulk(client.volumes, volumes(*'abc'), parallel=1, control=control)
        )
        assert time.monotonic() - begun < SOON / 2
        until_the_end.set()
        assert words(results) == ['created', 'unknown', 'skipped']
        assert ids(results)[0] is not None
        assert 'interrupted before the server responded' in str(
            results[1].error
        )

    def test_abandon_while_waiting(self, stub: Stub, client: Client) -> None:
        control = Control()
        stub.looks = 10**6
        stub.before = lambda asked: (
            control.abandon() if asked.method == 'GET' else None
        )
        results = list(
            bulk(client.volumes, volumes(*'ab'), wait=True, control=control)
        )
        assert words(results) == ['created', 'created']
        assert None not in ids(results)
        assert str(results[0].error) == 'stopped waiting before completion'

    def test_answers_that_are_in_by_then(
        self, stub: Stub, client: Client
    ) -> None:
        """No ID is lost only because nobody had looked at it yet."""
        control = Control()

        def abandon_when_all_are_done(tally: Tally) -> None:
            if tally.total:
                deadline = time.monotonic() + SOON
                while len(stub.records['volumes']) < 4:
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
                time.sleep(0.3)
                control.abandon()

        results = list(
            bulk(
                client.volumes,
                volumes(*'abcd'),
                parallel=4,
                control=control,
                on_change=abandon_when_all_are_done,
            )
        )
        assert words(results) == ['created'] * 4
        assert None not in ids(results)

    def test_one_that_was_held_back(self, stub: Stub, client: Client) -> None:
        control = Control()
        stub.before = lambda asked: (
            control.abandon() if asked.method == 'POST' else None
        )
        wanted = volumes('a', 'a')
        results = list(
            bulk(client.volumes, wanted, or_show=True, control=control)
        )
        assert words(results)[1] == 'skipped'
        assert len(stub.posted) == 1


class TestInput:
    def test_is_taken_as_there_is_room(
        self, stub: Stub, client: Client
    ) -> None:
        tally = Tally()
        under_way: list[int] = []

        def wanted() -> Iterator[dict[str, Any]]:
            for n in range(100):
                under_way.append(n - tally.total)
                yield {'name': f'v{n}', 'size': 1}

        def look(now: Tally) -> None:
            nonlocal tally
            tally = now

        results = bulk(client.volumes, wanted(), parallel=3, on_change=look)
        assert len(list(results)) == len(under_way) == 100
        assert max(under_way) == 2

    def test_is_not_taken_before_results_are(
        self, stub: Stub, client: Client
    ) -> None:
        taken = 0

        def wanted() -> Iterator[dict[str, Any]]:
            nonlocal taken
            for n in itertools.count():
                taken += 1
                yield {'name': f'v{n}', 'size': 1}

        results: Any = bulk(client.volumes, wanted(), parallel=3)
        assert taken == 0
        for _n in range(20):
            next(results)
        before = taken
        results.close()
        assert taken == before

    @pytest.mark.parametrize(
        'error',
        [exceptions.ServerError('The list broke off.'), ValueError('Odd.')],
    )
    def test_breaks_off(
        self, stub: Stub, client: Client, error: Exception
    ) -> None:
        def wanted() -> Iterator[dict[str, Any]]:
            yield from volumes('a', 'b')
            raise error

        results = []
        with pytest.raises(type(error)) as raised:
            for result in bulk(client.volumes, wanted(), wait=True):
                results.append(result)
        assert raised.value is error
        assert words(results) == ['created', 'created']
        assert all(r.resource and r.resource.status for r in results)

    def test_is_not_a_mapping(self, stub: Stub, client: Client) -> None:
        wanted: list[Any] = [*volumes('a'), 5]
        results = []
        with pytest.raises(TypeError):
            for result in bulk(client.volumes, wanted):
                results.append(result)
        assert words(results) == ['created']

    def test_is_empty(self, stub: Stub, client: Client) -> None:
        assert list(bulk(client.volumes, [])) == []
        assert stub.asked == []

    def test_interrupted(self, stub: Stub, client: Client) -> None:
        """Ctrl-C without a handler of signals."""

        def wanted() -> Iterator[dict[str, Any]]:
            yield from volumes('a', 'b')
            while len(stub.records['volumes']) < 2:
                time.sleep(0.01)
            time.sleep(0.3)
            raise KeyboardInterrupt

        results = []
        with pytest.raises(KeyboardInterrupt):
            for result in bulk(client.volumes, wanted()):
                results.append(result)
        assert words(results) == ['created', 'created']
        assert None not in ids(results)

    def test_no_parallel(self, client: Client) -> None:
        with pytest.raises(exceptions.InvalidInput):
            bulk(client.volumes, [], parallel=0)


def test_tally(stub: Stub, client: Client) -> None:
    stub.before = lambda asked: fault(400) if asked.name == 'b' else None
    seen: list[tuple[int, int, int]] = []

    def look(tally: Tally) -> None:
        seen.append((tally['created'], tally['failed'], tally.in_progress))

    wanted = volumes(*'abcd')
    list(bulk(client.volumes, wanted, wait=True, on_change=look))
    assert seen[0] == (0, 0, 0)
    assert seen[-1] == (3, 1, 0)
    assert max(waiting for _c, _f, waiting in seen) >= 1


@pytest.mark.parametrize('end', ['close', 'exhaust'])
def test_threads_end(stub: Stub, client: Client, end: str) -> None:
    before = set(threading.enumerate())

    def workers() -> set[threading.Thread]:
        new = set(threading.enumerate()) - before
        return {one for one in new if '_work' in one.name}

    results: Any = bulk(client.volumes, volumes(*'abcdef'))
    next(results)
    assert workers()
    consume: Callable[[], Any] = (
        results.close if end == 'close' else lambda: list(results)
    )
    consume()
    for thread in workers():
        thread.join(SOON)
        assert not thread.is_alive()


def test_one_token_and_few_connections(stub: Stub, client: Client) -> None:
    wanted = volumes(*(str(n) for n in range(40)))
    list(bulk(client.volumes, wanted, parallel=4))
    assert stub.tokens == 1
    assert len({one.port for one in stub.of('POST')}) <= 4
