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

"""Live lines and remarks on standard error while a command runs."""

from collections.abc import Callable, Iterator
import contextlib
import logging
import os
import sys
import time
from typing import IO, TYPE_CHECKING, Any, TextIO

from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from rich import console, progress

    from osc_cinderlite.lib.bulk import Tally
    from osc_cinderlite.lib.resource import Resource


#: refreshes of a live line in a second
_REFRESHES = 4

LOG = logging.getLogger(__name__)

#: columns of the spinner, the time and what parts them
_BESIDE = 12

#: columns from which on there is room for a bar
_WITH_BAR = 60

#: columns at the right edge that a terminal's echo of Ctrl-C may need
_ROOM = 3


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person may be reading ``stream``."""
    return stream is not None and stream.isatty()


def is_live(stream: TextIO | None, quiet: bool) -> bool:
    """Return whether a line that redraws itself is wanted on ``stream``."""
    return (
        not quiet
        and stream is not None
        and stream.isatty()
        and os.environ.get('TERM') != 'dumb'
        and is_in_foreground(stream)
    )


def is_in_foreground(stream: IO[str]) -> bool:
    """Return whether this process may write over what a person types.

    Where there are no process groups, every process may.
    """
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        return True


def say(text: str, quiet: bool) -> None:
    """Print a plain line on stderr."""
    from osc_cinderlite.lib import exceptions

    if not quiet and sys.stderr is not None:
        line = exceptions.printable(text)
        with contextlib.suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)  # noqa: T201


class Retries:
    """What a person is told of requests that are retried.

    Short pauses need no word; nor do many threads that wait for the same.
    """

    #: seconds of pauses that are not told, and between two lines
    SILENT = 2.0

    def __init__(self) -> None:
        self._paused = 0.0
        self._silent_until = 0.0

    def __call__(self, why: str, pause: float) -> None:
        """Tell of a retry.

        :param why: the reason
        :param pause: seconds until then
        """
        now = time.monotonic()
        self._paused += pause
        if self._paused <= self.SILENT or now < self._silent_until:
            return
        self._silent_until = now + max(pause, self.SILENT)
        LOG.warning(
            _('Retrying in %(pause).0f s: %(why)s'),
            {'pause': pause, 'why': why},
        )


@contextlib.contextmanager
def stderr_that_may_fail() -> Iterator[None]:
    """Keep a standard error that cannot be written from costing a result.

    What it still holds would make the interpreter end with status 120.
    """
    try:
        yield
    finally:
        try:
            if sys.stderr is not None:
                sys.stderr.flush()
        except (OSError, ValueError):
            discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Keep the interpreter from writing the rest where it cannot be."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def following(
    what: str, status: str | None, quiet: bool
) -> Iterator[Callable[['Resource'], None]]:
    """Show a live line with name, state and elapsed time, if it is wanted.

    :param what: what is waited for
    :param status: its status
    :return: to be called with each record of it
    """
    if not is_live(sys.stderr, quiet):
        yield lambda record: None
        return

    from rich import progress as rich_progress
    from rich import text

    from osc_cinderlite.lib import exceptions

    with console_on_stderr() as console:
        bar = _bar(
            console,
            rich_progress.SpinnerColumn(),
            rich_progress.TextColumn('{task.description}', markup=False),
            rich_progress.TimeElapsedColumn(),
        )

        def described(state: str | None) -> str:
            shown = ': ' + exceptions.printable(state or _('waiting'))
            name = text.Text(exceptions.printable(what))
            room = console.width - len(shown) - _BESIDE
            name.truncate(max(room, 1), overflow='ellipsis')
            return name.plain + shown

        with bar:
            task = bar.add_task(described(status))
            yield lambda record: bar.update(
                task, description=described(record.status)
            )


@contextlib.contextmanager
def counting(
    what: str, total: int | None, live: bool
) -> Iterator[Callable[['Tally'], None]]:
    """Show one bar for many creates, if it is wanted.

    :param what: what is created, such as ``volumes``
    :param total: how many there will be, or None if that is not known
    :param live: whether it is wanted
    :return: to be called with how far the run is
    """
    if not live:
        yield lambda tally: None
        return

    from rich import progress as rich_progress
    from rich import table

    one_line = table.Column(no_wrap=True)
    with console_on_stderr() as console:
        bar = _bar(
            console,
            rich_progress.SpinnerColumn(),
            rich_progress.TextColumn(
                '{task.fields[counts]}', table_column=one_line
            ),
            *(
                [rich_progress.BarColumn(bar_width=None)]
                if console.width >= _WITH_BAR
                else []
            ),
            rich_progress.TimeElapsedColumn(),
        )
        with bar:
            task = bar.add_task(what, total=total, counts='')

            def show(tally: 'Tally') -> None:
                failed = tally['failed'] + tally['timeout'] + tally['unknown']
                bar.update(
                    task,
                    completed=tally.total,
                    counts=_(
                        '%(ready)d/%(total)s ready, %(waiting)d in progress, '
                        '%(failed)d failed'
                    )
                    % {
                        'ready': tally['created'] + tally['exists'],
                        'total': '?' if total is None else total,
                        'waiting': tally.under_way,
                        'failed': failed,
                    },
                )

            yield show


def _bar(
    console: 'console.Console', *parts: 'progress.ProgressColumn'
) -> 'progress.Progress':
    """Return a live line that is drawn in the foreground only."""
    from rich import live
    from rich import progress as rich_progress

    class Live(live.Live):
        def refresh(self) -> None:
            if is_in_foreground(console.file):
                super().refresh()

    bar = rich_progress.Progress(
        *parts, console=console, transient=True, expand=True
    )
    bar.live = Live(
        console=console,
        auto_refresh=True,
        refresh_per_second=_REFRESHES,
        transient=True,
        get_renderable=bar.get_renderable,
    )
    return bar


@contextlib.contextmanager
def console_on_stderr() -> Iterator['console.Console']:
    """Return a console on stderr that log lines do not tear."""
    from rich import console

    class Console(console.Console):
        """A console that hides no cursor, and has room for an echoed ^C.

        What is printed above the live line is not broken into lines.
        """

        def print(self, *objects: Any, **options: Any) -> None:
            super().print(*objects, **{'soft_wrap': True, **options})

        def show_cursor(self, show: bool = True) -> bool:
            return False

        @property
        def size(self) -> console.ConsoleDimensions:
            width, height = super().size
            return console.ConsoleDimensions(max(width - _ROOM, 1), height)

        @size.setter
        def size(self, size: tuple[int, int]) -> None:
            self._width, self._height = size

    made = Console(stderr=True, highlight=False)
    handlers = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler)
        and handler.stream is sys.stderr
    ]
    stream = _Above(made)
    for handler in handlers:
        handler.setStream(stream)
    try:
        yield made
    finally:
        for handler in handlers:
            handler.setStream(sys.stderr)


class _Above:
    """A stream for log lines: they are printed above the live line."""

    def __init__(self, console: 'console.Console') -> None:
        self._console = console

    def write(self, text: str) -> None:
        self._console.print(text.rstrip('\n'), markup=False)

    def flush(self) -> None:
        pass
