# SPDX-License-Identifier: Apache-2.0

"""A terminal that other programs, and a person, write to as well."""

import os
from typing import IO, TextIO


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
