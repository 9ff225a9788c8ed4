# SPDX-License-Identifier: Apache-2.0

"""Backups, as the commands create them."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from osc_cinderlite.commands import columns, noun, option_types
from osc_cinderlite.commands.options import (
    Flag,
    Option,
    Pairs,
    Switch,
    UsageError,
)
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.client import Client
    from osc_cinderlite.lib.creating.creation import Creation
    from osc_cinderlite.lib.resource import Resource
    from osc_cinderlite.lib.resources.base import Manager

OPTIONS = (
    Option(
        'volume',
        _('Volume to backup (name or ID)'),
        field='volume_id',
        finds='volumes',
        single=True,
    ),
    Option('--name', _('Name of the backup'), single=True),
    Option(
        '--snapshot',
        _('Snapshot to backup (name or ID)'),
        field='snapshot_id',
        finds='snapshots',
        single=True,
    ),
    Option('--description', _('Description of the backup')),
    Option('--container', _('Optional backup container name')),
    Flag('--force', _('Allow to back up an in-use volume')),
    Switch(
        '--incremental',
        _('Perform an incremental backup'),
        '--no-incremental',
        _('Do not perform an incremental backup'),
        group='incremental',
    ),
    Flag(
        '--incremental-or-full',
        _(
            'Perform an incremental backup if the volume has an available '
            'backup of its present size, otherwise a full one'
        ),
        field=None,
        group='incremental',
        ours=True,
    ),
    Option(
        '--full-after',
        _(
            'With --incremental-or-full: perform a full backup if the last '
            'full one is older than <duration>, such as 30d'
        ),
        metavar='<duration>',
        type=option_types.duration,
        field=None,
        ours=True,
    ),
    Pairs(
        '--property',
        _(
            'Set a property on this backup (repeat option to set multiple '
            'properties)'
        ),
        field='metadata',
    ),
    Option(
        '--availability-zone',
        _(
            'AZ where the backup should be stored; by default it will be the '
            'same as the source'
        ),
        metavar='<zone-name>',
    ),
)


class Backup(noun.Noun):
    """Backups of volumes."""

    name = 'volume backup'
    description = _('Create new volume backup')
    bulk_description = _('Create a backup of each of many volumes')
    manager = 'backups'
    shown = columns.BACKUP
    options: ClassVar[Sequence[Option]] = OPTIONS
    # Made when the volume is known.
    choices = ('incremental_or_full', 'full_after')
    wait_timeout = 86400
    bulk_columns = {'Incremental': 'is_incremental', 'Size': 'size'}
    hints = {
        'must use the force flag': _('--force backs up an attached volume'),
        'Do a full backup': _(
            '--incremental-or-full makes a full one in this case'
        ),
        'No backups available to do an incremental backup': _(
            '--incremental-or-full makes a full one in this case'
        ),
    }

    def manager_class(self) -> 'type[Manager]':
        from osc_cinderlite.lib.resources.backups import VolumeBackupManager

        return VolumeBackupManager

    def complete(self, given: argparse.Namespace) -> None:
        if given.full_after is not None and not given.incremental_or_full:
            raise UsageError(_('--full-after needs --incremental-or-full'))

    def columns(self) -> tuple[str, ...]:
        return columns.BACKUP_FULL

    def show(
        self, record: 'Resource', made: 'Creation', *, full: bool
    ) -> dict[str, Any]:
        shown = {'volume_id': made.references['volume_id'].id, **record}
        return columns.show(
            shown, columns.BACKUP_FULL if full else self.shown[self.major]
        )

    def remark(self, made: 'Creation') -> str | None:
        """Return what ``--incremental-or-full`` has chosen."""
        if not made.chosen:
            return None
        if made.parent is None:
            return _('Making a full backup: there is no usable parent')
        return _('Making an incremental backup on top of %s') % made.parent.id

    def summary(self, made: 'Sequence[Creation]') -> str:
        """Return how many ``--incremental-or-full`` has chosen."""
        if not made:
            return ''
        kinds = [bool(one.values.get('incremental')) for one in made]
        return _('; %(incremental)d incremental, %(full)d full') % {
            'incremental': kinds.count(True),
            'full': kinds.count(False),
        }

    def review(
        self, client: 'Client', made: 'Creation', record: 'Resource'
    ) -> str | None:
        """Warn if an incremental backup was requested and a full one made."""
        if not made.values.get('incremental') or (
            record.get('is_incremental') is not False
        ):
            return None
        reason = client.messages.warning(
            record.get('volume_id', ''), since=record.get('created_at')
        )
        return _(
            'Backup %(id)s is a full backup although an incremental one was '
            'requested%(why)s'
        ) % {'id': record.id, 'why': f': {reason}' if reason else ''}
