# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport.versions import (
    V1,
    V2,
    APIVersion,
    Asked,
    newest_in,
)


@pytest.mark.parametrize(
    ('lower', 'higher'), [('3.9', '3.10'), ('2.0', '3.0'), ('3.0', '3.71')]
)
def test_order(lower: str, higher: str) -> None:
    assert APIVersion.parse(lower) < APIVersion.parse(higher)


def test_text() -> None:
    assert str(APIVersion.parse('3.47')) == '3.47'


def test_newest_of_several() -> None:
    """An old cloud lists v2, and perhaps v1, before v3."""
    listed = [
        {'id': 'v1.0', 'version': ''},
        {'id': 'v2.0', 'version': '2.0'},
        {'id': 'v3.0', 'version': '3.43'},
    ]
    assert newest_in({'versions': listed}) == APIVersion(3, 43)


@pytest.mark.parametrize('listed', [None, 5, [], [{'id': 'v2.0'}], [5]])
def test_newest_of_none(listed: object) -> None:
    with pytest.raises(exceptions.InvalidInput):
        newest_in({'versions': listed})


@pytest.mark.parametrize(
    'text', ['', '3', '3.', '.1', '3.1.1', 'v3.1', '3.٣', '3.' + '1' * 5000]
)
def test_no_version(text: str) -> None:
    with pytest.raises(exceptions.InvalidInput):
        APIVersion.parse(text)


@pytest.mark.parametrize(
    ('text', 'asked'),
    [
        ('1', Asked(1, V1)),
        ('1.0', Asked(1, V1)),
        ('2', Asked(2, V2)),
        ('2.0', Asked(2, V2)),
        ('3', Asked(3)),
        ('3.latest', Asked(3)),
        ('3.0', Asked(3, APIVersion(3, 0))),
        ('3.71', Asked(3, APIVersion(3, 71))),
    ],
)
def test_asked(text: str, asked: Asked) -> None:
    assert Asked.parse(text) == asked


@pytest.mark.parametrize(
    'text',
    ['', '0', '1.1', '2.1', '3.', '3.x', '4', '4.0', 'latest', ' 3', '3\n'],
)
def test_asked_for_something_else(text: str) -> None:
    with pytest.raises(
        exceptions.InvalidInput, match='is not a volume API version; give 1'
    ):
        Asked.parse(text)
