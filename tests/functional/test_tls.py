# SPDX-License-Identifier: Apache-2.0

"""Who Cinder is has to be proved, as for every ``openstack`` command."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import datetime
from pathlib import Path
import ssl

import pytest
import trustme

from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.proxied import behind
from tests.functional.raw_server import RawServer
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = [pytest.mark.each_server, pytest.mark.needs('2.0')]

_PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope='module')
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope='module')
def certificates(
    authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> str:
    path = tmp_path_factory.mktemp('tls') / 'ca.pem'
    authority.cert_pem.write_to_path(path)
    return str(path)


@contextlib.contextmanager
def cinder_with(
    certificate: trustme.LeafCert, cinder: Cinder
) -> Iterator[RawServer]:
    """Put a server with this certificate before Cinder."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with RawServer(cinder.url, tls=context) as server:
        yield server


@pytest.mark.parametrize('client', ['openstack', 'stock'])
@pytest.mark.parametrize('how', ['--os-cacert', '--insecure'])
def test_accepted(
    request: pytest.FixtureRequest,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    authority: trustme.CA,
    certificates: str,
    tmp_path: Path,
    name: Name,
    how: str,
    client: str,
) -> None:
    """With the authority's certificate, or without looking at it."""
    run: Openstack = request.getfixturevalue(client)
    options = [how] if how == '--insecure' else [how, certificates]
    with cinder_with(authority.issue_cert('127.0.0.1'), demo) as server:
        done = run(
            *options,
            *('volume', 'create', '--size', '1', name('tls'), '-f', 'json'),
            env=behind(devcloud, tmp_path, demo, server.url, api),
        ).ok()
    assert demo.get('volume', done.id)['id'] == done.id
    assert done.stderr == ''


@pytest.mark.parametrize('client', ['openstack', 'stock'])
@pytest.mark.parametrize(
    ('identity', 'expires', 'trusted', 'why'),
    [
        ('127.0.0.1', None, False, 'unable to get local issuer certificate'),
        ('192.0.2.1', None, True, "certificate is not valid for '127.0.0.1'"),
        ('127.0.0.1', _PAST, True, 'certificate has expired'),
    ],
)
def test_refused(
    request: pytest.FixtureRequest,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    authority: trustme.CA,
    certificates: str,
    tmp_path: Path,
    name: Name,
    client: str,
    identity: str,
    expires: datetime.datetime | None,
    trusted: bool,
    why: str,
) -> None:
    run: Openstack = request.getfixturevalue(client)
    options = ['--os-cacert', certificates] if trusted else []
    new = name('tls')
    certificate = authority.issue_cert(identity, not_after=expires)
    with cinder_with(certificate, demo) as server:
        done = run(
            *options,
            *('volume', 'create', '--size', '1', new),
            env=behind(devcloud, tmp_path, demo, server.url, api),
        ).failed()
        assert server.requests == []
        if client == 'openstack':
            # The stock client tries it again and again.
            assert server.connections == 1
    assert demo.listed('volume', name=new) == []
    assert why in done.stderr
    if client == 'openstack':
        (line,) = done.stderr.splitlines()
        assert line.startswith(
            f"Could not create volume '{new}': no trusted connection to "
        )
        assert line.endswith('check --os-cacert and the name in the endpoint')


def test_refused_in_bulk(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    authority: trustme.CA,
    tmp_path: Path,
) -> None:
    with cinder_with(authority.issue_cert('127.0.0.1'), demo) as server:
        done = openstack(
            *('volume', 'bulk', 'create', '--count', '3', '--size', '1'),
            *('tls-{n}', '-f', 'json'),
            env=behind(devcloud, tmp_path, demo, server.url, api),
        ).failed()
        assert server.requests == []
    for row in done.json:
        assert row['Result'] == 'failed'
        assert 'no trusted connection' in row['Error']


def test_plain_http_where_tls_is_expected(
    openstack: Openstack,
    api: Server,
    devcloud: Devcloud,
    demo: Cinder,
    tmp_path: Path,
) -> None:
    """Nothing of the request was sent, and nobody has to look for it."""
    url = demo.url.replace('http:', 'https:')
    done = openstack(
        *('volume', 'create', '--size', '1', 'plain'),
        env={
            **behind(devcloud, tmp_path, demo, url, api),
            'OSC_CINDERLITE_TIMEOUT': '1',
            'OSC_CINDERLITE_PATIENCE': '1',
        },
    ).failed()
    (line,) = done.stderr.splitlines()
    assert line.startswith("Could not create volume 'plain': 127.0.0.1:")
