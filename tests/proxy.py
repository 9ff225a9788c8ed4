# SPDX-License-Identifier: Apache-2.0

"""A proxy on loopback: HTTP, CONNECT and SOCKS5, as the client asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import re
import select
import socket
import socketserver
import struct
import threading
from typing import Any
from urllib import parse

_REFUSED = b'\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00'
_GRANTED = b'\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00'


class Proxy(socketserver.ThreadingTCPServer):
    """Passes on what it gets, and what becomes of the connection.

    :ivar tunnels: how the next tunnels end: None for well, or the status line
        of the refusal (to SOCKS, any refusal); then all are granted
    :ivar passed: how many requests and tunnels were passed on
    :ivar loses: tells of a request's URL whether its response gets lost
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), socketserver.BaseRequestHandler)
        self.tunnels: list[str | None] = []
        self.passed = 0
        self.loses: Callable[[str], bool] = lambda url: False

    @property
    def address(self) -> str:
        return f'127.0.0.1:{self.server_address[1]}'

    def finish_request(self, request: Any, client_address: Any) -> None:
        client: socket.socket = request
        with contextlib.suppress(OSError, ValueError):
            if client.recv(1, socket.MSG_PEEK) == b'\x05':
                self._socks(client)
                return
            head = _head(client)
            method, target, _version = head.split(b' ', 2)
            if method == b'CONNECT':
                self._connect(client, target.decode())
            else:
                self._forward(client, target.decode(), head)

    def _refusal(self) -> str | None:
        return self.tunnels.pop(0) if self.tunnels else None

    def _connect(self, client: socket.socket, target: str) -> None:
        refusal = self._refusal()
        if refusal is not None:
            client.sendall(f'HTTP/1.1 {refusal}\r\n\r\n'.encode())
            return
        host, _colon, port = target.rpartition(':')
        with socket.create_connection((host, int(port))) as server:
            client.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
            self._relay(client, server)

    def _socks(self, client: socket.socket) -> None:
        client.recv(2 + client.recv(2, socket.MSG_PEEK)[1])
        client.sendall(b'\x05\x00')
        kind = client.recv(4)[3]
        if kind == 1:
            host = socket.inet_ntoa(client.recv(4))
        else:
            host = client.recv(client.recv(1)[0]).decode()
        (port,) = struct.unpack('>H', client.recv(2))
        if self._refusal() is not None:
            client.sendall(_REFUSED)
            return
        with socket.create_connection((host, port)) as server:
            client.sendall(_GRANTED)
            self._relay(client, server)

    def _forward(self, client: socket.socket, url: str, head: bytes) -> None:
        """Pass one request on, and its response back, byte by byte."""
        where = parse.urlsplit(url)
        path = where._replace(scheme='', netloc='').geturl()
        head = head.replace(url.encode(), path.encode(), 1)
        length = re.search(rb'(?i)content-length: *(\d+)', head)
        left = int(length[1]) if length else 0
        with socket.create_connection(
            (where.hostname or '', where.port or 80)
        ) as server:
            self.passed += 1
            head = re.sub(rb'(?i)\r\nconnection: [^\r]*', b'', head)
            server.sendall(head[:-2] + b'Connection: close\r\n\r\n')
            try:
                while left:
                    body = client.recv(left)
                    left -= len(body)
                    server.sendall(body)
                if self.loses(url):
                    for _data in _all(server):
                        pass
                    _reset(client)
                    return
                first = server.recv(65536)
                client.sendall(
                    first.replace(b'\r\n', b'\r\nConnection: close\r\n', 1)
                )
                for data in _all(server):
                    client.sendall(data)
            except OSError:
                _reset(client)
                raise

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        self.passed += 1
        other = {client: server, server: client}
        try:
            while True:
                for one in select.select([client, server], [], [])[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    other[one].sendall(data)
        except OSError:
            _reset(client)
            raise


def _head(client: socket.socket) -> bytes:
    """Return a request up to the end of its head, and nothing of its body."""
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        byte = client.recv(1)
        if not byte:
            return b''
        head += byte
    return head


def _all(server: socket.socket) -> Iterator[bytes]:
    while data := server.recv(65536):
        yield data


def _reset(client: socket.socket) -> None:
    linger = struct.pack('ii', 1, 0)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@contextlib.contextmanager
def running() -> Iterator[Proxy]:
    """Yield a proxy while it listens."""
    with Proxy() as proxy:
        threading.Thread(
            target=proxy.serve_forever, args=(0.01,), daemon=True
        ).start()
        yield proxy
        proxy.shutdown()


#: how requests get to the server, and the variables that say so
WAYS: dict[str, dict[str, str]] = {
    'direct': {},
    'HTTP proxy': {'http_proxy': 'http://{proxy}'},
    'CONNECT': {'https_proxy': 'http://{proxy}'},
    'SOCKS': {'http_proxy': 'socks5h://{proxy}'},
    'SOCKS and TLS': {'https_proxy': 'socks5h://{proxy}'},
    'TLS': {},
}

#: the ways on which the server speaks TLS
TLS = frozenset({'CONNECT', 'SOCKS and TLS', 'TLS'})


def environment(way: str, proxy: Proxy) -> dict[str, str]:
    """Return the environment variables that lead that way."""
    return {
        name: value.format(proxy=proxy.address)
        for name, value in WAYS[way].items()
    }
