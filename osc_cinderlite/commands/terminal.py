# SPDX-License-Identifier: Apache-2.0

"""A terminal that other programs, and a person, write to as well."""

from collections.abc import Callable, Iterator
import contextlib
import logging
import os
import sys
from typing import IO, TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich import console as rich_console
    from rich import live as rich_live

#: refreshes of a live line in a second
_REFRESHES = 4

#: columns at the right edge that a terminal's echo of Ctrl-C may need
_ROOM = 3


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person may be reading ``stream``."""
    return stream is not None and stream.isatty()


def can_redraw(stream: TextIO | None) -> bool:
    """Return whether a line on ``stream`` can be drawn again and again."""
    return is_terminal(stream) and os.environ.get('TERM') != 'dumb'


def is_in_foreground(stream: IO[str]) -> bool:
    """Return whether this process may write over what a person types.

    Where there are no process groups, every process may.
    """
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        return True


def live(
    console: 'rich_console.Console',
    draw: Callable[[], 'rich_console.RenderableType'],
) -> 'rich_live.Live':
    """Return a display that is drawn in the foreground only.

    Each refresh looks again: a command can be stopped, and go on in the
    background or in the foreground.

    :param draw: returns what to display
    """
    from rich import live
    from rich.live_render import LiveRender

    class Live(live.Live):
        def _is_visible(self) -> bool:
            if is_in_foreground(console.file):
                return True
            # The shell has written since; there is nothing to erase.
            self._live_render = LiveRender('')
            return False

        def refresh(self) -> None:
            if self._is_visible():
                super().refresh()

        def process_renderables(
            self, renderables: list['rich_console.ConsoleRenderable']
        ) -> list['rich_console.ConsoleRenderable']:
            if self._is_visible():
                return super().process_renderables(renderables)
            return renderables

    return Live(
        console=console,
        refresh_per_second=_REFRESHES,
        transient=True,
        get_renderable=draw,
    )


@contextlib.contextmanager
def console_on_stderr() -> Iterator['rich_console.Console']:
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
    above = _Above(made)
    for handler in handlers:
        handler.setStream(above)
    try:
        yield made
    finally:
        for handler in handlers:
            handler.setStream(sys.stderr)


class _Above:
    """A stream for log lines: they are printed above the live line."""

    def __init__(self, console: 'rich_console.Console') -> None:
        self._console = console

    def write(self, text: str) -> None:
        self._console.print(text.rstrip('\n'), markup=False)

    def flush(self) -> None:
        pass
