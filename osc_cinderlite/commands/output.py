# SPDX-License-Identifier: Apache-2.0

"""Standard output and standard error.

They may fail at any time, and other programs and a person write to a terminal,
too.
"""

from collections.abc import Callable, Iterator
import contextlib
import os
import sys
from typing import IO, Any, TextIO

from cliff import columns
from osc_lib import exceptions

from osc_cinderlite.lib.text import printable

#: levels of a value that are shown on a terminal
_DEEPEST = 19


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


def say(text: str, quiet: bool) -> None:
    """Print a plain line on stderr, unless the user wants quiet."""
    if not quiet and sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(printable(text), file=sys.stderr, flush=True)  # noqa: T201


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
def printing(
    out: TextIO, what_exists: Callable[[], str | None]
) -> Iterator[None]:
    """Print in the body; if that fails, say on stderr what was created.

    :param out: standard output
    :param what_exists: returns the line to say, or None if there is none
    :raises osc_lib.exceptions.CommandError: if something was created that
        could not be shown
    """
    try:
        yield
        out.flush()
    except Exception as error:
        line = what_exists()
        if isinstance(error, OSError):
            discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            if line is not None:
                say(line, quiet=False)
            raise
        if line is None:
            raise
        why = getattr(error, 'strerror', None) or str(error)
        raise exceptions.CommandError(f'{line} ({why})') from error


def escaped(value: Any, deepest: int = _DEEPEST) -> Any:
    """Return a value with what a terminal would act upon escaped.

    :param deepest: how many levels of it are returned
    """
    if not deepest:
        return '...'
    if isinstance(value, str):
        return '\n'.join(printable(line) for line in value.split('\n'))
    if isinstance(value, dict):
        return {
            escaped(k, deepest): escaped(v, deepest - 1)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [escaped(v, deepest - 1) for v in value]
    if isinstance(value, columns.FormattableColumn):
        return type(value)(escaped(value.machine_readable(), deepest))
    return value
