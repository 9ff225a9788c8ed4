# SPDX-License-Identifier: Apache-2.0

"""The hooks that the shell calls, and what it makes a client of."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
import yaml

from osc_cinderlite import plugin
from osc_cinderlite.commands.cloud import PATIENCE, TIMEOUT
from tests.unit import cloud as cloud_module
from tests.unit.cloud import (
    CINDER,
    KEYSTONE,
    PROJECT,
    Cloud,
    accepted,
    fault,
    volume,
)
from tests.unit.shell import openstack

CREATE = ('volume', 'create', 'data', '--size=1', '-f', 'json')


def test_no_global_option() -> None:
    parser = argparse.ArgumentParser()
    assert plugin.build_option_parser(parser) is parser
    assert [action.dest for action in parser._actions] == ['help']


@pytest.mark.parametrize('version', ['2', '3', '3.47', '3.latest'])
def test_versions_are_not_checked_by_the_shell(version: str) -> None:
    assert plugin.check_api_version(version)


@pytest.mark.parametrize(
    ('version', 'major', 'header'),
    [
        ('2', 2, None),
        ('3', 3, 'volume 3.71'),
        ('3.latest', 3, 'volume 3.71'),
        ('3.0', 3, 'volume 3.0'),
        ('3.47', 3, 'volume 3.47'),
    ],
)
def test_version(
    cloud: Cloud, version: str, major: int, header: str | None
) -> None:
    """Nothing is said of it, and the create is one request."""
    cloud.answers(
        'POST', '/volumes', accepted('volume', volume()), major=major
    )
    result = openstack(*CREATE, version=version)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /volumes']
    (request,) = cloud.requests
    assert request.headers.get('OpenStack-API-Version') == header
    assert 'osc-cinderlite/' in request.headers['User-Agent']


class TestConfiguration:
    @pytest.fixture
    def configure(
        self, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Any:
        """Writes a clouds.yaml."""

        def write(**settings: Any) -> None:
            path = tmp_path / 'clouds.yaml'
            entry = {
                'auth': {
                    'auth_url': KEYSTONE,
                    'username': 'demo',
                    'password': 'secret',
                    'user_domain_id': 'default',
                    'project_id': PROJECT,
                },
                'region_name': cloud_module.REGION,
                **settings,
            }
            path.write_text(yaml.safe_dump({'clouds': {'mine': entry}}))
            monkeypatch.setenv('OS_CLOUD', 'mine')

        return write

    @pytest.mark.parametrize(
        'setting',
        [
            'block_storage_endpoint_override',
            'volumev3_endpoint_override',
            'volume_endpoint_override',
        ],
    )
    def test_endpoint(
        self, cloud: Cloud, configure: Any, setting: str
    ) -> None:
        other = f'{CINDER}/elsewhere/v3'
        configure(**{setting: other})
        cloud._mocker.post(f'{other}/volumes', [accepted('volume', volume())])
        result = openstack(*CREATE, credentials=())
        assert result.status == 0, result
        assert cloud.sent == ['POST /elsewhere/v3/volumes']

    def test_service_type(self, cloud: Cloud, configure: Any) -> None:
        configure(volume_service_type='volumev2')
        result = openstack(*CREATE, credentials=())
        assert 'no volumev2 endpoint, version 3' in result.complaint

    def test_region(self, cloud: Cloud, configure: Any) -> None:
        configure(region_name='Mars')
        result = openstack(*CREATE, credentials=())
        assert result.status == 1
        assert 'region Mars' in result.complaint

    @pytest.mark.parametrize(
        ('configured', 'complaint'), [('internal', 'internal'), (None, None)]
    )
    def test_interface(
        self,
        cloud: Cloud,
        configure: Any,
        configured: str | None,
        complaint: str | None,
    ) -> None:
        if configured:
            configure(volume_interface=configured)
        else:
            configure()
        cloud.answers('POST', '/volumes', accepted('volume', volume()))
        result = openstack(*CREATE, credentials=())
        if complaint:
            assert f'interface {complaint}' in result.complaint
        else:
            assert result.status == 0

    def test_version(self, cloud: Cloud, configure: Any) -> None:
        configure(volume_api_version='3.50')
        cloud.answers('POST', '/volumes', accepted('volume', volume()))
        openstack(*CREATE, credentials=(), version=None)
        (request,) = cloud.requests
        assert request.headers['OpenStack-API-Version'] == 'volume 3.50'


def test_timeout(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TIMEOUT, '7.5')
    cloud.answers('POST', '/volumes', accepted('volume', volume()))
    openstack(*CREATE)
    assert cloud.requests[0].timeout == (7.5, 7.5)


def test_patience(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PATIENCE, '0.1')
    cloud.answers('POST', '/volumes', fault(429))
    assert openstack(*CREATE).status == 1
    assert len(cloud.sent) == 1


@pytest.mark.parametrize('value', ['soon', '0', '-1', '1e12', 'inf', 'nan'])
@pytest.mark.parametrize('variable', [TIMEOUT, PATIENCE])
def test_no_number(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = openstack(*CREATE)
    assert result.status == 1
    assert result.complaint == (
        f"{variable}: '{value}' is not a number of seconds above 0 and at "
        'most 31536000 (a year)'
    )
    assert cloud.sent == []
