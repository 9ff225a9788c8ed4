# SPDX-License-Identifier: Apache-2.0

"""Request bodies from declared fields.

A resource declares what its create takes as a ``TypedDict``; a key that not
every version of the API has, or that goes by another name on the wire,
carries a :class:`Field`::

    class VolumeCreate(TypedDict, total=False):
        name: str
        backup_id: Annotated[str, Field(since='3.47')]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import functools
from typing import Any, NamedTuple, get_type_hints

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import versions


class Field(NamedTuple):
    """How a field is sent.

    :param wire: its key in the body, if that differs from the declared name
    :param since: the first version with it; asking for it before is an error
    :param until: the last version that wants it; later it is left out,
        because the server then does by itself what it asked for
    :param accepts: returns what is wrong with a value, or None
    """

    wire: str | None = None
    since: str | None = None
    until: str | None = None
    accepts: Callable[[Any], str | None] | None = None


@functools.cache
def fields(declared: type) -> dict[str, Field]:
    """Return the fields that a ``TypedDict`` declares, by name."""
    hints = get_type_hints(declared, include_extras=True)
    return {
        name: next(
            (
                note
                for note in getattr(hint, '__metadata__', ())
                if isinstance(note, Field)
            ),
            Field(),
        )
        for name, hint in hints.items()
    }


def check(
    declared: type,
    values: Mapping[str, Any],
    version: versions.APIVersion,
    *,
    asked: bool,
) -> None:
    """Refuse what ``version`` cannot express.

    :param asked: whether the user asked for just this version
    :raises exceptions.InvalidInput: for a field that is not declared
    :raises exceptions.InvalidValue: for a value that Cinder refuses
    :raises exceptions.UnsupportedVersion: for a field that is newer
    """
    known = fields(declared)
    for name, value in values.items():
        if name not in known:
            raise exceptions.InvalidInput(
                _("'%(name)s' is not a field of %(declared)s")
                % {'name': name, 'declared': declared.__name__}
            )
        if value is not None:
            _check_value(name, known[name], value)
            _check_version(name, known[name], version, asked)


def _check_value(name: str, field: Field, value: Any) -> None:
    problem = field.accepts(value) if field.accepts else None
    if problem is not None:
        raise exceptions.InvalidValue(name, problem)


def _check_version(
    name: str, field: Field, version: versions.APIVersion, asked: bool
) -> None:
    if field.since is None:
        return
    needs = versions.APIVersion.parse(field.since)
    if version < needs:
        raise exceptions.UnsupportedVersion(name, needs, version, asked)


def build(
    declared: type,
    values: Mapping[str, Any],
    version: versions.APIVersion,
    *,
    asked: bool,
) -> dict[str, Any]:
    """Return the JSON object for ``values`` at ``version``.

    What is None is left out: several of Cinder's schemas refuse null.

    :raises: as :func:`check`
    """
    check(declared, values, version, asked=asked)
    known = fields(declared)
    return {
        known[name].wire or name: value
        for name, value in values.items()
        if value is not None and not _past(known[name], version)
    }


def _past(field: Field, version: versions.APIVersion) -> bool:
    return field.until is not None and version > versions.APIVersion.parse(
        field.until
    )
