# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Creates from a file: a list of mappings from options to values."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
import copy
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from osc_lib import exceptions

from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

#: keys that stand for one of two options
_SWITCHES = {
    'bootable': ('--bootable', '--non-bootable'),
    'read_only': ('--read-only', '--read-write'),
}
_PAIRS = ('property', 'hint')
_SOURCES = ('image', 'snapshot', 'source', 'backup')
KEYS = (
    'name',
    'size',
    'type',
    *_SOURCES,
    'description',
    'availability_zone',
    'group',
    'consistency_group',
    *_PAIRS,
    *_SWITCHES,
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are exceptions."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def load(name: str, stdin: TextIO) -> list[Mapping[str, Any]]:
    """Read a YAML or JSON file.

    :param name: its path, or ``-`` for ``stdin``
    :return: its entries
    :raises osc_lib.exceptions.CommandError: if it is not a list of mappings
    """
    import yaml

    try:
        if name == '-':
            document = yaml.safe_load(stdin)
        else:
            with open(name, encoding='utf-8') as file:
                document = yaml.safe_load(file)
    except (OSError, UnicodeError) as error:
        raise _wrong(name, str(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _wrong(name, ' '.join(str(error).split())) from error
    if not isinstance(document, list):
        raise _wrong(name, _('it is not a list'))
    for number, entry in enumerate(document, 1):
        if not isinstance(entry, dict):
            raise _wrong(name, _('entry %d is not a mapping') % number)
    return document


def _wrong(name: str, why: str) -> exceptions.CommandError:
    return exceptions.CommandError(
        _('The file %(name)s cannot be used: %(why)s')
        % {'name': name, 'why': why}
    )


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
        if any(entry.get(source) is not None for source in _SOURCES):
            for source in _SOURCES:
                setattr(namespace, source, None)
        for key, value in entry.items():
            try:
                arguments = list(_arguments(key, value))
            except ValueError as error:
                raise _bad_entry(number, key, str(error)) from error
            namespace = _parse(parser, arguments, namespace, number, key)
        _parse(
            parser,
            [
                argument
                for source in _SOURCES
                if source in entry
                for argument in _arguments(source, entry[source])
            ],
            argparse.Namespace(),
            number,
            _('sources'),
        )
        yield namespace


def _parse(
    parser: argparse.ArgumentParser,
    arguments: list[str],
    namespace: argparse.Namespace,
    number: int,
    key: object,
) -> argparse.Namespace:
    try:
        return parser.parse_args(arguments, namespace)
    except argparse.ArgumentError as error:
        raise _bad_entry(number, key, error.message) from error
    except ValueError as error:
        raise _bad_entry(number, key, str(error)) from error


def _bad_entry(number: int, key: object, why: str) -> exceptions.CommandError:
    return exceptions.CommandError(
        _('Entry %(number)d, %(key)s: %(why)s')
        % {'number': number, 'key': key, 'why': why}
    )


def _arguments(key: object, value: Any) -> Iterator[str]:
    """Return a key and its value as they stand on a command line.

    :raises ValueError: if there is no such key, or not with this value
    """
    if not isinstance(key, str) or key not in KEYS:
        raise ValueError(
            _('there is no such key; there are %s') % ', '.join(KEYS)
        )
    if value is None:
        return
    option = '--' + key.replace('_', '-')
    if key in _SWITCHES:
        if not isinstance(value, bool):
            raise ValueError(_('it is neither true nor false'))
        yes, no = _SWITCHES[key]
        yield yes if value else no
    elif key in _PAIRS:
        if not isinstance(value, dict):
            raise ValueError(_('it is not a mapping'))
        for name, one in value.items():
            for single in one if isinstance(one, list) else [one]:
                yield f'{option}={_text(name)}={_text(single)}'
    else:
        yield f'{option}={_text(value)}'


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(_('it is neither a text nor a number'))
