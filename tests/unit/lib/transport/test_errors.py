# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import errors

LONG = 'x' * 10_000_000


def response(
    status: int = 400, content: bytes = b'', reason: str = '', **headers: str
) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.reason = reason
    made._content = content
    made.headers.update(headers)
    return made


def document(found: Any) -> bytes:
    return json.dumps(found).encode()


class TestFault:
    @pytest.mark.parametrize(
        ('status', 'kind'),
        [
            (400, exceptions.BadRequest),
            (401, exceptions.Unauthorized),
            (403, exceptions.Forbidden),
            (404, exceptions.NotFound),
            (405, exceptions.HTTPError),
            (406, exceptions.NotAcceptable),
            (409, exceptions.Conflict),
            (413, exceptions.OverLimit),
            (415, exceptions.HTTPError),
            (429, exceptions.TooManyRequests),
            (500, exceptions.ServerError),
            (501, exceptions.ServerError),
            (503, exceptions.ServerError),
            (599, exceptions.ServerError),
        ],
    )
    def test_kind(self, status: int, kind: type[Exception]) -> None:
        error = errors.from_response(response(status))
        assert type(error) is kind
        assert error.status == status

    @pytest.mark.parametrize(
        ('content', 'message', 'code'),
        [
            (
                document({'badRequest': {'code': 400, 'message': 'Why.'}}),
                'Why',
                'badRequest',
            ),
            (
                document({'computeFault': {'message': 5}}),
                '5',
                'computeFault',
            ),
            # keystonemiddleware's
            (
                document({'error': {'message': 'No token'}}),
                'No token',
                'error',
            ),
            # webob's
            (document({'code': '400', 'message': 'Why'}), 'Why', 'error'),
            # Envelopes without a message
            (document({'badRequest': {}}), None, 'error'),
            (document({'badRequest': {'message': ''}}), None, 'error'),
            (document({'badRequest': 'Why'}), None, 'error'),
            (document({'message': ''}), None, 'error'),
            (document({'message': {'a': 'b'}}), None, 'error'),
            (document({}), None, 'error'),
            (document([]), None, 'error'),
            (document('Why'), None, 'error'),
            (document(None), None, 'error'),
            # Not JSON
            (b'', None, 'error'),
            (b'   \n ', None, 'error'),
            (b'{"badRequest": {', '{"badRequest": {', 'error'),
            (b'Bad\n gateway', 'Bad gateway', 'error'),
            (
                b'<html><head><title>502 Bad &amp; gateway\n</title></head>'
                b'<body>much more</body></html>',
                '502 Bad & gateway',
                'error',
            ),
            (b'<h1>Bad</h1> <p class="x">gateway</p>', 'Bad gateway', 'error'),
            (b'<html></html>', None, 'error'),
            (b'\xff\xfe', '\ufffd\ufffd', 'error'),
            (b'[' * 100_000, '[' * 597 + '...', 'error'),
        ],
    )
    def test_message(
        self, content: bytes, message: str | None, code: str
    ) -> None:
        """Cinder's own words, or at least the reason in the status line."""
        error = errors.from_response(
            response(
                400,
                content,
                'Bad Request',
                **{'x-openstack-request-id': 'req-1'},
            )
        )
        shown = str(error)
        if message is None:
            message = 'the server responded "Bad Request"'
        assert shown.startswith(message[:500])
        assert len(shown) <= 600
        if len(message) < 500:
            assert shown == f'{message} (HTTP 400, Request-ID: req-1)'
        assert error.code == code

    def test_no_reason(self) -> None:
        error = errors.from_response(response(599))
        assert str(error) == (
            'the server responded "no reason given" (HTTP 599)'
        )

    @pytest.mark.parametrize(
        'content',
        [
            document({'badRequest': {'message': LONG}}),
            LONG.encode(),
            f'<title>{LONG}</title>'.encode(),
            b'<' * 10_000_000,
            document({'badRequest': {'message': 'a ' * 5_000_000}}),
        ],
        ids=['envelope', 'text', 'title', 'markup', 'spaces'],
    )
    @pytest.mark.timeout(10)
    def test_ten_megabytes(self, content: bytes) -> None:
        error = errors.from_response(response(500, content, 'Oops'))
        assert len(str(error)) <= 600

    @pytest.mark.parametrize(
        'evil',
        [
            '\x1b[31mred',
            '\x1b]0;title\x07',
            'a\rb',
            'a\x00b',
            'a\x9b31mb',
            'a\u202eb',
            'a\u2028b',
            'a\ud800b',
            'a\nb',
        ],
    )
    def test_terminal_controls(self, evil: str) -> None:
        for content in (
            document({'badRequest': {'message': evil}}),
            evil.encode(errors='replace'),
        ):
            error = errors.from_response(response(400, content))
            assert str(error).isprintable()

    @pytest.mark.parametrize(
        ('headers', 'request_id'),
        [
            ({}, None),
            ({'x-compute-request-id': 'req-1'}, 'req-1'),
            ({'x-openstack-request-id': 'req-2'}, 'req-2'),
            (
                {
                    'x-compute-request-id': 'req-1',
                    'x-openstack-request-id': 'req-2',
                },
                'req-2',
            ),
        ],
    )
    def test_request_id(
        self, headers: dict[str, str], request_id: str | None
    ) -> None:
        error = errors.from_response(response(400, b'', **headers))
        assert error.request_id == request_id
        assert ('Request-ID' in str(error)) is (request_id is not None)

    def test_redirect(self) -> None:
        error = errors.from_response(
            response(302, b'{}', Location='http://a\x1b/')
        )
        assert str(error) == (
            r'the server redirects to http://a\x1b/ (HTTP 302)'
        )
        assert error.code == 'redirect'

    @pytest.mark.parametrize(
        ('where', 'shown'),
        [
            ('http://a:b@c/d?token=e#f', 'http://c/d'),
            ('/relative', '/relative'),
            ('http://[', 'nowhere'),
        ],
    )
    def test_redirect_with_secrets(self, where: str, shown: str) -> None:
        error = errors.from_response(response(302, b'', Location=where))
        assert str(error) == f'the server redirects to {shown} (HTTP 302)'
