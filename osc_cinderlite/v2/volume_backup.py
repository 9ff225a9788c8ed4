# SPDX-License-Identifier: Apache-2.0

"""Volume v2 Backup action implementations"""

import argparse
from collections.abc import Sequence
import logging
from typing import TYPE_CHECKING, Any

from osc_cinderlite.commands import columns, options, single, volume_selection
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.creating import job, references
    from osc_cinderlite.lib.resource import Resource

LOG = logging.getLogger(__name__)


class BackupOptions(single.Create):
    """The options that say which backup to single."""

    attribute = 'backups'
    noun = 'volume backup'
    wait_timeout = 86400
    fields = {'metadata': '--property'}
    hints = {
        'must use the force flag': _('--force backs up an attached volume'),
        'No backups available to do an incremental backup': _(
            '--incremental-or-full makes a full one in this case'
        ),
    }

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            '--description',
            metavar='<description>',
            help=_('Description of the backup'),
        )
        parser.add_argument(
            '--container',
            metavar='<container>',
            help=_('Optional backup container name'),
        )
        parser.add_argument(
            '--force',
            action='store_true',
            default=False,
            help=_('Allow to back up an in-use volume'),
        )
        incremental_group = parser.add_mutually_exclusive_group()
        incremental_group.add_argument(
            '--incremental',
            action='store_true',
            default=None,
            help=_('Perform an incremental backup'),
        )
        incremental_group.add_argument(
            '--no-incremental',
            action='store_false',
            dest='incremental',
            default=None,
            help=_('Do not perform an incremental backup'),
        )
        incremental_group.add_argument(
            '--incremental-or-full',
            action='store_true',
            help=_(
                'Perform an incremental backup if the volume has an available '
                'backup of its present size, otherwise a full one'
            ),
        )

    def one(
        self,
        volume: 'references.Reference',
        name: str | None,
        parsed_args: argparse.Namespace,
        snapshot: 'references.Reference | None' = None,
    ) -> 'job.Creation':
        """Return the creation of one backup, of a volume or its snapshot."""
        from osc_cinderlite.lib.creating import job

        given = {'volume_id': volume}
        if snapshot is not None:
            given['snapshot_id'] = snapshot
        return job.BackupCreation(
            self.client.backups,
            {'name': name, **self.described(parsed_args)},
            given,
            incremental_or_full=parsed_args.incremental_or_full,
            chosen=self.chosen,
        )

    def described(self, parsed_args: argparse.Namespace) -> dict[str, Any]:
        """Return the fields that each new backup has."""
        return {
            'description': parsed_args.description,
            'container': parsed_args.container,
            'force': parsed_args.force or None,
            'incremental': parsed_args.incremental,
        }

    def chosen(self, parent: 'Resource | None') -> None:
        """Tell what ``--incremental-or-full`` has come to."""

    def review(self, wanted: 'job.Creation', resource: 'Resource') -> None:
        """Warn if an incremental backup was asked for and a full one made."""
        if wanted.values.get('incremental') and (
            resource.get('is_incremental') is False
        ):
            from osc_cinderlite.lib import exceptions

            reason = self.client.messages.warning(
                resource.get('volume_id', ''), since=resource.get('created_at')
            )
            LOG.warning(
                _(
                    'Backup %(id)s is a full backup although an incremental '
                    'one was requested%(why)s'
                ),
                {
                    'id': resource.id,
                    'why': exceptions.one_line(
                        f': {reason}' if reason else ''
                    ),
                },
            )


class BulkCreateVolumeBackup(BackupOptions, volume_selection.OfVolumes):
    _description = _('Create a backup of each of many volumes')

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._chosen = False
        self._kinds = {True: 0, False: 0}

    def chosen(self, parent: 'Resource | None') -> None:
        self._chosen = True

    def review(self, wanted: 'job.Creation', resource: 'Resource') -> None:
        super().review(wanted, resource)
        self._kinds[bool(wanted.values.get('incremental'))] += 1

    def remark(self) -> str:
        if not self._chosen:
            return ''
        return _('; %(incremental)d incremental, %(full)d full') % {
            'incremental': self._kinds[True],
            'full': self._kinds[False],
        }


class CreateVolumeBackup(BackupOptions, single.CreateOne):
    _description = _('Create new volume backup')

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            'volume',
            metavar='<volume>',
            type=options.not_empty,
            help=_('Volume to backup (name or ID)'),
        )
        parser.add_argument(
            '--name', metavar='<name>', help=_('Name of the backup')
        )
        parser.add_argument(
            '--snapshot',
            metavar='<snapshot>',
            type=options.not_empty,
            help=_('Snapshot to backup (name or ID)'),
        )
        super().add_options(parser)

    def chosen(self, parent: 'Resource | None') -> None:
        if parent is None:
            text = _('Making a full backup: there is no usable parent')
        else:
            text = _('Making an incremental backup on top of %s') % parent.id
        self.tell(text, self._parsed_args)

    def creation_for(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'job.Creation':
        self._parsed_args = parsed_args
        snapshot = None
        if parsed_args.snapshot is not None:
            snapshot = references(self.client.snapshots, parsed_args.snapshot)
        volume = references(self.client.volumes, parsed_args.volume)
        return self.one(volume, parsed_args.name, parsed_args, snapshot)

    def column_names(self) -> Sequence[str]:
        return columns.BACKUP_FULL

    def show(
        self, resource: 'Resource', made: 'job.Creation', full: bool
    ) -> dict[str, Any]:
        record = {'volume_id': made.references['volume_id'].id, **resource}
        return columns.show(
            record, columns.BACKUP_FULL if full else columns.BACKUP
        )
