# SPDX-License-Identifier: Apache-2.0

"""A Keystone and a Cinder that are never busy, in a process of their own.

The real Cinder of the devcloud takes a tenth of a second of processor time for
a create, and it cannot hold 50,000 volumes. The fake one takes less than a
tenth of a millisecond, so the client is what is measured. It waits without
using the processor if it is to have latency.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
import contextlib
import dataclasses
import gc
import json
import os
import re
import subprocess
import sys
import time
from typing import Any
from urllib import parse

from keystoneauth1 import fixture

from benchmarks.fake_records import KINDS, NIGHTLY, PROJECT, Records, volume_id

#: most records of a page, as in Cinder
PAGE = 1000

#: name of the n-th volume, and of the backups that it has from the start
VOLUME = 'data-{}'
BACKUP = 'data-{}-20260101'

_USER = {
    'OS_USERNAME': 'anybody',
    'OS_PASSWORD': 'anything',
    'OS_PROJECT_NAME': 'any',
    'OS_USER_DOMAIN_NAME': 'Default',
    'OS_PROJECT_DOMAIN_NAME': 'Default',
    'OS_VOLUME_API_VERSION': '3',
}
_REASONS = {200: 'OK', 201: 'Created', 202: 'Accepted', 404: 'Not Found'}
_LENGTH = re.compile(rb'\r\ncontent-length: *(\d+)', re.I)
_PREFIX = f'/v3/{PROJECT}/'
_VERSIONS = b'{"versions": [{"id": "v3.0", "version": "3.71"}]}'
_NOT_FOUND = b'{"itemNotFound": {"code": 404, "message": "Not found."}}'


@dataclasses.dataclass(frozen=True)
class Settings:
    """Properties of a fake cloud.

    :param latency: seconds before each response of its Cinder
    :param volumes: how many it has from the start
    :param nightly: how many of these have the property ``nightly``
    :param backups: how many each of the first ten volumes has
    """

    latency: float = 0.0
    volumes: int = 0
    nightly: int = 0
    backups: int = 0


@dataclasses.dataclass(frozen=True)
class Figures:
    """Requests to a fake Cinder since the last look at its figures.

    :param requests: how many of each kind arrived
    :param creates: when each create arrived, in monotonic seconds
    :param ready: when each new resource became available, by its name
    """

    requests: Mapping[str, int]
    creates: list[float]
    ready: Mapping[str, float]

    @property
    def total(self) -> int:
        """The number of all requests."""
        return sum(self.requests.values())

    def rate(self, parallel: int) -> float:
        """Return the creates a second.

        All but the first few arrive when another one has ended.

        :param parallel: how many were in progress at a time
        """
        span = max(self.creates) - min(self.creates)
        return (len(self.creates) - parallel) / span


class Fake:
    """A fake cloud that runs.

    :ivar credentials: the environment that programs sign in with
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.credentials = {'OS_AUTH_URL': self._line(), **_USER}

    def figures(self) -> Figures:
        """Return what has arrived since the last call."""
        assert self._process.stdin
        self._process.stdin.write('\n')
        self._process.stdin.flush()
        return Figures(**json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@contextlib.contextmanager
def running(settings: Settings | None = None) -> Iterator[Fake]:
    """Yield a fake cloud while it runs."""
    given = json.dumps(dataclasses.asdict(settings or Settings()))
    with subprocess.Popen(
        [sys.executable, '-m', 'benchmarks.fake_cloud', given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        try:
            yield Fake(process)
        finally:
            process.stdin.close()


class _Services:
    """Keystone and Cinder, without the network.

    :param url: where they listen
    """

    def __init__(self, url: str, settings: Settings) -> None:
        self.latency = settings.latency
        self.keystone = f'{url}/identity/v3'
        found = fixture.V3Discovery(self.keystone)
        self._discovery = json.dumps({'version': found}).encode()
        token = fixture.V3Token(project_id=PROJECT)
        token.add_service('block-storage').add_standard_endpoints(
            public=f'{url}{_PREFIX}'.removesuffix('/'), region='RegionOne'
        )
        self._token = json.dumps(token).encode()
        self._records = {kind: Records(kind) for kind in KINDS}
        self._fill(settings)
        self._forget()

    def _fill(self, settings: Settings) -> None:
        spacing = settings.volumes // max(settings.nightly, 1)
        for number in range(1, settings.volumes + 1):
            has = settings.nightly and number % spacing == 0
            self._records['volumes'].add(
                {
                    'name': VOLUME.format(number),
                    'metadata': {NIGHTLY: 'yes'} if has else {},
                }
            )
        for number in range(1, 11 if settings.backups else 1):
            for _ in range(settings.backups):
                self._records['backups'].add(
                    {
                        'name': BACKUP.format(number),
                        'volume_id': volume_id(number),
                    }
                )

    def _forget(self) -> None:
        self._requests: Counter[str] = Counter()
        self._creates: list[float] = []
        self._ready: dict[str, float] = {}

    def figures(self) -> Figures:
        """Return what has arrived, and forget it."""
        found = Figures(dict(self._requests), self._creates, self._ready)
        self._forget()
        return found

    def respond(
        self, method: str, target: str, body: bytes
    ) -> tuple[int, bytes]:
        """Return status and body of the response to a request."""
        path, _, query = target.partition('?')
        if not path.startswith('/v3'):
            if method == 'GET':
                return 200, self._discovery
            return 201, self._token
        kind, _, rest = path.removeprefix(_PREFIX).partition('/')
        if kind not in self._records:
            self._requests[f'{method} versions'] += 1
            return 200, _VERSIONS
        what = rest if rest in ('', 'detail') else 'ID'
        self._requests[f'{method} {kind}/{what}'.rstrip('/')] += 1
        records = self._records[kind]
        if method == 'POST':
            return 202, self._create(records, json.loads(body))
        if what == 'detail':
            return 200, _list(records, dict(parse.parse_qsl(query)))
        if method == 'DELETE':
            found = records.delete(rest)
            return (404, _NOT_FOUND) if found is None else (202, b'')
        record = records.get(rest)
        if record is None:
            return 404, _NOT_FOUND
        return 200, _one(records, record.text)

    def _create(self, records: Records, document: Mapping[str, Any]) -> bytes:
        self._creates.append(time.monotonic())
        (fields,) = document.values()
        record = records.add(fields)
        if record.name:
            self._ready[record.name] = record.ready
        return _one(records, record.text)


def _one(records: Records, text: bytes) -> bytes:
    return b'{"%s": %s}' % (records.kind.removesuffix('s').encode(), text)


def _list(records: Records, query: Mapping[str, str]) -> bytes:
    limit = min(PAGE, int(query.get('limit', PAGE)))
    text, marker = records.page(query.get('marker'), limit)
    kind = records.kind.encode()
    links = b''
    if marker is not None:
        rest = parse.urlencode({**query, 'marker': marker})
        url = f'http://127.0.0.1{_PREFIX}{records.kind}/detail?{rest}'
        link = json.dumps([{'rel': 'next', 'href': url}]).encode()
        links = b', "%s_links": %s' % (kind, link)
    return b'{"%s": [%s]%s}' % (kind, text, links)


class _Connection(asyncio.Protocol):
    """A connection of a client, which sends one request after the other."""

    def __init__(self, services: _Services) -> None:
        self._services = services
        self._received = b''

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b'\r\n\r\n')
        length = _LENGTH.search(head)
        if not end or len(rest) < (int(length[1]) if length else 0):
            return
        self._received = b''
        method, target, _ = head.partition(b'\r\n')[0].decode().split()
        status, body = self._services.respond(method, target, rest)
        response = (
            f'HTTP/1.1 {status} {_REASONS[status]}\r\n'
            'Content-Type: application/json\r\n'
            'X-OpenStack-Request-ID: req-4c1d2b62-54a9-43f5-8d3c-6a7a0f6f0a11'
            f'\r\nX-Subject-Token: secret\r\nContent-Length: {len(body)}'
            '\r\n\r\n'
        ).encode()
        latency = self._services.latency if target.startswith('/v3') else 0
        if latency:
            loop = asyncio.get_running_loop()
            loop.call_later(latency, self._send, response + body)
        else:
            self._send(response + body)

    def _send(self, response: bytes) -> None:
        self._transport.write(response)


async def _serve(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    services: _Services
    server = await loop.create_server(
        lambda: _Connection(services), '127.0.0.1', 0, backlog=256
    )
    port = server.sockets[0].getsockname()[1]
    services = _Services(f'http://127.0.0.1:{port}', settings)
    gc.freeze()

    def asked() -> None:
        if os.read(sys.stdin.fileno(), 1):
            found = dataclasses.asdict(services.figures())
            print(json.dumps(found), flush=True)
        else:
            ended.set()

    loop.add_reader(sys.stdin.fileno(), asked)
    print(services.keystone, flush=True)
    await ended.wait()


if __name__ == '__main__':
    asyncio.run(_serve(Settings(**json.loads(sys.argv[1]))))
