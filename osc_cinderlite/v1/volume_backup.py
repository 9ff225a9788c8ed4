# SPDX-License-Identifier: Apache-2.0

"""Backups of the Block Storage API v1."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.backup import Backup


class CreateVolumeBackup(command.CreateOne):
    noun = Backup(1)


class BulkCreateVolumeBackup(command.CreateMany):
    noun = Backup(1)
