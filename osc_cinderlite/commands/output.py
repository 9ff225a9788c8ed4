# SPDX-License-Identifier: Apache-2.0

"""Standard output and standard error, which may fail at any time."""

from collections.abc import Callable, Iterator
import contextlib
import os
import sys
from typing import TextIO

from osc_lib import exceptions


def say(text: str, quiet: bool) -> None:
    """Print a plain line on stderr, unless the user wants quiet."""
    from osc_cinderlite.lib.exceptions import printable

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
