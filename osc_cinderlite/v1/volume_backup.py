# SPDX-License-Identifier: Apache-2.0

"""Backups of the Block Storage API v1."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.backup import Backup
from osc_cinderlite.i18n import _


class CreateVolumeBackup(command.CreateOne):
    _description = _('Create new volume backup')

    noun = Backup()
    major = 1


class BulkCreateVolumeBackup(command.CreateMany):
    _description = _('Create a backup of each of many volumes')

    noun = Backup()
    major = 1
