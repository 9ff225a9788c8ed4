# SPDX-License-Identifier: Apache-2.0

"""Options of the commands, each declared once.

From a declaration follow the parser of each API version, the field or the
reference of the create, the key in a bulk file, the option's name in errors
and, with what the library declares of the field, the version in its help.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NoReturn

from osc_lib import exceptions
from osc_lib.cli import parseractions

from osc_cinderlite.commands import option_types
from osc_cinderlite.i18n import _

#: true and false in a bulk file
_TRUE = ('true', 'yes', 'on')
_FALSE = ('false', 'no', 'off')

#: exit status for a wrong command line, as argparse has it
USAGE = 2

#: the newest major version of the API
NEWEST = 3


class UsageError(exceptions.CommandError):
    """An error in the command line itself; nothing was sent."""


class Option:
    """An option with one value.

    :param flag: as the user types it; without dashes, it is positional
    :param help: its help
    :param type: as argparse has it; text, which is not empty if it names what
        is looked up
    :param field: in the table of a noun, the field of the library that it is;
        its own name if empty, none if None
    :param finds: the client's manager of what it names, if that is to be
        looked up
    :param group: the name of a group of options that exclude one another
    :param then: the manager's method that is called with its value once the
        resource is available, for forms that lack the field
    :param single: whether only the command for one resource has it
    :param since: the first major version of the API that has it
    :param until: the last major version that has it
    :param dest: the option that it is another name of
    :param ours: whether the stock commands lack it

    :cvar action: as argparse has it
    """

    action: ClassVar[str | type[argparse.Action]] = 'store'

    def __init__(
        self,
        flag: str,
        help: str,
        *,
        metavar: str | None = None,
        type: Callable[[str], Any] | None = None,
        nargs: str | None = None,
        default: Any = None,
        field: str | None = '',
        finds: str | None = None,
        group: str | None = None,
        then: str | None = None,
        single: bool = False,
        since: int = 1,
        until: int = NEWEST,
        dest: str | None = None,
        ours: bool = False,
    ) -> None:
        self.flag = flag
        self.help = help
        self.dest = (dest or flag.lstrip('-')).replace('-', '_')
        self.metavar = metavar or f'<{flag.lstrip("-")}>'
        self.field = self.dest if field == '' else field
        self.type = type or (option_types.not_empty if finds else str)
        self.nargs = nargs
        self.default = default
        self.finds = finds
        self.group = group
        self.then = then
        self.single = single
        self.since = since
        self.until = until
        self.ours = ours

    @property
    def name(self) -> str:
        """The option as messages name it."""
        return self.flag if self.flag.startswith('-') else self.metavar

    def named(self, value: Any) -> str:
        """Return the option as the user typed it, for a value."""
        return self.name

    def add_to(self, parser: argparse._ActionsContainer, help: str) -> None:
        """Add it to a parser.

        :param help: its help, and what else is to be said there
        """
        more: dict[str, Any] = {'nargs': self.nargs} if self.nargs else {}
        if self.flag.startswith('-'):
            more['dest'] = self.dest
        parser.add_argument(
            self.flag,
            action=self.action,
            metavar=self.metavar,
            type=self.type,
            default=self.default,
            help=help,
            **more,
        )

    def arguments(self, value: Any) -> Iterator[str]:
        """Return it, with a value of a bulk file, as on a command line.

        :raises ValueError: if it cannot have the value
        """
        text = _as_text(value)
        if text == '--':
            # argparse before Python 3.13 makes an empty list of it.
            raise ValueError(_("'--' cannot be a value"))
        yield f'--{self.dest.replace("_", "-")}={text}'


class Repeated(Option):
    """An option that may be repeated, and has a list of values."""

    action = 'append'


class Flag(Option):
    """An option without a value: True, or None if it is not given."""

    def add_to(self, parser: argparse._ActionsContainer, help: str) -> None:
        parser.add_argument(
            self.flag, action='store_true', default=None, help=help
        )

    def arguments(self, value: Any) -> Iterator[str]:
        if _as_switch(value):
            yield self.flag


class Switch(Option):
    """Two options for True and False; None if neither is given.

    :param off: the option for False, as the user types it
    :param off_help: its help
    """

    def __init__(
        self, flag: str, help: str, off: str, off_help: str, **more: Any
    ) -> None:
        super().__init__(flag, help, **more)
        self.group = self.group or self.dest
        self.off = off
        self.off_help = off_help

    def named(self, value: Any) -> str:
        return self.flag if value else self.off

    def add_to(self, parser: argparse._ActionsContainer, help: str) -> None:
        for flag, text, action in (
            (self.flag, help, 'store_true'),
            (self.off, self.off_help, 'store_false'),
        ):
            parser.add_argument(
                flag, action=action, dest=self.dest, default=None, help=text
            )

    def arguments(self, value: Any) -> Iterator[str]:
        yield self.flag if _as_switch(value) else self.off


class Pairs(Option):
    """An option for a key and its value, which may be given repeatedly."""

    action: ClassVar[type[argparse.Action]] = parseractions.KeyValueAction

    def __init__(self, flag: str, help: str, **more: Any) -> None:
        super().__init__(flag, help, metavar='<key=value>', **more)

    def arguments(self, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            raise ValueError(_('expected a mapping'))
        for name, one in value.items():
            for single in one if isinstance(one, list) else [one]:
                yield f'{self.flag}={_as_text(name)}={_as_text(single)}'


class AnyOf(Pairs):
    """Keys, each with any of several values."""

    action = option_types.AnyValueAction


class Hints(Pairs):
    """Scheduler hints, some of which have several values."""

    action = option_types.HintAction


class Gone(Option):
    """An option of old clients that is refused.

    :param reason: why it is refused
    """

    def __init__(self, flag: str, reason: str, **more: Any) -> None:
        super().__init__(flag, argparse.SUPPRESS, field=None, **more)
        self.reason = reason
        self.type = self.refuse

    def refuse(self, text: str) -> NoReturn:
        """Raise ArgumentTypeError with the reason."""
        raise argparse.ArgumentTypeError(self.reason)


def _as_switch(value: Any) -> bool:
    """Read true or false from a bulk file.

    :raises ValueError: if it is neither
    """
    word = str(value).lower()
    if word not in _TRUE + _FALSE:
        raise ValueError(_('expected true or false'))
    return word in _TRUE


def _as_text(value: Any) -> str:
    """Read text from a bulk file.

    :raises ValueError: if it is none
    """
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
