# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Connections that know what became of a request.

requests bounds the silence between two pieces of an answer, but not the
answer; it takes a failed TLS handshake for a failed request; and it reuses a
connection however long it was idle. Each of these can make a create of which
nobody knows whether it was carried out.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

from keystoneauth1 import session as ksa_session
from urllib3 import connection, connectionpool, exceptions

from osc_cinderlite.i18n import _

#: an answer has to be complete within so many times the read time-out
ANSWER = 3

#: seconds after which an idle connection is not used again: servers and
#: firewalls close it by and by, and a request that crosses the closing is
#: lost (Apache, with the shortest limit in common use, waits for five)
IDLE = 4.0


class _Bounded(io.RawIOBase):
    """The bytes that a server sends, as long as it does not take too long."""

    def __init__(self, raw: io.RawIOBase, seconds: float | None) -> None:
        self._raw = raw
        self._end = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._end is not None and time.monotonic() > self._end:
            raise TimeoutError(_('the answer took too long'))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that has to be complete within a total time."""

    def __init__(
        self, sock: socket.socket, *args: Any, **options: Any
    ) -> None:
        super().__init__(sock, *args, **options)
        silence = sock.gettimeout()
        self.fp = io.BufferedReader(
            _Bounded(
                self.fp.detach(), None if silence is None else ANSWER * silence
            )
        )


class _Connection(connection.HTTPConnection):
    response_class = _Answer

    _used = 0.0

    @property
    def is_connected(self) -> bool:
        fresh = time.monotonic() - self._used < IDLE
        return fresh and super().is_connected

    def getresponse(self) -> Any:
        answer = super().getresponse()
        self._used = time.monotonic()
        return answer


class _TLSConnection(_Connection, connection.HTTPSConnection):
    def connect(self) -> None:
        """Connect; a failure is one before anything of a request was sent."""
        try:
            super().connect()
        except (OSError, ValueError, exceptions.SSLError) as error:
            raise exceptions.NewConnectionError(self, str(error)) from error


class _Pool(connectionpool.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(connectionpool.HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


_POOLS = {'http': _Pool, 'https': _TLSPool}


class Adapter(ksa_session.TCPKeepAliveAdapter):
    """Connections of one client, which outlive ``Session.close()``.

    The shell closes its session after each command; in interactive use the
    next command finds the connection to Cinder still open.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def close(self) -> None:
        pass
