# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import datetime
from typing import Any

import pytest

from osc_cinderlite.lib.resource import Resource, timestamp
from tests.unit.cloud import uuid, volume


def test_main_keys() -> None:
    found = Resource(volume(7, name='data', status='available', size=3))
    assert (found.id, found.name, found.status, found.size) == (
        uuid(7),
        'data',
        'available',
        3,
    )
    assert found.created_at == datetime.datetime(
        2026, 1, 31, 12, tzinfo=datetime.UTC
    )
    assert found.request_id is None


@pytest.mark.parametrize('odd', [None, 5.5, [], {}])
def test_what_is_not_as_promised(odd: Any) -> None:
    found = Resource(
        id=uuid(1), name=odd, status=odd, size=odd, created_at=odd
    )
    assert (found.name, found.status, found.size, found.created_at) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ('text', 'hour'),
    [
        ('2026-01-31T12:00:00.000000', 12),
        ('2026-01-31T12:00:00', 12),
        ('2026-01-31T12:00:00Z', 12),
        ('2026-01-31T12:00:00+02:00', 10),
    ],
)
def test_timestamp(text: str, hour: int) -> None:
    assert timestamp(text) == datetime.datetime(
        2026, 1, 31, hour, tzinfo=datetime.UTC
    )


@pytest.mark.parametrize('text', [None, '', 'noon', 12, '2026-02-31'])
def test_no_timestamp(text: Any) -> None:
    assert timestamp(text) is None
