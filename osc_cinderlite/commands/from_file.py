# SPDX-License-Identifier: Apache-2.0

"""Creates from a file: a list of mappings from options to values.

A value that is not null, a mapping or a list is the text that stands in the
file: a volume named ``no`` or ``1.10`` needs no quotes.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
import copy
import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from osc_lib import exceptions

from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

#: keys that stand for one of two options
_SWITCHES = {
    'bootable': ('--bootable', '--non-bootable'),
    'read_only': ('--read-only', '--read-write'),
}
_WORDS = {
    'true': True,
    'yes': True,
    'on': True,
    'false': False,
    'no': False,
    'off': False,
}
_PAIRS = ('property', 'hint', 'remote_source')
_SOURCES = ('image', 'snapshot', 'source', 'backup', 'remote_source')
#: characters and entries that are read of a file
LARGEST = 32 * 1024 * 1024
MOST = 100_000

KEYS = (
    'name',
    'size',
    'type',
    *_SOURCES,
    'host',
    'cluster',
    'description',
    'availability_zone',
    'group',
    'consistency_group',
    'property',
    'hint',
    *_SWITCHES,
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are exceptions."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def load(name: str, stdin: TextIO | None) -> list[Mapping[str, Any]]:
    """Read a YAML or JSON file.

    :param name: its path, or ``-`` for ``stdin``
    :return: its entries
    :raises osc_lib.exceptions.CommandError: if it is not a list of mappings
    """
    try:
        document = _document(_text_of(name, stdin))
    except OSError as error:
        raise _wrong(name, error.strerror or str(error)) from error
    except ValueError as error:
        raise _wrong(name, str(error)) from error
    if not isinstance(document, list):
        raise _wrong(name, _('expected a list'))
    if len(document) > MOST:
        raise _wrong(name, _('more than %d entries') % MOST)
    for number, entry in enumerate(document, 1):
        if not isinstance(entry, dict):
            raise _wrong(name, _('entry %d is not a mapping') % number)
    return document


def _text_of(name: str, stdin: TextIO | None) -> str:
    if name != '-':
        if not _has_an_end(name):
            raise ValueError(_('not a regular file'))
        with open(name, encoding='utf-8-sig') as file:
            return _read(file)
    if stdin is None:
        raise ValueError(_('standard input is closed'))
    return _read(stdin)


def _has_an_end(name: str) -> bool:
    """Return whether a path is one that can be read to its end.

    That is a regular file, or a pipe that a shell has opened (``<(...)``): a
    FIFO may never get a writer, a device may never end.
    """
    mode = os.stat(name).st_mode
    opened = name.startswith(('/dev/fd/', '/proc/self/fd/', '/dev/stdin'))
    return (
        stat.S_ISREG(mode)
        or stat.S_ISDIR(mode)
        or (opened and (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)))
    )


def _read(file: TextIO) -> str:
    text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise ValueError(
            _('larger than %d MiB of text') % (LARGEST // 1024 // 1024)
        )
    return text


def _document(text: str) -> Any:
    """Return what is in a text of JSON or YAML.

    :raises ValueError: if it is neither
    """
    import yaml

    try:
        return json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_without_doubles,
        )
    except (ValueError, RecursionError):
        pass
    try:
        return _entries(yaml, text)
    except yaml.YAMLError as error:
        raise ValueError(_with_place(error)) from error
    except RecursionError as error:
        raise ValueError(_('nested too deeply')) from error
    except (
        # What PyYAML comes to at such values.
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
    ) as error:
        raise ValueError(_('a value does not fit its tag')) from error


def _entries(yaml: Any, text: str) -> Any:
    """Return the document of a YAML text, entry by entry.

    One entry after the other costs less memory than all of them.

    :raises ValueError: if there are too many
    """
    loader: Any = _yaml_loader()(text)
    try:
        loader.get_event()
        if not loader.check_event(yaml.DocumentStartEvent):
            return None
        loader.get_event()
        if not loader.check_event(yaml.SequenceStartEvent):
            return None
        loader.get_event()
        entries = []
        while not loader.check_event(yaml.SequenceEndEvent):
            node = loader.compose_node(None, None)
            entries.append(loader.construct_document(node))
            _check_count(entries)
        loader.get_event()
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            raise ValueError(_('expected a single document'))
        return entries
    finally:
        loader.dispose()


def _check_count(entries: list[Any]) -> None:
    if len(entries) > MOST:
        raise ValueError(_('more than %d entries') % MOST)


def _with_place(error: 'yaml.YAMLError') -> str:
    import yaml

    if not isinstance(error, yaml.MarkedYAMLError) or not error.problem_mark:
        return str(error)
    mark = error.problem_mark
    return _('line %(line)d, column %(column)d: %(why)s') % {
        'line': mark.line + 1,
        'column': mark.column + 1,
        'why': ', '.join(filter(None, (error.context, error.problem))),
    }


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_('duplicate key'))
    return found


def _yaml_loader() -> 'type[yaml.SafeLoader]':
    """Return a loader that guesses no types and refuses doubled keys."""
    import yaml

    base: Any = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)

    composer = yaml.composer.Composer
    # libyaml's own composer makes the nodes of the whole document.
    bases = (base,) if issubclass(base, composer) else (composer, base)

    class Loader(*bases):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, Any] = {}

        def __init__(self, text: str) -> None:
            base.__init__(self, text)
            composer.__init__(self)

        def construct_mapping(
            self, node: yaml.MappingNode, deep: bool = False
        ) -> Any:
            seen = set()
            for key, _value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                if key.value in seen and key.value != '<<':
                    raise yaml.constructor.ConstructorError(
                        None,
                        None,
                        _("duplicate key '%s'") % key.value,
                        key.start_mark,
                    )
                seen.add(key.value)
            return super().construct_mapping(node, deep)

    for tag, pattern, first in (
        ('null', r'(?:~|null|Null|NULL|)\Z', ['~', 'n', 'N', '']),
        ('merge', r'<<\Z', ['<']),
    ):
        Loader.add_implicit_resolver(
            f'tag:yaml.org,2002:{tag}', re.compile(pattern), first
        )
    return Loader


def _wrong(name: str, why: str) -> exceptions.CommandError:
    what = _('standard input') if name == '-' else _one_line(name)
    return exceptions.CommandError(
        _('Cannot read %(what)s: %(why)s')
        % {'what': what, 'why': _one_line(why)}
    )


def _one_line(text: object) -> str:
    from osc_cinderlite.lib import exceptions as lib_exceptions

    return lib_exceptions.one_line(str(text))


def namespaces(
    entries: Sequence[Mapping[str, Any]],
    defaults: argparse.Namespace,
    add_options: 'Callable[[argparse.ArgumentParser], None]',
) -> Iterator[argparse.Namespace]:
    """Return each entry as if its options stood on the command line.

    :param defaults: what the command line says for all of them
    :param add_options: adds the options that an entry may have
    :raises osc_lib.exceptions.CommandError: names entry and key
    """
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument('--name')
    add_options(parser)
    for number, entry in enumerate(entries, 1):
        namespace = copy.deepcopy(defaults)
        sources = [s for s in _SOURCES if entry.get(s) is not None]
        if len(sources) > 1:
            raise _bad_entry(
                number,
                _(' and ').join(sources),
                _('a volume has at most one source'),
            )
        _drop_replaced(namespace, entry)
        for key, value in entry.items():
            try:
                arguments = list(_arguments(key, value))
                namespace = _parse(parser, arguments, namespace)
            except ValueError as error:
                raise _bad_entry(number, key, str(error)) from error
        yield namespace


def _drop_replaced(
    namespace: argparse.Namespace, entry: Mapping[str, Any]
) -> None:
    """Drop the defaults that do not go with what an entry has."""
    if any(entry.get(source) is not None for source in _SOURCES):
        for source in _SOURCES:
            setattr(namespace, source, None)
    hints = entry.get('hint')
    if isinstance(hints, dict) and namespace.hint:
        for key in hints.keys() & namespace.hint.keys():
            del namespace.hint[key]


def _parse(
    parser: argparse.ArgumentParser,
    arguments: list[str],
    namespace: argparse.Namespace,
) -> argparse.Namespace:
    """Return the namespace with the arguments.

    :raises ValueError: if they are wrong
    """
    try:
        return parser.parse_args(arguments, namespace)
    except argparse.ArgumentError as error:
        raise ValueError(error.message) from error


def _bad_entry(number: int, key: object, why: str) -> exceptions.CommandError:
    return exceptions.CommandError(
        _('Entry %(number)d, %(key)s: %(why)s')
        % {'number': number, 'key': _one_line(key), 'why': _one_line(why)}
    )


def _arguments(key: object, value: Any) -> Iterator[str]:
    """Return a key and its value as they stand on a command line.

    :raises ValueError: if the key is unknown, or does not take the value
    """
    if not isinstance(key, str) or key not in KEYS:
        raise ValueError(_('unknown key; valid keys: %s') % ', '.join(KEYS))
    if value is None:
        return
    option = '--' + key.replace('_', '-')
    if key in _SWITCHES:
        on, off = _SWITCHES[key]
        yield on if _switch(value) else off
    elif key in _PAIRS:
        if not isinstance(value, dict):
            raise ValueError(_('expected a mapping'))
        for name, one in value.items():
            for single in one if isinstance(one, list) else [one]:
                yield f'{option}={_text(name)}={_text(single)}'
    elif _text(value) == '--':
        # argparse before Python 3.13 makes an empty list of it.
        raise ValueError(_("'--' cannot be a value"))
    else:
        yield f'{option}={_text(value)}'


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise ValueError(_('expected true or false'))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise ValueError(_('expected text or a number'))
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(_('not valid Unicode')) from None
    return text
