# SPDX-License-Identifier: Apache-2.0

"""Wherever a connection breaks, through whatever: nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import datetime
import json
import os
import socket
import socketserver
import ssl
import struct
import threading
from typing import Any
from urllib import parse

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keystoneauth1 import plugin, session
import pytest
import trustme

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.creating.runner import bulk
from tests import proxy as proxy_module
from tests.proxy import Proxy
from tests.unit.cloud import REQUEST_ID, now, uuid

HTML = '<title>Welcome</title>'
ENVOY = 'upstream connect error or disconnect/reset before headers'

#: what the server does with a create: whether it carries it out, and what it
#: sends then (None: it breaks the connection off)
ACTS: dict[str, tuple[bool, str | None]] = {
    'created': (True, '202 Accepted'),
    'reset before the body': (False, None),
    'reset after the body': (False, None),
    'response lost': (True, None),
    'closed without a response': (True, ''),
    'response cut off': (True, '202 Accepted'),
    'headers cut off': (True, '202 Accepted'),
    'two lengths': (True, '202 Accepted'),
    'not HTTP': (True, 'Hello'),
    'unreadable 202': (True, '202 Accepted'),
    'JSON of another shape': (True, '202 Accepted'),
    'Envoy after it was passed on': (True, '503 Service Unavailable'),
    'Envoy before': (False, '503 Service Unavailable'),
    "Cinder's 503": (False, '503 Service Unavailable'),
    "Cinder's 503 with Retry-After": (False, '503 Service Unavailable'),
    'Bad Gateway after it was passed on': (True, '502 Bad Gateway'),
    '500 after it was carried out': (True, '500 Internal Server Error'),
    '504 after it was passed on': (True, '504 Gateway Timeout'),
    '429': (False, '429 Too Many Requests'),
    '400': (False, '400 Bad Request'),
}

CLOSING = (
    'closed without a response',
    'response cut off',
    'headers cut off',
    'not HTTP',
)

REFUSALS = [
    None,
    '407 Proxy Authentication Required',
    '502 Bad Gateway',
    '403 Forbidden',
]


class Auth(plugin.BaseAuthPlugin):
    """A token of nobody's."""

    def get_headers(self, session: Any, **options: Any) -> dict[str, str]:
        return {'X-Auth-Token': 'token'}

    def get_user_id(self, session: Any, **options: Any) -> str:
        return 'demo'


class Cinder(socketserver.ThreadingTCPServer):
    """Creates and lists volumes, as far as its acts let it.

    :ivar acts: what is done with the next creates
    :ivar volumes: what exists
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: trustme.LeafCert | None) -> None:
        super().__init__(('127.0.0.1', 0), socketserver.BaseRequestHandler)
        self._tls = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(self._tls)
        self._lock = threading.Lock()
        self.acts: list[str] = []
        self.volumes: list[dict[str, Any]] = []
        self._made = 0

    @property
    def url(self) -> str:
        scheme = 'https' if self._tls else 'http'
        return f'{scheme}://127.0.0.1:{self.server_address[1]}/v3'

    def reset(self, acts: list[str]) -> None:
        self.acts = list(acts)
        self.volumes = []

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError, ValueError):
            client = request
            if self._tls is not None:
                client = self._tls.wrap_socket(request, server_side=True)
            with client, client.makefile('rb') as file:
                while line := file.readline():
                    if not self._serve(client, file, line.decode()):
                        break
                if client is not request:
                    request.close()

    def _serve(self, client: socket.socket, file: Any, line: str) -> bool:
        """Answer a request; return whether another one may follow."""
        length, close = 0, False
        while (header := file.readline()) not in (b'\r\n', b''):
            name, _colon, value = header.decode().partition(':')
            if name.lower() == 'content-length':
                length = int(value)
            close = close or 'close' in value
        method, path, _version = line.split(' ')
        if method == 'GET':
            client.sendall(_response('200 OK', self._listed(path)))
            return not close
        with self._lock:
            act = self.acts.pop(0) if self.acts else 'created'
        done, status = ACTS[act]
        body = b'' if act == 'reset before the body' else file.read(length)
        document = self._create(json.loads(body)) if done else {}
        if status is None:
            linger = struct.pack('ii', 1, 0)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.close()
            return False
        client.sendall(_of_act(act, status, document))
        return act not in CLOSING and not close

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        made = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        with self._lock:
            self._made += 1
            record = {
                'id': uuid(self._made),
                'status': 'creating',
                'created_at': made.isoformat(),
                'user_id': 'demo',
                'metadata': {},
                **body['volume'],
            }
            self.volumes.append(record)
        return {'volume': record}

    def _listed(self, path: str) -> dict[str, Any]:
        query = dict(parse.parse_qsl(parse.urlsplit(path).query))
        with self._lock:
            found = [
                one for one in self.volumes if one['name'] == query['name']
            ]
        return {'volumes': found}


def _response(status: str, document: object, **headers: str) -> bytes:
    body = document if isinstance(document, str) else json.dumps(document)
    lines = [
        f'HTTP/1.1 {status}',
        f'Date: {now()}',
        f'Content-Length: {len(body)}',
        *(f'{k.replace("_", "-")}: {v}' for k, v in headers.items()),
    ]
    return '\r\n'.join([*lines, '', body]).encode()


def _of_act(act: str, status: str, document: dict[str, Any]) -> bytes:
    number = int(status[:3]) if status[:3].isdigit() else 0
    fault = {'fault': {'code': number, 'message': 'No.'}}
    ours = {'x_openstack_request_id': REQUEST_ID}
    whole = _response(status, document)
    return {
        'closed without a response': b'',
        'response cut off': whole[:-9],
        'headers cut off': whole[:40],
        'two lengths': whole.replace(b'\r\n', b'\r\nContent-Length: 1\r\n', 1),
        'not HTTP': b'Hello\r\n\r\n',
        'unreadable 202': _response(status, HTML),
        'JSON of another shape': _response(status, [document]),
        'Envoy after it was passed on': _response(
            status, ENVOY, Retry_After='0'
        ),
        'Envoy before': _response(status, ENVOY, Retry_After='0'),
        "Cinder's 503": _response(status, fault, **ours),
        "Cinder's 503 with Retry-After": _response(
            status, fault, Retry_After='0', **ours
        ),
    }.get(act, whole if number == 202 else _response(status, fault, **ours))


@pytest.fixture(scope='module')
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope='module', params=proxy_module.WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope='module')
def cinder(way: str, authority: trustme.CA) -> Iterator[Cinder]:
    certificate = (
        authority.issue_cert('127.0.0.1') if way in proxy_module.TLS else None
    )
    with Cinder(certificate) as server:
        threading.Thread(
            target=server.serve_forever, args=(0.01,), daemon=True
        ).start()
        yield server
        server.shutdown()


@pytest.fixture(scope='module')
def proxy(way: str) -> Iterator[Proxy]:
    with proxy_module.running() as server, pytest.MonkeyPatch.context() as mp:
        for name in list(os.environ):
            if name.lower().endswith('_proxy'):
                mp.delenv(name)
        for name, value in proxy_module.environment(way, server).items():
            mp.setenv(name, value)
        yield server


@pytest.fixture(scope='module')
def client(
    cinder: Cinder, proxy: Proxy, authority: trustme.CA
) -> Iterator[Client]:
    with authority.cert_pem.tempfile() as known:
        yield Client(
            session.Session(Auth(), verify=known),
            endpoint_override=cinder.url,
            timeout=5.0,
        )


def forget(client: Client) -> None:
    """Let a client begin without a connection, and without a pause."""
    client.http._not_before = 0.0
    client.http.wire._connections.poolmanager.clear()
    for manager in client.http.wire._connections.proxy_manager.values():
        manager.clear()


@given(data=st.data())
@settings(
    max_examples=(settings.default or settings()).max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_is_doubled(
    way: str, cinder: Cinder, proxy: Proxy, client: Client, data: st.DataObject
) -> None:
    rows = data.draw(st.integers(1, 3))
    acts = data.draw(st.lists(st.sampled_from(sorted(ACTS)), max_size=6))
    cinder.reset(acts)
    proxy.tunnels = data.draw(
        st.lists(st.sampled_from(REFUSALS), max_size=3), label='tunnels'
    )
    forget(client)
    names = [f'data-{n}' for n in range(rows)]
    results = list(
        bulk(
            client.volumes,
            [{'name': name, 'size': 1} for name in names],
            parallel=2,
        )
    )
    exist = dict.fromkeys(names, 0)
    for volume in cinder.volumes:
        exist[volume['name']] += 1
    for name, result in zip(names, results, strict=True):
        assert exist[name] <= 1, result
        if result.result == 'created':
            assert result.resource is not None
            assert result.resource.id in [one['id'] for one in cinder.volumes]
        elif result.result == 'failed':
            assert exist[name] == 0, result
        else:
            assert result.result == 'unknown'
            assert isinstance(result.error, exceptions.UnknownOutcome)
            assert 'may or may not exist' in str(result.error)


@pytest.mark.parametrize('act', sorted(ACTS))
def test_each_act(
    way: str, cinder: Cinder, proxy: Proxy, client: Client, act: str
) -> None:
    """Twice the same: a create by name ends with one volume or none."""
    cinder.reset([act, act])
    proxy.tunnels = []
    forget(client)
    done, _status = ACTS[act]
    lost = done and act != 'created'
    try:
        made = client.volumes.create(name='data', size=1)
    except exceptions.UnknownOutcome as error:
        assert len(cinder.volumes) == 0 or lost, error
        assert 'may or may not exist' in str(error)
    except exceptions.ClientException as error:
        assert cinder.volumes == [], error
        assert not done
    else:
        assert [one['id'] for one in cinder.volumes] == [made.id]
    assert len(cinder.volumes) <= 1
    assert len(cinder.acts) == (1 if done or act in SINGLE else 0)


#: refusals that are not retried
SINGLE = ('400', "Cinder's 503")


def test_proxy_is_named(
    way: str, cinder: Cinder, proxy: Proxy, client: Client
) -> None:
    """A tunnel that is refused: nothing was sent, and the proxy says no."""
    if way not in ('CONNECT', 'SOCKS', 'SOCKS and TLS'):
        return
    cinder.reset([])
    proxy.tunnels = ['407 Proxy Authentication Required'] * 9
    forget(client)
    with pytest.raises(exceptions.ProxyFailed) as e:
        client.volumes.create(name='data', size=1)
    proxy.tunnels = []
    assert proxy.address in str(e.value)
    assert cinder.volumes == []
    if way == 'CONNECT':
        assert '407 Proxy Authentication Required' in str(e.value)
