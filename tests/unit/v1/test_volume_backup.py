# SPDX-License-Identifier: Apache-2.0

"""volume backup create, as API v1 has it: the requests are those of v2."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_v1 import at_v1
from tests.unit.cloud import Cloud, accepted, good, uuid, volume
from tests.unit.shell import Result, openstack

BRIEF = accepted('backup', {'id': uuid(3), 'name': 'copy', 'links': []})


def create(*args: str) -> Result:
    return openstack(
        'volume', 'backup', 'create', *args, '-f', 'json', version='1'
    )


@pytest.mark.parametrize(
    ('args', 'body'),
    [
        ([], {}),
        (
            ['--name=copy', '--description=a'],
            {'name': 'copy', 'description': 'a'},
        ),
        (
            ['--container=c', '--incremental', '--force'],
            {'container': 'c', 'incremental': True, 'force': True},
        ),
        ([f'--snapshot={uuid(2)}'], {'snapshot_id': uuid(2)}),
    ],
)
def test_options(cloud: Cloud, args: list[str], body: dict[str, Any]) -> None:
    cloud.answers('POST', '/backups', BRIEF, major=1)
    result = create(uuid(1), *args)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.posted == [{'backup': {'volume_id': uuid(1), **body}}]
    assert result.json == {'id': uuid(3), 'name': 'copy'}


def test_volume_by_name(cloud: Cloud) -> None:
    cloud.answers(
        'GET',
        '/volumes/detail?display_name=data',
        good({'volumes': [at_v1(volume())]}),
        good({'volumes': []}),
        major=1,
    )
    cloud.answers('POST', '/backups', BRIEF, major=1)
    assert create('data').status == 0
    assert cloud.posted == [{'backup': {'volume_id': uuid(1)}}]


@pytest.mark.parametrize(
    ('option', 'needs'),
    [('--property=a=b', '3.43'), ('--availability-zone=nova', '3.51')],
)
def test_what_v1_lacks(cloud: Cloud, option: str, needs: str) -> None:
    result = create(uuid(1), option)
    assert result.status == 2
    assert f'needs --os-volume-api-version {needs} or later' in result.stderr
    assert cloud.sent == []
