# SPDX-License-Identifier: Apache-2.0

"""Old name of :mod:`osc_cinderlite.lib.resources.volumes`."""

from osc_cinderlite.lib.moved import warn
from osc_cinderlite.lib.resources.volumes import (
    VolumeCreate as VolumeCreate,
)
from osc_cinderlite.lib.resources.volumes import (
    VolumeManage as VolumeManage,
)
from osc_cinderlite.lib.resources.volumes import (
    VolumeManager as VolumeManager,
)

warn(__name__, 'osc_cinderlite.lib.resources.volumes')
