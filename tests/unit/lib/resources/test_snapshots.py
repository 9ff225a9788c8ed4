# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from tests.unit.cloud import Cloud, accepted, snapshot, uuid

REF = {'source-name': 'snap-7'}


@pytest.mark.parametrize(
    'values',
    [
        {},
        {'name': 'a'},
        {'name': '', 'description': 'b'},
        {'metadata': {'a': 'b'}},
    ],
)
@pytest.mark.parametrize(
    ('version', 'major'), [('2', 2), ('3.0', 3), ('3.71', 3), ('3', 3)]
)
def test_body(
    cloud: Cloud, version: str, major: int, values: dict[str, Any]
) -> None:
    cloud.answers(
        'POST', '/snapshots', accepted('snapshot', snapshot()), major=major
    )
    made = cloud.client(version).snapshots.create(volume_id=uuid(1), **values)
    assert cloud.sent == ['POST /snapshots']
    assert cloud.posted == [{'snapshot': {'volume_id': uuid(1), **values}}]
    assert made == snapshot()


@pytest.mark.parametrize(
    ('version', 'major', 'sent'),
    [
        ('2', 2, {'force': True}),
        ('3.0', 3, {'force': True}),
        ('3.65', 3, {'force': True}),
        ('3.66', 3, {}),
        ('3.71', 3, {}),
        ('3', 3, {}),
    ],
)
def test_force(
    cloud: Cloud, version: str, major: int, sent: dict[str, Any]
) -> None:
    """From 3.66 on the server does by itself what it asked for."""
    cloud.answers(
        'POST', '/snapshots', accepted('snapshot', snapshot()), major=major
    )
    snapshots = cloud.client(version).snapshots
    snapshots.create(volume_id=uuid(1), force=True)
    snapshots.create(volume_id=uuid(1), force=None, name=None)
    assert cloud.posted == [
        {'snapshot': {'volume_id': uuid(1), **sent}},
        {'snapshot': {'volume_id': uuid(1)}},
    ]


def test_force_on_an_older_cloud(cloud: Cloud) -> None:
    """The body is built anew for the version that the cloud has."""
    cloud.has_at_most('3.65')
    cloud.answers(
        'POST',
        '/snapshots',
        {'status_code': 406},
        accepted('snapshot', snapshot()),
    )
    cloud.client().snapshots.create(volume_id=uuid(1), force=True)
    assert cloud.posted == [
        {'snapshot': {'volume_id': uuid(1)}},
        {'snapshot': {'volume_id': uuid(1), 'force': True}},
    ]


@pytest.mark.parametrize(
    ('version', 'major'), [('2', 2), ('3.0', 3), ('3.71', 3)]
)
@pytest.mark.parametrize(
    'values',
    [{}, {'name': 'a', 'description': 'b'}, {'metadata': {'a': 'b'}}],
)
def test_manage(
    cloud: Cloud, version: str, major: int, values: dict[str, Any]
) -> None:
    cloud.answers(
        'POST',
        '/os-snapshot-manage',
        accepted('snapshot', snapshot()),
        major=major,
    )
    cloud.client(version).snapshots.manage(
        volume_id=uuid(1), ref=REF, **values
    )
    assert cloud.sent == ['POST /os-snapshot-manage']
    assert cloud.posted == [
        {'snapshot': {'volume_id': uuid(1), 'ref': REF, **values}}
    ]


def test_manage_knows_no_force(cloud: Cloud) -> None:
    with pytest.raises(exceptions.InvalidInput, match="'force' is not a"):
        cloud.client().snapshots.manage(
            volume_id=uuid(1),
            ref=REF,
            force=True,  # type: ignore[call-arg]
        )
    assert cloud.sent == []
