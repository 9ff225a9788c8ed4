# SPDX-License-Identifier: Apache-2.0

"""Volume v3 Volume action implementations"""

import argparse
from typing import TYPE_CHECKING, Any

from osc_lib import exceptions as osc_exceptions
from osc_lib.cli import parseractions

from osc_cinderlite.commands import columns, options
from osc_cinderlite.i18n import _
from osc_cinderlite.v2 import volume as volume_v2

if TYPE_CHECKING:
    from osc_cinderlite.lib.creating import job, references
    from osc_cinderlite.lib.resource import Resource


class VolumeOptions(volume_v2.VolumeOptions):
    """The options of v2, and what v3 has beside them."""

    _references = (
        *volume_v2.VolumeOptions._references,
        ('backup', 'backup_id', 'backups'),
        ('group', 'group_id', 'groups'),
    )
    _sized = ('snapshot', 'source', 'backup', 'remote_source')

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            '--group',
            metavar='<group>',
            type=options.not_empty,
            help=_(
                'Group where the new volume belongs to (name or ID) '
                '(supported by --os-volume-api-version 3.13 or later)'
            ),
        )
        parser.add_argument(
            '--host',
            metavar='<host>',
            help=_(
                'Cinder host on which the existing volume resides; '
                'takes the form: host@backend-name#pool. This is only '
                'used along with the --remote-source option.'
            ),
        )
        parser.add_argument(
            '--cluster',
            metavar='<cluster>',
            help=_(
                'Cinder cluster on which the existing volume resides; '
                'takes the form: cluster@backend-name#pool. This is only '
                'used along with the --remote-source option. '
                '(supported by --os-volume-api-version 3.16 or above)'
            ),
        )

    def add_sources(self, group: argparse._MutuallyExclusiveGroup) -> None:
        super().add_sources(group)
        group.add_argument(
            '--backup',
            metavar='<backup>',
            type=options.not_empty,
            help=_(
                'Restore backup to a volume (name or ID) '
                '(supported by --os-volume-api-version 3.47 or later)'
            ),
        )
        group.add_argument(
            '--remote-source',
            metavar='<key=value>',
            action=parseractions.KeyValueAction,
            help=_(
                'The attribute(s) of the existing remote volume '
                '(admin required) (repeat option to specify multiple '
                "attributes, e.g.: '--remote-source source-name=test_name "
                "--remote-source source-id=test_id')"
            ),
        )

    def size_message(self) -> str:
        return _(
            '--size is a required option if none of --snapshot, '
            '--backup, --source, or --remote-source are provided.'
        )

    def creation_for(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'job.Creation':
        self.check_size(parsed_args)
        if not parsed_args.remote_source:
            if parsed_args.host or parsed_args.cluster:
                raise osc_exceptions.CommandError(
                    _(
                        'The --host and --cluster options are only supported '
                        'with --remote-source parameter.'
                    )
                )
            return super().creation_for(parsed_args, references)

        from osc_cinderlite.lib.creating import job

        self.check_remote(parsed_args)
        return job.Creation(
            self.manager,
            {
                **self.described(parsed_args),
                'ref': parsed_args.remote_source,
                'host': parsed_args.host,
                'cluster': parsed_args.cluster,
                'bootable': parsed_args.bootable,
            },
        )

    def check_remote(self, parsed_args: argparse.Namespace) -> None:
        """Refuse what does not go with ``--remote-source``.

        :raises osc_lib.exceptions.CommandError: if there is such an option
        """
        if (
            parsed_args.size
            or parsed_args.consistency_group
            or parsed_args.group
            or parsed_args.hint
            or parsed_args.read_only is not None
        ):
            raise osc_exceptions.CommandError(
                _(
                    'The --size, --consistency-group, --group, --hint, '
                    '--read-only and --read-write options are not supported '
                    'with the --remote-source parameter.'
                )
            )
        if parsed_args.cluster and parsed_args.host:
            raise osc_exceptions.CommandError(
                _(
                    'Only one of --host or --cluster needs to be specified '
                    'to manage a volume.'
                )
            )
        if not parsed_args.cluster and not parsed_args.host:
            raise osc_exceptions.CommandError(
                _(
                    'One of --host or --cluster needs to be specified to '
                    'manage a volume.'
                )
            )


class BulkCreateVolume(VolumeOptions, volume_v2.BulkCreateVolume):
    pass


class CreateVolume(VolumeOptions, volume_v2.CreateVolume):
    _columns = columns.VOLUME_V3
    _if_set = columns.VOLUME_IF_SET_V3

    def show(
        self, resource: 'Resource', made: 'job.Creation', full: bool
    ) -> dict[str, Any]:
        shown = super().show(resource, made, full)
        shown['backup_id'] = shown['backup_id'] or made.restored_from
        return shown
