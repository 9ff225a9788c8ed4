# SPDX-License-Identifier: Apache-2.0

"""The driver of a command that creates many resources and lists them."""

from collections.abc import Iterator, Sequence
import contextlib
import logging
from typing import Any, ClassVar

from osc_cinderlite.commands import columns, errors, output, signals, terminal
from osc_cinderlite.commands.driver import FAILED, TIMED_OUT, Driver
from osc_cinderlite.commands.numbered import Numbered
from osc_cinderlite.commands.volume_selection import VolumeSelection
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.control import Control, Tally
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.job import Job, Result
from osc_cinderlite.lib.creating.runner import bulk
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.text import one_line

LOG = logging.getLogger(__name__)


class BulkDriver(Driver):
    """One run of a command that creates many resources."""

    blank: ClassVar = frozenset({'table', 'value', 'csv'})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._signals = signals.Signals()
        self._ids: list[str] = []
        self._created: list[Creation] = []
        self._request_ids: list[str] = []
        self._tally: Tally | None = None
        self._total = 0
        formatter, to_terminal = (
            self.args.formatter,
            terminal.is_terminal(self.app.stdout),
        )
        self._ids_apart = formatter == 'table' and to_terminal
        if formatter in ('csv', 'value') and to_terminal:
            # The rows are printed as they come.
            self.live_line.close()

    def create(self) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
        """Begin the run and return the names of the columns, and the rows.

        :raises osc_lib.exceptions.CommandError: if it cannot begin
        """
        names = self._columns()
        self.check_output(names)
        kind = VolumeSelection if self.noun.of_volumes else Numbered
        wanted = kind(self)
        creations = wanted.creations()
        self._total = wanted.total
        if self.args.dry_run:
            self.client.http.negotiate()
            return names, self._to_the_end(self._plan(creations))
        return names, self._to_the_end(self._rows(creations))

    def _columns(self) -> list[str]:
        volume = ['Volume'] if self.noun.of_volumes else []
        state = (
            ['Result', 'Body'] if self.args.dry_run else ['Status', 'Result']
        )
        return ['Name', 'ID', *volume, *state, 'Error']

    def _to_the_end(
        self, rows: Iterator[Sequence[Any]]
    ) -> Iterator[Sequence[Any]]:
        """Return the rows; after an interrupt, those that there are."""
        try:
            yield from rows
        except KeyboardInterrupt:
            if not self._signals.count:
                raise
        finally:
            self.live_line.close()

    def _plan(self, creations: Iterator[Creation]) -> Iterator[Sequence[Any]]:
        """Return a row with the request of each, and send none."""
        version = self.client.http.version
        for one in creations:
            job = Job(one, or_show=bool(self.args.or_show))
            found, body, error = None, None, None
            try:
                planned = job.plan()
                if isinstance(planned, Resource):
                    result, found = 'exists', planned.id
                else:
                    result = 'to create'
                    body = columns.JSONLineColumn(planned.body(version))
            except exceptions.ClientException as failure:
                result, error = 'failed', self._reason(failure)
                self._fail(FAILED)
            yield (one.name, found, *self._volume_of(one), result, body, error)

    def _rows(self, creations: Iterator[Creation]) -> Iterator[Sequence[Any]]:
        """Carry it all out and return a row for each."""
        control = Control()
        self._tally = Tally()
        with (
            self._signals.handled(control),
            self.live_line.counting(self._total) as on_change,
        ):

            def changed(tally: Tally) -> None:
                self._tally = tally
                self._signals.tell(self.quiet)
                on_change(tally)

            results = bulk(
                self.manager,
                creations,
                parallel=self.args.parallel,
                wait=bool(self.args.wait),
                wait_timeout=self.args.wait_timeout,
                or_show=bool(self.args.or_show),
                stop_on_error=bool(self.args.stop_on_error),
                control=control,
                on_change=changed,
            )
            for result in results:
                yield self._row(result)

    def _fail(self, status: int) -> None:
        """End with an exit status, unless there is a more important one."""
        if self._status in (0, TIMED_OUT):
            self._status = status

    def _final(self, status: int) -> int:
        return self._signals.status if self._signals.count else status

    def _row(self, result: Result) -> Sequence[Any]:
        resource, wanted = result.resource, result.creation
        if resource is not None:
            self._ids.append(resource.id)
        if result.result == 'timeout':
            self._fail(TIMED_OUT)
        elif result.result in ('failed', 'unknown', 'skipped'):
            self._fail(FAILED)
        elif resource and result.result == 'created' and not result.error:
            self._created.append(wanted)
            self._review(wanted, resource)
        return (
            wanted.name,
            resource.id if resource else None,
            *self._volume_of(wanted),
            resource.status if resource else None,
            result.result,
            self._why(result),
        )

    def _review(self, wanted: Creation, resource: Resource) -> None:
        warning = self.noun.review(self.client, wanted, resource)
        if warning is not None:
            LOG.warning('%s', one_line(warning))

    def _why(self, result: Result) -> str | None:
        """Return what the row does not say anyway."""
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

    def _reason(self, error: exceptions.ClientException) -> str:
        reason = errors.explain(error, self.noun, None)
        if not self._ids_apart:
            return reason
        for label, found in (
            ('Request-ID', error.request_id),
            ('Global-Request-ID', error.global_request_id),
        ):
            if found:
                self._request_ids.append(found)
                for text in (f', {label}: {found}', f' ({label}: {found})'):
                    reason = reason.replace(text, '')
        return reason

    def _volume_of(self, one: Creation) -> Sequence[str]:
        if not self.noun.of_volumes:
            return []
        return [one.references['volume_id'].id]

    @contextlib.contextmanager
    def printing(self) -> Iterator[None]:
        """Print in the body, then sum up; if it fails, say what exists."""
        try:
            with output.printing(self.app.stdout, self.what_exists):
                yield
        finally:
            self._tell_request_ids()
            self._sum_up()

    def _tell_request_ids(self) -> None:
        """Print the request IDs below a table, which has no room for them."""
        ids = list(dict.fromkeys(self._request_ids))
        if ids:
            output.say(_('Request IDs: %s') % ' '.join(ids), self.quiet)

    def _sum_up(self) -> None:
        """Say in one line what has become of all."""
        if self._tally is None:
            return
        counts: dict[str, int] = dict(self._tally.done.items())
        left = self._total - self._tally.total
        if left > 0:
            counts[_('not begun')] = left
        parts = ', '.join(f'{n} {word}' for word, n in sorted(counts.items()))
        nothing = _('nothing to do') if not self._status else _('none begun')
        total = sum(counts.values())
        output.say(
            _('%(total)d %(noun)s: %(parts)s')
            % {
                'total': total,
                'noun': self.noun.name + 's' * (total != 1),
                'parts': (parts or nothing) + self.noun.summary(self._created),
            },
            self.quiet,
        )

    def what_is_left(self) -> str:
        if self._tally is None:
            return _('nothing was sent')
        exists = self.what_exists()
        look = _("look with 'openstack %s list'") % self.noun.name
        return f'{exists}; {look}' if exists else look

    def what_exists(self) -> str | None:
        if not self._ids:
            return None
        return _('%(noun)ss exist, but cannot be shown: %(ids)s') % {
            'noun': self.noun.name.capitalize(),
            'ids': ' '.join(self._ids),
        }
