# SPDX-License-Identifier: Apache-2.0

"""Old name of :mod:`osc_cinderlite.lib.resources.backups`."""

from osc_cinderlite.lib.moved import warn
from osc_cinderlite.lib.resources.backups import (
    BackupCreate as BackupCreate,
)
from osc_cinderlite.lib.resources.backups import (
    VolumeBackupManager as VolumeBackupManager,
)

warn(__name__, 'osc_cinderlite.lib.resources.backups')
