# SPDX-License-Identifier: Apache-2.0

"""Comparison of a record with what was requested."""

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import comparison
from osc_cinderlite.lib.resources.backups import VolumeBackupManager
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.snapshots import SnapshotManager
from osc_cinderlite.lib.resources.volumes import VolumeManager
from tests.unit.cloud import backup, snapshot, uuid, volume

IMAGE = {'image_id': uuid(7), 'image_name': 'cirros'}
UNSHOWN: dict[str, Any] = {'metadata': None}


def drop(record: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in keys}


def compared(
    manager: type[Manager], values: dict[str, Any], record: Resource
) -> bool | None:
    return comparison.all_of(
        *(same(values, record) for same in manager.comparisons)
    )


@pytest.mark.parametrize(
    ('asked', 'shown', 'verdict'),
    [
        ({}, {}, True),
        ({'size': 1}, {}, True),
        ({'size': 2}, {}, False),
        ({'description': ' nightly '}, {'description': 'nightly'}, True),
        ({'description': 'nightly'}, {}, False),
        ({}, {'description': 'nightly'}, False),
        ({'volume_type': 'fast'}, {}, True),
        ({'volume_type': 'slow'}, {'volume_type_id': uuid(5)}, False),
        ({'volume_type': uuid(5)}, {'volume_type_id': uuid(5)}, True),
        # Before 3.63 the ID of a type is not shown.
        ({'volume_type': uuid(5)}, {}, None),
        ({'availability_zone': 'nova'}, {}, True),
        ({'availability_zone': 'mars'}, {}, False),
        ({'metadata': {'a': 'b'}}, {'metadata': {'a': 'b'}}, True),
        ({'metadata': {'a': 'b'}}, {'metadata': {'a': 'c'}}, False),
        ({'metadata': {'a': 'b'}}, {}, False),
        ({}, {'metadata': {'a': 'b'}}, False),
        ({}, {'metadata': {'readonly': 'False'}}, True),
        ({}, UNSHOWN, None),
        ({'snapshot_id': uuid(5)}, {'snapshot_id': uuid(5)}, True),
        ({'snapshot_id': uuid(5)}, {}, False),
        ({}, {'snapshot_id': uuid(5)}, False),
        ({'source_volid': uuid(5)}, {'source_volid': uuid(5)}, True),
        ({'source_volid': uuid(5)}, {'source_volid': uuid(6)}, False),
        ({}, {'source_volid': uuid(5)}, False),
        ({'image': uuid(7)}, {'volume_image_metadata': IMAGE}, True),
        ({'image': 'cirros'}, {'volume_image_metadata': IMAGE}, True),
        (
            {'image': f'http://glance/v2/images/{uuid(7)}'},
            {'volume_image_metadata': IMAGE},
            True,
        ),
        ({'image': uuid(8)}, {'volume_image_metadata': IMAGE}, False),
        ({'image': uuid(7)}, {'status': 'creating'}, None),
        ({'image': uuid(7)}, {'status': 'downloading'}, None),
        ({'image': uuid(7)}, {'status': 'available'}, False),
        ({}, {'volume_image_metadata': IMAGE}, False),
        ({}, {'status': 'downloading'}, False),
        ({}, {'bootable': 'true'}, False),
        (
            {'source_volid': uuid(5)},
            {'source_volid': uuid(5), 'volume_image_metadata': IMAGE},
            True,
        ),
        (
            {'backup_id': uuid(5)},
            {'metadata': {'src_backup_id': uuid(5)}},
            True,
        ),
        (
            {'backup_id': uuid(5)},
            {'metadata': {'src_backup_id': uuid(6)}},
            False,
        ),
        ({'backup_id': uuid(5)}, {}, None),
        ({}, {'metadata': {'src_backup_id': uuid(6)}}, False),
        ({'group_id': uuid(5)}, {'group_id': uuid(5)}, True),
        ({'group_id': uuid(5)}, {'group_id': None}, False),
        ({'consistencygroup_id': uuid(5)}, {'group_id': uuid(5)}, True),
        (
            {'consistencygroup_id': uuid(5)},
            {'consistencygroup_id': uuid(5)},
            True,
        ),
        ({'group_id': uuid(5)}, {}, None),
        ({}, {'group_id': uuid(5)}, False),
    ],
)
def test_volume(
    asked: dict[str, Any], shown: dict[str, Any], verdict: bool | None
) -> None:
    record = Resource(volume(**shown))
    assert compared(VolumeManager, asked, record) is verdict


@pytest.mark.parametrize(
    ('asked', 'shown', 'verdict'),
    [
        ({}, {}, True),
        ({'volume_id': uuid(5)}, {}, False),
        ({'description': 'x'}, {}, False),
        ({'metadata': {'a': 'b'}}, {}, False),
        ({}, {'metadata': {'a': 'b'}}, False),
    ],
)
def test_snapshot(
    asked: dict[str, Any], shown: dict[str, Any], verdict: bool
) -> None:
    record = Resource(snapshot(**shown))
    values = {'volume_id': uuid(1), **asked}
    found = compared(SnapshotManager, values, record)
    assert found is verdict


@pytest.mark.parametrize(
    ('asked', 'record', 'verdict'),
    [
        ({}, backup(), True),
        ({'volume_id': uuid(5)}, backup(), False),
        ({'snapshot_id': uuid(5)}, backup(snapshot_id=uuid(5)), True),
        ({}, backup(snapshot_id=uuid(5)), False),
        ({'container': 'volumebackups'}, backup(), True),
        ({'container': 'mine'}, backup(), False),
        ({'incremental': True}, backup(is_incremental=True), True),
        ({'incremental': True}, backup(), False),
        ({}, backup(is_incremental=True), False),
        ({}, drop(backup(), 'is_incremental'), None),
        # Before 3.43 the properties of a backup are not shown.
        ({}, drop(backup(), 'metadata'), True),
        ({'metadata': {'a': 'b'}}, drop(backup(), 'metadata'), None),
        ({'container': 'mine'}, drop(backup(), 'container'), None),
    ],
)
def test_backup(
    asked: dict[str, Any], record: dict[str, Any], verdict: bool | None
) -> None:
    values = {'volume_id': uuid(1), **asked}
    found = compared(VolumeBackupManager, values, Resource(record))
    assert found is verdict
