# SPDX-License-Identifier: Apache-2.0

"""Volume v2 Volume action implementations"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from osc_lib import exceptions as osc_exceptions
from osc_lib.cli import parseractions

from osc_cinderlite.commands import (
    bulk,
    columns,
    from_file,
    name_template,
    options,
    single,
)
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.creating import job, references
    from osc_cinderlite.lib.resource import Resource


class VolumeOptions(single.Create):
    """The options that say which volume to single."""

    attribute = 'volumes'
    noun = 'volume'
    fields = {
        'name': '<name>',
        'volume_type': '--type',
        'metadata': '--property',
        'scheduler_hints': '--hint',
        'group_id': '--group',
        'backup_id': '--backup',
    }
    #: option, field of the API, manager of what the option names
    _references: ClassVar[Sequence[tuple[str, str, str]]] = (
        ('source', 'source_volid', 'volumes'),
        ('consistency_group', 'consistencygroup_id', 'consistency_groups'),
        ('snapshot', 'snapshot_id', 'snapshots'),
        ('image', 'image', 'images'),
    )
    #: options any of which makes --size optional
    _sized: ClassVar[Sequence[str]] = ('snapshot', 'source')

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            '--size',
            metavar='<size>',
            type=options.size,
            help=_(
                'Volume size in GiB, or with a unit as in 10G or 1T '
                '(required unless the source has a size)'
            ),
        )
        parser.add_argument(
            '--type',
            metavar='<volume-type>',
            type=options.not_empty,
            help=_('Set the type of volume'),
        )
        self.add_sources(parser.add_mutually_exclusive_group())
        parser.add_argument(
            '--description',
            metavar='<description>',
            help=_('Volume description'),
        )
        parser.add_argument(
            '--availability-zone',
            metavar='<availability-zone>',
            help=_('Create volume in <availability-zone>'),
        )
        parser.add_argument(
            '--consistency-group',
            metavar='<consistency-group>',
            type=options.not_empty,
            help=_('Consistency group where the new volume belongs to'),
        )
        parser.add_argument(
            '--property',
            metavar='<key=value>',
            action=parseractions.KeyValueAction,
            dest='properties',
            help=_(
                'Set a property to this volume '
                '(repeat option to set multiple properties)'
            ),
        )
        parser.add_argument(
            '--hint',
            metavar='<key=value>',
            action=options.HintAction,
            help=_(
                'Arbitrary scheduler hint key-value pairs to help creating '
                'a volume. Repeat the option to set multiple hints. '
                "'same_host' and 'different_host' get values appended when "
                'repeated, all other keys take the last given value'
            ),
        )
        bootable_group = parser.add_mutually_exclusive_group()
        bootable_group.add_argument(
            '--bootable',
            action='store_true',
            dest='bootable',
            default=None,
            help=_('Mark volume as bootable, once it is available'),
        )
        bootable_group.add_argument(
            '--non-bootable',
            action='store_false',
            dest='bootable',
            default=None,
            help=_('Mark volume as non-bootable (default)'),
        )
        readonly_group = parser.add_mutually_exclusive_group()
        readonly_group.add_argument(
            '--read-only',
            action='store_true',
            dest='read_only',
            default=None,
            help=_(
                'Set volume to read-only access mode, once it is available'
            ),
        )
        readonly_group.add_argument(
            '--read-write',
            action='store_false',
            dest='read_only',
            default=None,
            help=_('Set volume to read-write access mode (default)'),
        )

    def add_sources(self, group: argparse._MutuallyExclusiveGroup) -> None:
        """Add the options of which a volume has at most one."""
        group.add_argument(
            '--image',
            metavar='<image>',
            type=options.not_empty,
            help=_('Use <image> as source of volume (name or ID)'),
        )
        group.add_argument(
            '--snapshot',
            metavar='<snapshot>',
            type=options.not_empty,
            help=_('Use <snapshot> as source of volume (name or ID)'),
        )
        group.add_argument(
            '--source',
            metavar='<volume>',
            type=options.not_empty,
            help=_('Volume to clone (name or ID)'),
        )
        group.add_argument(
            '--source-replicated',
            metavar='<replicated-volume>',
            type=options.gone(
                _(
                    'Cinder no longer has replicated volumes as sources; '
                    'clone a volume with --source'
                )
            ),
            help=argparse.SUPPRESS,
        )

    def creation_for(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'job.Creation':
        from osc_cinderlite.lib.creating import job

        self.check_size(parsed_args)
        given = {
            field: references(
                getattr(self.client, manager), getattr(parsed_args, option)
            )
            for option, field, manager in self._references
            if getattr(parsed_args, option) is not None
        }
        return job.VolumeCreation(
            self.manager,
            {
                **self.described(parsed_args),
                'size': parsed_args.size,
                'scheduler_hints': parsed_args.hint,
            },
            given,
            job.volume_follow_ups(
                self.client.volumes,
                parsed_args.bootable,
                parsed_args.read_only,
            ),
        )

    def described(self, parsed_args: argparse.Namespace) -> dict[str, Any]:
        """Return the fields that each new volume has."""
        return {
            'name': parsed_args.name,
            'description': parsed_args.description,
            'volume_type': parsed_args.type,
            'availability_zone': parsed_args.availability_zone,
            'metadata': parsed_args.properties,
        }

    def check_size(self, parsed_args: argparse.Namespace) -> None:
        """Refuse a blank volume, or one of an image, without a size.

        :raises osc_lib.exceptions.CommandError: if the size is missing
        """
        if parsed_args.size is None and all(
            getattr(parsed_args, source) is None for source in self._sized
        ):
            raise osc_exceptions.CommandError(self.size_message())

    def size_message(self) -> str:
        """Return the error for a missing size."""
        return _(
            '--size is a required option if --snapshot or --source are '
            'not specified'
        )


class BulkCreateVolume(VolumeOptions, bulk.CreateMany):
    _description = _('Create many volumes')

    of_volumes = False

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'name',
            metavar='<name-template>',
            nargs='?',
            help=_(
                'Volume names, with {n} (or as in {n:03}), {date} (YYYYMMDD) '
                "and {time}, such as 'data-{n:03}'"
            ),
        )
        source_group = parser.add_mutually_exclusive_group(required=True)
        source_group.add_argument(
            '--count',
            metavar='<count>',
            type=options.count,
            help=_('Create <count> volumes'),
        )
        source_group.add_argument(
            '--from-file',
            metavar='<file>',
            type=options.not_empty,
            help=_(
                'Create the volumes listed in a YAML or JSON file. Each entry '
                'maps option names to values; options on the command line '
                "are defaults. '-' reads standard input"
            ),
        )
        return parser

    def total(self, parsed_args: argparse.Namespace) -> int | None:
        return parsed_args.count or len(self._entries)

    def creations(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'Iterator[job.Creation]':
        self._entries: Sequence[Mapping[str, Any]] = ()
        if parsed_args.count is None:
            if parsed_args.name is not None:
                raise options.UsageError(
                    _('A name template goes with --count, not --from-file')
                )
            self._entries = from_file.load(
                parsed_args.from_file, self.app.stdin
            )
            self._check_entries(parsed_args, references)
            wanted = self._of_entries(parsed_args)
        else:
            wanted = self._numbered(parsed_args)
            self.creation_for(parsed_args, references).check()
        return (self.creation_for(one, references) for one in wanted)

    def _numbered(
        self, parsed_args: argparse.Namespace
    ) -> Iterator[argparse.Namespace]:
        """Return the arguments of each of ``--count`` volumes."""
        if parsed_args.name is None:
            if parsed_args.or_show:
                raise options.UsageError(_('--or-show needs a name template'))
            return (parsed_args for _n in range(parsed_args.count))
        template = name_template.Template(
            parsed_args.name, ('n', 'date', 'time')
        )
        if 'n' not in template and parsed_args.count > 1:
            raise options.UsageError(
                _(
                    "The name template '%s' has no {n}; all volumes would get "
                    'the same name'
                )
                % parsed_args.name
            )
        stamps = bulk.stamps()
        template.fill({**stamps, 'n': parsed_args.count})
        return (
            argparse.Namespace(
                **{
                    **vars(parsed_args),
                    'name': template.fill({**stamps, 'n': n}),
                }
            )
            for n in range(1, parsed_args.count + 1)
        )

    def _of_entries(
        self, parsed_args: argparse.Namespace
    ) -> Iterator[argparse.Namespace]:
        return from_file.namespaces(
            self._entries, parsed_args, self.add_options
        )

    def _check_entries(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> None:
        """Refuse a file with a wrong entry before the first request."""
        from osc_cinderlite.lib import exceptions

        for number, one in enumerate(self._of_entries(parsed_args), 1):
            try:
                wanted = self.creation_for(one, references)
                wanted.check()
            except osc_exceptions.CommandError as error:
                why = str(error)
            except exceptions.ClientException as error:
                why = self.explain(error)
            else:
                if wanted.name or not parsed_args.or_show:
                    continue
                why = _('--or-show needs a name')
            raise osc_exceptions.CommandError(
                _('Entry %(number)d: %(why)s') % {'number': number, 'why': why}
            )


class CreateVolume(VolumeOptions, single.CreateOne):
    _description = _('Create new volume')

    _columns: ClassVar[Sequence[str]] = columns.VOLUME_V2
    _if_set: ClassVar[Sequence[str]] = columns.VOLUME_IF_SET_V2

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            'name',
            metavar='<name>',
            nargs='?',
            help=_('Volume name'),
        )
        super().add_options(parser)

    def column_names(self) -> Sequence[str]:
        return (*self._columns, *self._if_set)

    def show(
        self, resource: 'Resource', made: 'job.Creation', full: bool
    ) -> dict[str, Any]:
        shown = columns.show(resource, self._columns, self._if_set)
        return dict(sorted(shown.items()))
