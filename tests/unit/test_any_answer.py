# SPDX-License-Identifier: Apache-2.0

"""Whatever a server answers: a record, or an error that is one of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from osc_lib import exceptions as osc_exceptions
import requests_mock

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import waiting
from osc_cinderlite.lib.resources.waiting import Source
from tests.unit.clock import Clock
from tests.unit.cloud import Cloud, backup, snapshot, uuid, volume
from tests.unit.shell import openstack

#: keys that the code looks for
KEYS = (
    'absolute',
    'availability_zone',
    'backup',
    'backups',
    'badRequest',
    'code',
    'created_at',
    'data_timestamp',
    'event_id',
    'fail_reason',
    'href',
    'id',
    'is_incremental',
    'limits',
    'maxTotalVolumes',
    'message',
    'message_level',
    'messages',
    'metadata',
    'min_version',
    'name',
    'overLimit',
    'rel',
    'request_id',
    'resource_uuid',
    'size',
    'snapshot',
    'snapshots',
    'snapshots_links',
    'status',
    'user_message',
    'version',
    'versions',
    'volume',
    'volume_id',
    'volumes',
    'volumes_links',
)
#: values that it looks for
WORDS = (
    'available',
    'creating',
    'deleted',
    'error',
    'http://cinder.test/v3/x?marker=1',
    'next',
    'VolumeLimitExceeded: too many',
    'data',
    uuid(1),
    '2026-01-31T12:00:00.000000',
    'ERROR',
    'WARNING',
)

texts = st.sampled_from(WORDS) | st.text()
atoms = st.none() | st.booleans() | st.integers() | st.floats() | texts
documents = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=6)
    ),
    max_leaves=12,
)
records = st.builds(
    lambda make, odd: {**make(), **odd},
    st.sampled_from([volume, snapshot, backup]),
    st.dictionaries(st.sampled_from(KEYS), documents, max_size=4),
)
#: of the right shape, but for what is in the records
enveloped = st.builds(
    lambda record, more: {
        **dict.fromkeys(('volume', 'snapshot', 'backup'), record),
        **{key: [record] for key in ('volumes', 'snapshots', 'backups')},
        **more,
    },
    records,
    st.dictionaries(st.sampled_from(KEYS), documents, max_size=2),
)
statuses = st.sampled_from(
    [200] * 5
    + [202] * 5
    + [204, 300, 400, 403, 404, 406, 409, 413, 429]
    + [500, 502, 503]
)
headers = st.dictionaries(
    st.sampled_from(['Date', 'Retry-After', 'Location', 'Content-Type']),
    st.sampled_from(['0', '1', '9' * 400, 'Fri, 31 Dec 9999 23:59:59 GMT'])
    | st.text('0123456789 :,JanFebMonGMT+-'),
)
answers = st.lists(
    st.builds(
        lambda status, document, more: {
            'status_code': status,
            'json': document,
            'headers': more,
        },
        statuses,
        documents | enveloped,
        headers,
    ),
    min_size=1,
    max_size=5,
)


def follow(client: Client) -> Any:
    clock = Clock()
    poller = waiting.Poller(client.volumes, clock.monotonic)
    poller.watch(Resource(volume(1)), 60, Source(client.backups, uuid(3)))
    poller.watch(Resource(volume(2)), 60)
    while poller.seen:
        clock.sleep(poller.pause + 1)
        poller.look()


CALLS: list[Callable[[Client], Any]] = [
    lambda c: c.volumes.create(size=1, name='data'),
    lambda c: c.snapshots.create(volume_id=uuid(1), name='data'),
    lambda c: c.backups.create(volume_id=uuid(1)),
    lambda c: c.volumes.get(uuid(1)),
    lambda c: c.volumes.find('data'),
    lambda c: list(c.snapshots.list()),
    lambda c: c.backups.parent(Resource(volume()), Resource(snapshot())),
    lambda c: c.volumes.set_bootable(uuid(1), True),
    lambda c: c.messages.about(resource_uuid=uuid(1)),
    lambda c: c.messages.warning(uuid(1), '2026-01-31T12:00:00'),
    lambda c: c.messages.failure('backup', Resource(backup())),
    lambda c: c.http.negotiate(),
    follow,
]


@given(call=st.sampled_from(CALLS), given=answers)
def test_library(
    call: Callable[[Client], Any], given: list[dict[str, Any]]
) -> None:
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        cloud = Cloud(mocker)
        cloud.everything(given)
        try:
            call(cloud.client())
        except exceptions.ClientException as error:
            shown = str(error)
            assert shown.isprintable()
            assert len(shown) <= 600 or isinstance(
                error, exceptions.MultipleMatches
            )


COMMANDS = [
    ['volume', 'create', 'data', '--size=1'],
    ['volume', 'create', 'data', '--size=1', '--or-show', '--wait'],
    ['volume', 'create', 'data', '--size=1', '--source=other', '--dry-run'],
    ['volume', 'create', 'data', '--size=1', '--bootable'],
    ['volume', 'snapshot', 'create', 'data'],
    ['volume', 'snapshot', 'create', 'snap', '--volume=data', '--wait'],
    ['volume', 'backup', 'create', 'data', '--incremental-or-full'],
    ['volume', 'backup', 'create', 'data', '--incremental', '--wait'],
]


@given(
    command=st.sampled_from(COMMANDS),
    format=st.sampled_from(['json', 'table', 'value', 'shell', 'yaml']),
    given=answers,
)
def test_commands(
    command: list[str], format: str, given: list[dict[str, Any]]
) -> None:
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        Cloud(mocker).everything(given)
        result = openstack(*command, '-f', format, '--wait-timeout=0.01')
    assert result.status in (0, 1, 3)
    assert result.error is None or isinstance(
        result.error, osc_exceptions.CommandError
    ), result
