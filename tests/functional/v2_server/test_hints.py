# SPDX-License-Identifier: Apache-2.0

"""``--hint`` at API v2, where the stock client's never arrive."""

from __future__ import annotations

import json
from typing import Any

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.shell import Openstack

_HINTS = 'OS-SCH-HNT:scheduler_hints'


def create(name: str, *options: str) -> list[str]:
    return ['volume', 'create', name, '--size', '1', '-f', 'json', *options]


def test_an_unmeetable_hint(
    v2: Openstack,
    stock_v2: Openstack,
    demo: Cinder,
    log: AccessLog,
    volume: Record,
    name: Name,
) -> None:
    """All volumes of the type are on one backend: none is different."""
    hint = f'different_host={volume["id"]}'
    done = v2(*create(name('hinted'), '--hint', hint, '--wait')).failed()
    assert done.json['status'] == 'error'
    assert log.body() == {
        'volume': {'name': done.json['name'], 'size': 1},
        _HINTS: {'different_host': [volume['id']]},
    }

    log.mark()
    unheeded = stock_v2(*create(name('hinted'), '--hint', hint)).ok()
    assert demo.wait('volume', unheeded.id)['status'] == 'available'
    body: dict[str, Any] = log.body()
    assert _HINTS not in body
    assert body['volume'][_HINTS] == {'different_host': [volume['id']]}


def test_hints_that_are_met(
    v2: Openstack, log: AccessLog, volume: Record, name: Name
) -> None:
    query = json.dumps(['>', '$free_capacity_gb', 1])
    done = v2(
        *create(
            name('hinted'),
            '--hint',
            f'same_host={volume["id"]}',
            '--hint',
            f'query={query}',
            '--hint',
            'other=1',
            '--hint',
            'other=2',
            '--wait',
        )
    ).ok()
    assert done.json['status'] == 'available'
    assert log.body()[_HINTS] == {
        'same_host': [volume['id']],
        'query': query,
        'other': '2',
    }


def test_a_query_that_no_backend_meets(v2: Openstack, name: Name) -> None:
    query = json.dumps(['>', '$free_capacity_gb', 10**9])
    done = v2(
        *create(name('hinted'), '--hint', f'query={query}', '--wait')
    ).failed()
    assert done.json['status'] == 'error'
