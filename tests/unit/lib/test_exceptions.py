# SPDX-License-Identifier: Apache-2.0

"""Every error is one line that a terminal can show."""

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib import text as text_module
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import fields
from osc_cinderlite.lib.resources.volumes import VolumeCreate
from osc_cinderlite.lib.transport import versions
from tests.unit.cloud import Cloud, uuid, volume


class TestClientException:
    @pytest.mark.parametrize(
        ('facts', 'shown'),
        [
            ({}, 'No.'),
            ({'status': 400}, 'No (HTTP 400)'),
            ({'request_id': 'req-1'}, 'No (Request-ID: req-1)'),
            (
                {'status': 400, 'request_id': 'req-1'},
                'No (HTTP 400, Request-ID: req-1)',
            ),
        ],
    )
    def test_text(self, facts: dict[str, Any], shown: str) -> None:
        assert str(exceptions.ClientException('No.', **facts)) == shown

    def test_code(self) -> None:
        assert exceptions.ClientException('').code == 'error'
        assert exceptions.ClientException('', code='full').code == 'full'

    @pytest.mark.parametrize(
        ('error', 'code'),
        [
            (exceptions.InvalidInput('x'), 'invalidInput'),
            (exceptions.InvalidResponse('x'), 'invalidResponse'),
            (
                exceptions.ConnectionFailed('x', sent=True),
                'connectionFailed',
            ),
            (exceptions.UnknownOutcome('x'), 'unknownOutcome'),
            (exceptions.ResourceNotFound('x'), 'notFound'),
            (
                exceptions.MultipleMatches('several', []),
                'multipleMatches',
            ),
            (
                exceptions.WaitTimeout('x', Resource(volume())),
                'waitTimeout',
            ),
            (
                exceptions.ResourceFailed('x', Resource(volume())),
                'resourceFailed',
            ),
        ],
    )
    def test_one_family(
        self, error: exceptions.ClientException, code: str
    ) -> None:
        assert isinstance(error, exceptions.ClientException)
        assert error.code == code
        assert error.status is None
        assert error.request_id is None
        assert error.message


@pytest.mark.parametrize(
    ('has', 'asked', 'there'),
    [
        ('3.46', False, 'this cloud has at most 3.46'),
        ('3.46', True, '3.46 was requested'),
        ('2.0', True, 'version 2 was requested'),
    ],
)
def test_unsupported_version(has: str, asked: bool, there: str) -> None:
    version = versions.APIVersion.parse(has)
    with pytest.raises(exceptions.UnsupportedVersion) as caught:
        fields.build(
            VolumeCreate,
            {'backup_id': uuid(3)},
            version,
            asked=asked,
            key='volume',
            names={},
        )
    error = caught.value
    line = 'needs volume API version 3.47 or later, and'
    assert str(error) == f'backup_id {line} {there}'
    assert error.explain('--backup') == f'--backup {line} {there}'
    assert error.code == 'unsupportedVersion'
    assert (error.needs, error.has) == ((3, 47), version)


def test_many_candidates_are_all_named(cloud: Cloud) -> None:
    candidates = [
        Resource(volume(number, status='\x1b[2J')) for number in range(100)
    ]
    shown = str(cloud.client().volumes.several('a\nb', candidates))
    assert all(uuid(number) in shown for number in range(100))
    assert shown.isprintable()


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('plain', 'plain'),
        ('Grüße 日本語', 'Grüße 日本語'),
        ('a\x1b[31mb', r'a\x1b[31mb'),
        ('a\tb', r'a\tb'),
        ('a\u202eb', r'a\u202eb'),
        ('a\U000e0001b', r'a\U000e0001b'),
        ('a\ud800b', r'a\ud800b'),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert text_module.printable(text) == shown


def test_one_line() -> None:
    assert text_module.one_line(' a\n\tb  c ') == 'a b c'
    assert text_module.one_line('x' * 600) == 'x' * 600
    assert text_module.one_line('x' * 601) == 'x' * 597 + '...'
