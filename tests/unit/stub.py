# SPDX-License-Identifier: Apache-2.0


"""A small Keystone, Cinder and Nova on a real socket.

For what needs answers at the same time, or in an order that the test
decides: requests-mock answers one request after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
import contextlib
import dataclasses
import http.server
import io
import json
import threading
from typing import Any
from urllib import parse

from keystoneauth1 import fixture, session
from keystoneauth1.identity import v3

from osc_cinderlite.lib.client import Client
from tests.unit import cloud
from tests.unit.shell import Result, openstack

Record = dict[str, Any]

_CREATED = '2026-01-31T12:00:00.000000'
_VERSIONS = {'versions': [{'id': 'v3.0', 'version': '3.71'}]}
_KEYS = {'volumes': 'volume', 'snapshots': 'snapshot', 'backups': 'backup'}


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request that arrived.

    :ivar path: below the endpoint
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    port: int

    def __str__(self) -> str:
        return f'{self.method} {self.path}'

    @property
    def name(self) -> str | None:
        """The name in the body of a create."""
        for key in _KEYS.values():
            if key in (self.body or {}):
                found: str | None = self.body[key].get('name')
                return found
        return None


@dataclasses.dataclass(frozen=True)
class Answer:
    document: Any
    status: int = 200
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


def fault(status: int, message: str = 'No.', **headers: str) -> Answer:
    """Return an answer in Cinder's envelope of faults."""
    document = {'fault': {'code': status, 'message': message}}
    request = {'x-openstack-request-id': cloud.REQUEST_ID}
    return Answer(document, status, {**request, **headers})


class Stub:
    """The services.

    What is created is ``creating`` until its second look, then ``available``.

    :ivar before: called with each request to Cinder; what it returns is the
        answer, if it is not None
    :ivar ends: the statuses that new resources come to, by their names
    :ivar looks: how many looks a new resource is creating for
    :ivar page: how many records a list has at most
    :ivar asked: all requests to Cinder
    :ivar tokens: how many tokens were asked for
    :ivar compute: whether the catalog has a Compute service
    :ivar defaults: what each record has beside its own
    """

    def __init__(self, port: int) -> None:
        self._url = f'http://127.0.0.1:{port}'
        self._lock = threading.Lock()
        self._number = 0
        self._looks: dict[str, int] = {}
        self.records: dict[str, list[Record]] = {
            kind: [] for kind in (*_KEYS, 'servers', 'messages')
        }
        self.before: Callable[[Asked], Answer | None] = lambda asked: None
        self.ends: dict[str, str] = {}
        self.looks = 1
        self.page = 1000
        self.asked: list[Asked] = []
        self.tokens = 0
        self.compute = True
        self.defaults: Record = {}

    @property
    def keystone(self) -> str:
        return f'{self._url}/identity/v3'

    def client(self, version: str = '3.71') -> Client:
        """Return the library's client."""
        auth = v3.Password(
            self.keystone,
            username='demo',
            password='secret',
            user_domain_id='default',
            project_id=cloud.PROJECT,
        )
        return Client(session.Session(auth), api_version=version)

    def openstack(
        self,
        *args: str,
        version: str = '3.71',
        stdout: io.StringIO | None = None,
        stderr: io.StringIO | None = None,
    ) -> Result:
        """Run a command in this process."""
        return openstack(
            f'--os-auth-url={self.keystone}',
            *args,
            version=version,
            stdout=stdout,
            stderr=stderr,
        )

    def add(self, kind: str, **fields: Any) -> Record:
        """Add a record, such as ``volumes``, that is available."""
        with self._lock:
            self._number += 1
            record = {
                'id': cloud.uuid(self._number),
                'status': 'available',
                'size': 1,
                'created_at': _CREATED,
                'metadata': {},
                **self.defaults,
                **fields,
            }
            self.records[kind].append(record)
            return record

    def of(self, method: str, path: str = '') -> list[Asked]:
        """Return the requests of a method, below a path."""
        return [
            one
            for one in self.asked
            if one.method == method and one.path.startswith(path)
        ]

    @property
    def posted(self) -> list[Any]:
        """The bodies of all POSTs, as they came in."""
        return [one.body for one in self.of('POST')]

    def answer(self, method: str, url: str, text: bytes, port: int) -> Answer:
        """Return the answer to any request."""
        where = parse.urlsplit(url)
        _empty, service, path = where.path.split('/', 2)
        if service == 'identity':
            return self._identity(method)
        prefix = f'v3/{cloud.PROJECT}'
        asked = Asked(
            method,
            path.removeprefix(prefix) or '/',
            dict(parse.parse_qsl(where.query)),
            json.loads(text) if text else None,
            port,
        )
        if service == 'compute':
            return self._compute(asked)
        self.asked.append(asked)
        return self.before(asked) or self._cinder(asked)

    def _identity(self, method: str) -> Answer:
        if method == 'GET':
            return Answer({'version': fixture.V3Discovery(self.keystone)})
        self.tokens += 1
        token = fixture.V3Token(project_id=cloud.PROJECT, user_id='demo')
        urls = {'block-storage': f'{self._url}/volume/v3/{cloud.PROJECT}'}
        if self.compute:
            urls['compute'] = f'{self._url}/compute/v2.1'
        for service, url in urls.items():
            token.add_service(service).add_standard_endpoints(
                public=url, region=cloud.REGION
            )
        return Answer(token, 201, {'X-Subject-Token': 'secret'})

    def _compute(self, asked: Asked) -> Answer:
        if asked.path.rstrip('/') == 'v2.1':
            version = {
                'id': 'v2.1',
                'status': 'CURRENT',
                'version': '2.96',
                'min_version': '2.1',
                'links': [
                    {'rel': 'self', 'href': f'{self._url}/compute/v2.1/'}
                ],
            }
            return Answer({'version': version})
        self.asked.append(asked)
        servers = self.records['servers']
        if asked.path == 'v2.1/servers/detail':
            return Answer({'servers': servers})
        wanted = asked.path.removeprefix('v2.1/servers/')
        for server in servers:
            if server['id'] == wanted:
                return Answer({'server': server})
        document = {'itemNotFound': {'code': 404, 'message': 'No server.'}}
        return Answer(document, 404, {'x-openstack-request-id': 'req-nova'})

    def _cinder(self, asked: Asked) -> Answer:
        collection, _slash, rest = asked.path.strip('/').partition('/')
        if collection == 'v3':
            return Answer(_VERSIONS)
        if asked.method == 'DELETE':
            return self._delete(collection, rest)
        if asked.method == 'POST':
            if rest.endswith('/action'):
                return Answer({})
            return self._create(collection, asked.body[_KEYS[collection]])
        if rest in ('', 'detail'):
            return self._list(collection, asked.query)
        with self._lock:
            for record in self.records[collection]:
                if record['id'] == rest:
                    self._look(record)
                    return Answer({_KEYS[collection]: record})
        return fault(404, f'{rest} could not be found.')

    def _delete(self, collection: str, record_id: str) -> Answer:
        with self._lock:
            records = self.records[collection]
            for record in records:
                if record['id'] == record_id:
                    records.remove(record)
                    return Answer({}, 202)
        return fault(404, f'{record_id} could not be found.')

    def _create(self, collection: str, fields: Record) -> Answer:
        record = self.add(collection, **fields, status='creating')
        return Answer({_KEYS[collection]: record}, 202)

    def _look(self, record: Record) -> None:
        if record.get('status') != 'creating':
            return
        looks = self._looks[record['id']] = (
            self._looks.get(record['id'], 0) + 1
        )
        if looks > self.looks:
            record['status'] = self.ends.get(
                str(record.get('name')), 'available'
            )

    def _list(self, collection: str, query: Mapping[str, str]) -> Answer:
        filters = {
            key: value
            for key, value in query.items()
            if key in ('name', 'volume_id', 'status', 'resource_uuid')
        }
        with self._lock:
            found = [
                record
                for record in reversed(self.records[collection])
                if all(record.get(k) == v for k, v in filters.items())
            ]
            for record in found:
                self._look(record)
            marker = query.get('marker')
            ids = [record.get('id') for record in found]
            begin = ids.index(marker) + 1 if marker else 0
            limit = min(self.page, int(query.get('limit', self.page)))
            shown = found[begin : begin + limit]
            document: Record = {collection: shown}
            if begin + limit < len(found):
                rest = parse.urlencode({**query, 'marker': shown[-1]['id']})
                document[f'{collection}_links'] = [
                    {'rel': 'next', 'href': f'http://elsewhere/?{rest}'}
                ]
            return Answer(json.loads(json.dumps(document)))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    #: without it, each small answer waits for an acknowledgement
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        text = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        answer = self.server.stub.answer(
            self.command, self.path, text, self.client_address[1]
        )
        content = json.dumps(answer.document).encode()
        self.send_response(answer.status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(content)))
        for name, value in answer.headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    stub: Stub


@contextlib.contextmanager
def running() -> Iterator[Stub]:
    """Yield the services while they listen."""
    server = _Server(('127.0.0.1', 0), _Handler)
    server.stub = Stub(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def names(records: Sequence[Mapping[str, Any]]) -> list[str]:
    return [record['name'] for record in records]
