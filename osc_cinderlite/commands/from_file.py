# SPDX-License-Identifier: Apache-2.0

"""Files of resources to create: a list of mappings, in YAML or JSON.

A value that is not null, a mapping or a list is the text that is in the file:
a volume named ``no`` or ``1.10`` needs no quotes.
"""

from collections.abc import Mapping
import json
import os
import re
import stat
from typing import Any, TextIO

from osc_lib import exceptions
import yaml

from osc_cinderlite.i18n import _
from osc_cinderlite.lib.text import one_line

#: characters and entries that are read of a file
LARGEST = 32 * 1024 * 1024
MOST = 100_000


def load(name: str, stdin: TextIO | None) -> list[Mapping[str, Any]]:
    """Read a YAML or JSON file.

    :param name: its path, or ``-`` for ``stdin``
    :return: its entries
    :raises osc_lib.exceptions.CommandError: if it is not a list of mappings
    """
    try:
        return _checked(_document(_text_of(name, stdin)))
    except (OSError, ValueError) as error:
        why = getattr(error, 'strerror', None) or str(error)
        what = _('standard input') if name == '-' else one_line(name)
        raise exceptions.CommandError(
            _('Cannot read %(what)s: %(why)s')
            % {'what': what, 'why': one_line(why)}
        ) from error


def _checked(document: Any) -> list[Mapping[str, Any]]:
    if not isinstance(document, list):
        raise ValueError(_('expected a list'))
    _check_count(document)
    for number, entry in enumerate(document, 1):
        if not isinstance(entry, dict):
            raise ValueError(_('entry %d is not a mapping') % number)
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
    """Return whether a path can be read to its end.

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
        return _entries(text)
    except yaml.YAMLError as error:
        raise ValueError(_with_place(error)) from error
    except RecursionError as error:
        raise ValueError(_('nested too deeply')) from error
    except (
        # What PyYAML raises at such values.
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
    ) as error:
        raise ValueError(_('a value does not fit its tag')) from error


def _entries(text: str) -> Any:
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


def _with_place(error: yaml.YAMLError) -> str:
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


def _yaml_loader() -> type[yaml.SafeLoader]:
    """Return a loader that guesses no types and refuses doubled keys."""
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
