# SPDX-License-Identifier: Apache-2.0

"""Base classes of the create commands, single and bulk."""

import abc
import argparse
from collections.abc import Mapping, Sequence
import contextlib
import functools
import logging
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from osc_lib import exceptions as osc_exceptions
from osc_lib.command import command

from osc_cinderlite.commands import (
    columns,
    errors,
    options,
    output,
    progress,
    signals,
    terminal,
)
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib import client, exceptions
    from osc_cinderlite.lib.creating import job, references
    from osc_cinderlite.lib.resource import Resource
    from osc_cinderlite.lib.resources import base

LOG = logging.getLogger(__name__)

#: exit statuses beside 0 and argparse's 2 for a wrong command line
FAILED = 1
TIMED_OUT = 3

_DRY_RUN = ('method', 'path', 'microversion', 'body')


class Create(command.Command):
    """A command that creates; what is created, its subclasses know.

    :cvar attribute: the manager's name in the client
    :cvar noun: the resource in commands, such as ``volume snapshot``
    :cvar wait_timeout: the default of ``--wait-timeout``, in seconds
    :cvar fields: fields of the API that go by another option than theirs
    :cvar hints: what to do next, by words of Cinder's message
    """

    attribute: ClassVar[str]
    noun: ClassVar[str]
    wait_timeout: ClassVar[float] = 3600
    fields: ClassVar[Mapping[str, str]] = {}
    hints: ClassVar[Mapping[str, str]] = {}
    or_show_help: ClassVar[str] = _(
        'Show the resource of this name, if the project has one, instead of '
        'creating another one'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        self.add_options(parser)
        options.add_wait(parser, self.wait_timeout)
        options.add_careful(parser, self.or_show_help)
        options.prefer_stock(parser)
        return parser

    def get_epilog(self) -> str:
        """Name the plugin, as cliff does in the help of others' commands.

        cliff finds its name by reading the metadata of all distributions,
        for each command that runs.
        """
        hooks = [hook.obj for hook in self._hooks if hook.obj is not None]
        return '\n\n'.join(
            (
                self._epilog or '',
                *filter(None, (hook.get_epilog() for hook in hooks)),
                _('This command is provided by the osc-cinderlite plugin.'),
            )
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to create."""

    @property
    def client(self) -> 'client.Client':
        """The block storage client of this shell."""
        manager: Any = self.app.client_manager
        made: client.Client = manager.cinderlite
        made.http.on_retry = self.live_line.retry
        return made

    @functools.cached_property
    def live_line(self) -> progress.LiveLine:
        """The live line of this run."""
        can_redraw = terminal.can_redraw(self.app.stderr)
        return progress.LiveLine(can_redraw and not self.quiet)

    @property
    def manager(self) -> 'base.Manager':
        """The manager of what is created."""
        manager: base.Manager = getattr(self.client, self.attribute)
        return manager

    def check_output(self) -> None:
        """Refuse to make what cannot be shown.

        :raises osc_lib.exceptions.CommandError: if there is no output
        """
        if self.app.stdout is None:
            raise osc_exceptions.CommandError(
                _('Standard output is closed; nothing was created')
            )

    def check_columns(
        self, parsed_args: argparse.Namespace, known: Sequence[str]
    ) -> None:
        """Replace the wanted columns by their names, whatever their case.

        :param known: the names of all columns
        :raises options.UsageError: for one that is unknown
        """
        names = {_normal(name): name for name in known}
        for wanted in parsed_args.columns:
            if _normal(wanted) not in names:
                raise options.UsageError(
                    _("No column '%(name)s'; columns: %(known)s")
                    % {'name': wanted, 'known': ', '.join(known)}
                )
        parsed_args.columns = [
            names[_normal(wanted)] for wanted in parsed_args.columns
        ]

    @property
    def quiet(self) -> bool:
        """Whether the user wants nothing but results and errors."""
        return not getattr(self.app.options, 'verbose_level', 1)

    def explain(
        self,
        error: 'exceptions.ClientException',
        name: str | None = None,
        doing: str | None = None,
    ) -> str:
        """Return one line on what failed, why and what to do next.

        :param name: the name of what was to be created
        :param doing: what was being done, if that was not the create
        """
        what = f"{self.noun} '{name}'" if name else self.noun
        return errors.explain(
            error,
            doing=doing or _('create %(what)s') % {'what': what},
            options=self.fields,
            hints=self.hints,
        )

    def review(self, wanted: 'job.Creation', resource: 'Resource') -> None:
        """Warn if an available resource is not quite what was asked for."""


class CreateOne(Create, command.ShowOne):
    """A command that creates one resource and shows it."""

    def run(self, parsed_args: argparse.Namespace) -> int:
        from osc_cinderlite.lib import exceptions

        self._status = 0
        self._made: Resource | None = None
        self._wanted: job.Creation | None = None
        try:
            with signals.raising(), output.stderr_that_may_fail():
                status = super().run(parsed_args)
        except options.UsageError as error:
            LOG.error('%s', error)
            status = options.USAGE
        except exceptions.ClientException as error:
            name = self._wanted.name if self._wanted else None
            raise osc_exceptions.CommandError(
                self.explain(error, name)
            ) from error
        except KeyboardInterrupt as error:
            LOG.error(_('Interrupted: %s'), self._left())
            status = signals.status_of(error)
        else:
            status = self._status or status
        return signals.pass_on(status, self.app.interactive_mode)

    @abc.abstractmethod
    def creation_for(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'job.Creation':
        """Return what ``parsed_args`` ask for; sends nothing.

        :raises osc_lib.exceptions.CommandError: if they contradict
        """

    @abc.abstractmethod
    def show(
        self, resource: 'Resource', made: 'job.Creation', full: bool
    ) -> dict[str, Any]:
        """Return the columns of a resource.

        :param full: whether ``resource`` is the record of a look, not only
            what the create answered
        """

    @abc.abstractmethod
    def column_names(self) -> Sequence[str]:
        """Return the names of all columns that there may be."""

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Sequence[Any]]:
        with contextlib.closing(self.live_line):
            shown = self._carry_out(parsed_args)
        for name in parsed_args.columns:
            shown.setdefault(name, None)
        return tuple(shown.keys()), tuple(shown.values())

    def _carry_out(self, parsed_args: argparse.Namespace) -> dict[str, Any]:
        from osc_cinderlite.lib.creating import references

        self.check_output()
        self._check_columns(parsed_args)
        wanted = self.creation_for(parsed_args, references.References())
        self._wanted = wanted
        if parsed_args.or_show and not wanted.name:
            raise options.UsageError(
                _('--or-show needs the name of the %s') % self.noun
            )
        wanted.check()
        if parsed_args.dry_run:
            return self._request(wanted, parsed_args.or_show)
        return self._create(wanted, parsed_args)

    def _check_columns(self, parsed_args: argparse.Namespace) -> None:
        """Refuse wrong columns before there is something to show."""
        known = _DRY_RUN if parsed_args.dry_run else self.column_names()
        self.check_columns(parsed_args, known)

    def _request(
        self, wanted: 'job.Creation', or_show: bool
    ) -> dict[str, Any]:
        """Return the columns of the request that would be sent."""
        from urllib import parse

        manager = wanted.manager
        version = manager.http.negotiate()
        wanted.check()
        existing = wanted.existing() if or_show else None
        if existing is not None:
            method, body = 'GET', None
            path = f'{manager.collection}/{existing.id}'
        else:
            wanted.prepare()
            request = wanted.request()
            method, path = 'POST', request.path
            body = columns.JSONColumn(request.body(version))
        where = parse.urlsplit(manager.http.endpoint).path
        return {
            'method': method,
            'path': f'{where}/{path}',
            'microversion': str(version) if version.major > 2 else None,
            'body': body,
        }

    def _create(
        self, wanted: 'job.Creation', parsed_args: argparse.Namespace
    ) -> dict[str, Any]:
        outcome = wanted.run(or_show=parsed_args.or_show)
        self._made = outcome.resource
        follow_ups = wanted.follow_ups and outcome.result == 'created'
        if not parsed_args.wait and not follow_ups:
            return self.show(outcome.resource, wanted, full=False)
        try:
            self._made = self._follow(wanted, outcome, parsed_args)
        except KeyboardInterrupt as error:
            self._fail(
                signals.status_of(error),
                _('Interrupted: %s') % self._left(),
            )
        return self.show(self._made, wanted, full=True)

    def _follow(
        self,
        wanted: 'job.Creation',
        outcome: 'job.Outcome',
        parsed_args: argparse.Namespace,
    ) -> 'Resource':
        """Wait for the resource, follow up, and return its last record."""
        from osc_cinderlite.lib import exceptions

        resource = outcome.resource
        label = exceptions.printable(resource.name or resource.id)
        self.tell(
            _('%(noun)s %(id)s (%(name)s) %(result)s; waiting for it')
            % {
                'noun': self.noun.capitalize(),
                'id': resource.id,
                'name': label,
                'result': outcome.result,
            },
            parsed_args,
        )
        try:
            with self.live_line.following(label, resource.status) as on_state:
                resource = wanted.manager.wait(
                    resource,
                    timeout=parsed_args.wait_timeout,
                    restored_from=wanted.restored_from,
                    on_state=on_state,
                )
                if wanted.follow_ups and outcome.result == 'created':
                    wanted.follow_up(resource.id)
                    resource = wanted.manager.get(resource.id)
        except exceptions.WaitTimeout as error:
            self._fail(TIMED_OUT, f'{error}; {self._left()}')
            return error.resource
        except exceptions.ResourceFailed as error:
            self._fail(FAILED, str(error))
            return error.resource
        except exceptions.ClientException as error:
            doing = _('finish %(noun)s %(id)s') % {
                'noun': self.noun,
                'id': resource.id,
            }
            self._fail(FAILED, self.explain(error, doing=doing))
            return resource
        self.review(wanted, resource)
        return resource

    def tell(self, text: str, parsed_args: argparse.Namespace) -> None:
        """Say how it goes: to a person, or to a script that waits.

        The stock commands are silent in success, and scripts that merge the
        streams rely on it.
        """
        if parsed_args.wait or terminal.is_terminal(sys.stderr):
            output.say(text, self.quiet)

    def _fail(self, status: int, message: str) -> None:
        """End with an exit status, but show what there is."""
        self._status = status
        LOG.error('%s', message)

    def _left(self) -> str:
        """Return what there is now, and how to look at it."""
        if self._made is None:
            sent = self._wanted.sent if self._wanted else None
            if sent is None:
                return _('no %s was created') % self.noun
            return _(
                'the %(noun)s may or may not exist; check with '
                "'openstack %(noun)s list' before retrying "
                '(Global-Request-ID: %(id)s)'
            ) % {'noun': self.noun, 'id': sent.once.request_id}
        return _(
            "%(noun)s %(id)s is left as it is; look again with 'openstack "
            "%(noun)s show %(id)s'"
        ) % {'noun': self.noun, 'id': self._made.id}

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Sequence[Any],
    ) -> int:
        """Print the record; if that cannot be, at least its ID on stderr."""
        with output.printing(self.app.stdout, self._what_is_made):
            row = columns.for_output(self.app.stdout, list(data), parsed_args)
            super().produce_output(parsed_args, column_names, row)
        return 0

    def _what_is_made(self) -> str | None:
        if self._made is None:
            return None
        return _('%(noun)s %(id)s exists, but cannot be shown') % {
            'noun': self.noun.capitalize(),
            'id': self._made.id,
        }


def _normal(column: str) -> str:
    """Return a column's name as cliff compares it."""
    return column.lower().replace(' ', '_')
