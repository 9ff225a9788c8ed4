# SPDX-License-Identifier: Apache-2.0

"""Reasons of failures in Cinder's messages."""

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from tests.unit.cloud import (
    REQUEST_ID,
    Answer,
    Cloud,
    backup,
    fault,
    good,
    page,
    snapshot,
    uuid,
    volume,
)

NO_REASON = (
    "Cinder recorded no reason; the cloud's operator can look for the "
    'request in the logs'
)
FAILED = Resource(volume(1, status='error'))


def message(
    text: str, hour: int = 12, minute: int = 5, **fields: Any
) -> dict[str, Any]:
    return {
        'id': uuid(100),
        'user_message': text,
        'message_level': 'ERROR',
        'created_at': f'2026-01-31T{hour:02}:{minute:02}:00.000000',
        'resource_uuid': uuid(1),
        'request_id': REQUEST_ID,
        **fields,
    }


def messages(*found: dict[str, Any]) -> Answer:
    return good({'messages': list(found)})


def failure(cloud: Cloud, version: str = '3', **options: Any) -> str:
    client = cloud.client(version)
    error = client.messages.failure('volume', FAILED, **options)
    assert error.resource is FAILED
    return str(error)


def by_resource(number: int = 1) -> str:
    return f'GET /messages?resource_uuid={uuid(number)}&sort=created_at%3Adesc'


BY_REQUEST = f'GET /messages?request_id={REQUEST_ID}&sort=created_at%3Adesc'


class TestVersions:
    @pytest.mark.parametrize('version', ['3.5', '3.71', '3'])
    def test_filtered_by_the_server(self, cloud: Cloud, version: str) -> None:
        cloud.answers('GET', '/messages', messages(message('no backend')))
        line = failure(cloud, version)
        assert line == f'volume {uuid(1)} is in status error: no backend'
        assert cloud.sent == [by_resource()]

    @pytest.mark.parametrize('version', ['3.3', '3.4'])
    def test_filtered_here(self, cloud: Cloud, version: str) -> None:
        cloud.answers(
            'GET',
            '/messages',
            messages(
                message('of another', 13, resource_uuid=uuid(2)),
                message('older', 11),
                message('no backend', 12),
            ),
        )
        assert failure(cloud, version).endswith(': no backend')
        assert cloud.sent == ['GET /messages']

    @pytest.mark.parametrize(
        ('version', 'named'), [('2', '2.0'), ('3.0', '3.0'), ('3.2', '3.2')]
    )
    def test_none(self, cloud: Cloud, version: str, named: str) -> None:
        """There are no messages; nothing is asked."""
        assert failure(cloud, version, request_id=REQUEST_ID) == (
            f'volume {uuid(1)} is in status error; API version {named} has '
            "no messages (3.3 and later do); the cloud's operator can look "
            f'for the request in the logs (Request-ID: {REQUEST_ID})'
        )
        assert cloud.sent == []


class TestReason:
    def test_the_newest_error_counts(self, cloud: Cloud) -> None:
        found = [
            message('first', 10),
            message('last', 14, 1),
            message('a warning', 15, message_level='WARNING'),
            message('second', 13),
        ]
        cloud.answers('GET', '/messages', messages(*found))
        assert failure(cloud).endswith(': last')

    def test_by_request_if_there_is_none_by_resource(
        self, cloud: Cloud
    ) -> None:
        cloud.answers(
            'GET',
            '/messages',
            messages(),
            messages(message('no backend', resource_uuid=None)),
        )
        line = failure(cloud, request_id=REQUEST_ID)
        assert line == (
            f'volume {uuid(1)} is in status error: no backend '
            f'(Request-ID: {REQUEST_ID})'
        )
        assert cloud.sent == [by_resource(), BY_REQUEST]

    def test_of_the_backup_that_was_restored(self, cloud: Cloud) -> None:
        """But only what is not older than the new volume."""
        cloud.answers(
            'GET',
            '/messages',
            messages(),
            messages(
                message('before', 11, resource_uuid=uuid(3)),
                message('restore failed', 12, resource_uuid=uuid(3)),
            ),
        )
        line = failure(cloud, source_id=uuid(3))
        assert line.endswith(': restore failed')
        assert cloud.sent == [by_resource(), by_resource(3)]

    def test_only_old_messages_of_the_backup(self, cloud: Cloud) -> None:
        cloud.answers(
            'GET',
            '/messages',
            messages(),
            messages(message('before', 11, resource_uuid=uuid(3))),
        )
        assert failure(cloud, source_id=uuid(3)).endswith(NO_REASON)

    def test_of_the_backup_itself(self, cloud: Cloud) -> None:
        """It has its own words; no message is asked for."""
        client = cloud.client()
        failed = Resource(backup(status='error', fail_reason='disk full'))
        error = client.messages.failure('backup', failed)
        assert str(error) == (
            f'backup {uuid(3)} is in status error: disk full'
        )
        assert error.reason == 'disk full'
        assert cloud.sent == []

    @pytest.mark.parametrize('empty', [None, ''])
    def test_backup_without_words(
        self, cloud: Cloud, empty: str | None
    ) -> None:
        cloud.answers(
            'GET',
            '/messages',
            messages(message('no service', resource_uuid=uuid(3))),
        )
        client = cloud.client()
        failed = Resource(backup(status='error', fail_reason=empty))
        error = client.messages.failure('backup', failed)
        assert str(error).endswith(': no service')

    @pytest.mark.parametrize(
        ('fields', 'text'),
        [
            ({'user_message': None, 'event_id': 'VOLUME_001'}, 'VOLUME_001'),
            ({'user_message': 5}, '5'),
            ({'user_message': 'a\nb\x1b[2J'}, r'a b\x1b[2J'),
        ],
    )
    def test_text(
        self, cloud: Cloud, fields: dict[str, Any], text: str
    ) -> None:
        cloud.answers('GET', '/messages', messages(message('', **fields)))
        assert failure(cloud).endswith(f': {text}')

    def test_level_that_is_not_told(self, cloud: Cloud) -> None:
        found = message('no backend')
        del found['message_level']
        cloud.answers('GET', '/messages', messages(found))
        assert failure(cloud).endswith(': no backend')

    @pytest.mark.parametrize(
        'answer',
        [
            messages(),
            messages(message('mild', message_level='WARNING')),
            messages(message('of another', resource_uuid=uuid(2))),
            good({}),
            good({'messages': None}),
            good({'messages': [None, 5, 'text']}),
        ],
    )
    def test_no_reason(self, cloud: Cloud, answer: Answer) -> None:
        cloud.answers('GET', '/messages', answer)
        client = cloud.client()
        error = client.messages.failure('volume', FAILED)
        assert str(error) == (
            f'volume {uuid(1)} is in status error; {NO_REASON}'
        )
        assert error.reason is None
        assert error.code == 'resourceFailed'

    @pytest.mark.parametrize(
        ('answer', 'words'),
        [
            (fault(403, 'Policy says no'), 'Policy says no (HTTP 403'),
            (fault(404, 'No such place'), 'No such place (HTTP 404'),
            (fault(500, 'Oops'), 'Oops (HTTP 500'),
            (page(200, '<html>'), 'the server responded with 6 bytes'),
        ],
    )
    def test_reason_that_cannot_be_read(
        self, cloud: Cloud, answer: Answer, words: str
    ) -> None:
        """That never hides the failure."""
        cloud.answers('GET', '/messages', answer)
        line = failure(cloud)
        assert line.startswith(
            f'volume {uuid(1)} is in status error: its messages could not be '
            f'read ({words}'
        )
        assert 'no reason' not in line

    def test_gone(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/messages', messages())
        line = failure(cloud, gone=True)
        assert line == (f'volume {uuid(1)} is gone; it was deleted')

    def test_gone_for_a_reason(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/messages', messages(message('cleaned up')))
        assert failure(cloud, gone=True) == (
            f'volume {uuid(1)} is gone: cleaned up'
        )


class TestWarning:
    SINCE = '2026-01-31T12:00:00.000000'

    @pytest.mark.parametrize(
        ('found', 'text'),
        [
            ([], None),
            ([message('bad')], None),
            ([message('mild', message_level='WARNING')], 'mild'),
            (
                [
                    message('old', 11, message_level='WARNING'),
                    message('new', 13, message_level='WARNING'),
                ],
                'new',
            ),
            ([message('old', 11, message_level='WARNING')], None),
            (
                [message('x', message_level='WARNING', created_at='noon')],
                'x',
            ),
        ],
    )
    def test_newest(
        self, cloud: Cloud, found: list[dict[str, Any]], text: str | None
    ) -> None:
        cloud.answers('GET', '/messages', messages(*found))
        warning = cloud.client().messages.warning(uuid(1), self.SINCE)
        assert warning == text

    def test_cannot_be_read(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/messages', fault(403))
        assert cloud.client().messages.warning(uuid(1)) is None


def test_snapshot(cloud: Cloud) -> None:
    cloud.answers(
        'GET', '/messages', messages(message('x', resource_uuid=uuid(2)))
    )
    client = cloud.client()
    error = client.messages.failure(
        'snapshot', Resource(snapshot(status='error'))
    )
    assert isinstance(error, exceptions.ResourceFailed)
    assert str(error) == f'snapshot {uuid(2)} is in status error: x'
