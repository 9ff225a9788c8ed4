# SPDX-License-Identifier: Apache-2.0

"""Snapshots, as the commands create them."""

import argparse
from collections.abc import Sequence
import logging
from typing import TYPE_CHECKING, ClassVar

from osc_cinderlite.commands import columns, noun, option_types
from osc_cinderlite.commands.options import Flag, Option, Pairs
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.resources.base import Manager

LOG = logging.getLogger(__name__)

OPTIONS = (
    Option(
        'name',
        _('Name of the new snapshot'),
        metavar='<snapshot-name>',
        type=option_types.not_empty,
        single=True,
    ),
    Option(
        '--volume',
        _('Volume to snapshot (name or ID) (default is <snapshot-name>)'),
        field='volume_id',
        finds='volumes',
        single=True,
    ),
    Option('--description', _('Description of the snapshot')),
    Flag(
        '--force',
        _(
            'Allow snapshot of in-use (attached) volume. Only needed for '
            'microversions prior to 3.66; ignored for 3.66+'
        ),
    ),
    Pairs(
        '--property',
        _(
            'Set a property to this snapshot (repeat option to set multiple '
            'properties)'
        ),
        field='metadata',
    ),
    Pairs(
        '--remote-source',
        _(
            'The attribute(s) of the existing remote volume snapshot (admin '
            'required) (repeat option to specify multiple attributes) e.g.: '
            "'--remote-source source-name=test_name --remote-source "
            "source-id=test_id'"
        ),
        field='ref',
        single=True,
        since=2,
    ),
)


class Snapshot(noun.Noun):
    """Snapshots of volumes."""

    name = 'volume snapshot'
    description = _('Create new volume snapshot')
    bulk_description = _('Create a snapshot of each of many volumes')
    manager = 'snapshots'
    shown = columns.SNAPSHOT
    options: ClassVar[Sequence[Option]] = OPTIONS
    hints = {
        'must be available, but current status is: in-use': _(
            '--force snapshots an attached volume'
        ),
    }

    def manager_class(self) -> 'type[Manager]':
        from osc_cinderlite.lib.resources.snapshots import SnapshotManager

        return SnapshotManager

    def complete(self, given: argparse.Namespace) -> None:
        """Take the name for that of the volume, if no volume is given."""
        if getattr(given, 'volume', '') is None:
            given.volume = given.name

    def misfits(self, misfits: Sequence[str]) -> None:
        """Warn, as the stock command does: --force has no effect."""
        LOG.warning(
            _(
                "'--force' option will not work when you create new volume "
                'snapshot from an existing remote volume snapshot'
            )
        )
