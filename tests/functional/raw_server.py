# SPDX-License-Identifier: Apache-2.0

"""A server before Cinder that passes requests on, or misbehaves as told.

What the fault layer of the devcloud cannot do, since it is inside of a web
server: break off in the middle, be slow byte by byte, or say nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
import email.utils
import gzip
import re
import socket
import socketserver
import ssl
import struct
import threading
import time
from typing import Any
from urllib import parse

#: in which pieces, and how slowly, a slow server sends
_PAUSE = 0.02
_SLOW = 0.25


class Exchange:
    """A request that has arrived, up to its body, and the way to answer."""

    def __init__(
        self, client: socket.socket, head: bytes, rest: bytes, cinder: str
    ) -> None:
        self.client = client
        self.head = head
        self._body = rest
        self._cinder = cinder

    @property
    def line(self) -> str:
        """The method and the path."""
        return self.head.partition(b'\r\n')[0].decode().rpartition(' ')[0]

    def header(self, name: str) -> str:
        """Return the value of a header, or nothing."""
        found = re.search(
            rf'(?im)^{re.escape(name)}: *(.*?)\r?$', self.head.decode()
        )
        return found[1] if found else ''

    def read(self, least: int | None = None) -> bytes:
        """Return the body, or at least so many bytes of it."""
        whole = int(self.header('Content-Length') or 0)
        while len(self._body) < (whole if least is None else least):
            more = self.client.recv(65536)
            if not more:
                raise ConnectionAbortedError
            self._body += more
        return self._body

    def ask_cinder(self) -> tuple[bytes, bytes]:
        """Pass the request on; return the head and the body of the answer."""
        where = parse.urlsplit(self._cinder)
        lines = [
            line
            for line in self.head.split(b'\r\n')
            if line and not line.lower().startswith(b'connection:')
        ]
        request = b'\r\n'.join([*lines, b'Connection: close', b'', b''])
        with socket.create_connection((where.hostname, where.port)) as cinder:
            cinder.sendall(request + self.read())
            answer = b''.join(iter(lambda: cinder.recv(65536), b''))
        head, _, body = answer.partition(b'\r\n\r\n')
        kept = re.sub(rb'(?i)\r\nconnection: close', b'', head)
        return kept + b'\r\n\r\n', body

    def send(self, data: bytes) -> None:
        self.client.sendall(data)

    def reset(self) -> None:
        """Break the connection off, as a crashed peer would."""
        linger = struct.pack('ii', 1, 0)
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise ConnectionAbortedError

    def hang(self) -> None:
        """Say nothing until the client has had enough."""
        self.client.settimeout(None)
        while self.client.recv(65536):
            pass
        raise ConnectionAbortedError


Act = Callable[[Exchange], object]


def pass_on(exchange: Exchange) -> None:
    head, body = exchange.ask_cinder()
    exchange.send(head + body)


def reset_before_the_body(exchange: Exchange) -> None:
    exchange.reset()


def reset_in_the_body(exchange: Exchange) -> None:
    exchange.read(10)
    exchange.reset()


def reset_after_the_body(exchange: Exchange) -> None:
    exchange.read()
    exchange.reset()


def lose_the_answer(exchange: Exchange) -> None:
    exchange.ask_cinder()
    exchange.reset()


def cut_the_answer(exchange: Exchange) -> None:
    head, body = exchange.ask_cinder()
    exchange.send(head + body[: len(body) // 2])
    exchange.reset()


def close_without_an_answer(exchange: Exchange) -> None:
    exchange.ask_cinder()
    raise ConnectionAbortedError


def two_lengths(exchange: Exchange) -> None:
    head, body = exchange.ask_cinder()
    lengths = b'\r\nContent-Length: 5\r\nContent-Length: 6\r\n'
    head = re.sub(rb'(?i)\r\ncontent-length: \d+\r\n', lengths, head)
    exchange.send(head + body)


def bomb(exchange: Exchange) -> None:
    """Answer with a megabyte that is a gigabyte of zeros."""
    exchange.ask_cinder()
    data = gzip.compress(bytes(1 << 30), 9)
    lines = [
        'HTTP/1.1 202 Accepted',
        'Content-Type: application/json',
        'Content-Encoding: gzip',
        f'Content-Length: {len(data)}',
    ]
    exchange.send('\r\n'.join([*lines, '', '']).encode() + data)


def slow_headers(exchange: Exchange) -> None:
    head, body = exchange.ask_cinder()
    _in_pieces(exchange, head)
    exchange.send(body)


def slow_body(exchange: Exchange) -> None:
    head, body = exchange.ask_cinder()
    exchange.send(head)
    _in_pieces(exchange, body)


def endless_headers(exchange: Exchange) -> None:
    head, _ = exchange.ask_cinder()
    exchange.send(head.removesuffix(b'\r\n') + b'X-More: ')
    _for_ever(exchange)


def endless_body(exchange: Exchange) -> None:
    head, _ = exchange.ask_cinder()
    length = rb'(?i)(?<=content-length: )\d+'
    exchange.send(re.sub(length, b'9999', head))
    _for_ever(exchange)


def stuck(exchange: Exchange) -> None:
    exchange.read()
    exchange.hang()


def stuck_with_the_answer(exchange: Exchange) -> None:
    exchange.ask_cinder()
    exchange.hang()


def stale_token(exchange: Exchange) -> None:
    """Let Cinder see a token that is no longer valid."""
    token = exchange.header('X-Auth-Token').encode()
    exchange.head = exchange.head.replace(token, b'stale' + token)
    pass_on(exchange)


def late(exchange: Exchange) -> None:
    time.sleep(1)
    pass_on(exchange)


def date_off(hours: int) -> Act:
    """Return an act whose answers have the time of another clock."""

    def act(exchange: Exchange) -> None:
        head, body = exchange.ask_cinder()
        date = email.utils.formatdate(time.time() + 3600 * hours, usegmt=True)
        line = f'Date: {date}'.encode()
        exchange.send(re.sub(rb'(?m)^Date: .*?(?=\r)', line, head) + body)

    return act


def close_when_idle(exchange: Exchange) -> None:
    """Answer properly, and close the connection afterwards."""
    pass_on(exchange)
    raise ConnectionAbortedError


def reset_when_used_again(exchange: Exchange) -> None:
    """Answer properly, and then forget that there is a connection."""
    pass_on(exchange)
    exchange.client.recv(1)
    exchange.reset()


def answer(
    status: str, body: bytes, carry_out: bool = True, **headers: str
) -> Act:
    """Return an act that answers something of its own.

    :param carry_out: whether Cinder gets the request all the same
    """

    def act(exchange: Exchange) -> None:
        exchange.read()
        if carry_out:
            exchange.ask_cinder()
        lines = [
            f'HTTP/1.1 {status}',
            'Content-Type: application/json',
            f'Content-Length: {len(body)}',
            *(f'{name}: {value}' for name, value in headers.items()),
        ]
        exchange.send('\r\n'.join([*lines, '', '']).encode() + body)

    return act


def _in_pieces(exchange: Exchange, data: bytes) -> None:
    for start in range(0, len(data), 64):
        time.sleep(_PAUSE)
        exchange.send(data[start : start + 64])


def _for_ever(exchange: Exchange) -> None:
    while True:
        time.sleep(_SLOW)
        exchange.send(b' ')


class RawServer(socketserver.ThreadingTCPServer):
    """A server that plays acts; requests without one are passed on.

    :param cinder: the URL of Cinder
    :param tls: what it proves itself with, or None for plain HTTP
    :param host: the address to listen at

    :ivar connections: how many were made
    :ivar requests: method and path of what arrived
    :ivar played: how many of them were not just passed on
    :ivar tokens: the tokens that arrived
    """

    daemon_threads = True

    def __init__(
        self,
        cinder: str,
        tls: ssl.SSLContext | None = None,
        host: str = '127.0.0.1',
    ) -> None:
        super().__init__((host, 0), socketserver.BaseRequestHandler)
        self._cinder = cinder
        self._tls = tls
        self._acts: dict[str, Iterator[Act]] = {}
        self.host = host
        self.connections = 0
        self.requests: list[str] = []
        self.played = 0
        self.tokens: set[str] = set()

    def __enter__(self) -> RawServer:
        threading.Thread(
            target=self.serve_forever, args=(0.01,), daemon=True
        ).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        scheme = 'https' if self._tls else 'http'
        return f'{scheme}://{self.host}:{self.server_address[1]}'

    def play(self, acts: Mapping[str, Iterable[Act]]) -> None:
        """Set what is played to the next requests, by their method."""
        self._acts = {method: iter(some) for method, some in acts.items()}

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        try:
            if self._tls is not None:
                request = self._tls.wrap_socket(request, server_side=True)
            while self._serve(request):
                pass
        except OSError:
            # The client, or an act, is through with the connection.
            pass
        finally:
            request.close()

    def _serve(self, client: socket.socket) -> bool:
        """Answer one request; return whether there was one."""
        data = b''
        while b'\r\n\r\n' not in data:
            more = client.recv(65536)
            if not more:
                return False
            data += more
        head, _, rest = data.partition(b'\r\n\r\n')
        exchange = Exchange(client, head + b'\r\n\r\n', rest, self._cinder)
        self.requests.append(exchange.line)
        self.tokens.add(exchange.header('X-Auth-Token'))
        method = exchange.line.partition(' ')[0]
        act = next(self._acts.get(method, iter(())), pass_on)
        self.played += act is not pass_on
        act(exchange)
        return True
