# SPDX-License-Identifier: Apache-2.0

"""Many volumes through a bad network: what is reported is what there is."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator
import random
from typing import Any

import pytest

from tests import proxy
from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record, until
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.projects import new_project
from tests.functional.shell import Openstack

Rule = dict[str, Any]

#: what happens to creates, each as often as the others
_CREATES: list[Rule] = [
    {'status': 429},
    {'status': 503, 'headers': {'Retry-After': '1'}},
    {'status': 503, 'headers': {'Retry-After': '1'}, 'after': True},
    {'status': 500},
    {'status': 500, 'after': True},
    {'status': 502, 'body': '<title>Bad Gateway</title>', 'after': True},
    {'drop': True},
    {'after': True, 'drop': True},
    {'after': True, 'drop': True},
]
#: what happens to everything else, looks for lost answers among it
_LOOKS: list[Rule] = [{'status': 500}, {'status': 503}, {'drop': True}]


def rules(rate: float) -> list[Rule]:
    """Return rules by which this part of the requests meets a fault."""
    return [
        {
            'method': method,
            'path': '^/v3/[^/]+/volumes',
            # Each rule sees what those before it let through.
            'probability': rate / len(kinds) / (1 - rate * n / len(kinds)),
            **kind,
        }
        for method, kinds in (('POST', _CREATES), ('GET', _LOOKS))
        for n, kind in enumerate(kinds)
    ]


def volumes(cinder: Cinder) -> list[Record]:
    """Return all the volumes, page by page."""
    found: list[Record] = []
    while page := cinder.listed(
        'volume',
        limit='500',
        **({'marker': found[-1]['id']} if found else {}),
    ):
        found += page
    return found


def until_gone(cinder: Cinder) -> None:
    """Wait until there are no volumes.

    By one page: its last volume may be gone before the next one is asked for.
    """
    until(
        lambda: not cinder.listed('volume', limit='1'),
        'the volumes to be gone',
        600,
    )


@pytest.fixture
def lossy() -> Iterator[Callable[[float], dict[str, str]]]:
    """Returns the environment behind a proxy that loses responses."""
    with proxy.running() as between:

        def losing(rate: float) -> dict[str, str]:
            between.loses = lambda url: (
                '/volumes' in url and random.random() < rate
            )
            return proxy.environment('HTTP proxy', between)

        yield losing
        assert between.passed


@pytest.mark.parametrize(
    ('count', 'rate', 'parallel'),
    [
        pytest.param(60, 0.2, 8, id='short'),
        pytest.param(1000, 0.05, 16, id='long', marks=pytest.mark.soak),
    ],
)
def test_lossy_proxy(
    openstack: Openstack,
    devcloud: Devcloud,
    admin: Cinder,
    name: Name,
    lossy: Callable[[float], dict[str, str]],
    count: int,
    rate: float,
    parallel: int,
) -> None:
    project = new_project(devcloud, openstack, admin, name)
    done = openstack(
        *project.options,
        *('volume', 'bulk', 'create', 'lossy-{n:04}', '--size', '1'),
        *('--count', str(count), '--parallel', str(parallel), '-f', 'json'),
        env=lossy(rate),
        limit=3600,
    )
    there = volumes(project.cinder)
    names = {one['name']: one['id'] for one in there}
    assert len(there) == len(names), 'a volume was made twice'
    rows = {row['Name']: row for row in done.json}
    assert len(rows) == count
    for volume, row in rows.items():
        if row['Result'] == 'created':
            assert row['ID'] == names[volume]
        elif row['Result'] == 'failed':
            assert volume not in names
        else:
            assert row['Result'] == 'unknown'
    lost = done.stderr.count('Lost the response')
    print(f'{count} volumes; {lost} lost responses; {done.stderr[-200:]}')
    assert lost > count * rate / 4
    for one in there:
        project.cinder.wait('volume', one['id'])
    openstack(
        *project.options, 'volume', 'delete', *names.values(), limit=3600
    ).ok()
    until_gone(project.cinder)


@pytest.mark.parametrize(
    ('count', 'rate', 'parallel'),
    [
        pytest.param(60, 0.2, 8, id='short'),
        pytest.param(1000, 0.05, 16, id='long', marks=pytest.mark.soak),
    ],
)
def test_bulk(
    devcloud: Devcloud,
    openstack: Openstack,
    admin: Cinder,
    faults: Faults,
    log: AccessLog,
    name: Name,
    count: int,
    rate: float,
    parallel: int,
) -> None:
    project = new_project(devcloud, openstack, admin, name)
    command = [
        *project.options,
        *('volume', 'bulk', 'create', 'soak-{n:04}', '--size', '1'),
        *('--count', str(count), '--parallel', str(parallel), '-f', 'json'),
    ]
    with faults(*rules(rate)):
        done = openstack(*command, '--wait', limit=3600)
    there = {one['name']: one['id'] for one in volumes(project.cinder)}
    reported: dict[str, dict[str, str]] = collections.defaultdict(dict)
    for row in done.json:
        reported[row['Result']][row['Name']] = row['ID']
    met = collections.Counter(
        one.status for one in log.requests(method='POST') if one.fault
    )
    print(f'{count} volumes; faults by status: {dict(met)}; {done.stderr}')
    assert sum(met.values()) > count * rate / 4

    assert len(done.json) == count
    assert len(volumes(project.cinder)) == len(there)
    assert set(reported) <= {'created', 'failed', 'unknown'}
    assert reported['created'].items() <= there.items()
    assert not reported['failed'].keys() & there.keys()
    open_ones = reported['unknown'].keys() & there.keys()
    assert len(there) == len(reported['created']) + len(open_ones)
    assert done.status == (len(reported['created']) < count)

    again = openstack(*command, '--or-show', limit=3600).ok()
    ids = {row['Name']: row['ID'] for row in again.json}
    assert len(ids) == count
    assert there.items() <= ids.items()
    assert sorted(one['id'] for one in volumes(project.cinder)) == sorted(
        ids.values()
    )

    for one in ids.values():
        project.cinder.wait('volume', one)
    openstack(
        *project.options, 'volume', 'delete', *ids.values(), limit=3600
    ).ok()
    until_gone(project.cinder)
