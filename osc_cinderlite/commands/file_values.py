# SPDX-License-Identifier: Apache-2.0

"""Values of a bulk file, read as text on a command line."""

from typing import Any

from osc_cinderlite.i18n import _

_TRUE = ('true', 'yes', 'on')
_FALSE = ('false', 'no', 'off')


def as_switch(value: Any) -> bool:
    """Read true or false from a bulk file.

    :raises ValueError: if it is neither
    """
    word = str(value).lower()
    if word not in _TRUE + _FALSE:
        raise ValueError(_('expected true or false'))
    return word in _TRUE


def as_text(value: Any) -> str:
    """Read text from a bulk file.

    :raises ValueError: if it is none
    """
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise ValueError(_('expected text or a number'))
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(_('not valid Unicode')) from None
    return text
