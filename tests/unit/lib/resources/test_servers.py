# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from osc_cinderlite.lib import exceptions
from tests.unit.cloud import NOVA, Cloud, good, uuid


def server(number: int, name: str) -> dict[str, Any]:
    return {'id': uuid(number), 'name': name}


@pytest.fixture
def nova(cloud: Cloud) -> Any:
    """What Nova is asked."""
    mocker: requests_mock.Mocker = cloud._mocker
    listed = [server(1, 'web'), server(2, 'web.1'), server(3, 'webX1')]
    return mocker.get(f'{NOVA}/servers/detail', [good({'servers': listed})])


@pytest.mark.parametrize(
    ('name', 'number', 'query'),
    [
        ('web', 1, {'name': ['web']}),
        # Nova would take it for a regular expression.
        ('web.1', 2, {}),
    ],
)
def test_find(
    cloud: Cloud, nova: Any, name: str, number: int, query: dict[str, Any]
) -> None:
    assert cloud.client('3').servers.find(name).id == uuid(number)
    (request,) = nova.request_history
    assert request.qs == query
    assert 'OpenStack-API-Version' not in request.headers
    assert cloud.sent == []


def test_none(cloud: Cloud, nova: Any) -> None:
    with pytest.raises(
        exceptions.ResourceNotFound, match='No server found for db'
    ):
        cloud.client('3').servers.find('db')
