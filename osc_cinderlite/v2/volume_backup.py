# SPDX-License-Identifier: Apache-2.0

"""Backups of the Block Storage API v2."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.backup import Backup


class CreateVolumeBackup(command.CreateOne):
    noun = Backup(2)


class BulkCreateVolumeBackup(command.CreateMany):
    noun = Backup(2)
