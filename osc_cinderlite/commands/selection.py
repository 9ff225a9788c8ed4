# SPDX-License-Identifier: Apache-2.0

"""Options that select volumes, and the old snapshots or backups of them."""

from collections.abc import Sequence

from osc_cinderlite.commands import option_types
from osc_cinderlite.commands.options import AnyOf, Flag, Option, Repeated
from osc_cinderlite.i18n import _

#: those that filter
FILTERS: Sequence[Option] = (
    AnyOf(
        '--volume-property',
        _(
            'Take only volumes with this property (repeat option: all keys '
            'must match, any value of a key)'
        ),
    ),
    Repeated(
        '--without-volume-property',
        _(
            'Take only volumes without this property, or without this value '
            'of it (repeat option to set several)'
        ),
        metavar='<key[=value]>',
        type=option_types.not_empty,
    ),
    Repeated(
        '--volume-type',
        _('Take only volumes of this type (repeat option: any of them)'),
        metavar='<volume-type>',
        type=option_types.not_empty,
    ),
    Repeated(
        '--volume-status',
        _('Take only volumes in this status (repeat option: any of them)'),
        metavar='<status>',
        type=option_types.status,
    ),
    Repeated(
        '--server',
        _(
            'Take the volumes attached to this server (name or ID; a name is '
            'looked up in the Compute service; repeat option: any of them)'
        ),
        type=option_types.not_empty,
    ),
    Flag('--named', _('Take only volumes that have a name')),
    Repeated(
        '--exclude',
        _('Do not take this volume (name or ID; repeat to exclude several)'),
        metavar='<volume>',
        type=option_types.not_empty,
    ),
)

OPTIONS = (
    Option(
        'volumes',
        _('Volume(s) to take (name or ID)'),
        metavar='<volume>',
        nargs='*',
        type=option_types.not_empty,
    ),
    Flag('--all', _('Take all volumes of the project')),
    Flag(
        '--all-projects',
        _(
            'Take the volumes of all projects (admin only). The new resources '
            'belong to your project'
        ),
    ),
    *FILTERS,
    Option(
        '--skip-if-newer-than',
        _(
            'Skip volumes that have a good one younger than <duration>, such '
            'as 20h or 7d, and volumes that are being backed up'
        ),
        metavar='<duration>',
        type=option_types.duration,
    ),
    Option(
        '--name',
        _(
            'Name of the new resources, with {volume}, {volume_id}, {server}, '
            '{date} (YYYYMMDD), {time} and {n} (or as in {n:03}), such as '
            "'{volume}-{date}'"
        ),
        metavar='<name-template>',
        type=option_types.not_empty,
    ),
    Option(
        '--keep',
        _(
            'Delete older ones of the same volume and name template, but keep '
            'the <n> newest good ones. Needs --name and --wait'
        ),
        metavar='<n>',
        type=option_types.count,
    ),
    Option(
        '--keep-for',
        _(
            'Delete older ones of the same volume and name template, but keep '
            'those younger than <duration>, such as 30d. Needs --name and '
            '--wait'
        ),
        metavar='<duration>',
        type=option_types.duration,
    ),
)
