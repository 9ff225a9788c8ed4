# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
