# SPDX-License-Identifier: Apache-2.0

"""Snapshots of the Block Storage API v3."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.snapshot import Snapshot


class CreateVolumeSnapshot(command.CreateOne):
    noun = Snapshot(3)


class BulkCreateVolumeSnapshot(command.CreateMany):
    noun = Snapshot(3)
