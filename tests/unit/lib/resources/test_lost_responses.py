# SPDX-License-Identifier: Apache-2.0

"""Creates whose response is lost."""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import logging
import re
import threading
from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.creates import InProgress
from osc_cinderlite.lib.resources.lost_responses import LOOKS
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.resources.volumes import VolumeManager
from tests.unit.clock import Clock
from tests.unit.cloud import (
    BROKEN,
    REQUEST_ID,
    SILENT,
    Answer,
    Cloud,
    accepted,
    backup,
    fault,
    good,
    now,
    page,
    snapshot,
    uuid,
    volume,
)

LIST = 'GET /volumes/detail?name=data'


def seconds_ago(seconds: float, clock_ahead: float = 0) -> str:
    when = datetime.datetime.now(datetime.UTC) + datetime.timedelta(
        seconds=clock_ahead - seconds
    )
    return when.replace(tzinfo=None).isoformat()


def ours(number: int = 1, **fields: Any) -> dict[str, Any]:
    made = {'created_at': seconds_ago(0), 'user_id': 'demo'}
    return volume(number, **{**made, **fields})


def same(number: int = 1, **fields: Any) -> dict[str, Any]:
    """What a create of 1 GiB of volume 8 by this user makes."""
    return ours(number, **{'source_volid': uuid(8), **fields})


def older(number: int = 1, **fields: Any) -> dict[str, Any]:
    return ours(number, created_at=seconds_ago(60), **fields)


def listed(*records: dict[str, Any], **headers: str) -> Answer:
    return good({'volumes': list(records)}, 200, **{'Date': now(), **headers})


def sent_id(cloud: Cloud) -> str:
    """Return our ID of the create, which each of its requests has."""
    (found,) = {
        request.headers['X-OpenStack-Request-ID']
        for request in cloud.requests
        if request.method == 'POST'
    }
    assert re.fullmatch('req-[0-9a-f-]{36}', found)
    return str(found)


def in_progress(
    manager: Manager, **values: Any
) -> contextlib.AbstractContextManager[InProgress]:
    """Let a create of another thread be in progress."""
    return manager._creates.in_progress(manager.request(values))


def create(cloud: Cloud, **values: Any) -> Resource:
    return cloud.client().volumes.create(**{'name': 'data', **values})


@pytest.mark.parametrize(
    'answer',
    [
        BROKEN,
        SILENT,
        fault(500),
        fault(502),
        fault(504),
        page(202, '<html>'),
        page(202, '{"volume": {'),
        good({}, 202),
        good([], 202),
    ],
)
class TestCarriedOut:
    def test_found(
        self,
        cloud: Cloud,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
        answer: Answer,
    ) -> None:
        cloud.answers('POST', '/volumes', answer)
        cloud.answers('GET', '/volumes/detail', listed(ours()))
        made = create(cloud)
        assert made.id == uuid(1)
        assert cloud.sent == ['POST /volumes', LIST]
        assert clock.pauses == [LOOKS[0]]
        assert caplog.messages[-1] == (
            f"Lost the response to creating volume 'data'. It was found: "
            f'{uuid(1)} (Global-Request-ID: {sent_id(cloud)})'
        )

    def test_found_at_the_second_look(
        self, cloud: Cloud, answer: Answer
    ) -> None:
        cloud.answers('POST', '/volumes', answer)
        cloud.answers('GET', '/volumes/detail', listed(), listed(ours()))
        assert create(cloud).id == uuid(1)
        assert cloud.sent == ['POST /volumes', LIST, LIST]

    def test_nameless(self, cloud: Cloud, answer: Answer) -> None:
        cloud.answers('POST', '/volumes', answer)
        with pytest.raises(
            exceptions.UnknownOutcome,
            match=r'to creating a volume \(.*\). It may or may not exist \(',
        ) as caught:
            create(cloud, name=None)
        assert caught.value.name is None
        assert cloud.sent == ['POST /volumes']


class TestNotCarriedOut:
    @pytest.mark.parametrize(
        'answer', [BROKEN, fault(500), fault(502), page(503, 'Envoy')]
    )
    def test_sent_once_more(
        self,
        cloud: Cloud,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
        answer: Answer,
    ) -> None:
        cloud.answers(
            'POST', '/volumes', answer, accepted('volume', volume(7))
        )
        cloud.answers('GET', '/volumes/detail', listed())
        assert create(cloud).id == uuid(7)
        # Once more at the end: the first may have been carried out late.
        assert cloud.sent == [
            'POST /volumes',
            *3 * [LIST],
            'POST /volumes',
            LIST,
        ]
        assert clock.pauses == list(LOOKS)
        assert 'No such volume was found; retrying' in caplog.messages[-1]
        assert sent_id(cloud) in caplog.messages[-1]

    @pytest.mark.parametrize(
        'answer',
        [
            SILENT,
            fault(504),
            # Accepted, but not to be read.
            page(202, ''),
            page(202, '<html>'),
            good({}, 202),
            good([], 202),
        ],
    )
    def test_server_may_still_be_at_it(
        self, cloud: Cloud, answer: Answer
    ) -> None:
        """Sent again, it could come to two."""
        cloud.answers('POST', '/volumes', answer)
        cloud.answers('GET', '/volumes/detail', listed())
        with pytest.raises(
            exceptions.UnknownOutcome, match='may or may not exist'
        ):
            create(cloud)
        assert cloud.sent.count('POST /volumes') == 1

    def test_lost_twice(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', BROKEN)
        cloud.answers('GET', '/volumes/detail', listed())
        with pytest.raises(exceptions.UnknownOutcome):
            create(cloud)
        assert cloud.sent.count('POST /volumes') == 2

    def test_found_after_it_was_lost_twice(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', BROKEN)
        cloud.answers(
            'GET', '/volumes/detail', *3 * [listed()], listed(ours())
        )
        assert create(cloud).id == uuid(1)

    def test_server_that_always_breaks(self, cloud: Cloud) -> None:
        """The same error twice, and nothing made: it is a plain error."""
        cloud.answers('POST', '/volumes', fault(500, 'Oops'))
        cloud.answers('GET', '/volumes/detail', listed())
        with pytest.raises(exceptions.ServerError, match='Oops') as e:
            create(cloud)
        assert (e.value.status, e.value.request_id) == (500, REQUEST_ID)

    def test_refused_at_the_second_time(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', BROKEN, fault(400, 'No such type'))
        cloud.answers('GET', '/volumes/detail', listed())
        with pytest.raises(exceptions.BadRequest, match='No such type'):
            create(cloud)


class TestNotSure:
    @pytest.mark.parametrize(
        'found',
        [
            [{}, {}],
            [{'created_at': seconds_ago(60)}],
            [{'created_at': seconds_ago(60)}] * 2,
            [{'created_at': None}],
            [{'created_at': seconds_ago(-3600)}],
            [{'size': 5}],
            [{'source_volid': uuid(9)}],
            [{'source_volid': None}],
            [{'user_id': 'somebody'}],
            [{'user_id': None}],
        ],
    )
    def test_left_to_a_person(
        self, cloud: Cloud, found: list[dict[str, Any]]
    ) -> None:
        """Several of that name, or one that need not be ours."""
        cloud.answers('POST', '/volumes', BROKEN)
        records = [same(n, **fields) for n, fields in enumerate(found, 1)]
        cloud.answers('GET', '/volumes/detail', listed(*records))
        with pytest.raises(exceptions.UnknownOutcome) as e:
            create(cloud, size=1, source_volid=uuid(8))
        text = str(e.value)
        assert text.startswith(
            "Lost the response to creating volume 'data' (the server broke "
            'off the connection: reset). It may or may not exist'
        )
        assert text.endswith(f' (Global-Request-ID: {sent_id(cloud)})')
        assert e.value.name == 'data'
        assert cloud.sent.count('POST /volumes') == 1

    def test_nothing_differs(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', fault(502))
        cloud.answers('GET', '/volumes/detail', listed(same(1)))
        made = create(cloud, size=1, source_volid=uuid(8))
        assert (made.id, made.request_id) == (uuid(1), REQUEST_ID)

    def test_ours_beside_an_older_one(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', BROKEN)
        cloud.answers('GET', '/volumes/detail', listed(older(1), ours(2)))
        assert create(cloud).id == uuid(2)

    @pytest.mark.parametrize(
        'answer', [fault(403), fault(500), BROKEN, page(200, '<html>')]
    )
    def test_look_fails(self, cloud: Cloud, answer: Answer) -> None:
        cloud.answers('POST', '/volumes', fault(502, 'Bad gateway'))
        cloud.answers('GET', '/volumes/detail', answer)
        with pytest.raises(
            exceptions.UnknownOutcome, match='Bad gateway'
        ) as e:
            create(cloud)
        assert (e.value.status, e.value.request_id) == (502, REQUEST_ID)

    @pytest.mark.parametrize('name', [' data', 'data ', ' '])
    def test_name_that_the_server_strips(
        self, cloud: Cloud, name: str
    ) -> None:
        cloud.answers('POST', '/volumes', BROKEN)
        with pytest.raises(exceptions.UnknownOutcome):
            create(cloud, name=name)
        assert cloud.sent == ['POST /volumes']


@pytest.mark.parametrize('ahead', [-3600, -10, 10, 3600])
def test_clocks_that_differ(cloud: Cloud, ahead: int) -> None:
    """The server's time is in each of its answers."""
    date = email.utils.format_datetime(
        datetime.datetime.now(datetime.UTC)
        + datetime.timedelta(seconds=ahead),
        usegmt=True,
    )
    fresh = ours(1, created_at=seconds_ago(1, clock_ahead=ahead))
    cloud.answers('POST', '/volumes', BROKEN)
    cloud.answers('GET', '/volumes/detail', listed(fresh, Date=date))
    assert create(cloud).id == uuid(1)
    old = ours(2, created_at=seconds_ago(30, clock_ahead=ahead))
    cloud.answers('GET', '/volumes/detail', listed(old, Date=date))
    with pytest.raises(exceptions.UnknownOutcome):
        create(cloud)


def test_what_another_create_of_ours_made(cloud: Cloud) -> None:
    """It is not taken for the lost one."""
    client = cloud.client()
    cloud.answers(
        'POST',
        '/volumes',
        accepted('volume', ours(1)),
        BROKEN,
        accepted('volume', ours(2)),
    )
    cloud.answers('GET', '/volumes/detail', listed(ours(1)))
    assert client.volumes.create(name='data').id == uuid(1)
    assert client.volumes.create(name='data').id == uuid(2)


def test_two_of_one_name_at_once(cloud: Cloud) -> None:
    """Which of the two was carried out cannot be said."""
    client = cloud.client()
    inside = threading.Event()
    done = threading.Event()
    cloud.answers('POST', '/volumes', BROKEN)
    cloud.answers('GET', '/volumes/detail', listed(ours(1)))

    def other() -> None:
        with in_progress(client.volumes, name='data'):
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(10)
    with pytest.raises(exceptions.UnknownOutcome):
        client.volumes.create(name='data')
    done.set()
    thread.join()
    assert client.volumes.create(name='data').id == uuid(1)


def test_the_others_of_one_name_end_before(cloud: Cloud) -> None:
    """They were under way in between, and one of them may be what is found."""
    volumes = cloud.client().volumes
    with in_progress(volumes, name='data') as first:
        with (
            in_progress(volumes, name='data') as second,
            in_progress(volumes, name='other') as other,
        ):
            pass
        with in_progress(volumes, name='data') as third:
            pass
    with in_progress(volumes, name='data') as later:
        pass
    alone = [one.alone for one in (first, second, third, other, later)]
    assert alone == [False, False, False, True, True]


def test_snapshot(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    cloud.answers('POST', '/snapshots', BROKEN)
    made = {'created_at': seconds_ago(0), 'user_id': 'demo'}
    theirs = snapshot(2, volume_id=uuid(5), **made)
    mine = snapshot(3, volume_id=uuid(1), **made)
    cloud.answers(
        'GET',
        '/snapshots/detail',
        good({'snapshots': [theirs, mine]}, Date=now()),
    )
    snapshots = cloud.client().snapshots
    found = snapshots.create(volume_id=uuid(1), name='snap')
    assert found.id == uuid(3)
    assert "response to creating snapshot 'snap'" in caplog.text


@pytest.mark.parametrize(
    ('volume_id', 'posts'),
    [(uuid(2), 2), (uuid(1), 1), (None, 1)],
    ids=['of another volume', 'of this one', 'of one that is not shown'],
)
def test_snapshot_that_was_there(
    cloud: Cloud, volume_id: str | None, posts: int
) -> None:
    """Only that of another volume is no reason to ask a person."""
    there = snapshot(2, volume_id=volume_id, created_at=seconds_ago(60))
    listing = good({'snapshots': [there]}, Date=now())
    cloud.answers('POST', '/snapshots', BROKEN, accepted('snapshot', there))
    cloud.answers('GET', '/snapshots/detail', listing)
    with contextlib.suppress(exceptions.UnknownOutcome):
        cloud.client().snapshots.create(volume_id=uuid(1), name='snap')
    assert cloud.sent.count('POST /snapshots') == posts


def test_name_with_terminal_controls(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    evil = 'a\x1b[2J'
    cloud.answers('POST', '/volumes', BROKEN)
    cloud.answers(
        'GET', '/volumes/detail', listed(), listed(), listed(ours(name=evil))
    )
    create(cloud, name=evil)
    assert caplog.messages[-1].isprintable()


def test_what_is_sent_again_is_the_same(cloud: Cloud) -> None:
    cloud.answers('POST', '/volumes', BROKEN, accepted('volume', volume()))
    cloud.answers('GET', '/volumes/detail', listed())
    create(cloud, size=3, metadata={'a': 'b'})
    first, second = cloud.posted
    assert first == second
    assert sent_id(cloud)
    assert first == {
        'volume': {'name': 'data', 'size': 3, 'metadata': {'a': 'b'}}
    }


class TestCarriedOutLate:
    """The first request is carried out while the second one is sent."""

    @pytest.mark.parametrize(
        'late', [{}, {'metadata': None}], ids=['ours', 'perhaps ours']
    )
    def test_both_are_named(self, cloud: Cloud, late: dict[str, Any]) -> None:
        cloud.answers('POST', '/volumes', BROKEN, accepted('volume', ours(7)))
        cloud.answers(
            'GET',
            '/volumes/detail',
            *3 * [listed()],
            listed(ours(7), ours(1, **late)),
        )
        with pytest.raises(exceptions.CreatedTwice) as e:
            create(cloud)
        assert [one.id for one in e.value.resources] == [uuid(1), uuid(7)]
        assert f'{uuid(1)} and {uuid(7)}; delete one' in str(e.value)

    @pytest.mark.parametrize(
        'others',
        [[older(1)], [ours(1, user_id='somebody')], [ours(1, size=5)]],
        ids=['older', 'of somebody else', 'of another size'],
    )
    def test_others_are_left_alone(
        self, cloud: Cloud, others: list[dict[str, Any]]
    ) -> None:
        cloud.answers('POST', '/volumes', BROKEN, accepted('volume', ours(7)))
        cloud.answers(
            'GET',
            '/volumes/detail',
            *3 * [listed()],
            listed(ours(7), *others),
        )
        assert create(cloud, size=1).id == uuid(7)

    def test_look_fails(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', BROKEN, accepted('volume', ours(7)))
        cloud.answers('GET', '/volumes/detail', *3 * [listed()], fault(403))
        assert create(cloud).id == uuid(7)


class TestCandidates:
    def test_image_that_is_not_copied_yet(self, cloud: Cloud) -> None:
        image = {'image_id': uuid(9), 'image_name': 'cirros'}
        cloud.answers('POST', '/volumes', BROKEN)
        cloud.answers(
            'GET',
            '/volumes/detail',
            listed(ours(1, status='downloading')),
            listed(ours(1, status='available', volume_image_metadata=image)),
        )
        assert create(cloud, image='cirros').id == uuid(1)
        assert cloud.sent == ['POST /volumes', LIST, LIST]

    def test_image_that_is_never_shown(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', BROKEN)
        cloud.answers(
            'GET', '/volumes/detail', listed(ours(1, status='downloading'))
        )
        with pytest.raises(exceptions.UnknownOutcome) as e:
            create(cloud, image='cirros')
        assert f'perhaps as {uuid(1)} (downloading, 1 GiB' in str(e.value)
        assert cloud.sent == ['POST /volumes', *3 * [LIST]]

    def test_backups_of_one_name_at_once(self, cloud: Cloud) -> None:
        """Of another volume, they cannot be taken for each other."""
        client = cloud.client()
        mine = backup(
            3,
            name='nightly',
            created_at=seconds_ago(0),
            user_id='demo',
            volume_id=uuid(1),
        )
        cloud.answers('POST', '/backups', BROKEN)
        cloud.answers(
            'GET',
            '/backups/detail',
            good({'backups': [{**mine, 'id': uuid(4), 'volume_id': uuid(2)}]}),
            good({'backups': [mine]}, Date=now()),
        )
        with in_progress(client.backups, name='nightly', volume_id=uuid(2)):
            made = client.backups.create(volume_id=uuid(1), name='nightly')
        assert made.id == uuid(3)


def test_what_nobody_foresaw(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a POST, whatever goes wrong, the volume may exist."""

    def broken(self: Any, answer: Any) -> Any:
        raise OverflowError('timestamp out of range')

    cloud.answers('POST', '/volumes', accepted('volume', ours(1)))
    monkeypatch.setattr(VolumeManager, '_record', broken)
    with pytest.raises(
        exceptions.UnknownOutcome,
        match=r'\(OverflowError: timestamp out of range\). It may or may not',
    ):
        create(cloud)


def test_what_nobody_foresaw_before_the_post(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, version: Any) -> Any:
        raise OverflowError

    monkeypatch.setattr(CreateRequest, 'body', broken)
    with pytest.raises(OverflowError):
        create(cloud)
    assert cloud.sent == []
