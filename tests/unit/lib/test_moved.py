# SPDX-License-Identifier: Apache-2.0

"""Old names of the documented library."""

from __future__ import annotations

import importlib
import sys

import pytest


@pytest.mark.parametrize(
    ('old', 'new', 'names'),
    [
        ('base', 'resources.base', ['Manager']),
        ('base', 'resources.finder', ['Finder']),
        ('http', 'transport.http', ['HTTPClient']),
        ('messages', 'resources.messages', ['MessageManager']),
        ('resend', 'transport.retry', ['Patience']),
        (
            'volumes',
            'resources.volumes',
            ['VolumeManager', 'VolumeCreate', 'VolumeManage'],
        ),
        (
            'volume_snapshots',
            'resources.snapshots',
            ['SnapshotManager', 'SnapshotCreate', 'SnapshotManage'],
        ),
        (
            'volume_backups',
            'resources.backups',
            ['VolumeBackupManager', 'BackupCreate'],
        ),
    ],
)
def test_old_name(old: str, new: str, names: list[str]) -> None:
    sys.modules.pop(f'osc_cinderlite.lib.{old}', None)
    with pytest.warns(DeprecationWarning, match=rf'\.{old} is now osc_'):
        alias = importlib.import_module(f'osc_cinderlite.lib.{old}')
    now = importlib.import_module(f'osc_cinderlite.lib.{new}')
    for name in names:
        assert getattr(alias, name) is getattr(now, name)
