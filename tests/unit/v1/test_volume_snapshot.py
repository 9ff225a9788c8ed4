# SPDX-License-Identifier: Apache-2.0

"""volume snapshot create, as API v1 has it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_v1 import at_v1
from tests.unit.cloud import Cloud, good, snapshot, uuid, volume
from tests.unit.shell import Result, openstack

RECORD = at_v1(snapshot())


def create(*args: str) -> Result:
    return openstack(
        'volume', 'snapshot', 'create', *args, '-f', 'json', version='1'
    )


def is_created(cloud: Cloud) -> None:
    cloud.answers('POST', '/snapshots', good({'snapshot': RECORD}), major=1)


@pytest.mark.parametrize(
    ('args', 'body'),
    [
        ([], {}),
        (['--description=a b'], {'display_description': 'a b'}),
        (['--force'], {'force': True}),
        (['--property=a=b'], {'metadata': {'a': 'b'}}),
    ],
)
def test_options(cloud: Cloud, args: list[str], body: dict[str, Any]) -> None:
    is_created(cloud)
    result = create('snap', '--volume', uuid(1), *args)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /snapshots']
    wanted = {'display_name': 'snap', 'volume_id': uuid(1), **body}
    assert cloud.posted == [{'snapshot': wanted}]


def test_columns(cloud: Cloud) -> None:
    is_created(cloud)
    result = create('snap', '--volume', uuid(1))
    assert list(result.json) == [
        'created_at',
        'display_description',
        'display_name',
        'id',
        'properties',
        'size',
        'status',
        'volume_id',
    ]
    assert result.json['display_name'] == 'snap'


def test_volume_of_the_same_name(cloud: Cloud) -> None:
    cloud.answers(
        'GET',
        '/volumes/detail?display_name=snap',
        good({'volumes': [at_v1(volume(name='snap'))]}),
        good({'volumes': []}),
        major=1,
    )
    is_created(cloud)
    assert create('snap').status == 0
    assert cloud.posted[0]['snapshot']['volume_id'] == uuid(1)


def test_what_v1_lacks(cloud: Cloud) -> None:
    result = create('snap', '--remote-source=a=b')
    assert result.status == 2
    assert '--remote-source needs --os-volume-api-version 2' in result.stderr
    assert cloud.sent == []
