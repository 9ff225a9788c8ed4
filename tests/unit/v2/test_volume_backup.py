# SPDX-License-Identifier: Apache-2.0

"""volume backup create, as both versions have it."""

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib.resources import waiting
from tests.unit.cloud import (
    Cloud,
    accepted,
    backup,
    fault,
    good,
    snapshot,
    uuid,
    volume,
)
from tests.unit.kinds import BACKUP
from tests.unit.shell import openstack

VERSIONS = ('2', '3')
BRIEF = accepted('backup', {'id': uuid(3), 'name': None, 'links': []})

each_version = pytest.mark.parametrize('version', VERSIONS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, 'SHORTEST', 0.001)


def create(*args: str, version: str = '2') -> Any:
    return openstack(
        'volume', 'backup', 'create', *args, '-f', 'json', version=version
    )


@each_version
@pytest.mark.parametrize(
    ('args', 'body'),
    [
        ([], {}),
        (['--name=copy'], {'name': 'copy'}),
        (['--description=a b'], {'description': 'a b'}),
        (['--container=c'], {'container': 'c'}),
        (['--force'], {'force': True}),
        (['--incremental'], {'incremental': True}),
        (['--no-incremental'], {'incremental': False}),
        ([f'--snapshot={uuid(2)}'], {'snapshot_id': uuid(2)}),
    ],
)
def test_options(
    cloud: Cloud, version: str, args: list[str], body: dict[str, Any]
) -> None:
    BACKUP.is_created(cloud, BRIEF)
    result = create(uuid(1), *args, version=version)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /backups']
    assert cloud.posted == [{'backup': {'volume_id': uuid(1), **body}}]


@each_version
@pytest.mark.parametrize(
    'args',
    [
        [],
        [''],
        ['data', '--snapshot='],
        ['data', '--incremental', '--no-incremental'],
        ['data', '--incremental', '--incremental-or-full'],
        ['data', '--no-incremental', '--incremental-or-full'],
    ],
    ids=' '.join,
)
def test_usage(cloud: Cloud, version: str, args: list[str]) -> None:
    result = create(*args, version=version)
    assert (result.status, result.stdout) == (2, '')
    assert (
        'openstack volume backup create: error: '
        in (result.stderr.splitlines()[-1])
    )
    assert cloud.sent == []


@each_version
@pytest.mark.parametrize(
    ('option', 'complaint'),
    [
        ('--name=' + 'x' * 256, '--name: it has 256 characters'),
        ('--container=' + 'x' * 256, '--container: it has 256 characters'),
        ('--description=a\tb', r"--description: Cinder allows no '\t' in it"),
    ],
)
def test_what_cinder_would_refuse(
    cloud: Cloud, version: str, option: str, complaint: str
) -> None:
    result = create('data', option, version=version)
    assert (result.status, result.stdout) == (1, '')
    assert result.complaint.startswith(complaint)
    assert cloud.sent == []


@pytest.mark.parametrize('option', ['--property=a=b', '--availability-zone=z'])
def test_options_of_version_3(cloud: Cloud, option: str) -> None:
    result = create('data', option)
    assert result.status == 2
    assert f'unrecognized arguments: {option}' in result.stderr


@each_version
def test_by_names(cloud: Cloud, version: str) -> None:
    cloud.has_whatever_is_looked_for({'id': uuid(7)})
    BACKUP.is_created(cloud, BRIEF)
    assert create('data', '--snapshot=snap', version=version).status == 0
    assert cloud.sent == [
        'GET /volumes/detail?name=data',
        'GET /snapshots/detail?name=snap',
        'POST /backups',
    ]
    assert cloud.posted == [
        {'backup': {'volume_id': uuid(7), 'snapshot_id': uuid(7)}}
    ]


@each_version
def test_record(cloud: Cloud, version: str) -> None:
    """The server tells ID and name, and not more."""
    BACKUP.is_created(cloud, BRIEF)
    shown = create(uuid(1), version=version).json
    assert list(shown.items()) == [
        ('id', uuid(3)),
        ('name', None),
        ('volume_id', uuid(1)),
    ]


@each_version
def test_record_after_a_wait(cloud: Cloud, version: str) -> None:
    BACKUP.is_created(cloud, BRIEF)
    BACKUP.is_then(
        cloud,
        good(
            {
                'backup': backup(
                    status='available', object_count=5, metadata={'a': 'b'}
                )
            }
        ),
    )
    shown = create(uuid(1), '--wait', version=version).json
    assert list(shown)[:3] == ['id', 'name', 'volume_id']
    assert list(shown)[3:] == sorted(list(shown)[3:])
    assert shown == {
        'id': uuid(3),
        'name': 'copy',
        'volume_id': uuid(1),
        'availability_zone': 'nova',
        'container': 'volumebackups',
        'created_at': '2026-01-31T12:00:00.000000',
        'data_timestamp': '2026-01-31T12:00:00.000000',
        'description': None,
        'fail_reason': None,
        'has_dependent_backups': False,
        'is_incremental': False,
        'object_count': 5,
        'properties': {'a': 'b'},
        'size': 1,
        'snapshot_id': None,
        'status': 'available',
        'updated_at': None,
        'user_id': None,
    }


@each_version
def test_fail_reason(cloud: Cloud, version: str) -> None:
    """A backup has words of its own; no message is asked for."""
    BACKUP.is_created(cloud, BRIEF)
    failed = backup(status='error', fail_reason='disk full')
    BACKUP.is_then(cloud, good({'backup': failed}))
    result = create(uuid(1), '--wait', version=version)
    assert result.status == 1
    assert result.json['fail_reason'] == 'disk full'
    assert (
        f'backup {uuid(3)} is in status error: disk full'
        in result.stderr.splitlines()[-1]
    )
    assert all('messages' not in sent for sent in cloud.sent)


@pytest.mark.parametrize(
    ('message', 'advice'),
    [
        (
            'Invalid volume: Backing up an in-use volume must use the force '
            'flag.',
            '; --force backs up an attached volume',
        ),
        (
            'Invalid backup: No backups available to do an incremental '
            'backup.',
            '; --incremental-or-full makes a full one in this case',
        ),
    ],
)
def test_advice(cloud: Cloud, message: str, advice: str) -> None:
    BACKUP.is_created(cloud, fault(400, message))
    result = create(uuid(1))
    assert result.status == 1
    assert result.complaint.startswith('Could not create volume backup: Inv')
    assert result.complaint.endswith(advice)


@each_version
class TestIncrementalOrFull:
    def create(
        self, cloud: Cloud, version: str, *args: str, **volume_fields: Any
    ) -> Any:
        BACKUP.is_created(cloud, BRIEF)
        BACKUP.is_listed(cloud, backup(9, status='available', size=1))
        cloud.answers(
            'GET',
            f'/volumes/{uuid(1)}',
            good({'volume': volume(**volume_fields)}),
            major=int(version),
        )
        return create(uuid(1), '--incremental-or-full', *args, version=version)

    def test_incremental(self, cloud: Cloud, version: str) -> None:
        result = self.create(cloud, version)
        assert (result.status, result.stderr) == (0, '')
        assert cloud.posted[0]['backup']['incremental'] is True

    def test_full(self, cloud: Cloud, version: str) -> None:
        result = self.create(cloud, version, size=2)
        assert (result.status, result.stderr) == (0, '')
        assert cloud.posted[0]['backup']['incremental'] is False

    def test_of_a_snapshot(self, cloud: Cloud, version: str) -> None:
        """It is older than the data of the only backup."""
        old = snapshot(created_at='2025-01-01T00:00:00')
        cloud.answers(
            'GET',
            f'/snapshots/{uuid(2)}',
            good({'snapshot': old}),
            major=int(version),
        )
        result = self.create(cloud, version, f'--snapshot={uuid(2)}')
        assert (result.status, result.stderr) == (0, '')
        assert cloud.posted[0]['backup']['incremental'] is False

    def test_dry_run(self, cloud: Cloud, version: str) -> None:
        result = self.create(cloud, f'{version}', '--dry-run')
        assert result.json['body']['backup']['incremental'] is True
        assert all(not sent.startswith('POST') for sent in cloud.sent)

    def test_volume_that_is_not_there(
        self, cloud: Cloud, version: str
    ) -> None:
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': []}),
            major=int(version),
        )
        result = create('data', '--incremental-or-full', version=version)
        assert result.status == 1
        assert result.complaint == 'No volume found for data'


class TestFullInsteadOfIncremental:
    """Ceph makes a full one without a word, but for a message."""

    @pytest.mark.parametrize(
        ('messages', 'why'),
        [
            (
                [
                    {
                        'user_message': 'became\x1b full',
                        'message_level': 'WARNING',
                        'resource_uuid': uuid(1),
                        'created_at': '2026-01-31T12:30:00',
                    }
                ],
                r': became\x1b full',
            ),
            ([], ''),
        ],
    )
    def test_warned(
        self, cloud: Cloud, messages: list[dict[str, Any]], why: str
    ) -> None:
        BACKUP.is_created(cloud, BRIEF)
        BACKUP.is_then(cloud, 'available')
        cloud.answers('GET', '/messages', good({'messages': messages}))
        result = create(uuid(1), '--incremental', '--wait', version='3')
        assert result.status == 0
        assert result.stderr.splitlines()[1] == (
            f'Backup {uuid(3)} is a full backup although an incremental one '
            f'was requested{why}'
        )

    @pytest.mark.parametrize(
        ('option', 'incremental'),
        [('--incremental', True), ('--no-incremental', False)],
    )
    def test_as_it_should_be(
        self, cloud: Cloud, option: str, incremental: bool
    ) -> None:
        BACKUP.is_created(cloud, BRIEF)
        done = backup(status='available', is_incremental=incremental)
        BACKUP.is_then(cloud, good({'backup': done}))
        result = create(uuid(1), option, '--wait', version='3')
        assert result.status == 0
        assert 'waiting for it' in result.complaint
