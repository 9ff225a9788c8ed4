# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from tests.unit.cloud import (
    Cloud,
    accepted,
    backup,
    good,
    snapshot,
    uuid,
    volume,
)

BRIEF = {'id': uuid(3), 'name': 'copy'}


@pytest.mark.parametrize(
    'values',
    [
        {},
        {'name': 'a', 'description': 'b', 'container': 'c'},
        {'incremental': True},
        {'incremental': False, 'force': True},
        {'snapshot_id': uuid(2)},
    ],
)
@pytest.mark.parametrize(
    ('version', 'major'), [('2', 2), ('3.0', 3), ('3.71', 3), ('3', 3)]
)
def test_body(
    cloud: Cloud, version: str, major: int, values: dict[str, Any]
) -> None:
    cloud.answers('POST', '/backups', accepted('backup', BRIEF), major=major)
    made = cloud.client(version).backups.create(volume_id=uuid(1), **values)
    assert cloud.sent == ['POST /backups']
    assert cloud.posted == [{'backup': {'volume_id': uuid(1), **values}}]
    assert made == BRIEF


def test_unset_keys_are_left_out(cloud: Cloud) -> None:
    cloud.answers('POST', '/backups', accepted('backup', BRIEF))
    cloud.client().backups.create(
        volume_id=uuid(1), incremental=None, force=None, name=None
    )
    assert cloud.posted == [{'backup': {'volume_id': uuid(1)}}]


@pytest.mark.parametrize(
    ('values', 'before', 'since'),
    [
        ({'metadata': {'a': 'b'}}, '3.42', '3.43'),
        ({'availability_zone': 'z'}, '3.50', '3.51'),
    ],
)
def test_newer_fields(
    cloud: Cloud, values: dict[str, Any], before: str, since: str
) -> None:
    cloud.answers('POST', '/backups', accepted('backup', BRIEF))
    for version in ('2', '3.0', before):
        with pytest.raises(
            exceptions.UnsupportedVersion, match=f'needs .* {since} or later'
        ):
            cloud.client(version).backups.create(volume_id=uuid(1), **values)
    assert cloud.sent == []
    cloud.client(since).backups.create(volume_id=uuid(1), **values)
    assert cloud.posted == [{'backup': {'volume_id': uuid(1), **values}}]


def at(hour: int) -> str:
    return f'2026-01-31T{hour:02}:00:00.000000'


def available(number: int, hour: int, **fields: Any) -> dict[str, Any]:
    return backup(
        number, status='available', data_timestamp=at(hour), **fields
    )


class TestParent:
    @pytest.mark.parametrize(
        ('backups', 'parent'),
        [
            ([], None),
            ([available(3, 1)], 3),
            ([available(3, 1), available(4, 5), available(5, 2)], 4),
            # The newest counts, and only it.
            ([available(3, 1), available(4, 5, size=2)], None),
            ([available(3, 5), available(4, 1, size=2)], 3),
            # Servers that do not filter.
            ([backup(3, status='error', data_timestamp=at(5))], None),
            ([available(3, 1, volume_id=uuid(9))], None),
            # Servers that do not tell the time of the data.
            (
                [
                    available(3, 1),
                    backup(
                        4,
                        status='available',
                        data_timestamp=None,
                        created_at=at(2),
                    ),
                ],
                4,
            ),
        ],
    )
    def test_of_a_volume(
        self, cloud: Cloud, backups: list[dict[str, Any]], parent: int | None
    ) -> None:
        cloud.answers('GET', '/backups/detail', good({'backups': backups}))
        found = cloud.client().backups.parent(Resource(volume(1, size=1)))
        assert (found and found.id) == (parent and uuid(parent))
        assert cloud.sent == [
            f'GET /backups/detail?volume_id={uuid(1)}&status=available'
        ]

    @pytest.mark.parametrize(
        ('taken', 'parent'), [(4, 3), (5, 3), (6, 4), (1, None)]
    )
    def test_of_a_snapshot(
        self, cloud: Cloud, taken: int, parent: int | None
    ) -> None:
        """Backups with data newer than the snapshot do not count."""
        backups = [available(3, 1), available(4, 5)]
        cloud.answers('GET', '/backups/detail', good({'backups': backups}))
        found = cloud.client().backups.parent(
            Resource(volume(1, size=1)),
            Resource(snapshot(created_at=at(taken))),
        )
        assert (found and found.id) == (parent and uuid(parent))
