# SPDX-License-Identifier: Apache-2.0

"""Volumes of the Block Storage API v1."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.volume import Volume
from osc_cinderlite.i18n import _


class CreateVolume(command.CreateOne):
    _description = _('Create new volume')

    noun = Volume()
    major = 1


class BulkCreateVolume(command.CreateMany):
    _description = _('Create many volumes')

    noun = Volume()
    major = 1
