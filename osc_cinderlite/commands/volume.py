# SPDX-License-Identifier: Apache-2.0

"""Volumes, as the commands create them."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from osc_lib import exceptions

from osc_cinderlite.commands import columns, noun, option_types
from osc_cinderlite.commands.options import (
    Gone,
    Hints,
    Option,
    Pairs,
    Switch,
)
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.creating.creation import Creation
    from osc_cinderlite.lib.resource import Resource
    from osc_cinderlite.lib.resources.base import Manager

OPTIONS = (
    Option('name', _('Volume name'), nargs='?', single=True),
    Option(
        '--size',
        _(
            'Volume size in GiB, or with a unit as in 10G or 1T (required '
            'unless the source has a size)'
        ),
        type=option_types.size,
    ),
    Option(
        '--type',
        _('Set the type of volume'),
        metavar='<volume-type>',
        type=option_types.not_empty,
        field='volume_type',
    ),
    Option(
        '--image',
        _('Use <image> as source of volume (name or ID)'),
        finds='images',
        group='source',
    ),
    Option(
        '--snapshot-id',
        argparse.SUPPRESS,
        field='snapshot_id',
        finds='snapshots',
        group='source',
        dest='snapshot',
        until=1,
    ),
    Option(
        '--snapshot',
        _('Use <snapshot> as source of volume (name or ID)'),
        field='snapshot_id',
        finds='snapshots',
        group='source',
    ),
    Option(
        '--source',
        _('Volume to clone (name or ID)'),
        metavar='<volume>',
        field='source_volid',
        finds='volumes',
        group='source',
    ),
    Gone(
        '--source-replicated',
        _(
            'Cinder no longer has replicated volumes as sources; clone a '
            'volume with --source'
        ),
        metavar='<replicated-volume>',
        group='source',
    ),
    Option(
        '--backup',
        _('Restore backup to a volume (name or ID)'),
        field='backup_id',
        finds='backups',
        group='source',
    ),
    Pairs(
        '--remote-source',
        _(
            'The attribute(s) of the existing remote volume (admin required) '
            '(repeat option to specify multiple attributes, e.g.: '
            "'--remote-source source-name=test_name --remote-source "
            "source-id=test_id')"
        ),
        field='ref',
        group='source',
        since=3,
    ),
    Option('--description', _('Volume description')),
    *(
        Gone(
            flag,
            _(
                'Cinder makes a volume for the user and the project of the '
                'token; give --os-username or --os-project-name'
            ),
            until=1,
        )
        for flag in ('--user', '--project')
    ),
    Option('--availability-zone', _('Create volume in <availability-zone>')),
    Option(
        '--consistency-group',
        _('Consistency group where the new volume belongs to'),
        field='consistencygroup_id',
        finds='consistency_groups',
    ),
    Pairs(
        '--property',
        _(
            'Set a property to this volume (repeat option to set multiple '
            'properties)'
        ),
        field='metadata',
    ),
    Hints(
        '--hint',
        _(
            'Arbitrary scheduler hint key-value pairs to help creating a '
            'volume. Repeat the option to set multiple hints. '
            "'same_host' and 'different_host' get values appended when "
            'repeated, all other keys take the last given value'
        ),
        field='scheduler_hints',
    ),
    Switch(
        '--bootable',
        _('Mark volume as bootable, once it is available'),
        '--non-bootable',
        _('Mark volume as non-bootable (default)'),
        then='set_bootable',
    ),
    Switch(
        '--read-only',
        _('Set volume to read-only access mode, once it is available'),
        '--read-write',
        _('Set volume to read-write access mode (default)'),
        then='set_readonly',
    ),
    Option(
        '--group',
        _('Group where the new volume belongs to (name or ID)'),
        field='group_id',
        finds='groups',
        ours=True,
    ),
    Option(
        '--host',
        _(
            'Cinder host on which the existing volume resides; takes the '
            'form: host@backend-name#pool. This is only used along with the '
            '--remote-source option.'
        ),
        since=3,
    ),
    Option(
        '--cluster',
        _(
            'Cinder cluster on which the existing volume resides; takes the '
            'form: cluster@backend-name#pool. This is only used along with '
            'the --remote-source option.'
        ),
    ),
)

BULK = (
    Option(
        'name',
        _(
            'Volume names, with {n} (or as in {n:03}), {date} (YYYYMMDD) '
            "and {time}, such as 'data-{n:03}'"
        ),
        metavar='<name-template>',
        nargs='?',
    ),
    Option(
        '--count',
        _('Create <count> volumes'),
        type=option_types.count,
        group='number!',
    ),
    Option(
        '--from-file',
        _(
            'Create the volumes listed in a YAML or JSON file. Each entry '
            'maps option names to values; options on the command line are '
            "defaults. '-' reads standard input"
        ),
        metavar='<file>',
        type=option_types.not_empty,
        group='number!',
    ),
)


class Volume(noun.Noun):
    """Volumes."""

    name = 'volume'
    description = _('Create new volume')
    bulk_description = _('Create many volumes')
    manager = 'volumes'
    shown = columns.VOLUME
    shown_if_set = columns.VOLUME_IF_SET
    options: ClassVar[Sequence[Option]] = OPTIONS
    bulk = BULK
    of_volumes = False
    on_request = frozenset({'display_name'})
    or_show = _(
        'Show the volume of this name, if the project has a good one, instead '
        'of creating another one'
    )

    def manager_class(self) -> 'type[Manager]':
        from osc_cinderlite.lib.resources.volumes import VolumeManager

        return VolumeManager

    def complete(self, given: argparse.Namespace) -> None:
        """Refuse a volume without a size, or managed without a host."""
        v3 = vars(given)
        remote, host, cluster = (
            v3.get(dest) for dest in ('remote_source', 'host', 'cluster')
        )
        sources = (given.snapshot, given.source, v3.get('backup'), remote)
        if given.size is None and not any(sources):
            refusal = _SIZE_MISSING[self.major]
        elif (host or cluster) and not remote:
            refusal = _(
                'The --host and --cluster options are only supported '
                'with --remote-source parameter.'
            )
        elif host and cluster:
            refusal = _(
                'Only one of --host or --cluster needs to be specified '
                'to manage a volume.'
            )
        elif remote and not (host or cluster):
            refusal = _(
                'One of --host or --cluster needs to be specified to '
                'manage a volume.'
            )
        else:
            return
        raise exceptions.CommandError(refusal)

    def show(
        self, record: 'Resource', made: 'Creation', *, full: bool
    ) -> dict[str, Any]:
        shown = super().show(record, made, full=full)
        if self.major > 1:
            shown['bootable'] = columns.as_bool(shown['bootable'])
        if made.source is not None:
            shown['backup_id'] = shown['backup_id'] or made.source.id
        return dict(sorted(shown.items()))


_SIZE_MISSING = {
    1: _(
        '--size is a required option if snapshot or source volume is not '
        'specified.'
    ),
    2: _(
        '--size is a required option if --snapshot or --source are '
        'not specified'
    ),
    3: _(
        '--size is a required option if none of --snapshot, '
        '--backup, --source, or --remote-source are provided.'
    ),
}
