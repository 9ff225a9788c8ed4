# SPDX-License-Identifier: Apache-2.0

"""Options of volume create that only API v3 has."""

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib.resources import waiting
from tests.unit.cloud import Cloud, accepted, backup, good, uuid, volume
from tests.unit.kinds import VOLUME
from tests.unit.shell import openstack

REMOTE = ('--remote-source=source-name=lun-7', '--host=h@b#p')


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, 'SHORTEST', 0.001)


def create(*args: str, version: str = '3') -> Any:
    return openstack('volume', 'create', *args, '-f', 'json', version=version)


@pytest.mark.parametrize(
    ('args', 'body'),
    [
        ([f'--backup={uuid(3)}'], {'backup_id': uuid(3)}),
        (
            [f'--backup={uuid(3)}', '--size=5'],
            {'backup_id': uuid(3), 'size': 5},
        ),
        (['--size=1', f'--group={uuid(4)}'], {'size': 1, 'group_id': uuid(4)}),
    ],
)
def test_options(cloud: Cloud, args: list[str], body: dict[str, Any]) -> None:
    VOLUME.is_created(cloud)
    result = create(*args)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /volumes']
    assert cloud.posted == [{'volume': body}]


@pytest.mark.parametrize(
    ('option', 'collection', 'field'),
    [
        ('--backup', 'backups', 'backup_id'),
        ('--group', 'groups', 'group_id'),
    ],
)
def test_by_name(
    cloud: Cloud, option: str, collection: str, field: str
) -> None:
    cloud.has_whatever_is_looked_for({'id': uuid(7), 'size': 1})
    VOLUME.is_created(cloud)
    assert create('--size=3', f'{option}=x').status == 0
    assert cloud.sent == [f'GET /{collection}/detail?name=x', 'POST /volumes']
    assert cloud.posted == [{'volume': {'size': 3, field: uuid(7)}}]


@pytest.mark.parametrize(
    ('option', 'before', 'since'),
    [('--group', '3.12', '3.13'), ('--backup', '3.46', '3.47')],
)
def test_newer_options(
    cloud: Cloud, option: str, before: str, since: str
) -> None:
    """Refused before any look-up; the option is named, not the field."""
    VOLUME.is_created(cloud)
    args = ('--size=1', f'{option}=x')
    result = create(*args, version=before)
    assert (result.status, result.stdout) == (1, '')
    assert result.complaint == (
        f'{option} needs volume API version {since} or later, and {before} '
        'was requested'
    )
    assert cloud.sent == []
    cloud.has_whatever_is_looked_for({'id': uuid(7), 'size': 1})
    assert create(*args, version=since).status == 0


def test_older_cloud(cloud: Cloud) -> None:
    """Nothing is created without the backup either."""
    cloud.has_at_most('3.40')
    VOLUME.is_created(cloud, {'status_code': 406})
    result = create(f'--backup={uuid(3)}')
    assert result.status == 1
    assert result.complaint == (
        '--backup needs volume API version 3.47 or later, and this cloud has '
        'at most 3.40'
    )
    assert cloud.sent == ['POST /volumes', 'GET /v3/']


def test_dry_run_on_an_older_cloud(cloud: Cloud) -> None:
    """Nothing is looked up for it."""
    cloud.has_at_most('3.40')
    result = create('--backup=x', '--dry-run')
    assert result.status == 1
    assert 'this cloud has at most 3.40' in result.complaint
    assert cloud.sent == ['GET /v3/']


@pytest.mark.parametrize(
    'args',
    [
        ['--backup='],
        ['--size=1', '--group='],
        ['--remote-source=a'],
        ['--image=a', '--backup=b'],
        ['--source=a', '--backup=b'],
        ['--backup=a', '--remote-source=b=c'],
    ],
    ids=' '.join,
)
def test_usage(cloud: Cloud, args: list[str]) -> None:
    result = create(*args)
    assert (result.status, result.stdout) == (2, '')
    assert args[-1].partition('=')[0] in result.stderr.splitlines()[-1]
    assert cloud.sent == []


def test_size_is_needed(cloud: Cloud) -> None:
    result = create('data', '--image=cirros')
    assert result.status == 1
    assert result.complaint == (
        '--size is a required option if none of --snapshot, --backup, '
        '--source, or --remote-source are provided.'
    )
    assert cloud.sent == []


class TestRestore:
    def test_the_backup_is_shown(self, cloud: Cloud) -> None:
        VOLUME.is_created(cloud)
        assert create(f'--backup={uuid(3)}').json['backup_id'] == uuid(3)

    def test_the_backup_is_watched(self, cloud: Cloud) -> None:
        VOLUME.is_created(cloud)
        VOLUME.is_then(cloud, 'creating')
        cloud.answers('GET', '/messages', good({'messages': []}))
        cloud.answers(
            'GET',
            f'/backups/{uuid(3)}',
            good({'backup': backup(status='error')}),
        )
        result = create(f'--backup={uuid(3)}', '--wait')
        assert result.status == 1
        assert 'Cinder recorded no reason' in result.stderr
        assert f'GET /backups/{uuid(3)}' in cloud.sent


class TestRemoteSource:
    @pytest.mark.parametrize(
        ('args', 'body'),
        [
            (
                REMOTE,
                {'ref': {'source-name': 'lun-7'}, 'host': 'h@b#p'},
            ),
            (
                (
                    '--remote-source=source-name=lun-7',
                    '--remote-source=source-id=7',
                    '--cluster=c@b',
                    'data',
                    '--type=fast',
                    '--description=d',
                    '--availability-zone=nova',
                    '--property=a=b',
                    '--bootable',
                ),
                {
                    'ref': {'source-name': 'lun-7', 'source-id': '7'},
                    'cluster': 'c@b',
                    'name': 'data',
                    'volume_type': 'fast',
                    'description': 'd',
                    'availability_zone': 'nova',
                    'metadata': {'a': 'b'},
                    'bootable': True,
                },
            ),
            (
                (*REMOTE, '--non-bootable'),
                {
                    'ref': {'source-name': 'lun-7'},
                    'host': 'h@b#p',
                    'bootable': False,
                },
            ),
        ],
    )
    @pytest.mark.parametrize('version', ['3.16', '3.71', '3'])
    def test_body(
        self,
        cloud: Cloud,
        args: tuple[str, ...],
        body: dict[str, Any],
        version: str,
    ) -> None:
        """One request, of the version that was asked for."""
        cloud.answers(
            'POST', '/os-volume-manage', accepted('volume', volume())
        )
        result = create(*args, version=version)
        assert (result.status, result.stderr) == (0, '')
        assert cloud.sent == ['POST /os-volume-manage']
        assert cloud.posted == [{'volume': body}]
        asked = '3.71' if version == '3' else version
        assert cloud.requests[0].headers['OpenStack-API-Version'] == (
            f'volume {asked}'
        )

    def test_older_cloud(self, cloud: Cloud) -> None:
        cloud.has_at_most('3.59')
        cloud.answers(
            'POST',
            '/os-volume-manage',
            {'status_code': 406},
            accepted('volume', volume()),
        )
        assert create(*REMOTE).status == 0
        assert cloud.requests[-1].headers['OpenStack-API-Version'] == (
            'volume 3.59'
        )

    def test_cluster_before_3_16(self, cloud: Cloud) -> None:
        result = create(REMOTE[0], '--cluster=c', version='3.15')
        assert result.status == 1
        assert result.complaint == (
            '--cluster needs volume API version 3.16 or later, and 3.15 was '
            'requested'
        )
        assert cloud.sent == []

    @pytest.mark.parametrize(
        ('args', 'complaint'),
        [
            (
                ['--size=1', '--host=h'],
                'The --host and --cluster options are only supported with '
                '--remote-source parameter.',
            ),
            (
                ['--size=1', '--cluster=c'],
                'The --host and --cluster options are only supported with '
                '--remote-source parameter.',
            ),
            (
                [REMOTE[0]],
                'One of --host or --cluster needs to be specified to manage '
                'a volume.',
            ),
            (
                [REMOTE[0], '--host='],
                'One of --host or --cluster needs to be specified to manage '
                'a volume.',
            ),
            (
                [*REMOTE, '--cluster=c'],
                'Only one of --host or --cluster needs to be specified to '
                'manage a volume.',
            ),
            *(
                (
                    [*REMOTE, option, *value],
                    f'{option} cannot be given with --remote-source',
                )
                for option, *value in (
                    ('--size', '1'),
                    ('--consistency-group', 'x'),
                    ('--group', 'x'),
                    ('--hint', 'a=b'),
                    ('--read-only',),
                    ('--read-write',),
                )
            ),
            (
                [*REMOTE, '--size=1', '--read-write'],
                '--size, --read-write cannot be given with --remote-source',
            ),
            (
                [REMOTE[0], '--host=a b'],
                '--host: it is not of the form host@backend#pool',
            ),
            (
                [*REMOTE, '--description=a\nb'],
                r"--description: Cinder allows no '\n' in it, only printable "
                'characters on one line, and no emoji',
            ),
        ],
    )
    def test_refused(
        self, cloud: Cloud, args: list[str], complaint: str
    ) -> None:
        result = create(*args)
        assert (result.status, result.stdout) == (1, '')
        assert result.complaint == complaint
        assert cloud.sent == []

    def test_wait(self, cloud: Cloud) -> None:
        cloud.answers(
            'POST', '/os-volume-manage', accepted('volume', volume(size=0))
        )
        VOLUME.is_then(cloud, 'managing', 'available')
        result = create(*REMOTE, '--wait')
        assert result.status == 0
        assert result.json['status'] == 'available'

    def test_dry_run(self, cloud: Cloud) -> None:
        shown = create(*REMOTE, '--dry-run', version='3.40').json
        assert shown['path'].endswith('/os-volume-manage')
        assert shown['microversion'] == '3.40'
