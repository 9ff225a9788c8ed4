# SPDX-License-Identifier: Apache-2.0

"""volume snapshot create, as both versions have it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.cloud import Cloud, accepted, fault, snapshot, uuid
from tests.unit.kinds import SNAPSHOT, VOLUME
from tests.unit.shell import openstack

VERSIONS = ('2', '3.0', '3')
OF = f'--volume={uuid(1)}'

each_version = pytest.mark.parametrize('version', VERSIONS)


def create(*args: str, version: str = '2') -> Any:
    return openstack(
        'volume', 'snapshot', 'create', *args, '-f', 'json', version=version
    )


@each_version
@pytest.mark.parametrize(
    ('args', 'body'),
    [
        (['snap', OF], {'name': 'snap'}),
        (['snap', OF, '--description=a b'], {'description': 'a b'}),
        (['snap', OF, '--description='], {'description': ''}),
        (
            ['snap', OF, '--property=a=b', '--property=c=d'],
            {'metadata': {'a': 'b', 'c': 'd'}},
        ),
    ],
)
def test_options(
    cloud: Cloud, version: str, args: list[str], body: dict[str, Any]
) -> None:
    SNAPSHOT.is_created(cloud)
    result = create(*args, version=version)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /snapshots']
    assert cloud.posted == [
        {'snapshot': {'name': 'snap', 'volume_id': uuid(1), **body}}
    ]


@each_version
def test_the_volume_may_have_the_name(cloud: Cloud, version: str) -> None:
    cloud.has_whatever_is_looked_for({'id': uuid(7)})
    SNAPSHOT.is_created(cloud)
    assert create('data', version=version).status == 0
    assert cloud.sent == ['GET /volumes/detail?name=data', 'POST /snapshots']
    assert cloud.posted == [
        {'snapshot': {'name': 'data', 'volume_id': uuid(7)}}
    ]


@pytest.mark.parametrize(
    ('version', 'sent'),
    [
        ('2', {'force': True}),
        ('3.0', {'force': True}),
        ('3.65', {'force': True}),
        ('3.66', {}),
        ('3.71', {}),
        ('3', {}),
    ],
)
def test_force(cloud: Cloud, version: str, sent: dict[str, Any]) -> None:
    """Never false, never null."""
    SNAPSHOT.is_created(cloud)
    create('snap', OF, '--force', version=version)
    create('snap', OF, version=version)
    plain = {'name': 'snap', 'volume_id': uuid(1)}
    assert cloud.posted == [
        {'snapshot': {**plain, **sent}},
        {'snapshot': plain},
    ]


def test_attached_volume_without_force(cloud: Cloud) -> None:
    SNAPSHOT.is_created(
        cloud,
        fault(
            400,
            f'Invalid volume: Volume {uuid(1)} status must be available, but '
            'current status is: in-use.',
        ),
    )
    result = create('snap', OF, version='3.50')
    assert result.status == 1
    assert result.complaint.endswith('; --force snapshots an attached volume')


@each_version
@pytest.mark.parametrize(
    'args',
    [
        [],
        [''],
        ['snap', '--volume='],
        ['snap', '--property=a'],
        ['snap', '--remote-source=a'],
    ],
    ids=' '.join,
)
def test_usage(cloud: Cloud, version: str, args: list[str]) -> None:
    result = create(*args, version=version)
    assert (result.status, result.stdout) == (2, '')
    assert (
        'openstack volume snapshot create: error: '
        in (result.stderr.splitlines()[-1])
    )
    assert cloud.sent == []


@each_version
@pytest.mark.parametrize(
    ('args', 'complaint'),
    [
        (['x' * 256, OF], '<snapshot-name>: it has 256 characters'),
        (
            ['snap', '--description=a\nb'],
            r"--description: Cinder allows no '\n' in it",
        ),
        (['snap', '--property=a$=b'], "--property: the key 'a$' must have"),
    ],
)
def test_what_cinder_would_refuse(
    cloud: Cloud, version: str, args: list[str], complaint: str
) -> None:
    result = create(*args, version=version)
    assert (result.status, result.stdout) == (1, '')
    assert result.complaint.startswith(complaint)
    assert cloud.sent == []


@each_version
def test_record(cloud: Cloud, version: str) -> None:
    record = snapshot(
        metadata={'a': 'b'}, user_id='u', group_snapshot_id=None, links=[]
    )
    SNAPSHOT.is_created(cloud, accepted('snapshot', record))
    shown = create('snap', OF, version=version).json
    assert shown == {
        'created_at': '2026-01-31T12:00:00.000000',
        'description': None,
        'id': uuid(2),
        'name': 'snap',
        'properties': {'a': 'b'},
        'size': 1,
        'status': 'creating',
        'volume_id': uuid(1),
    }
    assert list(shown) == sorted(shown)


@each_version
class TestRemoteSource:
    REMOTE = ('snap', OF, '--remote-source=source-name=s-7')

    @pytest.fixture(autouse=True)
    def is_managed(self, cloud: Cloud) -> None:
        for major in (2, 3):
            cloud.answers(
                'POST',
                '/os-snapshot-manage',
                accepted('snapshot', snapshot()),
                major=major,
            )

    @pytest.mark.parametrize(
        ('args', 'body'),
        [
            ([], {}),
            (
                ['--remote-source=source-id=7', '--description=d'],
                {
                    'ref': {'source-name': 's-7', 'source-id': '7'},
                    'description': 'd',
                },
            ),
            (['--property=a=b'], {'metadata': {'a': 'b'}}),
        ],
    )
    def test_body(
        self,
        cloud: Cloud,
        version: str,
        args: list[str],
        body: dict[str, Any],
    ) -> None:
        result = create(*self.REMOTE, *args, version=version)
        assert (result.status, result.stderr) == (0, '')
        assert cloud.sent == ['POST /os-snapshot-manage']
        assert cloud.posted == [
            {
                'snapshot': {
                    'name': 'snap',
                    'volume_id': uuid(1),
                    'ref': {'source-name': 's-7'},
                    **body,
                }
            }
        ]

    def test_force_has_no_effect(self, cloud: Cloud, version: str) -> None:
        result = create(*self.REMOTE, '--force', version=version)
        assert result.status == 0
        assert result.complaint == (
            "'--force' option will not work when you create new volume "
            'snapshot from an existing remote volume snapshot'
        )
        assert 'force' not in cloud.posted[0]['snapshot']

    def test_of_a_volume_by_name(self, cloud: Cloud, version: str) -> None:
        VOLUME.is_listed(cloud, VOLUME.record)
        result = create(
            'snap', '--volume=data', self.REMOTE[2], version=version
        )
        assert result.status == 0
        assert cloud.sent == [
            'GET /volumes/detail?name=data',
            'POST /os-snapshot-manage',
        ]


@pytest.mark.parametrize('version', ['2', '3'])
def test_help(cloud: Cloud, version: str) -> None:
    shown = openstack(
        'volume', 'snapshot', 'create', '--help', version=version
    ).stdout
    words = 'Only needed for microversions prior to 3.66'
    assert words in ' '.join(shown.split())
