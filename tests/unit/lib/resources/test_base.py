# SPDX-License-Identifier: Apache-2.0

"""Records, lists and names, as all managers read them."""

from __future__ import annotations

from typing import Any
from urllib import parse
import weakref

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.resources import finder
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.resources.validators import is_uuid
from osc_cinderlite.lib.transport.http import Answer
from tests.unit.cloud import (
    REQUEST_ID,
    Cloud,
    accepted,
    backup,
    fault,
    good,
    snapshot,
    uuid,
    volume,
)

#: names that would mean something in a URL, were they put there
ODD_NAMES = (
    'detail',
    'summary',
    'a/b?c#d',
    '../../limits',
    '..',
    'x?all_tenants=1',
    'x&all_tenants=1',
    '%2e%2e',
    '%2F',
    'a b+c',
    'ü',
    '#',
    ';',
)


def managers(client: Client) -> list[Finder]:
    return [
        client.volumes,
        client.snapshots,
        client.backups,
        client.groups,
        client.consistency_groups,
    ]


@pytest.mark.parametrize(
    ('text', 'is_one'),
    [
        (uuid(1), True),
        (uuid(1).upper(), True),
        (uuid(1)[:-1], False),
        (uuid(1) + '\n', False),
        (uuid(1).replace('-', ''), False),
        (f'{{{uuid(1)}}}', False),
        ('', False),
    ],
)
def test_is_uuid(text: str, is_one: bool) -> None:
    assert is_uuid(text) is is_one


class TestGet:
    @pytest.mark.parametrize('version', ['2', '3'])
    def test_record(self, cloud: Cloud, version: str) -> None:
        cloud.answers(
            'GET',
            f'/volumes/{uuid(1)}',
            good({'volume': volume(1)}),
            major=int(version),
        )
        found = cloud.client(version).volumes.get(uuid(1))
        assert found == volume(1)
        assert found.request_id == REQUEST_ID

    @pytest.mark.parametrize('odd', sorted({*ODD_NAMES} - {'..'}))
    def test_odd_id(self, cloud: Cloud, odd: str) -> None:
        """It stays one part of the path."""
        quoted = parse.quote(odd, safe='')
        cloud.answers('GET', f'/volumes/{quoted}', fault(404))
        with pytest.raises(exceptions.NotFound):
            cloud.client().volumes.get(odd)
        assert cloud.sent == [f'GET /volumes/{quoted}']

    @pytest.mark.parametrize('odd', ['', '.', '..'])
    def test_no_id(self, cloud: Cloud, odd: str) -> None:
        """It would change the path, however it is quoted."""
        with pytest.raises(exceptions.ResourceNotFound, match='No volume'):
            cloud.client().volumes.get(odd)
        assert cloud.sent == []

    @pytest.mark.parametrize(
        'document',
        [
            {},
            {'volumes': []},
            {'volume': None},
            {'volume': []},
            {'volume': {}},
            {'volume': {'name': 'x'}},
            {'volume': {'id': ''}},
            {'volume': {'id': 7}},
        ],
    )
    def test_no_record(self, cloud: Cloud, document: Any) -> None:
        cloud.answers('GET', f'/volumes/{uuid(1)}', good(document))
        with pytest.raises(
            exceptions.InvalidResponse, match=f'no volume in it.*{REQUEST_ID}'
        ):
            cloud.client().volumes.get(uuid(1))


class TestList:
    def test_pages_are_asked_for_as_they_are_wanted(
        self, cloud: Cloud
    ) -> None:
        link = 'https://inside:8776/v3/detail?limit=1&marker=a%26b'
        cloud.answers(
            'GET',
            '/volumes/detail',
            good(
                {
                    'volumes': [volume(1)],
                    'volumes_links': [
                        {'rel': 'self', 'href': 'no'},
                        {'rel': 'next', 'href': link},
                    ],
                }
            ),
            good({'volumes': [volume(2)]}),
        )
        found = cloud.client().volumes.list(status='error')
        assert next(found).id == uuid(1)
        assert cloud.sent == ['GET /volumes/detail?status=error']
        assert [record.id for record in found] == [uuid(2)]
        assert cloud.sent[1:] == [
            'GET /volumes/detail?limit=1&marker=a%26b',
        ]
        assert {r.hostname for r in cloud.requests} == {'cinder.test'}

    @pytest.mark.parametrize('collection', [0, 1, 2, 3, 4])
    def test_of_each_manager(self, cloud: Cloud, collection: int) -> None:
        client = cloud.client()
        manager = managers(client)[collection]
        key = manager.collection
        cloud.answers(
            'GET', f'/{key}/detail', good({key: [{'id': 'a'}, {'id': 'b'}]})
        )
        assert [found.id for found in manager.list()] == ['a', 'b']
        assert cloud.sent == [f'GET /{key}/detail']

    @pytest.mark.parametrize(
        'document', [{}, {'volumes': None}, {'volumes': {}}, {'volume': []}]
    )
    def test_no_list(self, cloud: Cloud, document: Any) -> None:
        cloud.answers('GET', '/volumes/detail', good(document))
        with pytest.raises(
            exceptions.InvalidResponse, match='no list of volumes in it'
        ):
            list(cloud.client().volumes.list())

    def test_records_that_are_none(self, cloud: Cloud) -> None:
        records = [None, 5, {}, {'id': 5}, {'id': ''}, volume(1)]
        cloud.answers('GET', '/volumes/detail', good({'volumes': records}))
        (found,) = cloud.client().volumes.list()
        assert found == volume(1)

    @pytest.mark.parametrize(
        'links',
        [None, 5, {}, [5], [{}], [{'rel': 'previous', 'href': '?a=b'}]],
    )
    def test_no_next_page(self, cloud: Cloud, links: Any) -> None:
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [], 'volumes_links': links}),
        )
        assert list(cloud.client().volumes.list()) == []
        assert len(cloud.sent) == 1

    @pytest.mark.parametrize(
        'link', ['?marker=1', 'http://[', 5, None, '?a=\ud800']
    )
    def test_pages_without_an_end(self, cloud: Cloud, link: Any) -> None:
        cloud.answers(
            'GET',
            '/volumes/detail',
            good(
                {
                    'volumes': [volume(1)],
                    'volumes_links': [{'rel': 'next', 'href': link}],
                }
            ),
        )
        with pytest.raises(
            exceptions.InvalidResponse, match='pagination loop'
        ):
            list(cloud.client().volumes.list())
        assert len(cloud.sent) == 2

    def test_one_page_at_a_time(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In memory: a page has a thousand records of several KiB."""

        class Page(dict[str, Any]):
            pass

        pages: list[weakref.ref[Page]] = []

        def get(*args: Any, **options: Any) -> Answer:
            assert [page for page in pages if page() is not None] == []
            number = len(pages)
            page = Page(volumes=[volume(number)])
            if number < 3:
                query = {'rel': 'next', 'href': f'?marker={number}'}
                page['volumes_links'] = [query]
            pages.append(weakref.ref(page))
            return Answer(page, None)

        volumes = cloud.client().volumes
        monkeypatch.setattr(volumes.http, 'get', get)
        assert [one.id for one in volumes.list()] == [*map(uuid, range(4))]

    def test_always_new_pages(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finder, '_MOST_PAGES', 20)
        pages = [
            good(
                {
                    'volumes': [volume(n)],
                    'volumes_links': [{'rel': 'next', 'href': f'?marker={n}'}],
                }
            )
            for n in range(30)
        ]
        cloud.answers('GET', '/volumes/detail', *pages)
        with pytest.raises(exceptions.InvalidResponse, match='pagination'):
            list(cloud.client().volumes.list())
        assert len(cloud.sent) == 20

    def test_empty_page_that_has_a_next_one(self, cloud: Cloud) -> None:
        link = {'rel': 'next', 'href': '?marker=1'}
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [], 'volumes_links': [link]}),
        )
        with pytest.raises(exceptions.InvalidResponse, match='pagination'):
            list(cloud.client().volumes.list())
        assert len(cloud.sent) == 1


class TestFind:
    def test_a_filter_that_is_refused(self, cloud: Cloud) -> None:
        """As Cinder 11 does, of groups: all are listed."""
        groups = [
            {'id': uuid(1), 'name': 'other'},
            {'id': uuid(2), 'name': 'g'},
        ]
        cloud.answers('GET', '/groups/detail', good({'groups': groups}))
        cloud.answers(
            'GET', '/groups/detail?name=g', fault(400, 'Invalid filters')
        )
        assert cloud.client().groups.find('g').id == uuid(2)
        assert cloud.sent == [
            'GET /groups/detail?name=g',
            'GET /groups/detail',
        ]

    @pytest.mark.parametrize('version', ['2', '3'])
    def test_one(self, cloud: Cloud, version: str) -> None:
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [volume(1, name='data')]}),
            major=int(version),
        )
        assert cloud.client(version).volumes.find('data').id == uuid(1)
        assert cloud.sent == ['GET /volumes/detail?name=data']

    def test_on_the_second_page(self, cloud: Cloud) -> None:
        cloud.answers(
            'GET',
            '/volumes/detail',
            good(
                {
                    'volumes': [volume(1, name='other')],
                    'volumes_links': [{'rel': 'next', 'href': '?marker=1'}],
                }
            ),
            good({'volumes': [volume(2, name='data')]}),
        )
        assert cloud.client().volumes.find('data').id == uuid(2)

    def test_exactly_that_name(self, cloud: Cloud) -> None:
        """Some clouds match without regard to case, or a part of it."""
        alike = ['Data', 'data2', ' data', 'data', None, 5]
        cloud.answers(
            'GET',
            '/volumes/detail',
            good(
                {'volumes': [volume(n, name=x) for n, x in enumerate(alike)]}
            ),
        )
        assert cloud.client().volumes.find('data').id == uuid(3)

    @pytest.mark.parametrize('odd', ODD_NAMES)
    def test_odd_name(self, cloud: Cloud, odd: str) -> None:
        """It is the value of a filter, and nothing else."""
        for manager in managers(cloud.client()):
            key = manager.collection
            cloud.answers(
                'GET', f'/{key}/detail', good({key: [volume(1, name=odd)]})
            )
            assert manager.find(odd).id == uuid(1)
            request = cloud.requests[-1]
            where = parse.urlsplit(request.url)
            assert where.path.endswith(f'/{key}/detail')
            assert parse.parse_qsl(where.query) == [('name', odd)]
            assert where.fragment == ''

    @pytest.mark.parametrize(
        ('collection', 'words'),
        [
            (0, 'No volume found for nothing'),
            (1, 'No snapshot found for nothing'),
            (2, 'No backup found for nothing'),
            (3, 'No group found for nothing'),
            (4, 'No consistency group found for nothing'),
        ],
    )
    def test_none(self, cloud: Cloud, collection: int, words: str) -> None:
        manager = managers(cloud.client())[collection]
        key = manager.collection
        cloud.answers('GET', f'/{key}/detail', good({key: []}))
        with pytest.raises(exceptions.ResourceNotFound) as e:
            manager.find('nothing')
        assert str(e.value) == words
        assert e.value.code == 'notFound'

    def test_several(self, cloud: Cloud) -> None:
        same = [
            volume(1, status='error', size=10),
            {'id': uuid(2), 'name': 'data'},
        ]
        cloud.answers('GET', '/volumes/detail', good({'volumes': same}))
        with pytest.raises(exceptions.MultipleMatches) as e:
            cloud.client().volumes.find('data')
        assert str(e.value) == (
            "More than one volume is named 'data': "
            f'{uuid(1)} (error, 10 GiB, created 2026-01-31T12:00:00.000000); '
            f'{uuid(2)} (status unknown, created at an unknown time). '
            'Use an ID instead.'
        )
        assert [found.id for found in e.value.candidates] == [uuid(1), uuid(2)]

    def test_refused(self, cloud: Cloud) -> None:
        """Not the same as: there is none."""
        cloud.answers('GET', '/volumes/detail', fault(403, 'Policy says no'))
        with pytest.raises(exceptions.Forbidden, match='Policy says no'):
            cloud.client().volumes.find('data')


def test_check_sends_nothing(cloud: Cloud) -> None:
    client = cloud.client('3.40')
    client.volumes.check({'size': 1})
    with pytest.raises(exceptions.UnsupportedVersion):
        client.volumes.check({'backup_id': uuid(3)})
    with pytest.raises(exceptions.InvalidInput):
        client.backups.check({'size': 1})
    assert cloud.sent == []


def test_create_from_a_request(cloud: Cloud) -> None:
    cloud.answers('POST', '/snapshots', accepted('snapshot', snapshot()))
    snapshots = cloud.client().snapshots
    request = snapshots.request({'volume_id': uuid(1), 'name': 'snap'})
    assert (request.path, request.name) == ('snapshots', 'snap')
    assert snapshots.create_from(request) == snapshot()


def test_create_answered_without_a_record(cloud: Cloud) -> None:
    """What came of it is then looked for by name."""
    cloud.answers('POST', '/backups', good({'backup': {}}, 202))
    cloud.answers('GET', '/backups/detail', good({'backups': []}))
    with pytest.raises(exceptions.UnknownOutcome, match='no backup in it'):
        cloud.client().backups.create(volume_id=uuid(1))
    assert cloud.sent == ['POST /backups']
    assert backup()['id'] == uuid(3)
