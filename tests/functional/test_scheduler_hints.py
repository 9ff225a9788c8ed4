# SPDX-License-Identifier: Apache-2.0

"""``--hint``, as the scheduler gets it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Name
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = [pytest.mark.each_server, pytest.mark.needs('2.0')]

_HINTS = 'OS-SCH-HNT:scheduler_hints'
_A = '11111111-1111-4111-8111-111111111111'
_B = '22222222-2222-4222-8222-222222222222'


def sent(
    shell: Openstack, log: AccessLog, name: Name, hints: list[str]
) -> dict[str, Any]:
    """Create a volume with hints and return the body of the request."""
    log.mark()
    options = [part for hint in hints for part in ('--hint', hint)]
    shell('volume', 'create', name('hinted'), '--size', '1', *options).ok()
    return dict(log.bodies()[-1])


@pytest.mark.parametrize(
    ('hints', 'wanted'),
    [
        (
            [
                f'same_host={_A}',
                f'different_host={_A}',
                f'different_host={_B}',
            ],
            {'same_host': [_A], 'different_host': [_A, _B]},
        ),
        (['key=1', 'key=2', 'a=b=c', 'd='], {'key': '2', 'a': 'b=c', 'd': ''}),
    ],
)
def test_hints_are_beside_the_volume(
    openstack: Openstack,
    log: AccessLog,
    name: Name,
    hints: list[str],
    wanted: dict[str, Any],
) -> None:
    body = sent(openstack, log, name, hints)
    assert body[_HINTS] == wanted
    assert set(body['volume']) == {'name', 'size'}


@pytest.mark.needs('3.0')
def test_keys_are_not_matched_by_their_beginning(
    openstack: Openstack, stock: Openstack, log: AccessLog, name: Name
) -> None:
    hints = ['same_host_x=1']
    ours = sent(openstack, log, name, hints)[_HINTS]
    assert ours == {'same_host_x': '1'}
    theirs = sent(stock, log, name, hints)[_HINTS]
    assert theirs == {'same_host_x': ['1']}


def test_the_scheduler_heeds_them(
    openstack: Openstack, api: Server, name: Name
) -> None:
    """A query no backend meets leaves none for the volume."""
    query = json.dumps(['>', '$free_capacity_gb', 10**9])
    command = ['volume', 'create', name('hinted'), '--size', '1', '--wait']
    done = openstack(*command, '--hint', f'query={query}').failed()
    assert 'is in status error' in done.stderr
    if api.has('3.43'):
        assert 'Could not find any available weighted' in done.stderr
    fitting = json.dumps(['>', '$free_capacity_gb', 1])
    openstack(*command, '--hint', f'query={fitting}').ok()
