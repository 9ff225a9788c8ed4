# SPDX-License-Identifier: Apache-2.0

"""Base class of the two drivers of a create command."""

import abc
import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
import contextlib
import datetime
import functools
import logging
from typing import Any, ClassVar

from osc_lib import exceptions as osc_exceptions

from osc_cinderlite.commands import (
    errors,
    options,
    orders,
    output,
    progress,
    signals,
)
from osc_cinderlite.commands.noun import Noun
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.references import References
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.text import one_line

LOG = logging.getLogger(__name__)

#: exit statuses beside 0 and argparse's 2 for a wrong command line
FAILED = 1
TIMED_OUT = 3


class Driver(abc.ABC):
    """One run of a create command.

    :param app: OSC's shell
    :param noun: what is created
    :param args: the command's arguments

    :cvar blank: the formats in which a value that is missing is empty
    """

    blank: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, app: Any, noun: Noun, args: argparse.Namespace) -> None:
        self.app = app
        self.noun = noun
        self.args = args
        self.references = References()
        self._status = 0
        self._name: str | None = None
        self.quiet = not getattr(app.options, 'verbose_level', 1)
        self.live_line = progress.LiveLine(
            output.can_redraw(app.stderr) and not self.quiet
        )

    @functools.cached_property
    def client(self) -> Client:
        """The block storage client of this shell."""
        client: Client = self.app.client_manager.cinderlite
        client.http.on_retry = self.live_line.retry
        return client

    @property
    def manager(self) -> Manager:
        """The manager of what is created."""
        manager: Manager = getattr(self.client, self.noun.manager)
        return manager

    @functools.cached_property
    def stamps(self) -> Mapping[str, str]:
        """The date and the time of this run, for names."""
        now = datetime.datetime.now()
        return {'date': now.strftime('%Y%m%d'), 'time': now.strftime('%H%M%S')}

    def creation(
        self, given: argparse.Namespace, of: Mapping[str, Any] | None = None
    ) -> Creation:
        """Return what a command line describes; see :mod:`.orders`."""
        return orders.creation(
            self.noun, given, self.client, self.references, of
        )

    @property
    def now(self) -> datetime.datetime:
        """The time by the server's clock."""
        clock = self.client.http.server_clock
        return clock.now() or datetime.datetime.now(datetime.UTC)

    def age(self, resource: Resource) -> datetime.timedelta:
        """Return the age of a resource; of an unknown one, none."""
        made = resource.created_at
        return datetime.timedelta(0) if made is None else self.now - made

    @abc.abstractmethod
    def create(self) -> tuple[Sequence[str], Iterable[Any]]:
        """Return the names of the columns, and the values or the rows."""

    def printing(self) -> contextlib.AbstractContextManager[None]:
        """Print in the body; if that fails, say what exists."""
        return output.printing(self.app.stdout, self.what_exists)

    def review(self, made: Creation, resource: Resource) -> None:
        """Warn if a new resource is not quite what was requested."""
        warning = self.noun.review(self.client, made, resource)
        if warning is not None:
            LOG.warning('%s', one_line(warning))

    def status_of(self, carry_out: Callable[[], int]) -> int:
        """Carry the command out and return its exit status.

        :raises osc_lib.exceptions.CommandError: if it failed as a whole
        """
        try:
            with signals.raising(), output.stderr_that_may_fail():
                status = carry_out()
        except options.UsageError as error:
            LOG.error('%s', error)
            status = options.USAGE
        except exceptions.ClientException as error:
            raise osc_exceptions.CommandError(self.explain(error)) from error
        except KeyboardInterrupt as error:
            LOG.error(_('Interrupted: %s'), self.what_is_left())
            status = signals.status_of(error)
        else:
            status = self._final(self._status or status)
        finally:
            self.live_line.close()
        return signals.pass_on(status, self.app.interactive_mode)

    def _final(self, status: int) -> int:
        return status

    @abc.abstractmethod
    def what_is_left(self) -> str:
        """Return what there is after an interrupt, and how to look at it."""

    @abc.abstractmethod
    def what_exists(self) -> str | None:
        """Return what exists though it cannot be shown, or None."""

    def check_output(self, known: Sequence[str]) -> None:
        """Refuse to create what cannot be shown.

        :param known: the names of all columns; those that are wanted are
            replaced by them, whatever their case
        :raises osc_lib.exceptions.CommandError: if there is no output
        :raises options.UsageError: for a column that is unknown
        """
        if self.app.stdout is None:
            raise osc_exceptions.CommandError(
                _('Standard output is closed; nothing was created')
            )
        names = {_normal(name): name for name in known}
        for wanted in self.args.columns:
            if _normal(wanted) not in names:
                raise options.UsageError(
                    _("No column '%(name)s'; columns: %(known)s")
                    % {'name': wanted, 'known': ', '.join(known)}
                )
        self.args.columns = [names[_normal(one)] for one in self.args.columns]

    def explain(
        self, error: exceptions.ClientException, doing: str | None = None
    ) -> str:
        """Return one line on what failed, why and what to do next.

        :param doing: what was being done, if that was not the create
        """
        if doing is None:
            name = f" '{self._name}'" if self._name else ''
            doing = _('create %(what)s') % {'what': f'{self.noun.name}{name}'}
        return errors.explain(error, self.noun, doing, self.commands)

    @functools.cached_property
    def commands(self) -> frozenset[str]:
        """The commands of this OpenStackClient at this API version."""
        return frozenset(name for name, _entry in self.app.command_manager)

    def command(self, verb: str, *arguments: str) -> str | None:
        """Return another command of the noun, if there is one."""
        return errors.command(self.noun, self.commands, verb, *arguments)

    def for_output(self, values: list[Any]) -> list[Any]:
        """Return values as they are to be printed.

        What a terminal would act upon is escaped, but for formatters that do
        so by themselves.
        """
        formatter = self.args.formatter
        if formatter in self.blank:
            values = ['' if value is None else value for value in values]
        if output.is_terminal(self.app.stdout) and (
            formatter not in ('json', 'yaml')
        ):
            values = [output.escaped(value) for value in values]
        return values


def _normal(column: str) -> str:
    """Return a column's name as cliff compares it."""
    return column.lower().replace(' ', '_')
