# SPDX-License-Identifier: Apache-2.0

"""Options of volume backup create that only API v3 has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.cloud import Cloud, uuid
from tests.unit.kinds import BACKUP
from tests.unit.shell import openstack


def create(*args: str, version: str = '3') -> Any:
    return openstack(
        'volume', 'backup', 'create', *args, '-f', 'json', version=version
    )


@pytest.mark.parametrize(
    ('args', 'body'),
    [
        (
            ['--property=a=b', '--property=c=d'],
            {'metadata': {'a': 'b', 'c': 'd'}},
        ),
        (['--availability-zone=z'], {'availability_zone': 'z'}),
    ],
)
def test_options(cloud: Cloud, args: list[str], body: dict[str, Any]) -> None:
    BACKUP.is_created(cloud)
    result = create(uuid(1), *args)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.posted == [{'backup': {'volume_id': uuid(1), **body}}]


@pytest.mark.parametrize(
    ('option', 'value', 'before', 'since'),
    [
        ('--property', 'a=b', '3.42', '3.43'),
        ('--availability-zone', 'z', '3.50', '3.51'),
    ],
)
def test_newer_options(
    cloud: Cloud, option: str, value: str, before: str, since: str
) -> None:
    """Refused before any look-up."""
    BACKUP.is_created(cloud)
    result = create('data', f'{option}={value}', version=before)
    assert (result.status, result.stdout) == (1, '')
    assert result.complaint == (
        f'{option} needs volume API version {since} or later, and {before} '
        'was requested'
    )
    assert cloud.sent == []
    assert create(uuid(1), f'{option}={value}', version=since).status == 0


@pytest.mark.parametrize(
    ('args', 'complaint'),
    [
        (['--property=a$=b'], "--property: the key 'a$' must have"),
        (
            ['--availability-zone=' + 'x' * 256],
            '--availability-zone: it has 256 characters',
        ),
    ],
)
def test_what_cinder_would_refuse(
    cloud: Cloud, args: list[str], complaint: str
) -> None:
    result = create('data', *args)
    assert (result.status, result.stdout) == (1, '')
    assert result.complaint.startswith(complaint)
    assert cloud.sent == []


def test_usage(cloud: Cloud) -> None:
    result = create('data', '--property=a')
    assert result.status == 2
    assert "Expected 'key=value' type, but got: a" in result.stderr
    assert cloud.sent == []
