# SPDX-License-Identifier: Apache-2.0

"""Snapshots of the Block Storage API v1."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.snapshot import Snapshot
from osc_cinderlite.i18n import _


class CreateVolumeSnapshot(command.CreateOne):
    _description = _('Create new volume snapshot')

    noun = Snapshot()
    major = 1


class BulkCreateVolumeSnapshot(command.CreateMany):
    _description = _('Create a snapshot of each of many volumes')

    noun = Snapshot()
    major = 1
