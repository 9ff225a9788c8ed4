# SPDX-License-Identifier: Apache-2.0

"""Entries of a bulk file, as if their options were on the command line."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
import copy
from typing import Any, NoReturn

from osc_lib import exceptions

from osc_cinderlite.commands import parsers
from osc_cinderlite.commands.options import Option
from osc_cinderlite.i18n import _
from osc_cinderlite.lib.text import one_line

_NAME = Option('--name', '')


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are exceptions."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def namespaces(
    entries: Sequence[Mapping[str, Any]],
    defaults: argparse.Namespace,
    wanted: Sequence[Option],
    newer: Mapping[str, str],
) -> Iterator[argparse.Namespace]:
    """Return each entry as if its options were on the command line.

    :param defaults: what the command line says for all of them
    :param wanted: the options that an entry may have
    :param newer: the first versions of options that this version lacks
    :raises osc_lib.exceptions.CommandError: names entry and key
    """
    known = {one.dest: one for one in (_NAME, *wanted) if one.field}
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parsers.add(parser, known.values(), {})
    for number, entry in enumerate(entries, 1):
        namespace = copy.deepcopy(defaults)
        namespace.name = None
        _drop_replaced(namespace, entry, known, number)
        for key, value in entry.items():
            try:
                arguments = _arguments(key, value, known, newer)
                namespace = parser.parse_args(arguments, namespace)
            except argparse.ArgumentError as error:
                raise _bad_entry(number, key, error.message) from error
            except ValueError as error:
                raise _bad_entry(number, key, str(error)) from error
        yield namespace


def _drop_replaced(
    namespace: argparse.Namespace,
    entry: Mapping[str, Any],
    known: Mapping[str, Option],
    number: int,
) -> None:
    """Drop the defaults that do not go with what an entry has."""
    sources = [key for key, one in known.items() if one.group == 'source']
    given = [key for key in sources if entry.get(key) is not None]
    if len(given) > 1:
        raise _bad_entry(
            number,
            _(' and ').join(given),
            _('a volume has at most one source'),
        )
    for source in sources if given else ():
        setattr(namespace, source, None)
    hints = entry.get('hint')
    if 'hint' in known and isinstance(hints, dict) and namespace.hint:
        for key in hints.keys() & namespace.hint.keys():
            del namespace.hint[key]


def _arguments(
    key: object,
    value: Any,
    known: Mapping[str, Option],
    newer: Mapping[str, str],
) -> list[str]:
    """Return a key and its value as on a command line.

    :raises ValueError: if the key is unknown, or cannot have the value
    """
    version = newer.get(f'--{key}'.replace('_', '-'))
    if version is not None:
        raise ValueError(parsers.needs(version))
    if not isinstance(key, str) or key not in known:
        raise ValueError(_('unknown key; valid keys: %s') % ', '.join(known))
    return [] if value is None else list(known[key].arguments(value))


def _bad_entry(number: int, key: object, why: str) -> exceptions.CommandError:
    return exceptions.CommandError(
        _('Entry %(number)d, %(key)s: %(why)s')
        % {'number': number, 'key': one_line(str(key)), 'why': one_line(why)}
    )
