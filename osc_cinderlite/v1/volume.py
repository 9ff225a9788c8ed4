# SPDX-License-Identifier: Apache-2.0

"""Volumes of the Block Storage API v1."""

from osc_cinderlite.commands import command
from osc_cinderlite.commands.volume import Volume


class CreateVolume(command.CreateOne):
    noun = Volume(1)


class BulkCreateVolume(command.CreateMany):
    noun = Volume(1)
