# SPDX-License-Identifier: Apache-2.0

"""The driver of a command that creates many resources and lists them."""

import collections
from collections.abc import Iterable, Iterator, Sequence
import contextlib
import logging
from typing import Any, ClassVar

from osc_cinderlite.commands import errors, numbered, output, signals
from osc_cinderlite.commands.driver import FAILED, TIMED_OUT, Driver
from osc_cinderlite.commands.retention import Fields, Retention
from osc_cinderlite.commands.rows import Row, Rows
from osc_cinderlite.commands.volume_selection import VolumeSelection
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.control import Control, Tally
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.deleting import Deletion
from osc_cinderlite.lib.creating.job import Job, Result
from osc_cinderlite.lib.creating.runner import bulk
from osc_cinderlite.lib.resource import Resource

LOG = logging.getLogger(__name__)


class BulkDriver(Driver):
    """One run of a command that creates many resources."""

    blank: ClassVar = frozenset({'table', 'value', 'csv'})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._signals = signals.Signals()
        self._rows = Rows(self)
        self._ids: list[str] = []
        self._chosen: list[Creation] = []
        self._tally: Tally | None = None
        self._total = 0
        self._retention: Retention | None = None
        self._deleted: collections.Counter[str] = collections.Counter()
        if self.args.formatter in ('csv', 'value') and output.is_terminal(
            self.app.stdout
        ):
            # The rows are printed as they come.
            self.live_line.close()

    def create(self) -> tuple[Sequence[str], Iterator[Row]]:
        """Begin the run and return the names of the columns, and the rows.

        :raises osc_lib.exceptions.CommandError: if it cannot begin
        """
        names = self._rows.columns
        self.check_output(names)
        creations, self._total = self._creations()
        if self.args.dry_run:
            self.client.http.negotiate()
            return names, self._to_the_end(self._plan(creations))
        return names, self._to_the_end(self._carry_out(creations))

    def _creations(self) -> tuple[Iterable[Creation], int]:
        """Return what is to be created, and how many there are."""
        if not self.noun.of_volumes:
            return numbered.creations(self)
        selection = VolumeSelection(self)
        if self.args.keep or self.args.keep_for:
            self._retention = Retention(self, selection)
        made = selection.creations()
        return made, len(made)

    def _to_the_end(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Return the rows; after an interrupt, those that there are."""
        try:
            yield from rows
        except KeyboardInterrupt:
            if not self._signals.count:
                raise
        finally:
            self.live_line.close()

    def _plan(self, creations: Iterable[Creation]) -> Iterator[Row]:
        """Return a row with the request of each, and send none."""
        new: dict[str, Fields | None] = {}
        for one in creations:
            job = Job(one, or_show=bool(self.args.or_show))
            if one.skip is not None:
                yield self._rows.of_result(job.result())
                continue
            try:
                planned = job.plan()
            except exceptions.ClientException as failure:
                self._fail(FAILED)
                failed = Result(one, 'failed', error=failure)
                yield self._rows.of_result(failed)
                continue
            volume = self._rows.volume_of(one)
            if isinstance(planned, Resource):
                new[volume] = None
                yield self._rows.of_result(Result(one, 'exists', planned))
            else:
                body = planned.body(self.client.http.version)
                new[volume] = body[self.manager.key]
                yield self._rows.of_result(Result(one, 'to create'), body)
        if self._retention is not None:
            for deletion in self._retention.planned(new):
                yield self._rows.of_deletion(deletion)

    def _carry_out(self, creations: Iterable[Creation]) -> Iterator[Row]:
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
            good: dict[str, None] = {}
            for result in results:
                if result.result in ('created', 'exists') and not result.error:
                    good[self._rows.volume_of(result.creation)] = None
                self._take(result)
                yield self._rows.of_result(result)
            for deletion in self._old(good, control):
                yield self._rows.of_deletion(deletion)

    def _old(
        self, good: Iterable[str], control: Control
    ) -> Iterator[Deletion]:
        """Delete what has expired, of volumes with a good new resource."""
        if self._retention is None or self._signals.count:
            return
        try:
            for deletion in self._retention.carried_out(
                good, control, lambda: self._signals.count > 0
            ):
                if deletion.result == 'delete failed':
                    self._fail(FAILED)
                self._deleted[deletion.result] += 1
                yield deletion
        except exceptions.ClientException as error:
            self._fail(FAILED)
            doing = _('list the old ones')
            LOG.error('%s', self.explain(error, doing=doing))

    def _fail(self, status: int) -> None:
        """End with an exit status, unless there is a more important one."""
        if self._status in (0, TIMED_OUT):
            self._status = status

    def _final(self, status: int) -> int:
        return self._signals.status if self._signals.count else status

    def _take(self, result: Result) -> None:
        """Note what a result means for the whole run."""
        error = result.error
        if result.resource is not None and result.result != 'recent':
            self._ids.append(result.resource.id)
        if result.result == 'timeout':
            self._fail(TIMED_OUT)
        elif result.result in ('failed', 'unknown', 'skipped') and not (
            error is not None and error.code == 'busy'
        ):
            self._fail(FAILED)
        elif result.resource and result.result == 'created' and not error:
            if result.creation.chosen:
                self._chosen.append(result.creation)
            self.review(result.creation, result.resource)

    @contextlib.contextmanager
    def printing(self) -> Iterator[None]:
        """Print in the body, then sum up; if it fails, say what exists."""
        try:
            with super().printing():
                yield
        finally:
            self._rows.tell_request_ids()
            self._sum_up()

    def _sum_up(self) -> None:
        """Say in one line what has become of all."""
        if self._tally is None:
            return
        counts: dict[str, int] = dict(self._tally.done.items())
        counts.update(self._deleted)
        left = self._total - self._tally.total
        if left > 0:
            counts[_('not begun')] = left
        parts = ', '.join(f'{n} {word}' for word, n in sorted(counts.items()))
        nothing = _('nothing to do') if not self._status else _('none begun')
        total = sum(self._tally.done.values()) + max(left, 0)
        output.say(
            _('%(total)d %(noun)s: %(parts)s')
            % {
                'total': total,
                'noun': self.noun.name + 's' * (total != 1),
                'parts': (parts or nothing) + self.noun.summary(self._chosen),
            },
            self.quiet,
        )

    def what_is_left(self) -> str:
        if self._tally is None:
            return _('nothing was sent')
        exists = self.what_exists()
        look = self.command('list')
        hint = _("look with '%s'") % look if look else errors.or_show()
        return f'{exists}; {hint}' if exists else hint

    def what_exists(self) -> str | None:
        if not self._ids:
            return None
        return _('%(noun)ss exist, but cannot be shown: %(ids)s') % {
            'noun': self.noun.name.capitalize(),
            'ids': ' '.join(self._ids),
        }
