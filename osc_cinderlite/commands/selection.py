# SPDX-License-Identifier: Apache-2.0

"""Options that select the volumes to snapshot or back up."""

from osc_cinderlite.commands import option_types
from osc_cinderlite.commands.options import Flag, Option, Pairs
from osc_cinderlite.i18n import _

OPTIONS = (
    Option(
        'volumes',
        _('Volume(s) to take (name or ID)'),
        metavar='<volume>',
        nargs='*',
        type=option_types.not_empty,
        field=None,
    ),
    Flag('--all', _('Take all volumes of the project'), field=None),
    Pairs(
        '--volume-property',
        _(
            'Take only volumes with this property (repeat option: all must '
            'hold)'
        ),
        field=None,
    ),
    Option(
        '--server',
        _(
            'Take the volumes attached to this server (name or ID; a name is '
            'looked up in the Compute service)'
        ),
        type=option_types.not_empty,
        field=None,
    ),
    Option(
        '--volume-status',
        _('Take only volumes in this status'),
        metavar='<status>',
        type=option_types.not_empty,
        field=None,
    ),
    Option(
        '--name',
        _(
            'Name of the new resources, with {volume}, {volume_id}, '
            '{date} (YYYYMMDD), {time} and {n} (or as in {n:03}), such '
            "as '{volume}-{date}'"
        ),
        metavar='<name-template>',
        type=option_types.not_empty,
        field=None,
    ),
)
