# SPDX-License-Identifier: Apache-2.0

"""Values that Cinder accepts.

Cinder's schemas refuse some texts (``cinder/api/schemas`` in its source). They
are refused here too, before anything is looked up or sent, in words that name
the field.
"""

from __future__ import annotations

from collections.abc import Mapping
import re
from typing import Annotated, Any
import unicodedata

from osc_cinderlite.i18n import _
from osc_cinderlite.lib.resources import base
from osc_cinderlite.lib.resources.fields import Field

_LONGEST = 255
_KEY = re.compile(r'[a-zA-Z0-9-_:. /]{1,255}')
_HINTS = {
    'same_host': 'volume',
    'different_host': 'volume',
    'local_to_instance': 'server',
}
_HOST = re.compile(r'[a-zA-Z0-9-._#@:/+\[\]]*')


def text(value: Any) -> str | None:
    """Return what is wrong with a text, or None."""
    if not isinstance(value, str):
        return _('expected text, not %(value)s') % {'value': repr(value)}
    try:
        value.encode()
    except UnicodeEncodeError:
        return _('not valid Unicode')
    if len(value) > _LONGEST:
        return _('it has %(count)d characters, %(most)d are allowed') % {
            'count': len(value),
            'most': _LONGEST,
        }
    return None


def trimmed(value: Any) -> str | None:
    """Return what is wrong with a text that Cinder trims first, or None."""
    return text(value.strip() if isinstance(value, str) else value)


def printable(value: Any) -> str | None:
    """Return what is wrong with a text on one line, or None."""
    for char in value if isinstance(value, str) else '':
        if not _is_printable(char):
            return _(
                'Cinder allows no %(char)s in it, only printable characters '
                'on one line, and no emoji'
            ) % {'char': ascii(char)}
    return text(value)


def not_empty(value: Any) -> str | None:
    """Return what is wrong with a text that has to be one, or None."""
    return _('it is empty') if value == '' else text(value)


def host(value: Any) -> str | None:
    """Return what is wrong with the name of a host of Cinder, or None."""
    if isinstance(value, str) and not _HOST.fullmatch(value):
        return _('it is not of the form host@backend#pool')
    return not_empty(value)


def metadata(value: Mapping[str, str]) -> str | None:
    """Return what is wrong with properties, or None."""
    for key, content in value.items():
        if not _KEY.fullmatch(key):
            return _(
                'the key %(key)s must have 1 to %(most)d letters, digits, '
                "spaces or '-_:./'"
            ) % {'key': repr(key), 'most': _LONGEST}
        if problem := text(content):
            return _('the value of %(key)s: %(problem)s') % {
                'key': repr(key),
                'problem': problem,
            }
    return None


def scheduler_hints(value: Mapping[str, Any]) -> str | None:
    """Return what is wrong with scheduler hints, or None."""
    for key, of in _HINTS.items():
        given = value.get(key, [])
        ids = given if isinstance(given, list | tuple) else [given]
        for one in ids:
            if not base.is_uuid(str(one)):
                return _(
                    '%(key)s takes the ID of a %(kind)s, not %(given)s'
                ) % {'key': key, 'kind': of, 'given': repr(one)}
        if len(set(ids)) < len(ids):
            return _('%(key)s has a %(kind)s twice') % {
                'key': key,
                'kind': of,
            }
    return None


def _is_printable(char: str) -> bool:
    category = unicodedata.category(char)
    return ord(char) < 0xFFFF and (category[0] not in 'CZ' or category == 'Zs')


Text = Annotated[str | None, Field(accepts=text)]
Trimmed = Annotated[str | None, Field(accepts=trimmed)]
Printable = Annotated[str | None, Field(accepts=printable)]
Zone = Annotated[str | None, Field(accepts=not_empty)]
Host = Annotated[str | None, Field(accepts=host)]
Metadata = Annotated[Mapping[str, str] | None, Field(accepts=metadata)]
