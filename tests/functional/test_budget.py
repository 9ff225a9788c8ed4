# SPDX-License-Identifier: Apache-2.0

"""Requests that many creates, and waits for them, may cost."""

from __future__ import annotations

from collections.abc import Sequence
import itertools

import pytest

from tests.functional.access_log import AccessLog, Request
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server

_SIGN_IN = ['GET /v3', 'POST /v3/auth/tokens']

#: seconds between two looks, at least
_TICK = 0.29


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


def connections(requests: Sequence[Request]) -> set[int]:
    return {one.client_port for one in requests}


def test_shell(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    name: Name,
    volume: Record,
) -> None:
    """After the first create of a shell, each is one request and no more."""
    log.mark()
    lines = (
        f'volume create {name("first")} --size 1',
        f'volume create {name("second")} --size 1',
        f'volume snapshot create {name("third")} --volume {volume["id"]}',
        f'volume backup create --name {name("fourth")} {volume["id"]}',
    )
    openstack.process(stdin='\n'.join(lines))
    assert log.lines(None) == [
        *_SIGN_IN,
        f'POST {api.path("/volumes")}',
        f'POST {api.path("/volumes")}',
        f'POST {api.path("/snapshots")}',
        f'POST {api.path("/backups")}',
    ]
    assert len(connections(log.requests())) == 1


def test_bulk(
    openstack: Openstack, api: Server, log: AccessLog, name: Name
) -> None:
    openstack.process(
        *('volume', 'bulk', 'create', name('bulk') + '-{n}', '--size', '1'),
        *('--count', '12', '--parallel', '3'),
    ).ok()
    assert log.lines(None) == [
        *_SIGN_IN,
        *12 * [f'POST {api.path("/volumes")}'],
    ]
    assert len(connections(log.requests())) <= 3


def test_waiting_for_many(
    openstack: Openstack, api: Server, log: AccessLog, name: Name
) -> None:
    """One list a tick, however many are waited for."""
    openstack(
        *('volume', 'bulk', 'create', name('slow') + '-{n}', '--size', '1'),
        *('--count', '6', '--parallel', '6', '--type', 'slow', '--wait'),
    ).ok()
    looks = [one for one in log.requests() if one.method == 'GET']
    looks.sort(key=lambda one: one.time)
    gaps = [
        (after.time - before.time).total_seconds()
        for before, after in itertools.pairwise(looks)
    ]
    assert min(gaps) >= _TICK
    listing = api.path('/volumes/detail')
    # While one alone is waited for, first or last, it is looked at.
    for _ in range(2):
        while looks[-1].path != listing:
            looks.pop()
        looks.reverse()
    assert {one.path for one in looks} == {listing}
