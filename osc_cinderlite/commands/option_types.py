# SPDX-License-Identifier: Apache-2.0

"""Types and actions of command options."""

import argparse
import datetime
import json
import os
import re
from typing import Any

from osc_lib import exceptions

from osc_cinderlite.i18n import _

_UNITS = {'': 1, 'G': 1, 'GB': 1, 'GIB': 1, 'T': 1024, 'TB': 1024, 'TIB': 1024}
_LARGEST = 2147483647

#: cinder/objects/fields.py, and what its manager sets besides
_STATUSES = frozenset(
    {
        *('attaching', 'available', 'awaiting-transfer', 'backing-up'),
        *('creating', 'deleting', 'detaching', 'downloading', 'error'),
        *('error_backing-up', 'error_deleting', 'error_extending'),
        *('error_managing', 'error_restoring', 'extending', 'in-use'),
        *('maintenance', 'managing', 'reserved', 'restoring-backup'),
        *('retyping', 'reverting', 'unmanaging', 'uploading'),
    }
)

#: seconds; sockets take no larger timeout everywhere
_LONGEST = 31_536_000.0


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


_SECONDS = {'m': 60, 'h': 3600, 'd': 86400, 'w': 604800}


def duration(text: str) -> datetime.timedelta:
    """Read a duration such as ``90m``, ``20h``, ``7d`` or ``4w``.

    :raises argparse.ArgumentTypeError: if it is none
    """
    match = re.fullmatch(r'([0-9]{1,6})([mhdw])', text)
    if match is None or not int(match[1]):
        raise argparse.ArgumentTypeError(
            _("'%s' is not a duration, such as 90m, 20h, 7d or 4w") % text
        )
    return datetime.timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def status(text: str) -> str:
    """Read the status of a volume.

    :raises argparse.ArgumentTypeError: if Cinder has no such status
    """
    if text.lower() not in _STATUSES:
        raise argparse.ArgumentTypeError(
            _("'%(given)s' is not a status of volumes: %(known)s")
            % {'given': text, 'known': ', '.join(sorted(_STATUSES))}
        )
    return text.lower()


def parallel(text: str) -> int:
    """Read the number of resources to create at a time.

    :raises argparse.ArgumentTypeError: if it is not from 1 to 64
    """
    return _number(text, 64)


def count(text: str) -> int:
    """Read a number of resources.

    :raises argparse.ArgumentTypeError: if it is not from 1 to a million
    """
    return _number(text, 1_000_000)


def _number(text: str, most: int) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= most:
        raise argparse.ArgumentTypeError(
            _("'%(given)s' is not a number from 1 to %(most)d")
            % {'given': text, 'most': most}
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


class AnyValueAction(argparse.Action):
    """Collects ``key=value``; a key that is repeated has several values."""

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
        found = dict(getattr(namespace, self.dest) or {})
        found[key] = self.joined(key, found.get(key), value)
        setattr(namespace, self.dest, found)

    def joined(self, key: str, before: Any, value: str) -> str | list[str]:
        """Return what a key has after another value of it."""
        return [*(before or ()), value]


class HintAction(AnyValueAction):
    """Collects scheduler hints given as ``key=value``.

    ``same_host`` and ``different_host`` become lists; of other keys the last
    value counts. ``query`` has to be JSON.
    """

    LISTS = ('same_host', 'different_host')

    def joined(self, key: str, before: Any, value: str) -> str | list[str]:
        if key in self.LISTS:
            return super().joined(key, before, value)
        if key == 'query':
            try:
                json.loads(value)
            except (ValueError, RecursionError) as error:
                raise argparse.ArgumentError(
                    self, _('the query is not JSON: %s') % error
                ) from error
        return value
