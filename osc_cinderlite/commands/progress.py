# SPDX-License-Identifier: Apache-2.0

"""The live line of a command."""

from collections.abc import Callable, Iterator
import contextlib
import math
import threading
import time
from typing import NamedTuple

from osc_cinderlite.i18n import _
from osc_cinderlite.lib.creating.control import Tally
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.text import printable

#: seconds of pauses before retries that are not shown
SHORT = 2.0


class _Retry(NamedTuple):
    """Retry of a request.

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

    It is drawn from when there is something to tell until :meth:`close`.

    :param wanted: whether it may be drawn at all
    """

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._lock = threading.Lock()
        self._drawn = contextlib.ExitStack()
        self._begun: float | None = None
        self._paused = 0.0
        self._retry: _Retry | None = None
        self._words = ('', '')
        self._done: tuple[int, int] | None = None

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
            state = printable(status or _('waiting'))
            self._words = printable(what), f': {state}'
            self._forget_retry()

        with contextlib.closing(self):
            show(status)
            self._draw()
            yield lambda record: show(record.status)

    @contextlib.contextmanager
    def counting(self, total: int) -> Iterator[Callable[[Tally], None]]:
        """Show one bar for many creates.

        :param total: how many there will be
        :return: to be called with how far the run is
        """

        def show(tally: Tally) -> None:
            self._words = '', _counts(tally, total)
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
            from osc_cinderlite.commands import display

            self._begun = begun = time.monotonic()
            self._drawn.enter_context(
                display.displayed(
                    lambda: display.Line(
                        *self.words(),
                        time.monotonic() - begun,
                        None if self._retry else self._done,
                    )
                )
            )

    def words(self) -> tuple[str, str]:
        """Return a name that may be shortened, and what follows it."""
        retry = printable(str(self._retry)) if self._retry else ''
        if retry and any(self._words):
            retry = f'; {retry}'
        name, rest = self._words
        return name, rest + retry


def _counts(tally: Tally, total: int) -> str:
    return _(
        '%(ready)d/%(total)s ready, %(waiting)d in progress, %(failed)d failed'
    ) % {
        'ready': tally['created'] + tally['exists'],
        'total': total,
        'waiting': tally.in_progress,
        'failed': tally['failed'] + tally['timeout'] + tally['unknown'],
    }
