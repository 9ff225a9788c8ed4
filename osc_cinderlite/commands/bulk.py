# SPDX-License-Identifier: Apache-2.0

"""Base class of the bulk commands."""

import abc
import argparse
from collections.abc import Iterator, Sequence
import datetime
import logging
from typing import TYPE_CHECKING, Any

from osc_lib import exceptions as osc_exceptions
from osc_lib.command import command

from osc_cinderlite.commands import (
    columns,
    errors,
    options,
    output,
    signals,
    single,
    terminal,
)
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib import exceptions
    from osc_cinderlite.lib.creating import job, references, runner

LOG = logging.getLogger(__name__)

MOST_PARALLEL = 64


def _parallel(text: str) -> int:
    """Read the number of resources to create at a time."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_PARALLEL:
        raise argparse.ArgumentTypeError(
            _("'%(given)s' is not a number from 1 to %(most)d")
            % {'given': text, 'most': MOST_PARALLEL}
        )
    return int(text)


class CreateMany(single.Create, command.Lister):
    """A command that creates many resources and lists what became of them.

    Its table is in the order of the input, not sorted.
    """

    #: whether the rows say of which volume
    of_volumes = True

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            '--parallel',
            metavar='<n>',
            type=_parallel,
            default=4,
            help=_(
                'Create up to <n> resources at a time (1-64, default: 4). '
                'With --wait, a resource counts until it is available'
            ),
        )
        parser.add_argument(
            '--stop-on-error',
            action='store_true',
            help=_('Skip the rest after a failure (default: go on)'),
        )
        return parser

    @abc.abstractmethod
    def creations(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'Iterator[job.Creation]':
        """Return all that is asked for, one after the other.

        What can be checked beforehand has been checked when this returns.

        :raises osc_lib.exceptions.CommandError: if it is refused
        """

    @abc.abstractmethod
    def total(self, parsed_args: argparse.Namespace) -> int | None:
        """Return how many there will be, or None if that is not known."""

    def run(self, parsed_args: argparse.Namespace) -> int:
        from osc_cinderlite.lib import exceptions

        self._status = 0
        self._signals = signals.Signals()
        self._made: list[str] = []
        self._tally: runner.Tally | None = None
        try:
            with signals.raising(), output.stderr_that_may_fail():
                status = super().run(parsed_args)
        except options.UsageError as error:
            LOG.error('%s', error)
            status = options.USAGE
        except exceptions.ClientException as error:
            raise osc_exceptions.CommandError(self.explain(error)) from error
        except KeyboardInterrupt as error:
            LOG.error(_('Interrupted: %s'), self._left())
            status = signals.status_of(error)
        else:
            status = self._status or status
            if self._signals.count:
                status = self._signals.status
        return signals.pass_on(status, self.app.interactive_mode)

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
        from osc_cinderlite.lib.creating import references

        self.check_output()
        if parsed_args.formatter in ('csv', 'value') and terminal.is_terminal(
            self.app.stdout
        ):
            # The rows are printed as they come.
            self.live_line.close()
        self._ids: list[str] = []
        self._ids_apart = (
            parsed_args.formatter == 'table'
            and terminal.is_terminal(self.app.stdout)
        )
        names = self._columns(parsed_args)
        self.check_columns(parsed_args, names)
        wanted = self.creations(parsed_args, references.References())
        if parsed_args.dry_run:
            self.client.http.negotiate()
            rows = self._plan(wanted, parsed_args)
        else:
            rows = self._rows(wanted, parsed_args)
        return names, self._to_the_end(rows)

    def _columns(self, parsed_args: argparse.Namespace) -> list[str]:
        volume = ['Volume'] if self.of_volumes else []
        if parsed_args.dry_run:
            return ['Name', 'ID', *volume, 'Result', 'Body', 'Error']
        return ['Name', 'ID', *volume, 'Status', 'Result', 'Error']

    def _to_the_end(
        self, rows: Iterator[Sequence[Any]]
    ) -> Iterator[Sequence[Any]]:
        """Return the rows; if the input breaks off, tell so after them."""
        from osc_cinderlite.lib import exceptions

        try:
            yield from rows
        except exceptions.ClientException as error:
            self._fail(single.FAILED)
            doing = _('list all volumes')
            LOG.error('%s', self.explain(error, doing=doing))
        except KeyboardInterrupt:
            if not self._signals.count:
                raise
        finally:
            self.live_line.close()

    def _plan(
        self,
        wanted: 'Iterator[job.Creation]',
        parsed_args: argparse.Namespace,
    ) -> Iterator[Sequence[Any]]:
        """Return a row with the request of each, and send none."""
        from osc_cinderlite.lib import exceptions

        version = self.client.http.version
        for one in wanted:
            existing, body, error = None, None, None
            try:
                one.check()
                if parsed_args.or_show:
                    existing = one.existing(of_volume=True)
                if existing is None:
                    one.prepare()
                    body = columns.JSONLineColumn(one.request().body(version))
                result = 'exists' if existing else 'to create'
            except exceptions.ClientException as wrong:
                result, error = 'failed', self._reason(wrong)
                self._fail(single.FAILED)
            yield (
                one.name,
                existing.id if existing else None,
                *self._volume_of(one),
                result,
                body,
                error,
            )

    def _rows(
        self,
        wanted: 'Iterator[job.Creation]',
        parsed_args: argparse.Namespace,
    ) -> Iterator[Sequence[Any]]:
        """Carry it all out and return a row for each."""
        from osc_cinderlite.lib.creating import runner

        control = runner.Control()
        self._tally = runner.Tally()
        self._total = self.total(parsed_args)
        with (
            self._signals.handled(control),
            self.live_line.counting(self._total) as on_change,
        ):

            def changed(tally: runner.Tally) -> None:
                self._tally = tally
                self._signals.tell(self.quiet)
                on_change(tally)

            results = runner.bulk(
                self.manager,
                wanted,
                parallel=parsed_args.parallel,
                wait=parsed_args.wait,
                wait_timeout=parsed_args.wait_timeout,
                or_show=parsed_args.or_show,
                stop_on_error=parsed_args.stop_on_error,
                control=control,
                on_change=changed,
            )
            for result in results:
                yield self._row(result)

    def _fail(self, status: int) -> None:
        """End with an exit status, unless there is a more important one."""
        if self._status in (0, single.TIMED_OUT):
            self._status = status

    def _row(self, result: 'runner.Result') -> Sequence[Any]:

        resource, error = result.resource, result.error
        if resource is not None:
            self._made.append(resource.id)
        if result.result == 'timeout':
            self._fail(single.TIMED_OUT)
        elif result.result in ('failed', 'unknown', 'skipped'):
            self._fail(single.FAILED)
        elif resource and result.result == 'created' and not error:
            self.review(result.creation, resource)
        return (
            result.creation.name,
            resource.id if resource else None,
            *self._volume_of(result.creation),
            resource.status if resource else None,
            result.result,
            self._why(result),
        )

    def _why(self, result: 'runner.Result') -> str | None:
        """Return what the row does not say anyway."""
        from osc_cinderlite.lib import exceptions

        if result.error is None:
            return None
        reason = self._reason(result.error)
        if result.resource is None:
            return reason
        what = f'{self.manager.kind} {result.resource.id} '
        reason = reason.removeprefix(what)
        if result.existed and isinstance(
            result.error, exceptions.ResourceFailed
        ):
            reason += _('; it already existed; delete it to create a new one')
        return reason

    def _reason(self, error: 'exceptions.ClientException') -> str:
        reason = errors.explain(
            error, doing=None, options=self.fields, hints=self.hints
        )
        if not self._ids_apart:
            return reason
        for label, found in (
            ('Request-ID', error.request_id),
            ('Global-Request-ID', error.global_request_id),
        ):
            if found:
                self._ids.append(found)
                for text in (f', {label}: {found}', f' ({label}: {found})'):
                    reason = reason.replace(text, '')
        return reason

    def _tell_ids(self) -> None:
        """Print the request IDs below a table, which has no room for them."""
        ids = list(dict.fromkeys(self._ids))
        if ids:
            output.say(_('Request IDs: %s') % ' '.join(ids), self.quiet)

    def _volume_of(self, one: 'job.Creation') -> Sequence[str]:
        return [one.references['volume_id'].id] if self.of_volumes else []

    def remark(self) -> str:
        """Return what else is to be said of all that was done."""
        return ''

    def _sum_up(self) -> None:
        """Say in one line what it all came to."""
        if self._tally is None:
            return
        counts: dict[str, int] = dict(self._tally.done.items())
        left = (self._total or 0) - self._tally.total
        if left > 0:
            counts[_('not begun')] = left
        parts = ', '.join(f'{n} {word}' for word, n in sorted(counts.items()))
        nothing = _('nothing to do') if not self._status else _('none begun')
        total = sum(counts.values())
        output.say(
            _('%(total)d %(noun)s: %(parts)s')
            % {
                'total': total,
                'noun': self.noun + 's' * (total != 1),
                'parts': (parts or nothing) + self.remark(),
            },
            self.quiet,
        )

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Any,
    ) -> int:
        """Print the rows; if that cannot be, at least the IDs on stderr.

        What was asked for is done all the same.
        """
        rows = (self._for_output(list(row), parsed_args) for row in data)
        try:
            with output.printing(self.app.stdout, self._what_is_made):
                try:
                    super().produce_output(parsed_args, column_names, rows)
                finally:
                    for _row in data:
                        pass
        finally:
            self._tell_ids()
            self._sum_up()
        return 0

    def _for_output(
        self, row: list[Any], parsed_args: argparse.Namespace
    ) -> list[Any]:
        if parsed_args.formatter in ('table', 'value', 'csv'):
            row = ['' if value is None else value for value in row]
        return columns.for_output(self.app.stdout, row, parsed_args)

    def _left(self) -> str:
        """Return what there is after an interrupt that ended it all."""
        if self._tally is None:
            return _('nothing was sent')
        look = _("look with 'openstack %s list'") % self.noun
        made = self._what_is_made()
        return f'{made}; {look}' if made else look

    def _what_is_made(self) -> str | None:
        if not self._made:
            return None
        return _('%(noun)ss exist, but cannot be shown: %(ids)s') % {
            'noun': self.noun.capitalize(),
            'ids': ' '.join(self._made),
        }


def stamps() -> dict[str, str]:
    """Return the template fields that tell the present time."""
    now = datetime.datetime.now()
    return {'date': now.strftime('%Y%m%d'), 'time': now.strftime('%H%M%S')}
