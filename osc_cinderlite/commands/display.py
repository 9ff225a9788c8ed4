# SPDX-License-Identifier: Apache-2.0

"""The display of a live line, by rich; imported where one is drawn."""

from collections.abc import Callable, Iterator
import contextlib
import datetime
import logging
import sys
from typing import Any, NamedTuple

from rich import console as rich_console
from rich import live, progress_bar, spinner, table, text
from rich.live_render import LiveRender

from osc_cinderlite.commands.output import is_in_foreground

#: refreshes in a second
_REFRESHES = 4

#: columns at the right edge that a terminal's echo of Ctrl-C may need
_ROOM = 3

#: columns of the spinner, the time and the space between them
_BESIDE = 12

#: columns from which on there is room for a bar
_WITH_BAR = 60

_SPINNER = spinner.Spinner('dots', style='progress.spinner')


class Line(NamedTuple):
    """Content of a live line.

    :param name: a name, which is shortened if there is no room
    :param words: what follows it
    :param elapsed: in seconds
    :param done: how many of how many are done, or None without a bar
    """

    name: str
    words: str
    elapsed: float
    done: tuple[int, int] | None = None


def _fitting(line: Line, room: int) -> text.Text:
    """Return name and words in so many columns at most."""
    words, name = text.Text(line.words), text.Text(line.name)
    left = max(room - words.cell_len, room // 3)
    name.truncate(left, overflow='ellipsis')
    name.append_text(words)
    name.truncate(max(room, 1), overflow='ellipsis')
    return name


def row(line: Line, width: int) -> table.Table:
    """Return the spinner, the words, perhaps a bar, and the time."""
    bars = []
    if line.done is not None and width >= _WITH_BAR:
        done, total = line.done
        bars = [progress_bar.ProgressBar(total, done)]
    shown = table.Table.grid(padding=(0, 1), expand=True)
    shown.add_column()
    shown.add_column(no_wrap=True, ratio=None if bars else 1)
    for _bar in bars:
        shown.add_column(ratio=1)
    shown.add_column(no_wrap=True)
    time = datetime.timedelta(seconds=int(line.elapsed))
    shown.add_row(
        _SPINNER,
        _fitting(line, width - _BESIDE),
        *bars,
        text.Text(str(time), style='progress.elapsed'),
    )
    return shown


@contextlib.contextmanager
def displayed(draw: Callable[[], Line]) -> Iterator[None]:
    """Display a line on stderr.

    :param draw: returns the line at each refresh
    """
    with (
        console_on_stderr() as console,
        Live(console, lambda: row(draw(), console.width)) as display,
    ):
        display.refresh()
        yield


class Live(live.Live):
    """A display that is drawn in the foreground only.

    Each refresh looks again: a command can be stopped, and go on in the
    background or in the foreground.

    :param draw: returns what to display
    """

    def __init__(
        self,
        console: rich_console.Console,
        draw: Callable[[], rich_console.RenderableType],
    ) -> None:
        super().__init__(
            console=console,
            refresh_per_second=_REFRESHES,
            transient=True,
            get_renderable=draw,
        )

    def _is_visible(self) -> bool:
        if is_in_foreground(self.console.file):
            return True
        # The shell has written since; there is nothing to erase.
        self._live_render = LiveRender('')
        return False

    def refresh(self) -> None:
        if self._is_visible():
            super().refresh()

    def process_renderables(
        self, renderables: list[rich_console.ConsoleRenderable]
    ) -> list[rich_console.ConsoleRenderable]:
        if self._is_visible():
            return super().process_renderables(renderables)
        return renderables


class Console(rich_console.Console):
    """A console that hides no cursor, and has room for an echoed ^C.

    Lines printed above the live line are not wrapped.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*objects, **{'soft_wrap': True, **options})

    def show_cursor(self, show: bool = True) -> bool:
        return False

    @property
    def size(self) -> rich_console.ConsoleDimensions:
        width, height = super().size
        return rich_console.ConsoleDimensions(max(width - _ROOM, 1), height)

    @size.setter
    def size(self, size: tuple[int, int]) -> None:
        self._width, self._height = size


@contextlib.contextmanager
def console_on_stderr() -> Iterator[Console]:
    """Return a console on stderr that log lines do not tear."""
    console = Console(stderr=True, highlight=False)
    handlers = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler)
        and handler.stream is sys.stderr
    ]
    above = _Above(console)
    for handler in handlers:
        handler.setStream(above)
    try:
        yield console
    finally:
        for handler in handlers:
            handler.setStream(sys.stderr)


class _Above:
    """A stream for log lines: they are printed above the live line."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> None:
        self._console.print(text.rstrip('\n'), markup=False)

    def flush(self) -> None:
        pass
