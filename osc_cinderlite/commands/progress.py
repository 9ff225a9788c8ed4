# SPDX-License-Identifier: Apache-2.0

"""The live line of a command."""

from collections.abc import Callable, Iterator
import contextlib
import datetime
import math
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from osc_cinderlite.commands import terminal
from osc_cinderlite.i18n import _
from osc_cinderlite.lib.creating.control import Tally
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.text import printable

if TYPE_CHECKING:
    from rich import table

#: columns of the spinner, the time and the space between them
_BESIDE = 12

#: columns from which on there is room for a bar
_WITH_BAR = 60

#: seconds of pauses before retries that nobody is told about
SHORT = 2.0


class _Retry(NamedTuple):
    """A request that will be sent again.

    :param why: the reason
    :param at: when, on the monotonic clock
    """

    why: str
    at: float

    def __str__(self) -> str:
        left = math.ceil(self.at - time.monotonic())
        if left <= 0:
            return _('retrying: %s') % self.why
        return _('retrying in %(pause)d s: %(why)s') % {
            'pause': left,
            'why': self.why,
        }


class LiveLine:
    """One line on stderr: what a command waits for, and why it takes long.

    It is drawn from when there is something to tell until :meth:`stop`.

    :param wanted: whether it may be drawn at all
    """

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._lock = threading.Lock()
        self._drawn = contextlib.ExitStack()
        self._begun: float | None = None
        self._paused = 0.0
        self._retry: _Retry | None = None
        self._describe: Callable[[int], str] = lambda room: ''
        self._done: tuple[int, int | None] | None = None

    def retry(self, why: str, pause: float) -> None:
        """Show that a request will be retried, unless that is soon.

        Called in the thread of the request.

        :param why: the reason
        :param pause: seconds until then
        """
        self._paused += pause
        if self._paused > SHORT:
            self._retry = _Retry(why, time.monotonic() + pause)
            self._draw()

    @contextlib.contextmanager
    def following(
        self, what: str, status: str | None
    ) -> Iterator[Callable[[Resource], None]]:
        """Show the name, the status and the elapsed time of a resource.

        :param what: its name
        :param status: its status
        :return: to be called with each record of it
        """

        def show(status: str | None) -> None:
            self._describe = lambda room: _state(what, status, room)
            self._forget_retry()

        with contextlib.closing(self):
            show(status)
            self._draw()
            yield lambda record: show(record.status)

    @contextlib.contextmanager
    def counting(self, total: int | None) -> Iterator[Callable[[Tally], None]]:
        """Show one bar for many creates.

        :param total: how many there will be, or None if that is not known
        :return: to be called with how far the run is
        """

        def show(tally: Tally) -> None:
            counts = _counts(tally, total)
            self._describe = lambda room: counts
            self._done = tally.total, total
            self._forget_retry()
            self._draw()

        with contextlib.closing(self):
            yield show

    def close(self) -> None:
        """Erase the line."""
        with self._lock:
            self._wanted = False
        self._drawn.close()

    def _forget_retry(self) -> None:
        """Forget a retry whose time has come: others got their response."""
        if self._retry is not None and self._retry.at < time.monotonic():
            self._retry = None

    def _draw(self) -> None:
        with self._lock:
            if not self._wanted or self._begun is not None:
                return
            from rich import spinner

            self._begun = time.monotonic()
            self._spinner = spinner.Spinner('dots', style='progress.spinner')
            console = self._drawn.enter_context(terminal.console_on_stderr())
            live = terminal.live(console, lambda: self._row(console.width))
            self._drawn.callback(live.stop)
            live.start(refresh=True)

    def _row(self, width: int) -> 'table.Table':
        """Return the line: spinner, words, perhaps a bar, and time."""
        from rich import progress_bar, table, text

        elapsed = time.monotonic() - (self._begun or 0)
        bars: list[Any] = []
        if self._done and not self._retry and width >= _WITH_BAR:
            done, total = self._done
            bars = [progress_bar.ProgressBar(total, done, pulse=not total)]
        words = text.Text(self._words(width - _BESIDE))
        words.truncate(max(width - _BESIDE, 1), overflow='ellipsis')
        row = table.Table.grid(padding=(0, 1), expand=True)
        row.add_column()
        row.add_column(no_wrap=True, ratio=None if bars else 1)
        for _bar in bars:
            row.add_column(ratio=1)
        row.add_column(no_wrap=True)
        row.add_row(
            self._spinner,
            words,
            *bars,
            text.Text(
                str(datetime.timedelta(seconds=int(elapsed))),
                style='progress.elapsed',
            ),
        )
        return row

    def _words(self, room: int) -> str:
        retry = printable(str(self._retry)) if self._retry else ''
        described = self._describe(room - len(retry[: room // 2]))
        return '; '.join(filter(None, (described, retry)))


def _state(what: str, status: str | None, room: int) -> str:
    """Return name and status; the name is shortened to make room."""
    from rich import text

    shown = ': ' + printable(status or _('waiting'))
    name = text.Text(printable(what))
    name.truncate(max(room - len(shown), 1), overflow='ellipsis')
    return name.plain + shown


def _counts(tally: Tally, total: int | None) -> str:
    return _(
        '%(ready)d/%(total)s ready, %(waiting)d in progress, %(failed)d failed'
    ) % {
        'ready': tally['created'] + tally['exists'],
        'total': '?' if total is None else total,
        'waiting': tally.in_progress,
        'failed': tally['failed'] + tally['timeout'] + tally['unknown'],
    }
