# SPDX-License-Identifier: Apache-2.0

"""Expired resources of a series."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from osc_cinderlite.lib.creating.retention import Plan, Policy, plan
from osc_cinderlite.lib.resource import Resource
from tests.unit.cloud import uuid

NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def made(day: int, **fields: Any) -> Resource:
    """Return what was made so many days ago; its ID tells the day."""
    when = (NOW - day * DAY).replace(tzinfo=None).isoformat()
    record = {'id': uuid(day), 'status': 'available', 'created_at': when}
    return Resource({**record, **fields})


def incremental(day: int, **fields: Any) -> Resource:
    return made(day, is_incremental=True, **fields)


def full(day: int, **fields: Any) -> Resource:
    return made(day, is_incremental=False, **fields)


def days(resources: list[Resource]) -> list[int]:
    return [int(one.id[:8]) for one in resources]


def planned(
    series: list[Resource],
    keep: int | None = None,
    keep_days: int | None = None,
    foreign: list[Resource] | None = None,
) -> tuple[list[list[int]], list[int]]:
    keep_for = None if keep_days is None else keep_days * DAY
    found = plan(series, foreign or [], Policy(keep, keep_for), NOW)
    return [days(group) for group in found.groups], days(found.waiting)


@pytest.mark.parametrize(
    ('keep', 'keep_days', 'deleted'),
    [
        (1, None, [1, 2, 3, 4]),
        (3, None, [3, 4]),
        (2, None, [2, 3, 4]),
        (9, None, []),
        (None, 2, [2, 3, 4]),
        (None, 1, [1, 2, 3, 4]),
        (2, 4, [4]),
        (4, 2, [4]),
    ],
)
def test_snapshots(
    keep: int | None, keep_days: int | None, deleted: list[int]
) -> None:
    series = [made(day) for day in range(5)]
    groups, waiting = planned(series, keep, keep_days)
    assert sorted(groups) == [[day] for day in deleted]
    assert waiting == []


@pytest.mark.parametrize(
    ('series', 'groups', 'waiting'),
    [
        ([full(0), full(1)], [[1]], []),
        # The chain goes as a whole, the newest first.
        ([full(0), incremental(1), incremental(2), full(3)], [[1, 2, 3]], []),
        ([incremental(0), incremental(1), full(2)], [], [2, 1]),
        ([full(0), incremental(1), full(2), full(3)], [[3], [1, 2]], []),
        # What is running may build on those before.
        ([full(0), incremental(1, status='creating'), full(2)], [], [2]),
        ([full(0), made(1, status='error'), full(2)], [[1], [2]], []),
        ([full(1), made(0, status='error')], [], []),
        ([made(0, status='creating'), full(1)], [], []),
        ([full(0), full(1, created_at=None), full(2)], [[2]], []),
        ([full(0), full(1, status='deleting')], [], []),
    ],
    ids=[
        'full ones',
        'expired chain',
        'chain in use',
        'two chains',
        'running',
        'failed before',
        'failed after',
        'running alone',
        'no date',
        'deleting',
    ],
)
def test_chains(
    series: list[Resource], groups: list[list[int]], waiting: list[int]
) -> None:
    assert planned(series, keep=1) == (groups, waiting)


def test_foreign_member() -> None:
    """What builds on ours keeps it; what ours build on does not."""
    mine = [full(0), incremental(1), incremental(3)]
    assert planned(mine, keep=1, foreign=[incremental(2), full(4)]) == (
        [[1]],
        [3],
    )


statuses = st.sampled_from(
    [*['available'] * 6, 'error', 'creating', 'deleting', 'error_deleting']
)
backups = st.lists(
    st.tuples(st.booleans(), st.booleans(), statuses), max_size=12
)


@given(drawn=backups, keep=st.integers(1, 4), with_days=st.booleans())
def test_any_series(
    drawn: list[tuple[bool, bool, str]], keep: int, with_days: bool
) -> None:
    """Never fewer than n good ones, a foreign one, a parent of what stays."""
    series: list[Resource] = []
    foreign: list[Resource] = []
    for day, (is_mine, is_incremental, status) in enumerate(drawn):
        one = made(day, is_incremental=is_incremental, status=status)
        (series if is_mine else foreign).append(one)
    policy = Policy(keep, 3 * DAY if with_days else None)
    found: Plan = plan(series, foreign, policy, NOW)
    deleted = [one.id for group in found.groups for one in group]
    assert len(deleted) == len(set(deleted))
    assert not set(deleted) & {one.id for one in foreign}
    good = [one for one in series if one.status == 'available']
    left = [one for one in good if one.id not in deleted]
    assert len(left) >= min(keep, len(good))
    assert [one.id for one in good[:keep]] == [one.id for one in left[:keep]]
    running = [one for one in series if one.status in ('creating', 'deleting')]
    assert not set(deleted) & {one.id for one in running}
    _assert_parents_last([*series, *foreign], found, set(deleted))


def _assert_parents_last(
    everything: list[Resource], found: Plan, deleted: set[str]
) -> None:
    """No child stays whose parent goes, and a child goes before it."""
    order = {
        one.id: (number, place)
        for number, group in enumerate(found.groups)
        for place, one in enumerate(group)
    }
    usable = [
        one
        for one in sorted(everything, key=lambda one: str(one['created_at']))
        if not (one.status or '').startswith('error')
    ]
    for parent, child in itertools.pairwise(usable):
        if child.get('is_incremental') and parent.id in deleted:
            assert child.id in deleted
            assert order[child.id][0] == order[parent.id][0]
            assert order[child.id][1] < order[parent.id][1]
