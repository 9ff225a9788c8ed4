# SPDX-License-Identifier: Apache-2.0

"""Volume v3 Backup action implementations"""

import argparse
from typing import Any

from osc_lib.cli import parseractions

from osc_cinderlite.i18n import _
from osc_cinderlite.v2 import volume_backup as volume_backup_v2


class BackupOptions(volume_backup_v2.BackupOptions):
    """The options of v2, and what v3 has beside them."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            '--property',
            metavar='<key=value>',
            action=parseractions.KeyValueAction,
            dest='properties',
            help=_(
                'Set a property on this backup '
                '(repeat option to set multiple properties) '
                '(supported by --os-volume-api-version 3.43 or above)'
            ),
        )
        parser.add_argument(
            '--availability-zone',
            metavar='<zone-name>',
            help=_(
                'AZ where the backup should be stored; by default it will be '
                'the same as the source '
                '(supported by --os-volume-api-version 3.51 or above)'
            ),
        )

    def described(self, parsed_args: argparse.Namespace) -> dict[str, Any]:
        return {
            **super().described(parsed_args),
            'metadata': parsed_args.properties,
            'availability_zone': parsed_args.availability_zone,
        }


class BulkCreateVolumeBackup(
    BackupOptions, volume_backup_v2.BulkCreateVolumeBackup
):
    pass


class CreateVolumeBackup(BackupOptions, volume_backup_v2.CreateVolumeBackup):
    pass
