# SPDX-License-Identifier: Apache-2.0

"""Old name of :mod:`osc_cinderlite.lib.resources.snapshots`."""

from osc_cinderlite.lib.moved import warn
from osc_cinderlite.lib.resources.snapshots import (
    SnapshotCreate as SnapshotCreate,
)
from osc_cinderlite.lib.resources.snapshots import (
    SnapshotManage as SnapshotManage,
)
from osc_cinderlite.lib.resources.snapshots import (
    SnapshotManager as SnapshotManager,
)

warn(__name__, 'osc_cinderlite.lib.resources.snapshots')
