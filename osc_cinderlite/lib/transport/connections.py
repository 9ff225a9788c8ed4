# SPDX-License-Identifier: Apache-2.0

"""Connections that record whether a request may have been sent.

The class of an exception does not tell whether the server got the request:
the same failure has other classes in other versions of urllib3, behind a
proxy, or a moment later. The connection knows. While an :class:`Attempt` is
active, it notes whether a connection to the server, or to its proxy, was
established: tunnel and TLS handshake included.

The responses of such requests are bounded in time and size. Other requests
of the same session, such as the download of an image, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import contextvars
import dataclasses
import errno
import functools
import http.client
import io
import socket
import time
from typing import Any

from keystoneauth1 import session as ksa_session
import requests
from urllib3 import connectionpool

#: a response has to be complete within so many times the read timeout
COMPLETE = 3

#: the largest response that is read, in bytes
LARGEST = 64 * 1024 * 1024

#: seconds after which an idle connection is not used again: servers and
#: firewalls close idle connections, and a request that crosses the closing is
#: lost (Apache, with the shortest limit in common use, waits for five)
IDLE = 4.0

#: connections kept open to each service
POOL = 64


@dataclasses.dataclass
class Attempt:
    """Record of one request on the wire.

    :param timeout: seconds to connect, and to wait for the next bytes
    :ivar connected: whether a connection was established that the request
        could use; None if nobody noted it
    :ivar refused: whether the response says that it was not carried out
    :ivar proxy: host and port of the proxy in between, or None
    """

    timeout: tuple[float, float]
    connected: bool | None = None
    refused: bool = False
    proxy: str | None = None

    def note(self, connected: bool) -> None:
        """Record a connection; once there was one, there was one."""
        self.connected = connected or self.connected is True

    @property
    def maybe_sent(self) -> bool:
        """True if the server may have received the request."""
        return self.connected is not False

    @property
    def maybe_done(self) -> bool:
        """True if the server may have carried the request out."""
        return self.maybe_sent and not self.refused


_active: contextvars.ContextVar[Attempt | None] = contextvars.ContextVar(
    'attempt', default=None
)


def active() -> Attempt | None:
    """Return the attempt that this thread is recording, if there is one."""
    return _active.get()


@contextlib.contextmanager
def recorded(attempt: Attempt) -> Iterator[None]:
    """Note in ``attempt`` what this thread sends in the meantime."""
    token = _active.set(attempt)
    try:
        yield
    finally:
        _active.reset(token)


def mount(session: ksa_session.Session, adapter: Adapter) -> None:
    """Let a session use recorded connections, unless it does already.

    A session that was closed has forgotten them. An adapter that an
    application has mounted itself stays: its requests are not recorded, so
    each of them may have been sent.
    """
    adapters = session.session.adapters
    for prefix in ('http://', 'https://'):
        if type(adapters.get(prefix)) is ksa_session.TCPKeepAliveAdapter:
            session.session.mount(prefix, adapter)


#: bytes read at a time: a page of a list has more than a mebibyte
_BUFFER = 1 << 16


class _Bounded(io.RawIOBase):
    """The bytes that a server sends, up to a time and a size."""

    def __init__(self, raw: io.RawIOBase, seconds: float | None) -> None:
        self._raw = raw
        self._end = None if seconds is None else time.monotonic() + seconds
        self._left = LARGEST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._end is not None and time.monotonic() > self._end:
            raise TimeoutError('the response took too long')
        read = self._raw.readinto(buffer)
        self._left -= read or 0
        if self._left < 0:
            raise OSError(
                errno.EMSGSIZE,
                f'the response is larger than {LARGEST >> 20} MiB',
            )
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedResponse(http.client.HTTPResponse):
    """A response that has to be complete within a total time."""

    def __init__(
        self, sock: socket.socket, *args: Any, **options: Any
    ) -> None:
        super().__init__(sock, *args, **options)
        silence = sock.gettimeout()
        total = None if silence is None else COMPLETE * silence
        self.fp = io.BufferedReader(_Bounded(self.fp.detach(), total), _BUFFER)


class _Recorded:
    """Mixin for any kind of connection of urllib3, which records."""

    sock: socket.socket | None
    _used = 0.0

    @property
    def response_class(self) -> type[http.client.HTTPResponse]:
        if active() is None:
            return http.client.HTTPResponse
        return _BoundedResponse

    @property
    def is_connected(self) -> bool:
        fresh = time.monotonic() - self._used < IDLE
        base: Any = super()
        return fresh and bool(base.is_connected)

    def connect(self) -> None:
        base: Any = super()
        _note(False)
        base.connect()
        _note(True)

    def request(self, *args: Any, **options: Any) -> None:
        base: Any = super()
        if self.sock is not None:
            _note(True)
        base.request(*args, **options)

    def getresponse(self) -> Any:
        base: Any = super()
        response = base.getresponse()
        self._used = time.monotonic()
        if active() is not None:
            # No compression was requested; a bomb would have it.
            response.headers.pop('Content-Encoding', None)
        return response


def _note(connected: bool) -> None:
    attempt = active()
    if attempt is not None:
        attempt.note(connected)


@functools.cache
def _recorded_pool(
    pool: type[connectionpool.HTTPConnectionPool],
) -> type[connectionpool.HTTPConnectionPool]:
    """Return a kind of pool with recorded connections.

    urllib3 has a kind of connection for each way to a server: plain, TLS,
    SOCKS. Each is extended, none is replaced.
    """
    connection = pool.ConnectionCls
    if issubclass(connection, _Recorded):
        return pool
    kind = type(f'Recorded{connection.__name__}', (_Recorded, connection), {})
    return type(f'Recorded{pool.__name__}', (pool,), {'ConnectionCls': kind})


def _record(manager: Any) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _recorded_pool(pool)
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }


def adapter_for(session: ksa_session.Session) -> Adapter:
    """Return recorded connections with the TLS settings of a session."""
    settings = {
        name: value
        for name in ('tls_ciphers', 'tls_min_version')
        if (value := getattr(session, name, None))
    }
    return Adapter(pool_maxsize=POOL, **settings)


class Adapter(ksa_session.TCPKeepAliveAdapter):
    """Recorded connections, which outlive ``Session.close()``.

    The shell closes its session after each command; in interactive use the
    next command finds the connection to Cinder still open.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _record(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        _record(manager)
        return manager

    def add_headers(
        self, request: requests.PreparedRequest, **options: Any
    ) -> None:
        """Hand the request over to urllib3: from here on its word counts."""
        attempt = active()
        if attempt is not None:
            attempt.connected = None

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        attempt = active()
        if attempt is not None:
            attempt.connected = False
            options['timeout'] = options.get('timeout') or attempt.timeout
            attempt.proxy = _proxy_of(request.url, options.get('proxies'))
        return super().send(request, *args, **options)

    def close(self) -> None:
        pass


def _proxy_of(url: str | None, proxies: Any) -> str | None:
    """Return host and port of the proxy for a URL, without its password."""
    proxy = requests.utils.select_proxy(url or '', proxies or {})
    if not proxy:
        return None
    return proxy.rpartition('://')[2].rpartition('@')[2].rstrip('/')
