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

"""What the bulk commands share."""

import argparse
from collections.abc import Iterator, Sequence
import contextlib
import datetime
import logging
import signal
import threading
from typing import TYPE_CHECKING, Any

from osc_lib import exceptions as osc_exceptions
from osc_lib.command import command

from osc_cinderlite import columns, create, progress
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib import bulk, creation

LOG = logging.getLogger(__name__)

MOST_PARALLEL = 64


def _parallel(text: str) -> int:
    """Read the number of creates under way at once."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_PARALLEL:
        raise argparse.ArgumentTypeError(
            _("'%(given)s' is not a number from 1 to %(most)d")
            % {'given': text, 'most': MOST_PARALLEL}
        )
    return int(text)


class CreateMany(create.Create, command.Lister):
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
                'Have at most <n> under way at once, from 1 to 64; with '
                '--wait one is under way until it is available '
                '(default: 4)'
            ),
        )
        parser.add_argument(
            '--stop-on-error',
            action='store_true',
            help=_('Skip the rest after a failure (default: go on)'),
        )
        return parser

    def creations(
        self,
        parsed_args: argparse.Namespace,
        references: 'creation.References',
    ) -> 'Iterator[creation.Creation]':
        """Return all that is asked for, one after the other.

        What can be checked beforehand has been checked when this returns.

        :raises osc_lib.exceptions.CommandError: if it is refused
        """
        raise NotImplementedError

    def total(self, parsed_args: argparse.Namespace) -> int | None:
        """Return how many there will be, or None if that is not known."""
        return None

    def run(self, parsed_args: argparse.Namespace) -> int:
        from osc_cinderlite.lib import exceptions

        self._status = 0
        self._made: list[str] = []
        try:
            status = super().run(parsed_args)
        except exceptions.ClientException as error:
            raise osc_exceptions.CommandError(self.explain(error)) from error
        except KeyboardInterrupt:
            return create.INTERRUPTED
        return self._status or status

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
        from osc_cinderlite.lib import creation

        names = self._columns(parsed_args)
        self._generate_columns_and_selector(parsed_args, names)
        wanted = self.creations(parsed_args, creation.References())
        rows = self._plan if parsed_args.dry_run else self._rows
        return names, rows(wanted, parsed_args)

    def _columns(self, parsed_args: argparse.Namespace) -> list[str]:
        volume = ['Volume'] if self.of_volumes else []
        if parsed_args.dry_run:
            return ['Name', *volume, 'Body', 'Error']
        return ['Name', 'ID', *volume, 'Status', 'Result', 'Error']

    def _plan(
        self,
        wanted: 'Iterator[creation.Creation]',
        parsed_args: argparse.Namespace,
    ) -> Iterator[Sequence[Any]]:
        """Return a row with the request of each, and send none."""
        from osc_cinderlite.lib import exceptions

        version = self.client.http.negotiate()
        for one in wanted:
            body, error = None, None
            try:
                one.check()
                one.prepare()
                body = columns.JSONLineColumn(one.request().body(version))
            except exceptions.ClientException as wrong:
                error = self.explain(wrong, one.name)
                self._status = create.FAILED
            yield (one.name, *self._volume_of(one), body, error)

    def _rows(
        self,
        wanted: 'Iterator[creation.Creation]',
        parsed_args: argparse.Namespace,
    ) -> Iterator[Sequence[Any]]:
        """Carry it all out and return a row for each."""
        from osc_cinderlite.lib import bulk, exceptions

        control = bulk.Control()
        tally = bulk.Tally()
        live = progress.is_live(self.app.stderr, self.quiet) and not (
            parsed_args.formatter in ('csv', 'value')
            and self.app.stdout.isatty()
        )
        with (
            self._interrupts(control),
            progress.counting(
                self.noun, self.total(parsed_args), live
            ) as on_change,
        ):

            def changed(now: bulk.Tally) -> None:
                nonlocal tally
                tally = now
                on_change(now)

            results = bulk.bulk(
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
            try:
                for result in results:
                    yield self._row(result)
            except exceptions.ClientException as error:
                self._status = create.FAILED
                LOG.error('%s', self.explain(error))
            except osc_exceptions.CommandError as error:
                self._status = create.FAILED
                LOG.error('%s', error)
        self._sum_up(tally)

    def _row(self, result: 'bulk.Result') -> Sequence[Any]:
        from osc_cinderlite.lib import exceptions

        resource, error = result.resource, result.error
        if resource is not None:
            self._made.append(resource.id)
        if result.result in ('failed', 'unknown', 'skipped'):
            late = isinstance(error, exceptions.WaitTimeout)
            if self._status in (0, create.TIMED_OUT):
                self._status = create.TIMED_OUT if late else create.FAILED
        elif resource is not None:
            self.review(result.creation, resource)
        return (
            result.creation.name,
            resource.id if resource else None,
            *self._volume_of(result.creation),
            resource.status if resource else None,
            result.result,
            str(error) if error else None,
        )

    def _volume_of(self, one: 'creation.Creation') -> Sequence[str]:
        return [one.references['volume_id'].id] if self.of_volumes else []

    def _sum_up(self, tally: 'bulk.Tally') -> None:
        """Say in one line what it all came to."""
        parts = ', '.join(
            f'{count} {word}' for word, count in sorted(tally.done.items())
        )
        progress.say(
            _('%(total)d %(noun)ss: %(parts)s')
            % {
                'total': tally.total,
                'noun': self.noun,
                'parts': parts or _('nothing to do'),
            },
            self.quiet,
        )

    @contextlib.contextmanager
    def _interrupts(self, control: 'bulk.Control') -> Iterator[None]:
        """Let the first Ctrl-C end the sending and the second end it all."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupted(number: int, frame: object) -> None:
            if self._status == create.INTERRUPTED:
                control.abandon()
                raise KeyboardInterrupt
            self._status = create.INTERRUPTED
            control.stop(_('not sent: interrupted'))
            progress.say(
                _(
                    'Interrupted: what is under way is seen to its end; '
                    'interrupt again to leave it'
                ),
                self.quiet,
            )

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Any,
    ) -> int:
        """Print the rows; if that cannot be, at least the IDs on stderr."""
        rows = (
            columns.for_output(self.app.stdout, list(row), parsed_args)
            for row in data
        )
        with create.output(self.app.stdout, self._what_is_made):
            super().produce_output(parsed_args, column_names, rows)
        return 0

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
