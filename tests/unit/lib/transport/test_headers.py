# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest
import requests

from osc_cinderlite.lib.transport import headers


def redirect(location: str | None, status: int = 302) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    if location is not None:
        made.headers['Location'] = location
    return made


class TestSameOrigin:
    @pytest.mark.parametrize(
        ('location', 'target'),
        [
            ('/v3/', 'https://cloud:8776/v3/'),
            ('v3/', 'https://cloud:8776/v3/'),
            ('https://cloud:8776/v3/', 'https://cloud:8776/v3/'),
            ('https://me:secret@cloud:8776/x', 'https://cloud:8776/x'),
        ],
    )
    def test_followed(self, location: str, target: str) -> None:
        found = headers.same_origin(
            'https://cloud:8776/v3', redirect(location)
        )
        assert found == target

    @pytest.mark.parametrize(
        'location',
        [
            None,
            '',
            'http://cloud:8776/v3/',
            'https://cloud/v3/',
            '//cloud/v3/',
            'https://cloud:99999/v3/',
            'https://other/v3/',
            'https://cloud.other/v3/',
            'https://cloud@other/v3/',
            '//other/v3/',
            'file:///etc/passwd',
            'http://[cloud',
        ],
    )
    def test_not_followed(self, location: str | None) -> None:
        answer = redirect(location)
        assert headers.same_origin('https://cloud:8776/v3', answer) is None

    def test_default_port(self) -> None:
        answer = redirect('https://cloud:443/v3/')
        assert headers.same_origin('https://cloud/v3', answer) is not None

    def test_up_to_tls(self) -> None:
        answer = redirect('https://cloud/v3/')
        assert headers.same_origin('http://cloud/v3', answer) == (
            'https://cloud/v3/'
        )

    @pytest.mark.parametrize('status', [200, 300, 303, 304, 404])
    def test_no_redirect(self, status: int) -> None:
        answer = redirect('/v3/', status)
        assert headers.same_origin('https://cloud/v3', answer) is None
