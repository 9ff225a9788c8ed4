# SPDX-License-Identifier: Apache-2.0

"""Each body that can be built is one that Cinder accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.resources import base, fields
from osc_cinderlite.lib.resources.backups import BackupCreate
from osc_cinderlite.lib.resources.snapshots import (
    SnapshotCreate,
    SnapshotManage,
)
from osc_cinderlite.lib.resources.volumes import VolumeCreate, VolumeManage
from osc_cinderlite.lib.transport.versions import MAX, MIN, APIVersion
from tests.contract.schemas import Cinder
from tests.unit.cloud import Cloud, uuid

LONGEST = 'x' * 255
METADATA = {'key-1_a:b. /c': LONGEST, 'empty': ''}

#: a value, at its limits, for each field of each create
VALUES: dict[type, dict[str, Any]] = {
    VolumeCreate: {
        'size': 2147483647,
        'name': f' {LONGEST} ',
        'description': f'two\nlines \N{GRINNING FACE}{"x" * 200}',
        'volume_type': LONGEST,
        'availability_zone': LONGEST,
        'metadata': METADATA,
        'snapshot_id': uuid(1),
        'source_volid': uuid(2),
        'image': LONGEST,
        'consistencygroup_id': uuid(3),
        'group_id': uuid(4),
        'backup_id': uuid(5),
        'scheduler_hints': {'same_host': [uuid(6)]},
    },
    VolumeManage: {
        'ref': {'source-name': 'lun-7', 'source-id': '7'},
        'host': 'host.domain@backend#[dead:beef::1]:/pool+x_y',
        'cluster': LONGEST,
        'name': LONGEST,
        'description': 'x' * 255,
        'volume_type': LONGEST,
        'availability_zone': '',
        'metadata': METADATA,
        'bootable': False,
    },
    SnapshotCreate: {
        'volume_id': uuid(1),
        'name': '',
        'description': 'Größe: 5 ½\N{NO-BREAK SPACE}GiB',
        'metadata': METADATA,
        'force': True,
    },
    SnapshotManage: {
        'volume_id': uuid(1),
        'ref': {'source-name': 'snap-7'},
        'name': LONGEST,
        'description': '',
        'metadata': METADATA,
    },
    BackupCreate: {
        'volume_id': uuid(1),
        'name': LONGEST,
        'description': LONGEST,
        'container': LONGEST,
        'incremental': False,
        'force': True,
        'snapshot_id': uuid(2),
        'metadata': METADATA,
        'availability_zone': '',
    },
}

#: the fields without which a create is none
REQUIRED: dict[type, tuple[str, ...]] = {
    VolumeCreate: (),
    VolumeManage: ('ref',),
    SnapshotCreate: ('volume_id',),
    SnapshotManage: ('volume_id', 'ref'),
    BackupCreate: ('volume_id',),
}

PATHS: dict[type, str] = {
    VolumeCreate: 'volumes',
    VolumeManage: 'os-volume-manage',
    SnapshotCreate: 'snapshots',
    SnapshotManage: 'os-snapshot-manage',
    BackupCreate: 'backups',
}

#: where a schema of Cinder's changes, though no field of ours does
ELSEWHERE = {APIVersion(3, 52), APIVersion(3, 53)}


def boundaries(declared: type) -> list[APIVersion]:
    """Return the versions on both sides of each change."""
    found = {MIN, MAX, *ELSEWHERE}
    for field in fields.fields(declared).values():
        since = APIVersion.parse(field.since or '3.0')
        if since > MIN:
            found |= {since, APIVersion(3, since.minor - 1)}
        if field.until is not None:
            until = APIVersion.parse(field.until)
            found |= {until, APIVersion(3, until.minor + 1)}
    return sorted(found)


def manager(client: Client, declared: type) -> base.Manager:
    path = PATHS[declared]
    if 'snapshot' in path:
        return client.snapshots
    return client.backups if path == 'backups' else client.volumes


def has(declared: type, name: str, version: APIVersion) -> bool:
    since = fields.fields(declared)[name].since
    return since is None or version >= APIVersion.parse(since)


def bodies(declared: type, version: APIVersion) -> Iterator[dict[str, Any]]:
    """Return what is required, that and each other field, and all of it."""
    values = {
        name: value
        for name, value in VALUES[declared].items()
        if has(declared, name, version)
    }
    required = {name: values[name] for name in REQUIRED[declared]}
    yield required
    for name, value in values.items():
        yield {**required, name: value}
    yield values


def test_each_field_has_a_value() -> None:
    for declared, values in VALUES.items():
        assert values.keys() == fields.fields(declared).keys()


@pytest.mark.parametrize(
    ('declared', 'version'),
    [
        (declared, version)
        for declared in VALUES
        for version in boundaries(declared)
    ],
    ids=lambda given: getattr(given, '__name__', str(given)),
)
def test_accepted(
    cinder: Cinder, cloud: Cloud, declared: type, version: APIVersion
) -> None:
    creates = manager(cloud.client(str(version)), declared)
    for values in bodies(declared, version):
        request = creates.request(values)
        assert request.path == PATHS[declared]
        refused = cinder.refuses(
            request.path, str(version), request.body(version)
        )
        assert refused is None, values


GATED = [
    (declared, name, APIVersion.parse(field.since))
    for declared in VALUES
    for name, field in fields.fields(declared).items()
    if field.since is not None and APIVersion.parse(field.since) > MIN
]


@pytest.mark.parametrize(('declared', 'name', 'since'), GATED)
def test_gate(
    cinder: Cinder,
    cloud: Cloud,
    declared: type,
    name: str,
    since: APIVersion,
) -> None:
    """Our gate is just where Cinder's is.

    Before 3.53 Cinder bears unknown keys in a volume: there the gate shows in
    that it does not mind a wrong value yet.
    """
    before = APIVersion(3, since.minor - 1)
    required = {key: VALUES[declared][key] for key in REQUIRED[declared]}
    bears_unknown_keys = declared is VolumeCreate
    value = 5 if bears_unknown_keys else VALUES[declared][name]
    wire = fields.fields(declared)[name].wire or name
    key = manager(cloud.client(), declared).key
    forced = {key: {**required, wire: value}}

    at_gate = cinder.refuses(PATHS[declared], str(since), forced)
    earlier = cinder.refuses(PATHS[declared], str(before), forced)
    if bears_unknown_keys:
        assert at_gate is not None
        assert earlier is None
    else:
        assert at_gate is None
        assert earlier is not None
        assert 'Additional properties are not allowed' in earlier

    with pytest.raises(exceptions.UnsupportedVersion):
        manager(cloud.client(str(before)), declared).check(
            {**required, name: VALUES[declared][name]}
        )


def test_all_gates_are_known() -> None:
    assert {(d.__name__, n, str(v)) for d, n, v in GATED} == {
        ('VolumeCreate', 'group_id', '3.13'),
        ('VolumeCreate', 'backup_id', '3.47'),
        ('VolumeManage', 'cluster', '3.16'),
        ('BackupCreate', 'metadata', '3.43'),
        ('BackupCreate', 'availability_zone', '3.51'),
    }


@pytest.mark.parametrize('version', ['3.0', '3.52', '3.53', '3.71'])
@pytest.mark.parametrize(
    'hints',
    [
        {'same_host': [uuid(1), uuid(2)]},
        {'different_host': uuid(1)},
        {'local_to_instance': uuid(1)},
        {'query': '["=", "$backend_id", "a:b"]', 'other': 'x'},
    ],
)
def test_hints(
    cinder: Cinder, cloud: Cloud, version: str, hints: Mapping[str, Any]
) -> None:
    request = cloud.client(version).volumes.request(
        {'size': 1, 'scheduler_hints': hints}
    )
    built = request.body(APIVersion.parse(version))
    assert cinder.refuses(request.path, version, built) is None


def test_hints_inside_the_volume_are_refused(cinder: Cinder) -> None:
    inside = {'volume': {'size': 1, 'OS-SCH-HNT:scheduler_hints': {'a': 'b'}}}
    assert cinder.refuses('volumes', '3.53', inside) is not None


@pytest.mark.parametrize('version', ['3.0', '3.71'])
@pytest.mark.parametrize('flag', [True, False])
def test_actions(
    cinder: Cinder, cloud: Cloud, version: str, flag: bool
) -> None:
    cloud.answers('POST', f'/volumes/{uuid(1)}/action', {'status_code': 202})
    volumes = cloud.client(version).volumes
    volumes.set_bootable(uuid(1), flag)
    volumes.set_readonly(uuid(1), flag)
    for sent in cloud.posted:
        (action,) = sent
        assert cinder.refuses(action, version, sent) is None


LONG = LONGEST + 'x'


@pytest.mark.parametrize(
    ('declared', 'values'),
    [
        (VolumeCreate, {'name': LONG}),
        (VolumeCreate, {'description': LONG}),
        (VolumeCreate, {'volume_type': LONG}),
        (VolumeCreate, {'availability_zone': ''}),
        (VolumeCreate, {'availability_zone': LONG}),
        (VolumeCreate, {'image': LONG}),
        (VolumeCreate, {'metadata': {'a$': 'x'}}),
        (VolumeCreate, {'metadata': {'': 'x'}}),
        (VolumeCreate, {'metadata': {LONG: 'x'}}),
        (VolumeCreate, {'metadata': {'a': LONG}}),
        (VolumeCreate, {'metadata': {'a': 5}}),
        (VolumeManage, {'name': LONG}),
        (VolumeManage, {'description': 'a\nb'}),
        (VolumeManage, {'volume_type': LONG}),
        (VolumeManage, {'availability_zone': LONG}),
        (VolumeManage, {'host': 'a b'}),
        (VolumeManage, {'host': ''}),
        (VolumeManage, {'host': LONG}),
        (VolumeManage, {'cluster': LONG}),
        (VolumeManage, {'metadata': {'ä': 'x'}}),
        (SnapshotCreate, {'name': LONG}),
        (SnapshotCreate, {'name': f'{LONGEST} '}),
        (SnapshotCreate, {'description': 'a\tb'}),
        (SnapshotCreate, {'description': '\u2028'}),
        (SnapshotCreate, {'description': '\N{GRINNING FACE}'}),
        (SnapshotCreate, {'description': '\uffff'}),
        (SnapshotCreate, {'metadata': {'a$': 'x'}}),
        (SnapshotManage, {'name': LONG}),
        (SnapshotManage, {'description': '\x1b'}),
        (SnapshotManage, {'metadata': {'a$': 'x'}}),
        (BackupCreate, {'name': LONG}),
        (BackupCreate, {'description': '\u200b'}),
        (BackupCreate, {'container': LONG}),
        (BackupCreate, {'metadata': {'a$': 'x'}}),
        (BackupCreate, {'availability_zone': LONG}),
    ],
)
def test_what_we_refuse_cinder_refuses(
    cinder: Cinder, cloud: Cloud, declared: type, values: dict[str, Any]
) -> None:
    required = {key: VALUES[declared][key] for key in REQUIRED[declared]}
    creates = manager(cloud.client(), declared)
    with pytest.raises(exceptions.InvalidValue):
        creates.check({**required, **values})
    ((name, value),) = values.items()
    wire = fields.fields(declared)[name].wire or name
    raw = {creates.key: {**required, wire: value}}
    assert cinder.refuses(PATHS[declared], str(MAX), raw) is not None


@pytest.mark.parametrize(
    'hints',
    [
        {'same_host': ['data']},
        {'different_host': [uuid(1), 'data']},
        {'same_host': [uuid(1), uuid(1)]},
        {'local_to_instance': 'web'},
    ],
)
def test_hints_that_we_refuse_cinder_refuses(
    cinder: Cinder, cloud: Cloud, hints: dict[str, Any]
) -> None:
    with pytest.raises(exceptions.InvalidValue):
        cloud.client().volumes.check({'scheduler_hints': hints})
    raw = {'volume': {'size': 1}, 'OS-SCH-HNT:scheduler_hints': hints}
    assert cinder.refuses('volumes', str(MAX), raw) is not None
