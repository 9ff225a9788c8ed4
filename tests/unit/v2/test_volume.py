# SPDX-License-Identifier: Apache-2.0

"""volume create, as both versions have it."""

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib.resources import waiting
from tests.unit.cloud import Cloud, accepted, fault, good, page, uuid, volume
from tests.unit.kinds import VOLUME
from tests.unit.shell import openstack

HINTS = 'OS-SCH-HNT:scheduler_hints'
VERSIONS = ('2', '3')

each_version = pytest.mark.parametrize('version', VERSIONS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, 'SHORTEST', 0.001)


def create(*args: str, version: str = '2') -> Any:
    return openstack('volume', 'create', *args, '-f', 'json', version=version)


@each_version
@pytest.mark.parametrize(
    ('args', 'body'),
    [
        (['--size=1'], {'size': 1}),
        (['data', '--size=10G'], {'name': 'data', 'size': 10}),
        (['--size', '2T', 'data'], {'name': 'data', 'size': 2048}),
        (['--size=1', '--type=fast'], {'size': 1, 'volume_type': 'fast'}),
        (
            ['--size=1', '--description=a b'],
            {'size': 1, 'description': 'a b'},
        ),
        (['--size=1', '--description='], {'size': 1, 'description': ''}),
        (
            ['--size=1', '--availability-zone=nova'],
            {'size': 1, 'availability_zone': 'nova'},
        ),
        (
            ['--size=1', '--property=a=b', '--property=c=d=e'],
            {'size': 1, 'metadata': {'a': 'b', 'c': 'd=e'}},
        ),
        (
            ['--size=1', '--property=a=b', '--property=a=c'],
            {'size': 1, 'metadata': {'a': 'c'}},
        ),
        (
            ['--size=1', f'--consistency-group={uuid(5)}'],
            {'size': 1, 'consistencygroup_id': uuid(5)},
        ),
        # Cinder itself asks Glance.
        (['--size=1', '--image=cirros'], {'size': 1, 'imageRef': 'cirros'}),
        ([f'--source={uuid(4)}'], {'source_volid': uuid(4)}),
        ([f'--snapshot={uuid(4)}'], {'snapshot_id': uuid(4)}),
        (
            [f'--source={uuid(4)}', '--size=9'],
            {'source_volid': uuid(4), 'size': 9},
        ),
    ],
)
def test_options(
    cloud: Cloud, version: str, args: list[str], body: dict[str, Any]
) -> None:
    VOLUME.is_created(cloud)
    result = create(*args, version=version)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /volumes']
    assert cloud.posted == [{'volume': body}]


@each_version
@pytest.mark.parametrize(
    ('args', 'hints'),
    [
        (['--hint=a=b', '--hint=c=d'], {'a': 'b', 'c': 'd'}),
        (
            [f'--hint=same_host={uuid(1)}', f'--hint=same_host={uuid(2)}'],
            {'same_host': [uuid(1), uuid(2)]},
        ),
        ([f'--hint=different_host={uuid(1)}'], {'different_host': [uuid(1)]}),
        (['--hint=query=["="]'], {'query': '["="]'}),
    ],
)
def test_hints(
    cloud: Cloud, version: str, args: list[str], hints: dict[str, Any]
) -> None:
    """They stand beside the volume: elsewhere Cinder does not see them."""
    VOLUME.is_created(cloud)
    assert create('--size=1', *args, version=version).status == 0
    assert cloud.posted == [{'volume': {'size': 1}, HINTS: hints}]


@each_version
@pytest.mark.parametrize(
    'args',
    [
        ['--size=0'],
        ['--size=-1'],
        ['--size=1.5'],
        ['--size=big'],
        ['--size='],
        ['--size=1', '--image='],
        ['--source='],
        ['--snapshot='],
        ['--size=1', '--type='],
        ['--size=1', '--consistency-group='],
        ['--size=1', '--source-replicated=x'],
        ['--size=1', '--property=a'],
        ['--size=1', '--property==b'],
        ['--size=1', '--hint=a'],
        ['--size=1', '--hint=query={'],
        ['--image=a', '--source=b'],
        ['--image=a', '--snapshot=b'],
        ['--snapshot=a', '--source=b'],
        ['--size=1', '--bootable', '--non-bootable'],
        ['--size=1', '--read-only', '--read-write'],
        ['--size=1', 'two', 'names'],
    ],
    ids=' '.join,
)
def test_usage(cloud: Cloud, version: str, args: list[str]) -> None:
    result = create(*args, version=version)
    assert (result.status, result.stdout) == (2, '')
    complaint = result.stderr.splitlines()[-1]
    assert complaint.startswith('openstack volume create: error: ')
    option = args[-1].partition('=')[0]
    assert option in complaint or option == 'names'
    assert cloud.sent == []


def test_source_replicated_is_not_ignored(cloud: Cloud) -> None:
    result = create('--size=1', '--source-replicated=x')
    assert 'Cinder no longer has replicated volumes' in result.stderr


@each_version
@pytest.mark.parametrize(
    ('args', 'complaint'),
    [
        (['x' * 256], '<name>: it has 256 characters, 255 are allowed'),
        (['--description=' + 'x' * 256], '--description: it has 256 char'),
        (['--type=' + 'x' * 256], '--type: it has 256 characters'),
        (['--image=' + 'x' * 256], '--image: it has 256 characters'),
        (['--availability-zone='], '--availability-zone: it is empty'),
        (['--property=a$=b'], "--property: the key 'a$' must have 1 to"),
        (
            ['--hint=same_host=data'],
            "--hint: same_host takes the ID of a volume, not 'data'",
        ),
    ],
)
def test_what_cinder_would_refuse(
    cloud: Cloud, version: str, args: list[str], complaint: str
) -> None:
    """Before anything is looked up."""
    result = create(
        '--size=1', '--consistency-group=x', *args, version=version
    )
    assert (result.status, result.stdout) == (1, '')
    assert result.complaint.startswith(complaint)
    assert cloud.sent == []


@pytest.mark.parametrize(
    'args', [[], ['data'], ['--image=cirros'], ['--hint=a=b']]
)
def test_size_is_needed(cloud: Cloud, args: list[str]) -> None:
    result = create(*args)
    assert result.status == 1
    assert result.complaint == (
        '--size is a required option if --snapshot or --source are not '
        'specified'
    )
    assert cloud.sent == []


@pytest.mark.parametrize(
    'option',
    [
        '--backup=x',
        '--remote-source=a=b',
        '--host=h',
        '--cluster=c',
        '--group=g',
    ],
)
def test_options_of_version_3(cloud: Cloud, option: str) -> None:
    result = create('--size=1', option)
    assert result.status == 2
    assert f'unrecognized arguments: {option}' in result.stderr


@each_version
@pytest.mark.parametrize(
    ('option', 'collection', 'field'),
    [
        ('--source', 'volumes', 'source_volid'),
        ('--snapshot', 'snapshots', 'snapshot_id'),
        (
            '--consistency-group',
            'consistencygroups',
            'consistencygroup_id',
        ),
    ],
)
def test_by_name(
    cloud: Cloud, version: str, option: str, collection: str, field: str
) -> None:
    """One list for the name, and the create."""
    cloud.has_whatever_is_looked_for({'id': uuid(7), 'size': 1})
    VOLUME.is_created(cloud)
    result = create('--size=3', f'{option}=a/b', version=version)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == [
        f'GET /{collection}/detail?name=a%2Fb',
        'POST /volumes',
    ]
    assert cloud.posted == [{'volume': {'size': 3, field: uuid(7)}}]


@each_version
def test_size_below_that_of_the_source(cloud: Cloud, version: str) -> None:
    cloud.has_whatever_is_looked_for({'id': uuid(7), 'size': 5})
    VOLUME.is_created(cloud)
    result = create('--size=1', '--source=data', version=version)
    assert result.status == 0
    assert result.complaint == (
        'The size of 1 GiB is below that of its source; the volume is made '
        'with 5 GiB.'
    )
    assert cloud.posted[0]['volume']['size'] == 5


class TestColumns:
    COMMON = {
        'attachments': [],
        'availability_zone': 'nova',
        'bootable': False,
        'created_at': '2026-01-31T12:00:00.000000',
        'description': None,
        'encrypted': False,
        'id': uuid(1),
        'multiattach': False,
        'name': 'data',
        'os-vol-host-attr:host': None,
        'os-vol-mig-status-attr:migstat': None,
        'os-vol-mig-status-attr:name_id': None,
        'os-vol-tenant-attr:tenant_id': None,
        'properties': {},
        'replication_status': None,
        'size': 1,
        'snapshot_id': None,
        'source_volid': None,
        'status': 'creating',
        'type': 'fast',
        'updated_at': None,
        'user_id': None,
    }
    OF = {
        '2': {
            'os-volume-replication:driver_data': None,
            'os-volume-replication:extended_status': None,
        },
        '3': dict.fromkeys(
            [
                'backup_id',
                'cluster_name',
                'consumes_quota',
                'group_id',
                'provider_id',
                'service_uuid',
                'shared_targets',
                'volume_type_id',
            ]
        ),
    }

    @each_version
    def test_record(self, cloud: Cloud, version: str) -> None:
        VOLUME.is_created(cloud)
        shown = create('--size=1', version=version).json
        assert shown == {**self.COMMON, **self.OF[version]}
        assert list(shown) == sorted(shown)

    @each_version
    @pytest.mark.parametrize(
        ('sent', 'shown'),
        [('true', True), ('True', True), ('false', False), (None, None)],
    )
    def test_bootable(
        self, cloud: Cloud, version: str, sent: Any, shown: Any
    ) -> None:
        record = volume(bootable=sent)
        VOLUME.is_created(cloud, accepted('volume', record))
        assert create('--size=1', version=version).json['bootable'] is shown

    @each_version
    def test_properties(self, cloud: Cloud, version: str) -> None:
        record = volume(metadata={'b': '2', 'a': "1'"})
        VOLUME.is_created(cloud, accepted('volume', record))
        assert create('--size=1', version=version).json['properties'] == {
            'a': "1'",
            'b': '2',
        }
        table = openstack('volume', 'create', '--size=1', version=version)
        assert "a='1'', b='2'" in table.stdout

    @pytest.mark.parametrize(
        ('version', 'columns'),
        [
            ('2', {'consistencygroup_id', 'volume_image_metadata'}),
            (
                '3',
                {
                    'consistencygroup_id',
                    'volume_image_metadata',
                    'encryption_key_id',
                },
            ),
        ],
    )
    def test_shown_if_there(
        self, cloud: Cloud, version: str, columns: set[str]
    ) -> None:
        there: dict[str, Any] = {
            'consistencygroup_id': uuid(1),
            'volume_image_metadata': {'a': 'b'},
            'encryption_key_id': uuid(2),
        }
        VOLUME.is_created(cloud, accepted('volume', volume(**there)))
        shown = create('--size=1', version=version).json
        assert columns == shown.keys() & there.keys()
        assert {name: shown[name] for name in columns} == {
            name: there[name] for name in columns
        }

    def test_what_the_server_sends_beside(self, cloud: Cloud) -> None:
        record = volume(links=[{}], surprise=5, migration_status=None)
        VOLUME.is_created(cloud, accepted('volume', record))
        shown = create('--size=1', version='3').json
        assert not {'links', 'surprise', 'metadata', 'volume_type'} & set(
            shown
        )


@each_version
class TestFollowUps:
    @pytest.mark.parametrize(
        ('options', 'actions'),
        [
            (['--bootable'], [{'os-set_bootable': {'bootable': True}}]),
            (['--non-bootable'], [{'os-set_bootable': {'bootable': False}}]),
            (
                ['--read-only'],
                [{'os-update_readonly_flag': {'readonly': True}}],
            ),
            (
                ['--read-write', '--bootable'],
                [
                    {'os-set_bootable': {'bootable': True}},
                    {'os-update_readonly_flag': {'readonly': False}},
                ],
            ),
        ],
        ids=lambda given: ' '.join(map(str, given)),
    )
    def test_done_once_it_is_available(
        self,
        cloud: Cloud,
        version: str,
        options: list[str],
        actions: list[Any],
    ) -> None:
        """The record is printed as it is then."""
        one = f'/volumes/{uuid(1)}'
        VOLUME.is_created(cloud)
        VOLUME.is_then(
            cloud,
            'creating',
            'available',
            good({'volume': volume(status='available', bootable='true')}),
        )
        cloud.answers(
            'POST', f'{one}/action', page(202, ''), major=int(version)
        )
        result = create('--size=1', *options, version=version)
        assert result.status == 0, result
        assert cloud.sent == [
            'POST /volumes',
            f'GET {one}',
            f'GET {one}',
            *len(actions) * [f'POST {one}/action'],
            f'GET {one}',
        ]
        assert cloud.posted[1:] == actions
        assert result.json['bootable'] is True
        assert result.json['status'] == 'available'
        # As the stock command, it says nothing: scripts merge the streams.
        assert result.stderr == ''

    def test_refused(self, cloud: Cloud, version: str) -> None:
        VOLUME.is_created(cloud)
        VOLUME.is_then(cloud, 'available')
        cloud.answers(
            'POST',
            f'/volumes/{uuid(1)}/action',
            fault(403, 'Policy says no.'),
            major=int(version),
        )
        result = create('--size=1', '--bootable', version=version)
        assert result.status == 1
        assert result.json['id'] == uuid(1)
        assert result.json['status'] == 'available'
        assert result.complaint.startswith(
            f'Could not finish volume {uuid(1)}: Policy says no (HTTP 403'
        )

    def test_volume_failed(self, cloud: Cloud, version: str) -> None:
        """Then nothing more is done to it."""
        VOLUME.is_created(cloud)
        VOLUME.is_then(cloud, 'error_restoring')
        cloud.answers('GET', '/messages', good({'messages': []}))
        result = create('--size=1', '--read-only', version=version)
        assert result.status == 1
        assert result.json['status'] == 'error_restoring'
        assert len(cloud.posted) == 1

    def test_takes_too_long(self, cloud: Cloud, version: str) -> None:
        VOLUME.is_created(cloud)
        VOLUME.is_then(cloud, 'maintenance')
        result = create(
            '--size=1', '--bootable', '--wait-timeout=0.05', version=version
        )
        assert result.status == 3
        assert result.json['status'] == 'maintenance'

    def test_not_done_to_what_exists(self, cloud: Cloud, version: str) -> None:
        VOLUME.is_listed(cloud, VOLUME.record)
        result = create(
            'data', '--size=1', '--or-show', '--bootable', version=version
        )
        assert (result.status, result.stderr) == (0, '')
        assert cloud.sent == ['GET /volumes/detail?name=data']

    def test_dry_run(self, cloud: Cloud, version: str) -> None:
        result = create('--size=1', '--bootable', '--dry-run', version=version)
        assert result.status == 0
        assert result.json['body'] == {'volume': {'size': 1}}
