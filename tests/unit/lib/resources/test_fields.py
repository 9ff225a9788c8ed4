# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resources import fields
from osc_cinderlite.lib.resources.fields import Field
from osc_cinderlite.lib.transport.versions import APIVersion


class Thing(TypedDict, total=False):
    name: str | None
    flag: bool | None
    image: Annotated[str | None, Field(wire='imageRef')]
    new: Annotated[str | None, Field(since='3.10')]
    old: Annotated[bool | None, Field(until='3.10')]
    both: Annotated[int, 'for people', Field(wire='x', since='3.2')]


def build(version: str, **values: Any) -> dict[str, Any]:
    built = fields.build(
        Thing,
        values,
        APIVersion.parse(version),
        asked=False,
        key='thing',
        names={},
    )
    assert built.keys() == {'thing'}
    found: dict[str, Any] = built['thing']
    return found


@pytest.mark.parametrize(
    ('version', 'values', 'built'),
    [
        ('3.0', {}, {}),
        ('3.0', {'name': 'a'}, {'name': 'a'}),
        # Null is not nothing to all of Cinder's schemas.
        ('3.0', {'name': None, 'flag': None, 'new': None}, {}),
        ('3.0', {'name': '', 'flag': False}, {'name': '', 'flag': False}),
        ('3.0', {'image': 'cirros'}, {'imageRef': 'cirros'}),
        ('3.10', {'new': 'a'}, {'new': 'a'}),
        ('3.11', {'new': 'a'}, {'new': 'a'}),
        ('3.10', {'old': True}, {'old': True}),
        ('3.11', {'old': True}, {}),
        ('2.0', {'old': True}, {'old': True}),
        ('3.2', {'both': 1}, {'x': 1}),
    ],
)
def test_build(
    version: str, values: dict[str, Any], built: dict[str, Any]
) -> None:
    assert build(version, **values) == built


@pytest.mark.parametrize('version', ['2.0', '3.0', '3.9'])
def test_too_new(version: str) -> None:
    with pytest.raises(exceptions.UnsupportedVersion) as e:
        build(version, new='a')
    assert (e.value.field, e.value.needs) == ('new', (3, 10))
    assert str(e.value.has) == version


def test_not_declared() -> None:
    with pytest.raises(
        exceptions.InvalidInput, match="'nmae' is not a field of Thing"
    ):
        build('3.0', nmae='a')
