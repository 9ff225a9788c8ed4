# SPDX-License-Identifier: Apache-2.0

"""Texts of servers and users, made safe for one line of a terminal."""

_LONGEST = 600


def printable(text: str) -> str:
    """Return ``text`` with everything a terminal would act upon escaped."""
    if text.isprintable():
        return text
    return ''.join(
        c if c.isprintable() else c.encode('unicode_escape').decode()
        for c in text
    )


def one_line(text: str) -> str:
    """Return ``text`` on one line of bounded length, safe for a terminal."""
    text = printable(' '.join(text[: 10 * _LONGEST].split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + '...'
