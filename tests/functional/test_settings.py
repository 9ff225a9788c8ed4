# SPDX-License-Identifier: Apache-2.0

"""Settings of a cloud mean the same to the plugin as to the stock client."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder
from tests.functional.devcloud import Devcloud
from tests.functional.raw_server import RawServer
from tests.functional.shell import Openstack, Result

pytestmark = [pytest.mark.each_server, pytest.mark.needs('3.0')]

#: settings of a cloud; {front} is a server in front of Cinder
SETTINGS: dict[str, dict[str, Any]] = {
    'override without a version': {
        'block_storage_endpoint_override': '{front}'
    },
    'override with a slash': {'block_storage_endpoint_override': '{front}/'},
    'override with a version': {
        'block_storage_endpoint_override': '{front}/v3'
    },
    'override that names the project': {
        'block_storage_endpoint_override': '{front}/v3/%(project_id)s'
    },
    'override by the type of v3': {
        'volumev3_endpoint_override': '{front}/v3/%(project_id)s'
    },
    'override by an old type': {'volume_endpoint_override': '{front}/v3'},
    'override by another alias': {
        'block_store_endpoint_override': '{front}/v3'
    },
    'endpoint': {'block_storage_endpoint': '{front}/v3'},
    'endpoint by an alias': {'volumev3_endpoint': '{front}'},
    'no authentication': {
        'auth_type': 'none',
        'auth': {'endpoint': '{front}'},
    },
}

#: settings of the version; the header they lead to
VERSIONS: dict[str, tuple[dict[str, Any], str]] = {
    'default microversion': (
        {'block_storage_default_microversion': '3.50'},
        'volume 3.50',
    ),
    'by an alias': ({'volume_default_microversion': '3.47'}, 'volume 3.47'),
    'API version': ({'block_storage_api_version': '3.59'}, 'volume 3.59'),
}


@dataclasses.dataclass(frozen=True)
class Front:
    """A server in front of Cinder, and a clouds.yaml that leads to it."""

    server: RawServer
    devcloud: Devcloud
    cinder: Cinder
    directory: Path

    def env(self, settings: dict[str, Any]) -> dict[str, str]:
        """Return the environment of a run with these settings."""
        document: Any = yaml.safe_load(self.devcloud.config.read_text())
        cloud = document['clouds']['dev-demo']
        cloud['auth']['project_name'] = self.cinder.project
        if settings.get('auth_type') == 'none':
            cloud = document['clouds']['dev-demo'] = {}
        for key, value in settings.items():
            if isinstance(value, dict):
                value = {k: self._url(v) for k, v in value.items()}
            cloud[key] = self._url(value) if isinstance(value, str) else value
        path = self.directory / 'clouds.yaml'
        path.write_text(yaml.safe_dump(document))
        return {'OS_CLIENT_CONFIG_FILE': str(path)}

    def _url(self, value: str) -> str:
        return value.replace('{front}', self.server.url)

    def creates(self, openstack: Openstack, **settings: Any) -> list[str]:
        """Return the request lines of the creates of one command."""
        before = len(self.server.requests)
        self.run(openstack, **settings)
        return [
            line
            for line in self.server.requests[before:]
            if line.startswith('POST')
        ]

    def run(self, openstack: Openstack, **settings: Any) -> Result:
        return openstack(
            *('volume', 'create', '--size', '1', 'of-settings'),
            env=self.env(settings),
        )


@pytest.fixture
def front(devcloud: Devcloud, demo: Cinder, tmp_path: Path) -> Iterator[Front]:
    with RawServer(demo.url) as server:
        yield Front(server, devcloud, demo, tmp_path)


@pytest.mark.parametrize('setting', SETTINGS)
def test_endpoint(
    openstack: Openstack, stock: Openstack, front: Front, setting: str
) -> None:
    """The same request line as of the stock client."""
    theirs = set(front.creates(stock, **SETTINGS[setting]))
    ours = set(front.creates(openstack, **SETTINGS[setting]))
    assert ours == theirs
    assert len(ours) == 1


@pytest.mark.needs('3.59')
@pytest.mark.parametrize('setting', VERSIONS)
def test_version(
    openstack: Openstack,
    stock: Openstack,
    front: Front,
    log: AccessLog,
    setting: str,
) -> None:
    settings, header = VERSIONS[setting]
    for client in (stock, openstack):
        log.mark()
        front.run(client, **settings).ok()
        (create,) = log.requests(method='POST')
        assert create.microversion == header


@pytest.mark.needs('3.59')
def test_option_before_setting(
    openstack: Openstack, front: Front, log: AccessLog
) -> None:
    env = front.env({'block_storage_api_version': '3.59'})
    openstack(
        *('--os-volume-api-version', '3.50', 'volume', 'create'),
        *('--size', '1', 'of-settings'),
        env=env,
    ).ok()
    (create,) = log.requests(method='POST')
    assert create.microversion == 'volume 3.50'


def test_disabled(
    openstack: Openstack, stock: Openstack, front: Front, log: AccessLog
) -> None:
    front.run(stock, has_block_storage=False).failed()
    done = front.run(openstack, has_block_storage=False).failed()
    (line,) = done.stderr.splitlines()
    assert 'disabled for this cloud (has_block_storage: false)' in line
    assert log.requests(method='POST') == []


def test_no_retries(openstack: Openstack, front: Front) -> None:
    """A cloud that is not to be tried again is tried once."""
    front.server.play({'POST': [busy] * 9})
    before = len(front.server.requests)
    front.run(
        openstack,
        block_storage_endpoint_override='{front}/v3',
        block_storage_status_code_retries=0,
        block_storage_connect_retries=0,
    ).failed()
    assert len(front.server.requests) == before + 1


def busy(exchange: Any) -> None:
    exchange.read()
    exchange.send(
        b'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n'
    )
