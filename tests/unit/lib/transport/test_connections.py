# SPDX-License-Identifier: Apache-2.0

"""Connections below HTTP, on real sockets of 127.0.0.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import gzip
import http.server
import itertools
import json
import socket
import socketserver
import ssl
import threading
import time
import tracemalloc
from typing import Any

from keystoneauth1 import noauth, session
from keystoneauth1.identity import v3
import pytest
import requests
import trustme

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import connections, versions
from osc_cinderlite.lib.transport.http import HTTPClient
from osc_cinderlite.lib.transport.retry import Patience
from tests.unit.cloud import MICROVERSION

ONCE = Patience(tries=1)


def client(url: str, *, verify: Any = True, **options: Any) -> HTTPClient:
    return HTTPClient(
        session.Session(noauth.NoAuth(), verify=verify),
        endpoint_override=url,
        patience=ONCE,
        **options,
    )


def body(version: versions.APIVersion) -> dict[str, Any]:
    return {}


class Broken(socketserver.ThreadingTCPServer):
    """Accepts connections, reads a request and does something else."""

    daemon_threads = True

    def __init__(self, act: Callable[[socket.socket], object]) -> None:
        super().__init__(('127.0.0.1', 0), socketserver.BaseRequestHandler)
        self._act = act

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.recv(65536)
        self._act(request)


def hang(sock: socket.socket) -> None:
    """Read until the client gives up."""
    while sock.recv(99):
        pass


class Cinder(http.server.ThreadingHTTPServer):
    """Answers requests of two clients at the same time."""

    daemon_threads = True

    def __init__(self, certificate: trustme.LeafCert | None = None) -> None:
        super().__init__(('127.0.0.1', 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.connections = 0
        self.sent: list[tuple[str, str | None]] = []
        #: meets as often as two requests have come for a version too high
        self.both = threading.Barrier(2)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().finish_request(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Cinder
    protocol_version = 'HTTP/1.1'

    def do_GET(self) -> None:
        asked = self.headers.get(MICROVERSION)
        self.server.sent.append((self.path, asked))
        status, document = 200, {'path': self.path}
        if self.path == '/v3/':
            document = {
                'versions': [
                    {
                        'id': 'v3.0',
                        'status': 'CURRENT',
                        'version': '3.40',
                        'min_version': '3.0',
                        'links': [{'rel': 'self', 'href': '/v3/'}],
                    }
                ]  # type: ignore[dict-item]
            }
        elif asked == 'volume 3.71' and self.path == '/v3/refused':
            self.server.both.wait(10)
            status = 406
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers['Content-Length']))
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[socketserver.TCPServer], str]]:
    """Starts a server; returns its URL."""
    started = []

    def start(server: socketserver.TCPServer) -> str:
        threading.Thread(
            target=server.serve_forever, args=(0.01,), daemon=True
        ).start()
        started.append(server)
        return f'http://127.0.0.1:{server.server_address[1]!s}/v3'

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
        return port


def test_refused() -> None:
    port = free_port()
    with pytest.raises(exceptions.ConnectionFailed) as e:
        client(f'http://127.0.0.1:{port}/v3').post('/volumes', body)
    assert not e.value.sent
    assert str(e.value) == (
        f'127.0.0.1:{port} cannot be reached: Connection refused'
    )


def test_no_such_host() -> None:
    with pytest.raises(exceptions.ConnectionFailed) as e:
        client('http://cinder.invalid/v3').post('/volumes', body)
    assert not e.value.sent
    assert str(e.value).startswith('cinder.invalid cannot be reached: ')


@pytest.mark.parametrize(
    ('act', 'words'),
    [
        (lambda s: s.close(), 'broke off the connection'),
        (
            lambda s: s.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r'),
            'broke off the connection',
        ),
        (
            lambda s: s.sendall(
                b'HTTP/1.1 202 OK\r\nContent-Length: 99\r\n\r\n{"volume"'
            ),
            'broke off the connection',
        ),
        (lambda s: s.sendall(b'garbage\r\n\r\n'), 'broke off the connection'),
        (
            lambda s: list(iter(lambda: s.recv(99), b'')),
            'did not respond in time',
        ),
    ],
    ids=['closed', 'in the headers', 'in the body', 'no HTTP', 'silent'],
)
def test_lost_answer(
    serve: Callable[[socketserver.TCPServer], str],
    act: Callable[[socket.socket], object],
    words: str,
) -> None:
    """Of a POST nobody knows then whether it was carried out."""
    slow = client(serve(Broken(act)), timeout=0.3)
    with pytest.raises(exceptions.UnknownOutcome, match=words):
        slow.post('/volumes', body)
    with pytest.raises(exceptions.ConnectionFailed, match=words) as e:
        slow.get('/volumes')
    assert e.value.sent
    assert str(e.value).startswith(('127.0.0.1:', 'the server '))


def test_no_tls(serve: Callable[[socketserver.TCPServer], str]) -> None:
    url = serve(Broken(lambda s: s.sendall(b'HTTP/1.1 400 no\r\n\r\n')))
    with pytest.raises(
        exceptions.ConnectionFailed, match='no trusted connection to 127'
    ) as e:
        client(url.replace('http:', 'https:')).post('/volumes', body)
    assert not e.value.sent


def test_connections_outlive_the_session(
    serve: Callable[[socketserver.TCPServer], str],
) -> None:
    """The interactive shell closes its session after each command."""
    cinder = Cinder()
    ours = session.Session(noauth.NoAuth())
    reused = HTTPClient(ours, endpoint_override=serve(cinder))
    reused.get('/one')
    ours.session.close()
    reused.get('/two')
    assert [path for path, _ in cinder.sent] == ['/v3/one', '/v3/two']
    assert cinder.connections == 1


def test_two_threads_settle_on_a_version_once(
    serve: Callable[[socketserver.TCPServer], str],
) -> None:
    cinder = Cinder()
    shared = client(serve(cinder))
    threads = [
        threading.Thread(target=shared.get, args=('/refused',))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, cinder.sent)) == sorted(
        map(
            str,
            [
                ('/v3/', None),
                *2 * [('/v3/refused', 'volume 3.71')],
                *2 * [('/v3/refused', 'volume 3.40')],
            ],
        )
    )


def test_idle_connection_is_not_used_again(
    serve: Callable[[socketserver.TCPServer], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server may close it at the moment of the next request."""
    cinder = Cinder()
    idle = client(serve(cinder))
    monkeypatch.setattr(connections, 'IDLE', 0.2)
    idle.get('/one')
    idle.get('/two')
    time.sleep(0.3)
    idle.get('/three')
    assert len(cinder.sent) == 3
    assert cinder.connections == 2


def test_answer_without_an_end(
    serve: Callable[[socketserver.TCPServer], str],
) -> None:
    """Each piece comes in time, but there is no last one."""

    pieces = itertools.count()

    def trickle(request: socket.socket) -> None:
        request.sendall(b'HTTP/1.1 202 OK\r\nContent-Length: 9999\r\n\r\n')
        while next(pieces) < 100:
            request.sendall(b' ')
            time.sleep(0.05)

    slow = client(serve(Broken(trickle)), timeout=0.1)
    begun = time.monotonic()
    with pytest.raises(exceptions.UnknownOutcome, match='in time') as e:
        slow.post('/volumes', body)
    assert e.value.pending
    assert time.monotonic() - begun >= connections.COMPLETE * 0.1
    # No later than a second after the bound, by what was sent until then.
    assert next(pieces) < 26


@pytest.mark.parametrize('compressed', [False, True])
def test_response_that_is_too_large(
    serve: Callable[[socketserver.TCPServer], str],
    monkeypatch: pytest.MonkeyPatch,
    compressed: bool,
) -> None:
    monkeypatch.setattr(connections, 'LARGEST', 1 << 20)
    data = bytes(2 << 20)
    encoding = 'identity'
    if compressed:
        data, encoding = gzip.compress(bytes(1 << 28)), 'gzip'
    head = (
        f'HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n'
        f'Content-Length: {len(data)}\r\n\r\n'
    ).encode()
    large = client(serve(Broken(lambda s: s.sendall(head + data))))
    tracemalloc.start()
    with pytest.raises(exceptions.ClientException) as e:
        large.get('/volumes')
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 << 20
    assert ('not JSON' if compressed else 'larger than 1 MiB') in str(e.value)


def test_other_requests_of_the_session(
    serve: Callable[[socketserver.TCPServer], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The download of an image is not cut."""
    monkeypatch.setattr(connections, 'LARGEST', 1000)
    data = bytes(5000)
    head = f'HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\n\r\n'
    url = serve(Broken(lambda s: s.sendall(head.encode() + data)))
    shared = session.Session(noauth.NoAuth())
    with pytest.raises(exceptions.ClientException):
        HTTPClient(shared, endpoint_override=url, patience=ONCE).get('/x')
    assert shared.get(f'{url}/image').content == data


def test_session_that_was_closed(
    serve: Callable[[socketserver.TCPServer], str],
) -> None:
    """Newer releases of keystoneauth then forget what was mounted."""
    cinder = Cinder()
    ours = session.Session(noauth.NoAuth())
    reused = HTTPClient(ours, endpoint_override=serve(cinder))
    reused.get('/one')
    ours.session = requests.Session()
    for scheme in ('http://', 'https://'):
        ours.session.mount(scheme, session.TCPKeepAliveAdapter())
    reused.get('/two')
    assert cinder.connections == 1


def test_adapter_of_an_application() -> None:
    """What is not recorded may have been sent."""
    port = free_port()
    ours = session.Session(noauth.NoAuth())
    theirs = requests.adapters.HTTPAdapter()
    ours.session.mount('http://', theirs)
    own = HTTPClient(
        ours, endpoint_override=f'http://127.0.0.1:{port}/v3', patience=ONCE
    )
    with pytest.raises(exceptions.UnknownOutcome):
        own.post('/volumes', body)
    assert ours.session.get_adapter('http://x') is theirs


@pytest.mark.parametrize(
    ('noted', 'refused', 'sent', 'done'),
    [
        ((), False, True, True),
        ((False,), False, False, False),
        ((False, True), False, True, True),
        # Once a connection was established, it stays so.
        ((False, True, False), False, True, True),
        ((False, True), True, True, False),
    ],
)
def test_what_is_known_of_an_attempt(
    noted: tuple[bool, ...], refused: bool, sent: bool, done: bool
) -> None:
    attempt = connections.Attempt((1.0, 1.0), refused=refused)
    for connected in noted:
        attempt.note(connected)
    assert (attempt.maybe_sent, attempt.maybe_done) == (sent, done)


def test_keystone_that_hangs(
    serve: Callable[[socketserver.TCPServer], str],
) -> None:
    """Its requests have the timeout of the client."""
    silent = serve(Broken(hang))
    auth = v3.Password(silent, username='u', password='p', project_id='p')
    hanging = HTTPClient(
        session.Session(auth),
        endpoint_override='http://127.0.0.1:9/',
        timeout=0.3,
        patience=ONCE,
    )
    with pytest.raises(exceptions.ConnectionFailed, match='in time') as e:
        hanging.post('/volumes', body)
    assert not e.value.sent


@pytest.mark.parametrize(
    ('proxy', 'error', 'words'),
    [
        (True, exceptions.ConnectionFailed, 'k.invalid did not respond'),
        (False, exceptions.ProxyFailed, 'k.invalid cannot be reached through'),
    ],
    ids=['Keystone is silent', 'no proxy there'],
)
def test_keystone_behind_a_proxy(
    serve: Callable[[socketserver.TCPServer], str],
    monkeypatch: pytest.MonkeyPatch,
    proxy: bool,
    error: type[Exception],
    words: str,
) -> None:
    """The proxy is to blame only where it cannot be reached."""
    silent = serve(Broken(hang))
    url = silent.removesuffix('/v3') if proxy else 'http://127.0.0.1:9'
    monkeypatch.setenv('http_proxy', url)
    auth = v3.Password(
        'http://k.invalid/v3', username='u', password='p', project_id='p'
    )
    behind = HTTPClient(
        session.Session(auth),
        endpoint_override='http://cinder.invalid/v3',
        timeout=0.3,
        patience=ONCE,
    )
    with pytest.raises(exceptions.ConnectionFailed, match=words) as e:
        behind.get('/volumes')
    assert type(e.value) is error


@pytest.fixture(scope='module')
def authority() -> trustme.CA:
    return trustme.CA()


def test_proxy(
    serve: Callable[[socketserver.TCPServer], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = Cinder()
    monkeypatch.setenv('http_proxy', serve(proxy).removesuffix('/v3'))
    monkeypatch.setattr(connections, 'IDLE', 0.2)
    behind = client('http://cinder.invalid/v3')
    behind.get('/one')
    behind.get('/two')
    time.sleep(0.3)
    behind.get('/three')
    assert [path for path, _ in proxy.sent] == [
        f'http://cinder.invalid/v3/{name}' for name in ('one', 'two', 'three')
    ]
    assert proxy.connections == 2


class TestTLS:
    def https(self, url: str) -> str:
        return url.replace('http:', 'https:')

    def test_trusted(
        self,
        serve: Callable[[socketserver.TCPServer], str],
        authority: trustme.CA,
    ) -> None:
        cinder = Cinder(authority.issue_cert('127.0.0.1'))
        url = self.https(serve(cinder))
        with authority.cert_pem.tempfile() as known:
            secure = client(url, verify=known)
            secure.post('/one', body)
            secure.get('/two')
        assert [path for path, _ in cinder.sent] == ['/v3/one', '/v3/two']
        assert cinder.connections == 1

    @pytest.mark.parametrize(
        ('host', 'trusted', 'words'),
        [
            ('127.0.0.1', False, 'unable to get local issuer certificate'),
            ('cinder.test', True, 'IP address mismatch'),
        ],
    )
    def test_not_trusted(
        self,
        serve: Callable[[socketserver.TCPServer], str],
        authority: trustme.CA,
        host: str,
        trusted: bool,
        words: str,
    ) -> None:
        """Nothing was sent, and it is not tried again."""
        cinder = Cinder(authority.issue_cert(host))
        url = self.https(serve(cinder))
        with authority.cert_pem.tempfile() as known:
            secure = HTTPClient(
                session.Session(
                    noauth.NoAuth(), verify=known if trusted else True
                ),
                endpoint_override=url,
            )
            with pytest.raises(
                exceptions.UntrustedServer,
                match=f'no trusted connection to 127.*{words}',
            ) as e:
                secure.post('/volumes', body)
        assert not e.value.sent
        assert cinder.sent == []
