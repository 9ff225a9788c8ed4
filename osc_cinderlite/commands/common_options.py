# SPDX-License-Identifier: Apache-2.0

"""Options that several create commands have."""

from collections.abc import Sequence

from osc_cinderlite.commands import option_types
from osc_cinderlite.commands.options import Flag, Option
from osc_cinderlite.i18n import _


def careful(wait_timeout: float, or_show: str) -> Sequence[Option]:
    """Return the options of all create commands.

    :param wait_timeout: the default of ``--wait-timeout``, in seconds
    :param or_show: the help of ``--or-show``
    """
    return (
        Flag(
            '--wait',
            _('Wait until the resource is available or has failed'),
            ours=True,
        ),
        Option(
            '--wait-timeout',
            _(
                'Wait at most <seconds>, then end with exit status 3 '
                '(default: %d)'
            )
            % wait_timeout,
            metavar='<seconds>',
            type=option_types.seconds,
            default=wait_timeout,
            ours=True,
        ),
        Flag('--or-show', or_show, field=None, ours=True),
        Flag(
            '--dry-run',
            _('Look everything up and show the request, but do not send it'),
            ours=True,
        ),
    )


#: the options of all bulk commands
BULK: Sequence[Option] = (
    Option(
        '--parallel',
        _(
            'Create up to <n> resources at a time (1-64, default: 4). With '
            '--wait, a resource counts until it is available'
        ),
        metavar='<n>',
        type=option_types.parallel,
        default=4,
    ),
    Flag(
        '--stop-on-error',
        _('Skip the rest after a failure (default: go on)'),
    ),
)
