# SPDX-License-Identifier: Apache-2.0

"""Base class of the kinds of resources that commands create."""

import abc
import argparse
from collections.abc import Mapping, Sequence
import functools
from typing import TYPE_CHECKING, Any, ClassVar

from osc_lib import exceptions

from osc_cinderlite.commands import columns, selection
from osc_cinderlite.commands.common_options import BULK, careful
from osc_cinderlite.commands.options import NEWEST, Option
from osc_cinderlite.commands.parsers import add, tell_versions
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.client import Client
    from osc_cinderlite.lib.creating.creation import Creation
    from osc_cinderlite.lib.resource import Resource
    from osc_cinderlite.lib.resources.base import Manager


class Noun(abc.ABC):
    """Kind of resource: its options, its columns, its own rules.

    :param major: the major version of the API

    :cvar name: the resource in commands, such as ``volume snapshot``
    :cvar description: what the command for one says of itself
    :cvar bulk_description: what the bulk command says of itself
    :cvar manager: its manager in the client
    :cvar shown: its columns, by the major version
    :cvar shown_if_set: those that are shown only with a value
    :cvar options: the options that say what to create
    :cvar choices: those of them that decide what a field will be
    :cvar bulk: those of the bulk command, which say of what and how many
    :cvar of_volumes: whether each is made of a volume
    :cvar wait_timeout: the default of ``--wait-timeout``, in seconds
    :cvar or_show: the help of ``--or-show``
    :cvar bulk_columns: further columns of the bulk command, by the record's
        keys
    :cvar hints: what to do next, by words of Cinder's message
    :cvar on_request: columns that are shown only if they are requested
    """

    name: ClassVar[str]
    description: ClassVar[str]
    bulk_description: ClassVar[str]
    manager: ClassVar[str]
    shown: ClassVar[Mapping[int, tuple[str, ...]]]
    shown_if_set: ClassVar[Mapping[int, tuple[str, ...]]] = {}
    options: ClassVar[Sequence[Option]]
    choices: ClassVar[Sequence[str]] = ()
    bulk: ClassVar[Sequence[Option]] = selection.OPTIONS
    of_volumes: ClassVar[bool] = True
    wait_timeout: ClassVar[float] = 3600
    or_show: ClassVar[str] = _(
        'Show the resource of this name and volume, if the project has a good '
        'one, instead of creating another one'
    )
    hints: ClassVar[Mapping[str, str]] = {}
    bulk_columns: ClassVar[Mapping[str, str]] = {}
    on_request: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, major: int = NEWEST) -> None:
        self.major = major

    @abc.abstractmethod
    def manager_class(self) -> 'type[Manager]':
        """Return the class of its manager."""

    def options_of(self, *, bulk: bool = False) -> Sequence[Option]:
        """Return its options, as far as its version of the API has them.

        :param bulk: whether those of the bulk command are wanted
        """
        return [
            option
            for option in self.options
            if not (bulk and option.single)
            and self._first_major(option) <= self.major <= option.until
        ]

    def add_options(
        self, parser: argparse.ArgumentParser, *, bulk: bool
    ) -> None:
        """Add all options of one of its commands."""
        wanted = [
            *self.options_of(bulk=bulk),
            *careful(self.wait_timeout, self.or_show),
            *(BULK if bulk else ()),
            *(self.bulk if bulk else ()),
        ]
        add(parser, wanted, self._since)
        tell_versions(parser, self.newer_options(bulk=bulk))

    def newer_options(self, *, bulk: bool = False) -> Mapping[str, str]:
        """Return the first versions of the options that its version lacks.

        :return: by the option, as the user types it
        """
        return {
            option.flag: self._first_version(option).removesuffix('.0')
            for option in self.options
            if not (bulk and option.single)
            and self._first_major(option) > self.major
        }

    def _first_major(self, option: Option) -> int:
        return int(self._first_version(option).split('.')[0])

    def _first_version(self, option: Option) -> str:
        """Return the first version of the API that has an option."""
        return self._since.get(option.field or '', str(option.since))

    @functools.cached_property
    def _since(self) -> Mapping[str, str]:
        """Return the first version of fields that not every version has."""
        manager = self.manager_class()
        forms = filter(None, (manager.manage_form, manager.form))
        return {
            name: field.since
            for form in forms
            for name, field in form.fields.items()
            if field.since is not None
        }

    @property
    def names(self) -> Mapping[str, str]:
        """The names of its options, by the fields that they are."""
        return {
            option.field: option.name
            for option in self.options
            if option.field is not None
        }

    @abc.abstractmethod
    def complete(self, given: argparse.Namespace) -> None:
        """Fill in what follows from other options; refuse what contradicts.

        :raises osc_lib.exceptions.CommandError: if options contradict
        """

    def misfits(self, misfits: Sequence[str]) -> None:
        """Refuse options that managing an existing resource does not have.

        :param misfits: their names
        :raises osc_lib.exceptions.CommandError: unless they do no harm
        """
        raise exceptions.CommandError(
            _('%s cannot be given with --remote-source') % ', '.join(misfits)
        )

    def columns(self) -> Sequence[str]:
        """Return the names of all columns that a record may have."""
        return self.shown[self.major] + self.shown_if_set.get(self.major, ())

    def show(
        self, record: 'Resource', made: 'Creation', *, full: bool
    ) -> dict[str, Any]:
        """Return the columns of a record.

        :param made: what was to be created
        :param full: whether the record is that of a look, not only what the
            response to the create has
        """
        return columns.show(
            record,
            self.shown[self.major],
            self.shown_if_set.get(self.major, ()),
        )

    def remark(self, made: 'Creation') -> str | None:
        """Return what a person may want to know of a new resource."""
        return None

    def summary(self, made: 'Sequence[Creation]') -> str:
        """Return what else is to be said of a run.

        :param made: what was created of what it was left to choose
        """
        return ''

    def review(
        self, client: 'Client', made: 'Creation', record: 'Resource'
    ) -> str | None:
        """Return a warning if a resource is not quite what was requested."""
        return None
