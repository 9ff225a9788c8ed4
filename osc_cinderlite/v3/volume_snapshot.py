# SPDX-License-Identifier: Apache-2.0

"""Volume v3 snapshot action implementations"""

from osc_cinderlite.i18n import _
from osc_cinderlite.v2 import volume_snapshot as volume_snapshot_v2


class SnapshotOptions(volume_snapshot_v2.SnapshotOptions):
    """The options of v2; v3 needs one of them no more."""

    _force_help = _(
        'Allow snapshot of in-use (attached) volume. '
        'Only needed for microversions prior to 3.66; ignored for 3.66+'
    )


class BulkCreateVolumeSnapshot(
    SnapshotOptions, volume_snapshot_v2.BulkCreateVolumeSnapshot
):
    pass


class CreateVolumeSnapshot(
    SnapshotOptions, volume_snapshot_v2.CreateVolumeSnapshot
):
    pass
