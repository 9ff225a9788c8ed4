# SPDX-License-Identifier: Apache-2.0

"""Volume v2 snapshot action implementations"""

import argparse
from collections.abc import Mapping, Sequence
import logging
from typing import TYPE_CHECKING, Any

from osc_lib.cli import parseractions

from osc_cinderlite.commands import columns, options, single, volume_selection
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.creating import job, references
    from osc_cinderlite.lib.resource import Resource

LOG = logging.getLogger(__name__)


class SnapshotOptions(single.Create):
    """The options that say which snapshot to single."""

    attribute = 'snapshots'
    noun = 'volume snapshot'
    fields = {'name': '<snapshot-name>', 'metadata': '--property'}
    hints = {
        'must be available, but current status is: in-use': _(
            '--force snapshots an attached volume'
        ),
    }

    _force_help = _('Create a snapshot attached to an instance')

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            '--description',
            metavar='<description>',
            help=_('Description of the snapshot'),
        )
        parser.add_argument(
            '--force',
            action='store_true',
            default=False,
            help=self._force_help,
        )
        parser.add_argument(
            '--property',
            metavar='<key=value>',
            dest='properties',
            action=parseractions.KeyValueAction,
            help=_(
                'Set a property to this snapshot '
                '(repeat option to set multiple properties)'
            ),
        )

    def one(
        self,
        volume: 'references.Reference',
        name: str | None,
        parsed_args: argparse.Namespace,
        ref: Mapping[str, str] | None = None,
    ) -> 'job.Creation':
        """Return the creation of one snapshot.

        :param ref: how the storage backend knows one that exists already
        """
        from osc_cinderlite.lib.creating import job

        force = parsed_args.force or None
        return job.Creation(
            self.manager,
            {
                'name': name,
                'description': parsed_args.description,
                'metadata': parsed_args.properties,
                **({'force': force} if ref is None else {'ref': ref}),
            },
            {'volume_id': volume},
        )


class BulkCreateVolumeSnapshot(SnapshotOptions, volume_selection.OfVolumes):
    _description = _('Create a snapshot of each of many volumes')


class CreateVolumeSnapshot(SnapshotOptions, single.CreateOne):
    _description = _('Create new volume snapshot')

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            'snapshot_name',
            metavar='<snapshot-name>',
            type=options.not_empty,
            help=_('Name of the new snapshot'),
        )
        parser.add_argument(
            '--volume',
            metavar='<volume>',
            type=options.not_empty,
            help=_(
                'Volume to snapshot (name or ID) (default is <snapshot-name>)'
            ),
        )
        super().add_options(parser)
        parser.add_argument(
            '--remote-source',
            metavar='<key=value>',
            action=parseractions.KeyValueAction,
            help=_(
                'The attribute(s) of the existing remote volume snapshot '
                '(admin required) (repeat option to specify multiple '
                "attributes) e.g.: '--remote-source source-name=test_name "
                "--remote-source source-id=test_id'"
            ),
        )

    def creation_for(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'job.Creation':
        if parsed_args.remote_source and parsed_args.force:
            LOG.warning(
                _(
                    "'--force' option will not work when you create "
                    'new volume snapshot from an existing remote '
                    'volume snapshot'
                )
            )
        volume = references(
            self.client.volumes,
            parsed_args.volume or parsed_args.snapshot_name,
        )
        return self.one(
            volume,
            parsed_args.snapshot_name,
            parsed_args,
            parsed_args.remote_source,
        )

    def column_names(self) -> Sequence[str]:
        return columns.SNAPSHOT

    def show(
        self, resource: 'Resource', made: 'job.Creation', full: bool
    ) -> dict[str, Any]:
        return columns.show(resource, columns.SNAPSHOT)
