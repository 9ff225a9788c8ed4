# SPDX-License-Identifier: Apache-2.0

"""Types and helpers of command options."""

import argparse
from collections.abc import Callable
import json
import os
import re
from typing import Any, NoReturn

from osc_lib import exceptions

from osc_cinderlite.i18n import _

_UNITS = {'': 1, 'G': 1, 'GB': 1, 'GIB': 1, 'T': 1024, 'TB': 1024, 'TIB': 1024}
_LARGEST = 2147483647

#: seconds; sockets take no larger timeout everywhere
_LONGEST = 31_536_000.0


#: exit status for a wrong command line, as argparse has it
USAGE = 2

#: destinations of the options that the stock commands do not have
_OURS = frozenset(
    {
        'wait',
        'wait_timeout',
        'or_show',
        'dry_run',
        'incremental_or_full',
        'group',
    }
)


class UsageError(exceptions.CommandError):
    """What is wrong in the command line itself; nothing was sent."""


def prefer_stock(parser: argparse.ArgumentParser) -> None:
    """Let an abbreviation mean the stock option, where there is just one.

    What scripts have always typed is not ambiguous because of new options.
    """
    all_candidates = parser._get_option_tuples

    def candidates(option_string: str) -> list[Any]:
        found = list(all_candidates(option_string))
        stock = [one for one in found if one[0].dest not in _OURS]
        return stock if len(stock) == 1 else found

    parser._get_option_tuples = candidates  # type: ignore[method-assign]


def size(text: str) -> int:
    """Read a size such as ``10``, ``10G``, ``10GiB`` or ``1T``.

    :return: GiB
    :raises argparse.ArgumentTypeError: if it is not a whole number of GiB
        from 1 on
    """
    match = re.fullmatch(r'\+?([0-9]+) ?([A-Za-z]*)', text.strip())
    if match is None or match[2].upper() not in _UNITS:
        raise argparse.ArgumentTypeError(
            _(
                "'%s' is not a size; give whole GiB, such as 10, 10G, 10GiB "
                'or 1T'
            )
            % text
        )
    gib = int(match[1][:20]) * _UNITS[match[2].upper()]
    if not 1 <= gib <= _LARGEST:
        raise argparse.ArgumentTypeError(
            _('%(given)s is not a size from 1 to %(largest)d GiB')
            % {'given': text, 'largest': _LARGEST}
        )
    return gib


def seconds(text: str) -> float:
    """Read a time-out.

    :return: seconds
    :raises argparse.ArgumentTypeError: if it is not a number above 0
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _LONGEST:
        raise argparse.ArgumentTypeError(
            _(
                "'%(given)s' is not a number of seconds above 0 and at most "
                '%(longest)d (a year)'
            )
            % {'given': text, 'longest': _LONGEST}
        )
    return number


def from_environment(name: str, default: float) -> float:
    """Read seconds from an environment variable.

    :raises osc_lib.exceptions.CommandError: if it is not a time-out
    """
    try:
        return seconds(os.environ.get(name) or str(default))
    except argparse.ArgumentTypeError as error:
        raise exceptions.CommandError(f'{name}: {error}') from error


def count(text: str) -> int:
    """Read a number of resources.

    :raises argparse.ArgumentTypeError: if it is not from 1 to a million
    """
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 1_000_000:
        raise argparse.ArgumentTypeError(
            _("'%s' is not a number from 1 to 1000000") % text
        )
    return int(text)


def not_empty(text: str) -> str:
    """Refuse an empty name or ID: most likely an unset shell variable.

    :raises argparse.ArgumentTypeError: if it is empty, or no text at all
    """
    if not text.strip():
        raise argparse.ArgumentTypeError(_('the value is empty'))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError(
            _('the value is not valid Unicode')
        ) from error
    return text


def gone(reason: str) -> Callable[[str], NoReturn]:
    """Return the type of an option that is refused, with the reason."""

    def refuse(text: str) -> NoReturn:
        raise argparse.ArgumentTypeError(reason)

    return refuse


class HintAction(argparse.Action):
    """Collects scheduler hints given as ``key=value``.

    ``same_host`` and ``different_host`` become lists; of other keys the last
    value counts. ``query`` has to be JSON.
    """

    LISTS = ('same_host', 'different_host')

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        key, equals, value = values.partition('=')
        if not equals or not key:
            raise argparse.ArgumentError(
                self, _("Expected 'key=value' type, but got: %s") % values
            )
        if key == 'query':
            self._check_json(value)
        hints = dict(getattr(namespace, self.dest) or {})
        hints[key] = (
            [*hints.get(key, []), value] if key in self.LISTS else value
        )
        setattr(namespace, self.dest, hints)

    def _check_json(self, value: str) -> None:
        try:
            json.loads(value)
        except (ValueError, RecursionError) as error:
            raise argparse.ArgumentError(
                self, _('the query is not JSON: %s') % error
            ) from error


def add_wait(parser: argparse.ArgumentParser, default: float) -> None:
    """Add what concerns waiting.

    :param default: the time-out in seconds
    """
    parser.add_argument(
        '--wait',
        action='store_true',
        help=_('Wait until the resource is available or has failed'),
    )
    parser.add_argument(
        '--wait-timeout',
        metavar='<seconds>',
        type=seconds,
        default=default,
        help=_(
            'Wait at most <seconds>, then end with exit status 3 (default: %d)'
        )
        % default,
    )


def add_careful(parser: argparse.ArgumentParser, or_show: str) -> None:
    """Add ``--or-show`` and ``--dry-run``.

    :param or_show: the help of ``--or-show``
    """
    parser.add_argument('--or-show', action='store_true', help=or_show)
    parser.add_argument(
        '--dry-run',
        action='store_true',
        help=_('Look everything up and show the request, but do not send it'),
    )
