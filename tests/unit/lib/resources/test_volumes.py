# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from tests.unit.cloud import Cloud, accepted, good, page, uuid, volume

HINTS = 'OS-SCH-HNT:scheduler_hints'
REF = {'source-name': 'lun-7'}


@pytest.mark.parametrize(
    ('values', 'body'),
    [
        ({'size': 1}, {'size': 1}),
        ({'name': 'a', 'size': 1}, {'name': 'a', 'size': 1}),
        ({'size': 1, 'description': ''}, {'size': 1, 'description': ''}),
        ({'size': 1, 'volume_type': 'x'}, {'size': 1, 'volume_type': 'x'}),
        (
            {'size': 1, 'availability_zone': 'a'},
            {'size': 1, 'availability_zone': 'a'},
        ),
        (
            {'size': 1, 'metadata': {'a': 'b'}},
            {'size': 1, 'metadata': {'a': 'b'}},
        ),
        ({'snapshot_id': uuid(2)}, {'snapshot_id': uuid(2)}),
        ({'source_volid': uuid(2)}, {'source_volid': uuid(2)}),
        ({'size': 1, 'image': 'cirros'}, {'size': 1, 'imageRef': 'cirros'}),
        (
            {'size': 1, 'consistencygroup_id': uuid(3)},
            {'size': 1, 'consistencygroup_id': uuid(3)},
        ),
        ({'size': None, 'name': None, 'metadata': None}, {}),
    ],
)
@pytest.mark.parametrize(
    ('version', 'major'), [('2', 2), ('3.0', 3), ('3.71', 3), ('3', 3)]
)
def test_body(
    cloud: Cloud,
    version: str,
    major: int,
    values: dict[str, Any],
    body: dict[str, Any],
) -> None:
    cloud.answers(
        'POST', '/volumes', accepted('volume', volume()), major=major
    )
    made = cloud.client(version).volumes.create(**values)
    assert cloud.sent == ['POST /volumes']
    assert cloud.posted == [{'volume': body}]
    assert made == volume()
    assert made.request_id is not None


def ids(field: str) -> dict[str, Any]:
    return {field: uuid(9)}


@pytest.mark.parametrize(
    ('field', 'before', 'since'),
    [
        ('group_id', '3.12', '3.13'),
        ('backup_id', '3.46', '3.47'),
    ],
)
class TestNewerFields:
    def test_since(
        self, cloud: Cloud, field: str, before: str, since: str
    ) -> None:
        cloud.answers('POST', '/volumes', accepted('volume', volume()))
        cloud.client(since).volumes.create(**ids(field))
        assert cloud.posted == [{'volume': ids(field)}]

    def test_before(
        self, cloud: Cloud, field: str, before: str, since: str
    ) -> None:
        """Nothing is sent."""
        for version in ('2', '3.0', before):
            with pytest.raises(
                exceptions.UnsupportedVersion,
                match=f'^{field} needs volume API version {since} or later, '
                f'and (version )?{version} was requested$',
            ):
                cloud.client(version).volumes.create(**ids(field))
        assert cloud.sent == []

    def test_older_cloud(
        self, cloud: Cloud, field: str, before: str, since: str
    ) -> None:
        """Nothing is sent once the cloud's version is known."""
        cloud.has_at_most(before)
        client = cloud.client()
        client.http.negotiate()
        with pytest.raises(
            exceptions.UnsupportedVersion,
            match=f'and this cloud has at most {before}$',
        ):
            client.volumes.create(**ids(field))
        assert cloud.sent == ['GET /v3/']


def test_field_that_does_not_exist(cloud: Cloud) -> None:
    with pytest.raises(exceptions.InvalidInput, match="'sise' is not a"):
        cloud.client().volumes.create(sise=1)  # type: ignore[call-arg]
    assert cloud.sent == []


@pytest.mark.parametrize(('version', 'major'), [('2', 2), ('3.0', 3)])
@pytest.mark.parametrize(
    ('hints', 'beside'),
    [
        ({'same_host': [uuid(5)]}, {HINTS: {'same_host': [uuid(5)]}}),
        ({}, {}),
        (None, {}),
    ],
)
def test_hints_stand_beside_the_volume(
    cloud: Cloud,
    version: str,
    major: int,
    hints: dict[str, Any] | None,
    beside: dict[str, Any],
) -> None:
    cloud.answers(
        'POST', '/volumes', accepted('volume', volume()), major=major
    )
    cloud.client(version).volumes.create(size=1, scheduler_hints=hints)
    assert cloud.posted == [{'volume': {'size': 1}, **beside}]


@pytest.mark.parametrize(
    ('version', 'values'),
    [
        ('3.0', {'host': 'h@b#p'}),
        ('3.15', {'host': 'h@b#p'}),
        ('3.16', {'cluster': 'c@b'}),
        ('3.71', {'host': 'h', 'bootable': True, 'name': 'a'}),
        ('3.71', {'host': 'h', 'bootable': False, 'volume_type': 't'}),
        (
            '3.71',
            {'host': 'h', 'metadata': {'a': 'b'}, 'availability_zone': 'z'},
        ),
        ('3.71', {'host': 'h', 'description': 'd'}),
    ],
)
def test_manage(cloud: Cloud, version: str, values: dict[str, Any]) -> None:
    """On the path that servers of every version have."""
    cloud.answers('POST', '/os-volume-manage', accepted('volume', volume()))
    cloud.client(version).volumes.manage(ref=REF, **values)
    assert cloud.sent == ['POST /os-volume-manage']
    assert cloud.posted == [{'volume': {'ref': REF, **values}}]
    assert cloud.requests[0].headers['OpenStack-API-Version'] == (
        f'volume {version}'
    )


def test_manage_leaves_out_what_is_unset(cloud: Cloud) -> None:
    cloud.answers('POST', '/os-volume-manage', accepted('volume', volume()))
    cloud.client().volumes.manage(
        ref=REF, host='h', cluster=None, bootable=None, name=None
    )
    assert cloud.posted == [{'volume': {'ref': REF, 'host': 'h'}}]


def test_manage_in_a_cluster_before_3_16(cloud: Cloud) -> None:
    with pytest.raises(exceptions.UnsupportedVersion, match='cluster needs'):
        cloud.client('3.15').volumes.manage(ref=REF, cluster='c')
    assert cloud.sent == []


@pytest.mark.parametrize('answer', [page(200, ''), good({}, 202)])
def test_actions(cloud: Cloud, answer: dict[str, Any]) -> None:
    path = f'/volumes/{uuid(1)}/action'
    cloud.answers('POST', path, answer)
    volumes = cloud.client().volumes
    volumes.set_bootable(uuid(1), False)
    volumes.set_readonly(uuid(1), True)
    assert cloud.sent == [f'POST {path}'] * 2
    assert cloud.posted == [
        {'os-set_bootable': {'bootable': False}},
        {'os-update_readonly_flag': {'readonly': True}},
    ]


def test_action_on_an_odd_id(cloud: Cloud) -> None:
    cloud.answers('POST', '/volumes/..%2Fa%3Fb/action', page(202, ''))
    cloud.client().volumes.set_bootable('../a?b', True)
    assert cloud.sent == ['POST /volumes/..%2Fa%3Fb/action']
