# SPDX-License-Identifier: Apache-2.0

"""Following resources to their end, by a clock that does not run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import itertools
import time
from typing import Any

import pytest
import requests

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import waiting
from osc_cinderlite.lib.resources.waiting import Ended, Source
from tests.unit.clock import Clock
from tests.unit.cloud import (
    REQUEST_ID,
    Answer,
    Cloud,
    backup,
    fault,
    good,
    page,
    snapshot,
    uuid,
    volume,
)

NO_MESSAGES = good({'messages': []})
#: statuses of Cinder: what goes on, has ended well, has ended badly
GO_ON = {
    'volumes': (
        'creating',
        'downloading',
        'restoring-backup',
        'backing-up',
        'managing',
        'attaching',
        'detaching',
        'maintenance',
        'reserved',
        'awaiting-transfer',
        'uploading',
        'retyping',
        'extending',
        'deleting',
        'never heard of',
        '',
        None,
    ),
    'snapshots': (
        'creating',
        'updating',
        'unmanaging',
        'backing-up',
        'restoring',
        'deleting',
    ),
    'backups': ('creating', 'restoring', 'deleting'),
}
WELL = {
    'volumes': ('available', 'in-use', 'AVAILABLE'),
    'snapshots': ('available',),
    'backups': ('available',),
}
BADLY = {
    'volumes': (
        'error',
        'error_deleting',
        'error_managing',
        'error_restoring',
        'error_backing-up',
        'error_extending',
        'deleted',
        'ERROR',
    ),
    'snapshots': ('error', 'error_deleting', 'deleted'),
    'backups': ('error', 'error_deleting', 'deleted'),
}
MAKE: dict[str, Callable[..., dict[str, Any]]] = {
    'volumes': volume,
    'snapshots': snapshot,
    'backups': backup,
}


def rows(table: Mapping[str, tuple[str | None, ...]]) -> list[Any]:
    return [
        (collection, status)
        for collection, statuses in table.items()
        for status in statuses
    ]


class Watch:
    """A poller, and the time in which it looks."""

    def __init__(self, client: Client, collection: str = 'volumes') -> None:
        self.clock = Clock()
        self.poller = waiting.Poller(
            getattr(client, collection), self.clock.monotonic
        )

    def until_the_end(self, looks: int = 1000) -> list[Ended]:
        """Return all ends, in their order."""
        ended: list[Ended] = []
        while self.poller.seen and looks:
            looks -= 1
            self.clock.sleep(self.poller.pause)
            ended += self.poller.look()
        return ended


def follow(
    cloud: Cloud,
    record: dict[str, Any],
    collection: str = 'volumes',
    timeout: float = 60,
    **options: Any,
) -> tuple[Ended, Watch]:
    watch = Watch(cloud.client(), collection)
    resource = Resource(record)
    resource.request_id = REQUEST_ID
    watch.poller.watch(resource, timeout, **options)
    (ended,) = watch.until_the_end()
    return ended, watch


def answers_one(
    cloud: Cloud, collection: str, *records: dict[str, Any] | Answer
) -> None:
    key = collection[:-1]
    number = uuid({'volumes': 1, 'snapshots': 2, 'backups': 3}[collection])
    cloud.answers('GET', '/messages', NO_MESSAGES)
    cloud.answers(
        'GET',
        f'/{collection}/{number}',
        *(good({key: r}) if 'id' in r else r for r in records),
    )


class TestStates:
    @pytest.mark.parametrize(('collection', 'status'), rows(GO_ON))
    def test_goes_on(
        self, cloud: Cloud, collection: str, status: str | None
    ) -> None:
        make = MAKE[collection]
        answers_one(
            cloud,
            collection,
            make(status=status),
            make(status=status),
            make(status='available'),
        )
        ended, _ = follow(cloud, make(), collection)
        assert ended.error is None
        assert ended.resource.status == 'available'
        assert len(cloud.sent) == 3

    @pytest.mark.parametrize(('collection', 'status'), rows(WELL))
    def test_ends_well(
        self, cloud: Cloud, collection: str, status: str
    ) -> None:
        record = MAKE[collection](status=status, size=7)
        answers_one(cloud, collection, record)
        ended, _ = follow(cloud, MAKE[collection](), collection)
        assert ended == Ended(Resource(record))
        assert len(cloud.sent) == 1

    @pytest.mark.parametrize(('collection', 'status'), rows(BADLY))
    def test_ends_badly(
        self, cloud: Cloud, collection: str, status: str
    ) -> None:
        record = MAKE[collection](status=status)
        answers_one(cloud, collection, record)
        ended, _ = follow(cloud, MAKE[collection](), collection)
        assert ended.resource == record
        assert isinstance(ended.error, exceptions.ResourceFailed)
        assert f'is in status {status}; Cinder rec' in str(ended.error)
        assert ended.error.request_id == REQUEST_ID

    @pytest.mark.parametrize('collection', ['volumes', 'snapshots', 'backups'])
    def test_vanished(self, cloud: Cloud, collection: str) -> None:
        """If Cinder itself says so, twice."""
        answers_one(cloud, collection, fault(404))
        ended, _ = follow(cloud, MAKE[collection](), collection)
        looks = [one for one in cloud.sent if '/messages' not in one]
        assert len(looks) == 2
        assert isinstance(ended.error, exceptions.ResourceFailed)
        assert 'is gone; it was deleted' in str(ended.error)
        assert ended.resource == MAKE[collection]()

    def test_attached_at_once_is_no_state_of_a_snapshot(
        self, cloud: Cloud
    ) -> None:
        answers_one(cloud, 'snapshots', snapshot(status='in-use'))
        ended, _ = follow(cloud, snapshot(), 'snapshots', timeout=1)
        assert isinstance(ended.error, exceptions.WaitTimeout)


class TestTimeout:
    def test_bounded(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume(status='downloading'))
        ended, watch = follow(cloud, volume(), timeout=30)
        assert isinstance(ended.error, exceptions.WaitTimeout)
        assert str(ended.error) == (
            f'volume {uuid(1)} is still downloading after 30 s'
        )
        assert ended.error.resource == volume(status='downloading')
        assert watch.clock.now == pytest.approx(1030)

    def test_in_no_known_state(self, cloud: Cloud) -> None:
        answers_one(cloud, 'backups', fault(503))
        ended, _ = follow(cloud, {'id': uuid(3)}, 'backups', timeout=1.5)
        assert str(ended.error) == (
            f'backup {uuid(3)} is still in an unknown state after 1.5 s (the '
            f'last look failed: No (HTTP 503, Request-ID: {REQUEST_ID}))'
        )

    def test_the_last_look_is_at_the_deadline(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume(), volume(status='available'))
        ended, watch = follow(cloud, volume(), timeout=0.4)
        assert ended.error is None
        assert watch.clock.pauses == pytest.approx([0.3, 0.1])


class TestPauses:
    def test_grow(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume())
        _, watch = follow(cloud, volume(), timeout=3600)
        pauses = watch.clock.pauses
        assert pauses[0] == pytest.approx(waiting.SHORTEST)
        assert all(
            later >= earlier - 1e-6
            for earlier, later in itertools.pairwise(pauses[:-1])
        )
        assert max(pauses) == pytest.approx(waiting.LONGEST)
        # An hour in looks of five seconds, and some short ones before.
        assert 720 < len(cloud.sent) < 770

    def test_are_below_a_tenth_of_the_wait(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume())
        _, watch = follow(cloud, volume(), timeout=60)
        waited = list(itertools.accumulate(watch.clock.pauses))
        for before, pause in zip(waited, watch.clock.pauses[1:], strict=False):
            assert pause <= max(before / 10, waiting.SHORTEST) + 1e-6

    def test_short_waits_are_short(self, cloud: Cloud) -> None:
        answers_one(
            cloud, 'volumes', *9 * [volume()], volume(status='available')
        )
        _, watch = follow(cloud, volume())
        assert watch.clock.now - 1000 < 5

    def test_time_that_passed_meanwhile(self, cloud: Cloud) -> None:
        """The next look is due after the last, however long that was ago."""
        watch = Watch(cloud.client())
        watch.poller.watch(Resource(volume()), 60)
        watch.clock.now += 0.2
        assert watch.poller.pause == pytest.approx(0.1)
        watch.clock.now += 10
        assert watch.poller.pause == 0

    def test_nothing_to_wait_for(self, cloud: Cloud) -> None:
        assert Watch(cloud.client()).poller.pause == waiting.LONGEST


class TestSilence:
    @pytest.mark.parametrize(
        'answer',
        [
            fault(429),
            fault(500),
            fault(502),
            fault(503, **{'Retry-After': '5'}),
            fault(504),
            page(200, '<html>'),
            page(200, ''),
            good({}),
            good({'volume': volume(9)}),
            {'exc': requests.exceptions.ConnectionError()},
            {'exc': requests.exceptions.ReadTimeout()},
        ],
    )
    def test_passes(self, cloud: Cloud, answer: Answer) -> None:
        answers_one(
            cloud, 'volumes', *7 * [answer], volume(status='available')
        )
        ended, _ = follow(cloud, volume())
        assert ended.error is None

    def test_does_not_pass(self, cloud: Cloud) -> None:
        """After five minutes without an answer it is over."""
        answers_one(cloud, 'volumes', volume(), fault(502, 'Bad gateway'))
        watch = Watch(cloud.client())
        watch.poller.watch(Resource(volume()), 3600)
        with pytest.raises(exceptions.ServerError, match='Bad gateway'):
            watch.until_the_end()
        assert 300 < watch.clock.now - 1000 < 320

    def test_begins_anew_with_each_answer(self, cloud: Cloud) -> None:
        answers_one(
            cloud,
            'volumes',
            *[page(200, '')] * 50,
            volume(),
            *[page(200, '')] * 50,
            volume(status='available'),
        )
        ended, watch = follow(cloud, volume(), timeout=3600)
        assert ended.error is None
        assert watch.clock.now - 1000 > 300

    def test_time_is_over_meanwhile(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', fault(503))
        ended, _ = follow(cloud, volume(status='creating'), timeout=10)
        assert isinstance(ended.error, exceptions.WaitTimeout)

    @pytest.mark.parametrize(
        'nowhere',
        [
            page(404, '<title>Not Found</title>'),
            {**fault(404), 'headers': {}},
            page(404, 'no', **{'x-openstack-request-id': REQUEST_ID}),
        ],
        ids=['page', 'no ID', 'no envelope'],
    )
    def test_404_of_somebody_else(self, cloud: Cloud, nowhere: Answer) -> None:
        answers_one(
            cloud, 'volumes', *4 * [nowhere], volume(status='available')
        )
        ended, _ = follow(cloud, volume())
        assert ended.error is None

    def test_gone_and_back(self, cloud: Cloud) -> None:
        """Of two nodes of a database, one is behind, again and again."""
        answers_one(
            cloud,
            'volumes',
            fault(404),
            volume(),
            fault(404),
            volume(),
            volume(status='available'),
        )
        ended, _ = follow(cloud, volume())
        assert ended.error is None

    @pytest.mark.parametrize('status', [400, 401, 403])
    def test_refused(self, cloud: Cloud, status: int) -> None:
        """Whoever refuses a look, it is a look that failed."""
        answers_one(cloud, 'volumes', fault(status, 'No'))
        watch = Watch(cloud.client())
        watch.poller.watch(Resource(volume()), 3600)
        with pytest.raises(exceptions.HTTPError, match='No') as e:
            watch.until_the_end()
        assert e.value.status == status
        assert 300 < watch.clock.now - 1000 < 320

    @pytest.mark.parametrize('status', [400, 401, 403, 404])
    def test_list_refused_once(self, cloud: Cloud, status: int) -> None:
        ready = [volume(n, status='available') for n in (1, 2)]
        cloud.answers(
            'GET',
            '/volumes/detail',
            fault(status, 'No'),
            good({'volumes': ready}),
        )
        watch = Watch(cloud.client())
        watch.poller.watch(Resource(volume(1)), 60)
        watch.poller.watch(Resource(volume(2)), 60)
        ended = watch.until_the_end()
        assert [one.error for one in ended] == [None, None]


class TestMany:
    def listed(self, cloud: Cloud, *answers: list[dict[str, Any]]) -> None:
        cloud.answers('GET', '/messages', NO_MESSAGES)
        cloud.answers(
            'GET',
            '/volumes/detail',
            *(good({'volumes': records}) for records in answers),
        )

    def watch(self, cloud: Cloud, count: int) -> Watch:
        watch = Watch(cloud.client())
        for number in range(1, count + 1):
            watch.poller.watch(Resource(volume(number)), 60)
        return watch

    def test_one_list_a_look(self, cloud: Cloud) -> None:
        self.listed(
            cloud,
            [volume(99), volume(3), volume(2), volume(1)],
            [
                volume(3, status='available'),
                volume(2, status='error'),
                volume(1),
            ],
        )
        cloud.answers(
            'GET',
            f'/volumes/{uuid(1)}',
            good({'volume': volume(1, status='in-use')}),
        )
        ended = self.watch(cloud, 3).until_the_end()
        ends = {e.resource.id: (e.resource.status, e.error) for e in ended}
        assert ends[uuid(3)] == ('available', None)
        assert isinstance(ends[uuid(2)][1], exceptions.ResourceFailed)
        assert ends[uuid(1)] == ('in-use', None)
        newest = 'GET /volumes/detail?sort=created_at%3Adesc&limit=23'
        assert [r for r in cloud.sent if 'messages' not in r] == [
            newest,
            newest,
            f'GET /volumes/{uuid(1)}',
        ]

    def test_only_as_many_pages_as_needed(self, cloud: Cloud) -> None:
        link = [{'rel': 'next', 'href': '?marker=x'}]
        done = [volume(n, status='available') for n in (2, 1)]
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': done, 'volumes_links': link}),
        )
        assert len(self.watch(cloud, 2).until_the_end()) == 2
        assert len(cloud.sent) == 1

    def test_not_in_the_list(self, cloud: Cloud) -> None:
        """It is asked for by itself before it is taken for gone."""
        self.listed(cloud, [volume(1, status='available')])
        cloud.answers('GET', f'/volumes/{uuid(2)}', fault(404))
        cloud.answers(
            'GET',
            f'/volumes/{uuid(3)}',
            good({'volume': volume(3, status='available')}),
        )
        ended = self.watch(cloud, 3).until_the_end()
        ends = {e.resource.id: e.error for e in ended}
        assert ends[uuid(1)] is None
        assert isinstance(ends[uuid(2)], exceptions.ResourceFailed)
        assert ends[uuid(3)] is None

    def test_list_is_limited(self, cloud: Cloud) -> None:
        done = [volume(n, status='available') for n in range(1, 1201)]
        self.listed(cloud, done)
        assert len(self.watch(cloud, 1200).until_the_end()) == 1200
        assert cloud.sent == [
            'GET /volumes/detail?sort=created_at%3Adesc&limit=1000'
        ]

    def test_each_has_its_own_deadline(self, cloud: Cloud) -> None:
        self.listed(cloud, [volume(1), volume(2)])
        cloud.answers(
            'GET', f'/volumes/{uuid(2)}', good({'volume': volume(2)})
        )
        watch = Watch(cloud.client())
        watch.poller.watch(Resource(volume(1)), 10)
        watch.poller.watch(Resource(volume(2)), 20)
        first, second = watch.until_the_end()
        assert str(first.error).endswith('after 10 s')
        assert str(second.error).endswith('after 20 s')
        assert watch.clock.now == pytest.approx(1020)

    def test_the_youngest_sets_the_pace(self, cloud: Cloud) -> None:
        self.listed(cloud, [volume(1), volume(2)])
        watch = self.watch(cloud, 1)
        watch.clock.now += 100
        watch.poller.watch(Resource(volume(2)), 60)
        watch.poller.look()
        assert watch.poller.pause == pytest.approx(waiting.SHORTEST)

    def test_seen(self, cloud: Cloud) -> None:
        self.listed(cloud, [volume(1, status='downloading'), volume(2)])
        watch = self.watch(cloud, 2)
        assert len(watch.poller.seen) == 2
        watch.poller.look()
        assert [seen.status for seen in watch.poller.seen] == [
            'downloading',
            'creating',
        ]
        watch.poller.forget()
        assert watch.poller.seen == []


class TestRestore:
    def look_at_backup(self, cloud: Cloud, *answers: Answer) -> Ended:
        cloud.answers('GET', f'/backups/{uuid(3)}', *answers)
        source = Source(cloud.client().backups, uuid(3))
        ended, _ = follow(cloud, volume(), source=source, timeout=60)
        return ended

    def test_the_backup_is_looked_at_now_and_then(self, cloud: Cloud) -> None:
        answers_one(
            cloud, 'volumes', *6 * [volume()], volume(status='available')
        )
        restoring = good({'backup': backup(status='restoring')})
        assert self.look_at_backup(cloud, restoring).error is None
        looked = [request.split('/')[1] for request in cloud.sent]
        assert looked == [
            *2 * [*3 * ['volumes'], 'backups'],
            'volumes',
        ]

    @pytest.mark.parametrize(
        'answer',
        [good({'backup': backup(status='error')}), fault(404)],
        ids=['failed', 'gone'],
    )
    def test_the_backup_is_lost(self, cloud: Cloud, answer: Answer) -> None:
        """The volume would stay as it is for ever."""
        answers_one(cloud, 'volumes', volume())
        cloud.answers(
            'GET',
            '/messages',
            NO_MESSAGES,
            NO_MESSAGES,
            good(
                {
                    'messages': [
                        {
                            'user_message': 'restore failed',
                            'resource_uuid': uuid(3),
                        }
                    ]
                }
            ),
        )
        ended = self.look_at_backup(cloud, answer)
        assert isinstance(ended.error, exceptions.ResourceFailed)
        assert 'restore failed' in str(ended.error)
        assert ended.resource.id == uuid(1)

    def test_the_volume_tells(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume(status='error_restoring'))
        ended = self.look_at_backup(cloud, fault(404))
        assert 'is in status error_restoring' in str(ended.error)


class TestManyRestores:
    def follow(
        self, cloud: Cloud, backups: dict[int, int | None], *looks: str
    ) -> tuple[dict[int, exceptions.ClientException | None], list[str]]:
        """Return each volume's error, and which backups were looked at.

        :param backups: which backup each volume is made from
        :param looks: the volumes' state at each look; the last one stays
        """
        cloud.answers('GET', '/messages', NO_MESSAGES)
        cloud.answers(
            'GET',
            '/volumes/detail',
            *(
                good({'volumes': [volume(n, status=state) for n in backups]})
                for state in looks
            ),
        )
        for number in backups:
            cloud.answers(
                'GET',
                f'/volumes/{uuid(number)}',
                good({'volume': volume(number, status=looks[-1])}),
            )
        client = cloud.client()
        watch = Watch(client)
        for number, made_from in backups.items():
            watch.poller.watch(
                Resource(volume(number)),
                30,
                None
                if made_from is None
                else Source(client.backups, uuid(made_from)),
            )
        ended = watch.until_the_end()
        return (
            {int(e.resource.id[:8], 16): e.error for e in ended},
            [sent[-36:] for sent in cloud.sent if '/backups/' in sent],
        )

    def has_backup(self, cloud: Cloud, number: int, status: str) -> None:
        cloud.answers(
            'GET',
            f'/backups/{uuid(number)}',
            good({'backup': backup(number, status=status)}),
        )

    def test_one_backup_is_lost(self, cloud: Cloud) -> None:
        """What is made from it ends; what is not goes on."""
        self.has_backup(cloud, 20, 'error')
        self.has_backup(cloud, 21, 'restoring')
        errors, looked_at = self.follow(
            cloud, {1: 20, 2: 20, 3: 21, 4: None}, 'creating'
        )
        for number in (1, 2):
            assert isinstance(errors[number], exceptions.ResourceFailed)
        for number in (3, 4):
            assert isinstance(errors[number], exceptions.WaitTimeout)
        assert looked_at.count(uuid(20)) == 1

    def test_a_backup_every_fourth_look(self, cloud: Cloud) -> None:
        self.has_backup(cloud, 20, 'restoring')
        self.has_backup(cloud, 21, 'restoring')
        errors, looked_at = self.follow(
            cloud,
            {1: 20, 2: 21},
            *12 * ['creating'],
            'available',
        )
        assert errors == {1: None, 2: None}
        assert looked_at == [uuid(20), uuid(21), uuid(20)]

    def test_the_volume_was_faster(self, cloud: Cloud) -> None:
        """That the backup is in error now is nothing to it."""
        self.has_backup(cloud, 20, 'error')
        errors, _ = self.follow(
            cloud, {1: 20, 2: 20}, *3 * ['creating'], 'available'
        )
        assert errors == {1: None, 2: None}

    def test_no_backup_no_look(self, cloud: Cloud) -> None:
        errors, looked_at = self.follow(
            cloud, {1: None, 2: None}, *9 * ['creating'], 'available'
        )
        assert (errors, looked_at) == ({1: None, 2: None}, [])


class TestWait:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(waiting, 'SHORTEST', 0.001)

    def test_returns_the_full_record(self, cloud: Cloud) -> None:
        answers_one(
            cloud, 'backups', backup(), backup(status='available', size=3)
        )
        states: list[str | None] = []
        backups = cloud.client().backups
        done = backups.wait(
            Resource({'id': uuid(3), 'name': 'copy'}),
            on_state=lambda seen: states.append(seen.status),
        )
        assert done == backup(status='available', size=3)
        assert states == ['creating']

    def test_pauses_before_each_look(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers_one(
            cloud, 'volumes', *2 * [volume()], volume(status='available')
        )
        looks: list[int] = []

        def sleep(seconds: float) -> None:
            looks.append(len(cloud.sent))

        made = Resource(volume())
        made.request_id = REQUEST_ID
        monkeypatch.setattr(time, 'sleep', sleep)
        done = cloud.client().volumes.wait(made, timeout=60)
        assert looks == [0, 1, 2]
        assert done.request_id == REQUEST_ID

    def test_raises(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume(status='error'))
        with pytest.raises(exceptions.ResourceFailed) as e:
            cloud.client().volumes.wait(Resource(volume()))
        assert e.value.resource.status == 'error'

    def test_times_out(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume())
        with pytest.raises(
            exceptions.WaitTimeout, match='is still creating after'
        ):
            cloud.client().volumes.wait(Resource(volume()), timeout=0.05)

    def test_default_timeouts(self, cloud: Cloud) -> None:
        client = cloud.client()
        assert client.volumes.wait_timeout == 3600
        assert client.snapshots.wait_timeout == 3600
        assert client.backups.wait_timeout == 86400

    def test_restored_from(self, cloud: Cloud) -> None:
        answers_one(cloud, 'volumes', volume())
        cloud.answers('GET', f'/backups/{uuid(3)}', fault(404))
        with pytest.raises(exceptions.ResourceFailed):
            cloud.client().volumes.wait(
                Resource(volume()), restored_from=uuid(3)
            )
