# SPDX-License-Identifier: Apache-2.0

"""Request bodies from declared fields.

A resource declares the fields of its create as a ``TypedDict``. A field that
not every version of the API has, or that has another name on the wire,
carries a :class:`Field`::

    class VolumeCreate(TypedDict, total=False):
        name: str
        backup_id: Annotated[str, Field(since='3.47')]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import functools
from typing import Any, NamedTuple, get_type_hints

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resources.conventions import Values
from osc_cinderlite.lib.transport import versions


class Field(NamedTuple):
    """Declaration of a field: how it is sent, checked and shown.

    :param wire: its key in the body, if that differs from the declared name
    :param since: the first version with it; using it before is an error
    :param until: the last version that needs it; later it is left out,
        because the server then does by itself what it was for
    :param accepts: raises ValueError for a value that Cinder refuses
    :param beside: whether it is beside the object in the body, not in it
    :param shown: its key in a record, if it can be compared there with what
        was requested
    """

    wire: str | None = None
    since: str | None = None
    until: str | None = None
    accepts: Callable[[Any], None] | None = None
    beside: bool = False
    shown: str | None = None

    def merged(self, other: Field) -> Field:
        """Return a field with what either of two declarations says."""
        said = {key: value for key, value in other._asdict().items() if value}
        return self._replace(**said)


class Form(NamedTuple):
    """One of the ways to create a resource.

    :param path: the path of its collection, without the first slash
    :param declared: the ``TypedDict`` that declares its fields
    """

    path: str
    declared: type

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields, by name."""
        return fields(self.declared)


@functools.cache
def fields(declared: type) -> Mapping[str, Field]:
    """Return the fields that a ``TypedDict`` declares, by name."""
    hints = get_type_hints(declared, include_extras=True)
    return {name: _field(hint) for name, hint in hints.items()}


def _field(hint: Any) -> Field:
    notes = getattr(hint, '__metadata__', ())
    declared = [note for note in notes if isinstance(note, Field)]
    return functools.reduce(Field.merged, declared, Field())


def _check_value(name: str, field: Field, value: Any) -> None:
    if field.accepts is None:
        return
    try:
        field.accepts(value)
    except ValueError as error:
        raise exceptions.InvalidValue(name, f': {error}') from error


def _check_version(
    name: str, field: Field, version: versions.APIVersion, asked: bool
) -> None:
    if field.since is None:
        return
    needs = versions.APIVersion.parse(field.since)
    if version >= needs:
        return
    has = str(version) if version.major > 2 else f'version {version.major}'
    why = f'{has} was requested' if asked else f'this cloud has at most {has}'
    raise exceptions.UnsupportedVersion(
        name,
        f' needs volume API version {needs} or later, and {why}',
        needs,
        version,
    )


def build(
    declared: type,
    values: Values,
    version: versions.APIVersion,
    *,
    asked: bool,
    key: str,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """Return the JSON document for ``values`` at ``version``.

    What is None is left out: several of Cinder's schemas refuse null.

    :param asked: whether the user requested exactly this version
    :param key: the key of the object in the document
    :param names: keys that have another name in the version
    :raises exceptions.InvalidInput: for a field that is not declared
    :raises exceptions.InvalidValue: for a value that Cinder refuses
    :raises exceptions.UnsupportedVersion: for a field that is newer
    """
    known = fields(declared)
    inside: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise exceptions.InvalidInput(
                f"'{name}' is not a field of {declared.__name__}"
            )
        field = known[name]
        if value is None:
            continue
        _check_value(name, field, value)
        _check_version(name, field, version, asked)
        if field.until and version > versions.APIVersion.parse(field.until):
            continue
        if not field.beside:
            inside[names.get(name, field.wire or name)] = value
        elif value:
            beside[field.wire or name] = value
    return {key: inside, **beside}
