# SPDX-License-Identifier: Apache-2.0

"""Values that Cinder accepts.

Cinder's schemas refuse some texts (``cinder/api/schemas`` in its source). They
are refused here too, before anything is looked up or sent, in words that name
the field. Each function raises ValueError, with the problem.
"""

from __future__ import annotations

from collections.abc import Mapping
import re
from typing import Annotated, Any
import unicodedata

from osc_cinderlite.lib.resources.fields import Field

_LONGEST = 255
_KEY = re.compile(r'[a-zA-Z0-9-_:. /]{1,255}')
_HINTS = {
    'same_host': 'volume',
    'different_host': 'volume',
    'local_to_instance': 'server',
}
_HOST = re.compile(r'[a-zA-Z0-9-._#@:/+\[\]]*')
_UUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', re.I)


def is_uuid(text: str) -> bool:
    """Return whether ``text`` is written as Cinder writes IDs."""
    return _UUID.fullmatch(text) is not None


def text(value: Any) -> None:
    """Accept text of up to 255 characters."""
    if not isinstance(value, str):
        raise ValueError(f'expected text, not {value!r}')
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError('not valid Unicode') from None
    if len(value) > _LONGEST:
        raise ValueError(
            f'it has {len(value)} characters, {_LONGEST} are allowed'
        )


def trimmed(value: Any) -> None:
    """Accept text that Cinder trims before it measures it."""
    text(value.strip() if isinstance(value, str) else value)


def printable(value: Any) -> None:
    """Accept text on one line, without control characters and emoji."""
    for char in value if isinstance(value, str) else '':
        if not _is_printable(char):
            raise ValueError(
                f'Cinder allows no {char!a} in it, only printable characters '
                'on one line, and no emoji'
            )
    text(value)


def not_empty(value: Any) -> None:
    """Accept text of at least one character."""
    if value == '':
        raise ValueError('it is empty')
    text(value)


def host(value: Any) -> None:
    """Accept the name of a host of Cinder."""
    if isinstance(value, str) and not _HOST.fullmatch(value):
        raise ValueError('it is not of the form host@backend#pool')
    not_empty(value)


def metadata(value: Mapping[str, str]) -> None:
    """Accept properties."""
    for key, content in value.items():
        if not _KEY.fullmatch(key):
            raise ValueError(
                f'the key {key!r} must have 1 to {_LONGEST} letters, digits, '
                "spaces or '-_:./'"
            )
        try:
            text(content)
        except ValueError as error:
            raise ValueError(f'the value of {key!r}: {error}') from None


def scheduler_hints(value: Mapping[str, Any]) -> None:
    """Accept scheduler hints."""
    for key, kind in _HINTS.items():
        given = value.get(key, [])
        ids = given if isinstance(given, list | tuple) else [given]
        for one in ids:
            if not is_uuid(str(one)):
                raise ValueError(
                    f'{key} takes the ID of a {kind}, not {one!r}'
                )
        if len(set(ids)) < len(ids):
            raise ValueError(f'{key} has a {kind} twice')


def _is_printable(char: str) -> bool:
    category = unicodedata.category(char)
    return ord(char) < 0xFFFF and (category[0] not in 'CZ' or category == 'Zs')


Text = Annotated[str | None, Field(accepts=text)]
Trimmed = Annotated[str | None, Field(accepts=trimmed)]
Printable = Annotated[str | None, Field(accepts=printable)]
Zone = Annotated[str | None, Field(accepts=not_empty)]
Host = Annotated[str | None, Field(accepts=host)]
Metadata = Annotated[Mapping[str, str] | None, Field(accepts=metadata)]
Hints = Annotated[Mapping[str, Any] | None, Field(accepts=scheduler_hints)]
