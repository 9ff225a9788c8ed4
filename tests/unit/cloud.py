# SPDX-License-Identifier: Apache-2.0

"""Keystone and Cinder, as far as requests-mock can be them.

The session, its token and the catalog are keystoneauth's own; only what
comes over the wire is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
import datetime
import email.utils
import re
from typing import Any
from urllib import parse

from keystoneauth1 import fixture, session
from keystoneauth1.identity import v3
import requests
import requests_mock

from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.transport import connections

PROJECT = '9f3c5d8e6a1b4c7d9e0f1a2b3c4d5e6f'
REGION = 'RegionOne'
KEYSTONE = 'http://keystone.test/v3'
CINDER = 'http://cinder.test'
NOVA = 'http://nova.test/v2.1'
GLANCE = 'http://glance.test/v2'
ENDPOINTS = {n: f'{CINDER}/v{n}/{PROJECT}' for n in (1, 2, 3)}
REQUEST_ID = 'req-4c1d2b62-54a9-43f5-8d3c-6a7a0f6f0a11'

#: what of a request's headers has the microversion
MICROVERSION = 'OpenStack-API-Version'

#: names of Cinder's faults, by status
_FAULTS = {
    400: 'badRequest',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'itemNotFound',
    409: 'conflictingRequest',
    413: 'overLimit',
    503: 'serviceUnavailable',
}

Answer = dict[str, Any]


def uuid(number: int) -> str:
    """Return a UUID that is the same in each run."""
    return f'{number:08x}-0000-4000-8000-000000000000'


def good(document: Any, status: int = 200, **headers: str) -> Answer:
    """Return an answer with a JSON document."""
    return {
        'status_code': status,
        'json': document,
        'headers': {
            'x-openstack-request-id': REQUEST_ID,
            'x-subject-token': 'secret',
            **headers,
        },
    }


def accepted(key: str, record: Mapping[str, Any]) -> Answer:
    """Return Cinder's answer to a create."""
    return good({key: record}, 202)


def fault(status: int, message: str = 'No.', **headers: str) -> Answer:
    """Return an answer in Cinder's envelope of faults."""
    name = _FAULTS.get(status, 'computeFault')
    return good(
        {name: {'code': status, 'message': message}}, status, **headers
    )


def page(status: int, text: str, **headers: str) -> Answer:
    """Return an answer that a proxy might give: text, and nothing of ours."""
    return {'status_code': status, 'text': text, 'headers': headers}


def volume(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return Cinder's full record of a volume, less what seldom matters."""
    return {
        'id': uuid(number),
        'name': 'data',
        'description': None,
        'status': 'creating',
        'size': 1,
        'availability_zone': 'nova',
        'created_at': '2026-01-31T12:00:00.000000',
        'updated_at': None,
        'volume_type': 'fast',
        'bootable': 'false',
        'encrypted': False,
        'multiattach': False,
        'attachments': [],
        'metadata': {},
        'snapshot_id': None,
        'source_volid': None,
        'links': [{'rel': 'self', 'href': 'http://cinder.test/'}],
        **fields,
    }


def snapshot(number: int = 2, **fields: Any) -> dict[str, Any]:
    """Return Cinder's full record of a snapshot."""
    return {
        'id': uuid(number),
        'name': 'snap',
        'description': None,
        'status': 'creating',
        'size': 1,
        'created_at': '2026-01-31T12:00:00.000000',
        'updated_at': None,
        'metadata': {},
        'volume_id': uuid(1),
        **fields,
    }


def backup(number: int = 3, **fields: Any) -> dict[str, Any]:
    """Return Cinder's full record of a backup."""
    return {
        'id': uuid(number),
        'name': 'copy',
        'description': None,
        'status': 'creating',
        'size': 1,
        'availability_zone': 'nova',
        'container': 'volumebackups',
        'created_at': '2026-01-31T12:00:00.000000',
        'updated_at': None,
        'data_timestamp': '2026-01-31T12:00:00.000000',
        'fail_reason': None,
        'has_dependent_backups': False,
        'is_incremental': False,
        'object_count': None,
        'metadata': {},
        'snapshot_id': None,
        'volume_id': uuid(1),
        **fields,
    }


def now() -> str:
    """Return the time as servers write it into ``Date``."""
    return email.utils.format_datetime(
        datetime.datetime.now(datetime.UTC), usegmt=True
    )


def not_sent(failure: BaseException) -> Answer:
    """Return a failure that the connection recorded: there was none."""

    def fail(request: Any, context: Any) -> str:
        attempt = connections.active()
        assert attempt is not None
        attempt.connected = False
        raise failure

    return {'text': fail}


#: failures of the connection; the last two leave open what became of it
NO_CONNECTION = not_sent(requests.exceptions.ConnectTimeout())
BROKEN = {'exc': requests.exceptions.ConnectionError('reset')}
SILENT = {'exc': requests.exceptions.ReadTimeout()}


class Cloud:
    """A cloud with endpoints for all versions of the API, and of Nova.

    :param mocker: to be started by the caller
    """

    def __init__(self, mocker: requests_mock.Mocker) -> None:
        self._mocker = mocker
        self.token = fixture.V3Token(project_id=PROJECT, user_id='demo')
        for service, name, url in (
            ('block-storage', 'cinderv3', ENDPOINTS[3]),
            ('volumev2', 'cinderv2', ENDPOINTS[2]),
            ('volume', 'cinder', ENDPOINTS[1]),
            ('compute', 'nova', NOVA),
            ('image', 'glance', GLANCE),
        ):
            self.token.add_service(service, name=name).add_standard_endpoints(
                public=url, region=REGION
            )
        mocker.get(KEYSTONE, json={'version': fixture.V3Discovery(KEYSTONE)})
        self.keystone_answers(201)
        self.has_at_most('3.71')

    def keystone_answers(
        self, status: int = 201, exc: Exception | None = None
    ) -> None:
        """Set the answer to the request for a token."""
        answer: Answer = {'exc': exc} if exc else good(self.token, status)
        self.tokens = self._mocker.post(f'{KEYSTONE}/auth/tokens', [answer])

    def has_at_most(self, microversion: str) -> None:
        """Announce the highest microversion."""
        self.discovery(
            good(
                {
                    'versions': [
                        {
                            'id': 'v3.0',
                            'status': 'CURRENT',
                            'version': microversion,
                            'min_version': '3.0',
                            'links': [
                                {'rel': 'self', 'href': f'{CINDER}/v3/'}
                            ],
                        }
                    ]
                },
                300,
            )
        )

    def discovery(self, answer: Answer) -> None:
        """Set the answer to the request for the server's versions."""
        for url in (
            ENDPOINTS[3],
            f'{CINDER}/',
            f'{CINDER}/v3',
            f'{CINDER}/v3/',
        ):
            self._mocker.register_uri('GET', url, [answer])

    def answers(
        self, method: str, path: str, *answers: Answer, major: int = 3
    ) -> Any:
        """Set the answers to a request, in their order; the last one stays.

        :param path: below the endpoint, perhaps with a query
        :return: requests-mock's matcher, which knows what was asked
        """
        return self._mocker.register_uri(
            method, ENDPOINTS[major] + path, list(answers)
        )

    def glance_answers(self, *answers: Answer) -> Any:
        """Set the answers to the search for images, in their order."""
        return self._mocker.get(f'{GLANCE}/images', list(answers))

    def everything(self, answers: list[Answer]) -> None:
        """Set the answers to whatever is asked, but to Keystone."""
        self._mocker.register_uri(
            requests_mock.ANY,
            requests_mock.ANY,
            answers,
            additional_matcher=lambda r: r.url.startswith(CINDER),
        )

    def has_whatever_is_looked_for(self, record: dict[str, Any]) -> None:
        """Find a resource of every name and ID, otherwise like ``record``."""

        def find(request: Any, context: Any) -> Any:
            *_, collection, last = parse.urlsplit(request.url).path.split('/')
            if last == 'detail':
                query = parse.parse_qsl(parse.urlsplit(request.url).query)
                return {collection: [{**record, **dict(query)}]}
            return {collection.removesuffix('s'): {**record, 'id': last}}

        for endpoint in ENDPOINTS.values():
            self._mocker.get(
                re.compile(rf'^{endpoint}/\w+/[^/]+$'), [{'json': find}]
            )

    def session(self) -> session.Session:
        """Return a session of this cloud's user."""
        auth = v3.Password(
            KEYSTONE,
            username='demo',
            password='secret',
            user_domain_id='default',
            project_id=PROJECT,
        )
        return session.Session(auth)

    def client(self, version: str = '3', **options: Any) -> Client:
        """Return the library's client for an API version."""
        return Client(self.session(), api_version=version, **options)

    @property
    def requests(self) -> list[Any]:
        """The requests that went to Cinder."""
        return [
            request
            for request in self._mocker.request_history
            if request.url.startswith(CINDER)
        ]

    @property
    def sent(self) -> list[str]:
        """The same in short: method, and path below the endpoint."""
        return [_short(request) for request in self.requests]

    @property
    def posted(self) -> list[Any]:
        """The bodies of all POSTs to Cinder."""
        return [r.json() for r in self.requests if r.method == 'POST']


def _short(request: Any) -> str:
    path = str(request.url)
    for endpoint in ENDPOINTS.values():
        path = path.removeprefix(endpoint)
    return f'{request.method} {path.removeprefix(CINDER)}'
