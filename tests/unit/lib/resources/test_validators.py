# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from collections.abc import Callable
import re
from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resources import validators
from tests.unit.cloud import Cloud, uuid

Check = Callable[[Any], None]

LONGEST = 'x' * 255


@pytest.mark.parametrize(
    ('check', 'value'),
    [
        (validators.text, ''),
        (validators.text, LONGEST),
        (validators.text, 'a\nb \N{GRINNING FACE}'),
        (validators.trimmed, f' \n{LONGEST}\t'),
        (validators.trimmed, 'a\nb \N{GRINNING FACE}'),
        (validators.printable, ''),
        (validators.printable, 'Größe: 5 ½\N{NO-BREAK SPACE}GiB'),
        (validators.printable, LONGEST),
        (validators.not_empty, ' '),
        (validators.not_empty, LONGEST),
        (validators.host, 'host.domain@backend#[dead:beef::1]:/pool+x_y'),
        (validators.metadata, {}),
        (validators.metadata, {'aZ0-_:. /': ''}),
        (validators.metadata, {LONGEST: LONGEST}),
        (validators.metadata, {'a': '\n\N{GRINNING FACE}'}),
        (validators.scheduler_hints, {}),
        (validators.scheduler_hints, {'same_host': [uuid(1), uuid(2)]}),
        (validators.scheduler_hints, {'different_host': uuid(1)}),
        (validators.scheduler_hints, {'local_to_instance': uuid(1)}),
        (validators.scheduler_hints, {'query': '["="]', 'other': 'x'}),
    ],
)
def test_accepted(check: Check, value: Any) -> None:
    check(value)


@pytest.mark.parametrize(
    ('check', 'value', 'problem'),
    [
        (validators.text, LONGEST + 'x', 'it has 256 characters, 255 are'),
        (validators.text, 'a\udcff', 'not valid Unicode'),
        (validators.text, 5, 'expected text, not 5'),
        (validators.trimmed, LONGEST + 'x ', 'it has 256 characters'),
        (validators.trimmed, 5, 'expected text, not 5'),
        (validators.printable, LONGEST + 'x', 'it has 256 characters'),
        (validators.printable, 'a\nb', r"Cinder allows no '\n' in it"),
        (validators.printable, 'a\tb', r"Cinder allows no '\t' in it"),
        (validators.printable, 'a\x1bb', r"Cinder allows no '\x1b' in it"),
        (validators.printable, '\u2028', r"Cinder allows no '\u2028' in it"),
        (validators.printable, '\u200b', r"Cinder allows no '\u200b' in it"),
        (
            validators.printable,
            '\N{GRINNING FACE}',
            r"Cinder allows no '\U0001f600' in it",
        ),
        (validators.printable, [], 'expected text, not []'),
        (validators.not_empty, '', 'it is empty'),
        (validators.not_empty, LONGEST + 'x', 'it has 256 characters'),
        (validators.host, '', 'it is empty'),
        (validators.host, 'a b', 'it is not of the form host@backend#pool'),
        (validators.host, LONGEST + 'x', 'it has 256 characters'),
        (validators.host, 5, 'expected text, not 5'),
        (validators.metadata, {'': 'x'}, "the key '' must have 1 to 255"),
        (validators.metadata, {'a$': 'x'}, "the key 'a$' must have"),
        (validators.metadata, {'ä': 'x'}, "the key 'ä' must have"),
        (validators.metadata, {LONGEST + 'x': ''}, "the key 'xxx"),
        (
            validators.metadata,
            {'a': LONGEST + 'x'},
            "the value of 'a': it has 256 characters",
        ),
        (
            validators.metadata,
            {'a': 5},
            "the value of 'a': expected text, not 5",
        ),
        (
            validators.scheduler_hints,
            {'same_host': ['data']},
            "same_host takes the ID of a volume, not 'data'",
        ),
        (
            validators.scheduler_hints,
            {'different_host': [uuid(1), 5]},
            'different_host takes the ID of a volume, not 5',
        ),
        (
            validators.scheduler_hints,
            {'same_host': [uuid(1), uuid(1)]},
            'same_host has a volume twice',
        ),
        (
            validators.scheduler_hints,
            {'local_to_instance': 'web'},
            "local_to_instance takes the ID of a server, not 'web'",
        ),
    ],
)
def test_refused(check: Check, value: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)) as caught:
        check(value)
    assert str(caught.value).isprintable()


LONG = LONGEST + 'x'
REF: dict[str, Any] = {'ref': {'source-name': 'x'}, 'host': 'h'}
OF: dict[str, Any] = {'volume_id': uuid(1)}


@pytest.mark.parametrize(
    ('call', 'values', 'field'),
    [
        ('volumes.create', {'name': LONG}, 'name'),
        ('volumes.create', {'description': LONG}, 'description'),
        ('volumes.create', {'volume_type': LONG}, 'volume_type'),
        ('volumes.create', {'availability_zone': ''}, 'availability_zone'),
        ('volumes.create', {'availability_zone': LONG}, 'availability_zone'),
        ('volumes.create', {'metadata': {'$': ''}}, 'metadata'),
        ('volumes.create', {'image': LONG}, 'image'),
        (
            'volumes.create',
            {'scheduler_hints': {'same_host': 'x'}},
            'scheduler_hints',
        ),
        ('volumes.manage', {**REF, 'name': LONG}, 'name'),
        ('volumes.manage', {**REF, 'description': 'a\nb'}, 'description'),
        ('volumes.manage', {**REF, 'volume_type': LONG}, 'volume_type'),
        (
            'volumes.manage',
            {**REF, 'availability_zone': LONG},
            'availability_zone',
        ),
        ('volumes.manage', {**REF, 'metadata': {'$': ''}}, 'metadata'),
        ('volumes.manage', {**REF, 'host': 'a b'}, 'host'),
        ('volumes.manage', {**REF, 'cluster': LONG}, 'cluster'),
        ('snapshots.create', {**OF, 'name': LONG}, 'name'),
        ('snapshots.create', {**OF, 'description': 'a\nb'}, 'description'),
        ('snapshots.create', {**OF, 'metadata': {'$': ''}}, 'metadata'),
        ('snapshots.manage', {**OF, 'ref': {}, 'name': LONG}, 'name'),
        (
            'snapshots.manage',
            {**OF, 'ref': {}, 'description': 'a\nb'},
            'description',
        ),
        (
            'snapshots.manage',
            {**OF, 'ref': {}, 'metadata': {'$': ''}},
            'metadata',
        ),
        ('backups.create', {**OF, 'name': LONG}, 'name'),
        ('backups.create', {**OF, 'description': 'a\nb'}, 'description'),
        ('backups.create', {**OF, 'container': LONG}, 'container'),
        ('backups.create', {**OF, 'metadata': {'$': ''}}, 'metadata'),
        (
            'backups.create',
            {**OF, 'availability_zone': LONG},
            'availability_zone',
        ),
    ],
)
def test_nothing_is_sent(
    cloud: Cloud, call: str, values: dict[str, Any], field: str
) -> None:
    manager, method = call.split('.')
    with pytest.raises(exceptions.InvalidValue, match=f'^{field}: ') as e:
        getattr(getattr(cloud.client(), manager), method)(**values)
    assert e.value.field == field
    assert e.value.explain('--option').startswith('--option: ')
    assert cloud.sent == []
