# SPDX-License-Identifier: Apache-2.0

"""No token and no password in anything that a command writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.functional import raw_server
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.proxied import behind
from tests.functional.raw_server import RawServer
from tests.functional.servers import Server
from tests.functional.shell import Openstack, Result

pytestmark = pytest.mark.each_server


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


@pytest.fixture
def server(demo: Cinder) -> Iterator[RawServer]:
    with RawServer(demo.url) as started:
        yield started


class Debug:
    """Runs commands with all that can be written about them."""

    def __init__(
        self, openstack: Openstack, env: dict[str, str], directory: Path
    ) -> None:
        self._openstack = openstack
        self._env = env
        self._log = directory / 'log'
        self.written = ''

    def __call__(self, *args: str) -> Result:
        log = ['--debug', '--log-file', str(self._log)]
        done = self._openstack(*log, *args, env=self._env)
        self.written += done.stdout + done.stderr + self._log.read_text()
        return done


@pytest.fixture
def debug(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    server: RawServer,
    tmp_path: Path,
) -> Debug:
    env = behind(devcloud, tmp_path, demo, server.url, api)
    return Debug(openstack, env, tmp_path)


def assert_no_secret(
    devcloud: Devcloud, server: RawServer, written: str
) -> None:
    password = devcloud.clouds['dev-demo']['auth']['password']
    secrets = {password, *server.tokens}
    assert '' not in secrets
    assert len(secrets) > 1, 'no token was used'
    for secret in secrets:
        assert secret not in written
    # It is all there, with the token's hash in its place.
    assert 'X-Auth-Token: {SHA256}' in written
    assert 'REQ: curl' in written


COMMANDS: dict[str, list[str]] = {
    'volume': ['volume', 'create', '--size', '1', '{name}'],
    'snapshot': ['volume', 'snapshot', 'create', '--volume', '{id}', '{name}'],
    'backup': ['volume', 'backup', 'create', '--name', '{name}', '{id}'],
    'volumes': [
        *('volume', 'bulk', 'create', '--count', '2', '--size', '1'),
        '{name}-{{n}}',
    ],
    'snapshots': ['volume', 'snapshot', 'bulk', 'create', '{volume}'],
    'backups': ['volume', 'backup', 'bulk', 'create', '{volume}'],
}


@pytest.fixture(params=COMMANDS)
def command(
    request: pytest.FixtureRequest, demo: Cinder, volume: Record, name: Name
) -> list[str]:
    demo.wait('volume', volume['id'])
    values = {'id': volume['id'], 'volume': volume['name'], 'name': name('x')}
    return [part.format(**values) for part in COMMANDS[request.param]]


def test_success(
    devcloud: Devcloud, server: RawServer, debug: Debug, command: list[str]
) -> None:
    debug(*command, '--wait').ok()
    assert_no_secret(devcloud, server, debug.written)


@pytest.mark.parametrize(
    'rule',
    [
        {'status': 400, 'body': {'badRequest': {'message': 'No.'}}},
        {'status': 401},
    ],
)
def test_failure(
    devcloud: Devcloud,
    faults: Faults,
    server: RawServer,
    debug: Debug,
    command: list[str],
    rule: dict[str, Any],
) -> None:
    with faults({'method': 'POST', **rule}):
        debug(*command).failed()
    assert_no_secret(devcloud, server, debug.written)


@pytest.mark.needs('2.0')
def test_faults_on_the_way(
    devcloud: Devcloud, server: RawServer, debug: Debug, name: Name
) -> None:
    """A token that expired, a lost answer, an interrupted wait."""
    server.play(
        {
            'POST': [raw_server.stale_token, raw_server.lose_the_answer],
            'GET': [raw_server.cut_the_answer, raw_server.stale_token],
        }
    )
    debug('volume', 'create', '--size', '1', '--wait', name('x')).ok()
    assert server.played == 4
    assert len(server.tokens) > 1
    assert_no_secret(devcloud, server, debug.written)


def test_a_token_that_was_given(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    server: RawServer,
    tmp_path: Path,
) -> None:
    auth = devcloud.clouds['dev-demo']['auth']
    given = {
        'auth_type': 'token',
        'auth': {
            'auth_url': auth['auth_url'],
            'token': demo.token,
            'project_name': demo.project,
            'project_domain_name': 'Default',
        },
    }
    env = behind(devcloud, tmp_path, demo, server.url, api, **given)
    debug = Debug(openstack, env, tmp_path)
    debug('volume', 'create', '--size', '1').ok()
    assert demo.token not in debug.written
    assert_no_secret(devcloud, server, debug.written)


def test_redirect_with_a_secret(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    server: RawServer,
    tmp_path: Path,
) -> None:
    """What an error says of a URL is without what is secret in it."""
    there = 'http://me:geheim@127.0.0.2:1/v3?key=secret'
    server.play(
        {'POST': [raw_server.answer('302 Found', b'', False, Location=there)]}
    )
    env = behind(devcloud, tmp_path, demo, server.url, api)
    done = openstack('volume', 'create', '--size', '1', env=env).failed()
    assert 'redirects to http://127.0.0.2:1/v3 (' in done.stderr
    assert 'geheim' not in done.stderr
    assert 'secret' not in done.stderr


def test_endpoint_with_a_password(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    tmp_path: Path,
) -> None:
    url = 'http://me:geheim@127.0.0.1:9'
    env = behind(devcloud, tmp_path, demo, url, api)
    env['OSC_CINDERLITE_PATIENCE'] = '1'
    done = openstack('volume', 'create', '--size', '1', env=env).failed()
    assert '127.0.0.1:9 cannot be reached' in done.stderr
    assert 'geheim' not in done.stderr
