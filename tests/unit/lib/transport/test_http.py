# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import datetime
import email.utils
import http.client
import re
import ssl
from typing import Any

from keystoneauth1 import fixture, session
import pytest
import requests

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import retry, versions
from osc_cinderlite.lib.transport.http import Answer as Good
from osc_cinderlite.lib.transport.http import HTTPClient
from osc_cinderlite.lib.transport.wire import LEAST
from tests.unit.clock import Clock
from tests.unit.cloud import (
    BROKEN,
    CINDER,
    ENDPOINTS,
    KEYSTONE,
    MICROVERSION,
    NO_CONNECTION,
    PROJECT,
    REQUEST_ID,
    SILENT,
    Answer,
    Cloud,
    accepted,
    fault,
    good,
    not_sent,
    page,
    volume,
)

ONE_TRY = retry.Patience(tries=1)
CREATED = accepted('volume', volume())
LIST = good({'volumes': []})
OLDER = (
    'Version 3.71 is not supported by the API. Minimum is 3.0 and maximum is '
    '3.40.'
)


def microversions(cloud: Cloud) -> list[str | None]:
    return [request.headers.get(MICROVERSION) for request in cloud.requests]


def body(version: versions.APIVersion) -> dict[str, Any]:
    return {'version': str(version)}


class TestVersion:
    @pytest.mark.parametrize(
        ('asked', 'major', 'sent'),
        [
            ('3', 3, 'volume 3.71'),
            ('3.latest', 3, 'volume 3.71'),
            ('3.0', 3, 'volume 3.0'),
            ('3.47', 3, 'volume 3.47'),
            # Not known here, but exactly what was asked for.
            ('3.99', 3, 'volume 3.99'),
            ('2', 2, None),
            ('2.0', 2, None),
        ],
    )
    def test_header(
        self, cloud: Cloud, asked: str, major: int, sent: str | None
    ) -> None:
        cloud.answers('GET', '/volumes', LIST, major=major)
        cloud.answers('POST', '/volumes', CREATED, major=major)
        client = cloud.client(asked).http
        client.get('/volumes')
        client.post('/volumes', body)
        assert cloud.sent == ['GET /volumes', 'POST /volumes']
        assert microversions(cloud) == [sent, sent]

    @pytest.mark.parametrize(
        'asked', ['', '0', '3.', '3.x', '4', '2.1', '3.1.2', '3.٣', ' 3']
    )
    def test_wrong_version(self, cloud: Cloud, asked: str) -> None:
        with pytest.raises(exceptions.InvalidInput, match='API version'):
            cloud.client(asked)

    def test_older_cloud(self, cloud: Cloud) -> None:
        """Asked once, and then remembered."""
        cloud.has_at_most('3.40')
        cloud.answers('POST', '/volumes', fault(406, OLDER), CREATED)
        client = cloud.client().http
        client.post('/volumes', body)
        assert cloud.sent == ['POST /volumes', 'POST /volumes']
        assert microversions(cloud) == ['volume 3.71', 'volume 3.40']
        assert cloud.posted == [{'version': '3.71'}, {'version': '3.40'}]
        client.post('/volumes', body)
        assert cloud.sent[2:] == ['POST /volumes']
        assert microversions(cloud)[2:] == ['volume 3.40']
        assert not client.exact

    def test_older_cloud_that_does_not_say_so(self, cloud: Cloud) -> None:
        cloud.has_at_most('3.40')
        cloud.answers('POST', '/volumes', fault(406), CREATED)
        cloud.client().http.post('/volumes', body)
        assert cloud.sent == ['POST /volumes', 'GET /v3/', 'POST /volumes']
        assert microversions(cloud) == ['volume 3.71', None, 'volume 3.40']

    def test_cloud_that_is_being_upgraded(self, cloud: Cloud) -> None:
        """Each node that is older than those before lowers it once more."""
        older = OLDER.replace('3.40', '3.12')
        cloud.answers(
            'POST', '/volumes', fault(406, OLDER), fault(406, older), CREATED
        )
        cloud.client().http.post('/volumes', body)
        assert microversions(cloud) == [
            'volume 3.71',
            'volume 3.40',
            'volume 3.12',
        ]

    def test_newer_cloud(self, cloud: Cloud) -> None:
        cloud.has_at_most('3.90')
        assert cloud.client().http.negotiate() == (3, 71)

    def test_exact_version_is_not_lowered(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', fault(406, 'Version 3.99 is not'))
        client = cloud.client('3.99').http
        with pytest.raises(exceptions.NotAcceptable, match='is not'):
            client.post('/volumes', body)
        assert cloud.sent == ['POST /volumes']
        assert client.negotiate() == (3, 99)
        assert cloud.sent == ['POST /volumes']

    def test_refused_at_its_own_version(self, cloud: Cloud) -> None:
        """There is nothing lower to try: no loop."""
        cloud.has_at_most('3.71')
        cloud.answers('GET', '/volumes', fault(406, 'never'))
        with pytest.raises(exceptions.NotAcceptable, match='never'):
            cloud.client().http.get('/volumes')
        assert cloud.sent == ['GET /volumes', 'GET /v3/']

    def test_cloud_that_knows_no_microversions(self, cloud: Cloud) -> None:
        cloud.has_at_most('')
        cloud.answers('GET', '/volumes', fault(406), LIST)
        cloud.answers('GET', '/limits', fault(406))
        cloud.client().http.get('/volumes')
        assert microversions(cloud)[-1] == 'volume 3.0'

    @pytest.mark.parametrize(
        'answer',
        [
            page(404, 'none'),
            page(200, '<html>'),
            good({'versions': []}),
            good({'versions': 5}),
            good({'versions': [5]}),
            good({'versions': [{'id': 5}]}),
            good({'version': {'id': 'v3.0', 'links': 5}}),
            good([]),
            good({'versions': [{'id': 'v4.0', 'status': 'CURRENT'}]}),
            NO_CONNECTION,
        ],
    )
    def test_no_versions_to_be_had(self, cloud: Cloud, answer: Answer) -> None:
        """Then the refusal of a version that is too new tells it."""
        cloud.discovery(answer)
        cloud.answers('GET', '/limits', fault(406, OLDER))
        client = cloud.client().http
        assert client.negotiate() == (3, 40)
        assert client.negotiate() == (3, 40)
        assert cloud.sent == ['GET /v3/', 'GET /limits']
        assert microversions(cloud) == [None, 'volume 3.71']

    def test_no_versions_but_the_newest_is_accepted(
        self, cloud: Cloud
    ) -> None:
        cloud.discovery(page(403, 'no'))
        cloud.answers('GET', '/limits', good({}))
        assert cloud.client().http.negotiate() == (3, 71)

    def test_token_that_cannot_be_renewed(self, cloud: Cloud) -> None:
        cloud.token.expires = datetime.datetime.now(datetime.UTC)
        client = cloud.client().http
        assert client.endpoint == ENDPOINTS[3]
        cloud.keystone_answers(401)
        with pytest.raises(exceptions.Unauthorized, match='Keystone refused'):
            client.negotiate()


class TestEndpoint:
    def test_what_a_request_is_sent_with(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', CREATED)
        client = cloud.client(client_version='1.2', timeout=7.0).http
        client.post('/volumes', body)
        (request,) = cloud.requests
        assert request.headers['Accept'] == 'application/json'
        assert request.headers['Content-Type'] == 'application/json'
        assert request.headers['X-Auth-Token'] == 'secret'
        assert 'osc-cinderlite/1.2' in request.headers['User-Agent']
        assert request.timeout == (7.0, 7.0)

    def test_time_limits(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/volumes', LIST)
        cloud.client().http.get('/volumes')
        assert cloud.requests[0].timeout == (30.0, 120.0)

    def test_override(self, cloud: Cloud) -> None:
        """Used as it is, without a look into the catalog."""
        cloud.answers('GET', '/volumes', LIST)
        client = cloud.client(
            service_type='nothing', endpoint_override=ENDPOINTS[3] + '/'
        )
        client.http.get('/volumes')
        assert cloud.sent == ['GET /volumes']

    @pytest.mark.parametrize(
        ('options', 'words', 'wrong'),
        [
            (
                {'region_name': 'Mars'},
                'block-storage .* version 3.*region Mars, interface public',
                'region_name',
            ),
            (
                {'interface': 'admin'},
                'region any, interface admin',
                'interface',
            ),
            ({'service_type': 'dns'}, 'no dns endpoint', None),
            (
                {'service_name': 'other'},
                'no block-storage endpoint.*service name other',
                'service_name',
            ),
        ],
    )
    def test_none(
        self,
        cloud: Cloud,
        options: dict[str, str],
        words: str,
        wrong: str | None,
    ) -> None:
        client = cloud.client(**options)
        with pytest.raises(exceptions.MissingEndpoint, match=words) as e:
            client.http.get('/volumes')
        assert e.value.wrong == wrong
        assert not e.value.sent
        assert cloud.sent == []

    def test_token_without_a_project(self, cloud: Cloud) -> None:
        cloud.token = fixture.V3Token(user_id='demo')
        cloud.token.set_system_scope()
        cloud.keystone_answers()
        with pytest.raises(exceptions.MissingEndpoint) as e:
            cloud.client().http.get('/volumes')
        assert e.value.wrong == 'project'

    @pytest.mark.parametrize('ids', ['project_id', 'tenant_id', 'user_id'])
    def test_override_that_names_an_id(self, cloud: Cloud, ids: str) -> None:
        override = f'{CINDER}/v3/%({ids})s'
        client = cloud.client(endpoint_override=override).http
        known = 'demo' if ids == 'user_id' else PROJECT
        assert client.endpoint == f'{CINDER}/v3/{known}'

    def test_override_without_a_version(self, cloud: Cloud) -> None:
        client = cloud.client(endpoint_override=CINDER).http
        assert client.endpoint == f'{CINDER}/v3'
        assert cloud.sent == ['GET /']

    def test_override_that_is_something_else(self, cloud: Cloud) -> None:
        cloud.discovery(page(200, 'Welcome'))
        with pytest.raises(
            exceptions.MissingEndpoint,
            match=f'version 3, was found at the configured endpoint {CINDER}',
        ):
            cloud.client(endpoint_override=CINDER).http.get('/volumes')

    def test_nobody_to_ask_for_a_token(self, cloud: Cloud) -> None:
        client = HTTPClient(session.Session())
        with pytest.raises(exceptions.ConnectionFailed, match='auth') as e:
            client.get('/volumes')
        assert not e.value.sent

    def test_keystone_refuses(self, cloud: Cloud) -> None:
        cloud.keystone_answers(401)
        with pytest.raises(
            exceptions.Unauthorized, match=r'^Keystone refused: .*HTTP 401'
        ):
            cloud.client().http.get('/volumes')
        assert cloud.sent == []


class TestAnswer:
    def test_good(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/volumes', LIST)
        answer = cloud.client().http.get('/volumes', {'name': 'a b'})
        assert answer == Good({'volumes': []}, REQUEST_ID)
        assert cloud.sent == ['GET /volumes?name=a+b']

    def test_request_id_of_older_clouds(self, cloud: Cloud) -> None:
        cloud.answers(
            'GET', '/x', page(200, '{}', **{'x-compute-request-id': 'req-1'})
        )
        assert cloud.client().http.get('/x').request_id == 'req-1'

    @pytest.mark.parametrize('text', ['[]', '"a"', '1', 'null', 'true'])
    def test_not_an_object(self, cloud: Cloud, text: str) -> None:
        cloud.answers('GET', '/x', page(200, text))
        with pytest.raises(exceptions.InvalidResponse, match='not an object'):
            cloud.client().http.get('/x')

    @pytest.mark.parametrize(
        'text', ['', '{', '<html/>', '[' * 100_000, '{"a": ' + '9' * 5000]
    )
    def test_not_json(self, cloud: Cloud, text: str) -> None:
        cloud.answers('GET', '/x', page(200, text))
        with pytest.raises(
            exceptions.InvalidResponse,
            match=f'{len(text)} bytes .* not JSON .HTTP 200',
        ):
            cloud.client().http.get('/x')

    def test_empty(self, cloud: Cloud) -> None:
        """Actions answer with nothing, or with something."""
        cloud.answers('POST', '/x', page(202, ''), good({'a': 1}))
        client = cloud.client().http
        assert client.post('/x', body, action=True).body == {}
        assert client.post('/x', body, action=True).body == {'a': 1}

    @pytest.mark.parametrize('status', [300, 304, 306])
    def test_neither_good_nor_an_error(
        self, cloud: Cloud, status: int
    ) -> None:
        cloud.answers('GET', '/x', page(status, '{}', Location='http://a/'))
        with pytest.raises(
            exceptions.HTTPError, match='redirects to http://a/'
        ) as e:
            cloud.client().http.get('/x')
        assert (e.value.status, e.value.code) == (status, 'redirect')

    def test_redirect_to_nowhere(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/x', page(302, ''))
        with pytest.raises(exceptions.HTTPError, match='redirects to nowhere'):
            cloud.client().http.get('/x')

    @pytest.mark.parametrize('status', [301, 302, 307, 308])
    @pytest.mark.parametrize(
        'where', ['y', f'{ENDPOINTS[3]}/y', f'//cinder.test/v3/{PROJECT}/y']
    )
    def test_redirect_is_followed(
        self, cloud: Cloud, status: int, where: str
    ) -> None:
        cloud.answers('GET', '/x', page(status, '', Location=where))
        cloud.answers('GET', '/y', LIST)
        answer = cloud.client().http.get('/x', {'name': 'a'})
        assert answer.body == {'volumes': []}
        assert cloud.sent == ['GET /x?name=a', 'GET /y']
        assert microversions(cloud) == ['volume 3.71'] * 2

    def test_redirect_of_a_post(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/x', page(307, '', Location='y'))
        cloud.answers('POST', '/y', CREATED)
        cloud.client().http.post('/x', body)
        assert cloud.posted == [{'version': '3.71'}] * 2

    @pytest.mark.parametrize(
        'where',
        [
            'http://other.test/v3/y',
            '//other.test/y',
            'ftp://cinder.test/y',
            '',
        ],
    )
    def test_redirect_to_elsewhere(self, cloud: Cloud, where: str) -> None:
        """The token is nobody else's business."""
        cloud.answers('GET', '/x', page(302, '', Location=where))
        with pytest.raises(exceptions.HTTPError, match='redirects to') as e:
            cloud.client().http.get('/x')
        assert e.value.status == 302
        assert cloud.sent == ['GET /x']

    def test_redirect_that_is_none(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/x', page(302, '', Location='http://['))
        with pytest.raises(exceptions.ConnectionFailed, match='Invalid'):
            cloud.client().http.get('/x')

    def test_redirect_without_an_end(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/x', page(302, '', Location='x'))
        with pytest.raises(exceptions.HTTPError, match='redirects to x'):
            cloud.client().http.get('/x')
        assert cloud.sent == ['GET /x'] * 4


SELF_SIGNED = ssl.SSLCertVerificationError()
SELF_SIGNED.verify_message = 'self-signed'
UNTRUSTED = not_sent(requests.exceptions.SSLError(SELF_SIGNED))
GROWING = [0.5, 1.0, 2.0, 4.0]


ENVOY = 'upstream connect error or disconnect/reset before headers'


class TestRetries:
    @pytest.mark.parametrize(
        ('answer', 'pauses'),
        [
            (NO_CONNECTION, GROWING),
            (BROKEN, GROWING),
            (SILENT, GROWING),
            (fault(429), GROWING),
            (fault(500), GROWING),
            (fault(502), GROWING),
            (fault(503), GROWING),
            (fault(504), GROWING),
            (fault(429, **{'Retry-After': '7'}), [7.0] * 4),
            (fault(503, **{'Retry-After': '7'}), [7.0] * 4),
            (fault(503, **{'Retry-After': '30'}), [30.0] * 3),
            (fault(503, **{'Retry-After': '31'}), [31.0] * 2),
            (fault(503, **{'Retry-After': '61'}), []),
            # A server that asks for no time still gets some.
            (fault(503, **{'Retry-After': '0'}), [0.5] * 4),
            (UNTRUSTED, []),
            (fault(400), []),
            (fault(401), []),
            (fault(403), []),
            (fault(404), []),
            (fault(409), []),
            (fault(413), []),
            (fault(413, **{'Retry-After': '0'}), []),
            (fault(413, **{'Retry-After': '7'}), [7.0] * 4),
            (fault(501), []),
        ],
    )
    def test_get(
        self,
        cloud: Cloud,
        clock: Clock,
        answer: Answer,
        pauses: list[float],
    ) -> None:
        """The same answer all the time ends in an error."""
        cloud.answers('GET', '/volumes', answer)
        with pytest.raises(exceptions.ClientException) as e:
            cloud.client().http.get('/volumes')
        assert e.value.status == answer.get('status_code')
        assert clock.pauses == pauses
        sent = 2 if e.value.status == 401 else len(pauses) + 1
        assert len(cloud.sent) == sent

    @pytest.mark.parametrize(
        'answer',
        [
            NO_CONNECTION,
            BROKEN,
            fault(500),
            fault(503),
            fault(429, **{'Retry-After': '7'}),
        ],
    )
    def test_get_that_works_again(self, cloud: Cloud, answer: Answer) -> None:
        cloud.answers('GET', '/volumes', answer, answer, LIST)
        assert cloud.client().http.get('/volumes').body == {'volumes': []}
        assert len(cloud.sent) == 3

    @pytest.mark.parametrize(
        ('answer', 'pauses', 'error'),
        [
            (NO_CONNECTION, GROWING, exceptions.ConnectionFailed),
            (UNTRUSTED, [], exceptions.UntrustedServer),
            (BROKEN, [], exceptions.UnknownOutcome),
            (SILENT, [], exceptions.UnknownOutcome),
            (fault(429), GROWING, exceptions.TooManyRequests),
            (
                fault(429, **{'Retry-After': '2'}),
                [2.0] * 4,
                exceptions.TooManyRequests,
            ),
            (
                fault(503, **{'Retry-After': '2'}),
                [2.0] * 4,
                exceptions.ServerError,
            ),
            (fault(503), [], exceptions.ServerError),
            (fault(500), [], exceptions.UnknownOutcome),
            (
                fault(500, **{'Retry-After': '2'}),
                [],
                exceptions.UnknownOutcome,
            ),
            (fault(502), [], exceptions.UnknownOutcome),
            (fault(504), [], exceptions.UnknownOutcome),
            (fault(524), [], exceptions.UnknownOutcome),
            (fault(501), [], exceptions.ServerError),
            (page(501, 'no'), [], exceptions.UnknownOutcome),
            (page(503, ENVOY), [], exceptions.UnknownOutcome),
            (
                page(503, ENVOY, **{'Retry-After': '1'}),
                [],
                exceptions.UnknownOutcome,
            ),
            # Of somebody else, in Cinder's form or with an ID alone.
            (
                {**fault(503), 'headers': {'Retry-After': '1'}},
                [],
                exceptions.UnknownOutcome,
            ),
            (
                page(503, ENVOY, **{'x-openstack-request-id': REQUEST_ID}),
                [],
                exceptions.UnknownOutcome,
            ),
            (page(202, '<html>'), [], exceptions.UnknownOutcome),
            (fault(400), [], exceptions.BadRequest),
            (fault(401), [], exceptions.Unauthorized),
            (fault(403), [], exceptions.Forbidden),
            (fault(404), [], exceptions.NotFound),
            (fault(409), [], exceptions.Conflict),
            (fault(413), [], exceptions.OverLimit),
            (
                fault(413, **{'Retry-After': '0'}),
                [],
                exceptions.OverLimit,
            ),
            (
                fault(413, **{'Retry-After': '3'}),
                [3.0] * 4,
                exceptions.OverLimit,
            ),
            (fault(418), [], exceptions.HTTPError),
        ],
    )
    def test_post(
        self,
        cloud: Cloud,
        clock: Clock,
        answer: Answer,
        pauses: list[float],
        error: type[exceptions.ClientException],
    ) -> None:
        cloud.answers('POST', '/volumes', answer)
        with pytest.raises(error) as e:
            cloud.client().http.post('/volumes', body)
        assert type(e.value) is error
        assert e.value.status == answer.get('status_code')
        assert clock.pauses == pauses
        sent = 2 if e.value.status == 401 else len(pauses) + 1
        assert len(cloud.sent) == sent

    @pytest.mark.parametrize(
        ('answer', 'pending'),
        [
            (SILENT, True),
            (fault(504), True),
            (fault(524), True),
            (BROKEN, False),
            (fault(500), False),
            (fault(502), False),
        ],
    )
    def test_whether_the_server_may_still_be_at_it(
        self, cloud: Cloud, answer: Answer, pending: bool
    ) -> None:
        cloud.answers('POST', '/volumes', answer)
        with pytest.raises(exceptions.UnknownOutcome) as e:
            cloud.client().http.post('/volumes', body)
        assert e.value.pending is pending

    @pytest.mark.parametrize(
        'answer', [NO_CONNECTION, BROKEN, SILENT, fault(500), fault(504)]
    )
    def test_action(self, cloud: Cloud, answer: Answer) -> None:
        """It does no harm if it is carried out twice."""
        cloud.answers('POST', '/x', answer, answer, page(202, ''))
        cloud.client().http.post('/x', body, action=True)
        assert len(cloud.sent) == 3

    def test_token_that_ran_out(self, cloud: Cloud) -> None:
        """A new one is got once, for a POST too."""
        cloud.answers('POST', '/volumes', fault(401), CREATED)
        cloud.client().http.post('/volumes', body)
        assert cloud.tokens.call_count == 2
        assert len(cloud.sent) == 2

    def test_patience(self, cloud: Cloud, clock: Clock) -> None:
        cloud.answers('GET', '/volumes', fault(503))
        patience = retry.Patience(tries=20, seconds=20.0)
        with pytest.raises(exceptions.ServerError):
            cloud.client(patience=patience).http.get('/volumes')
        assert clock.pauses == [*GROWING, 8.0]

    @pytest.mark.parametrize(
        ('headers', 'pause'),
        [
            ({'Retry-After': ' 3 '}, 3.0),
            ({'Retry-After': '-3'}, 0.5),
            ({'Retry-After': 'soon'}, 0.5),
            ({'Retry-After': '1.5'}, 0.5),
            ({'Retry-After': ''}, 0.5),
            ({'Retry-After': '9' * 400}, 0.5),
            ({'Retry-After': '9' * 5000}, 0.5),
            ({'Retry-After': 'Mon, 01 Jan 9' + '9' * 20}, 0.5),
            ({'Retry-After': 'Mon, 05 Jan 2026 10:00:00 +' + '9' * 20}, 0.5),
            (
                {
                    'Date': 'Mon, 05 Jan 2026 10:00:00 GMT',
                    'Retry-After': 'Mon, 05 Jan 2026 10:00:09 GMT',
                },
                9.0,
            ),
            (
                {
                    'Date': 'Mon, 05 Jan 2026 10:00:00 GMT',
                    'Retry-After': 'Mon, 05 Jan 2026 09:00:00 GMT',
                },
                0.5,
            ),
            (
                {
                    'Date': 'Mon, 05 Jan 2026 10:00:00 -0000',
                    'Retry-After': 'Mon, 05 Jan 2026 11:00:09 +0100',
                },
                9.0,
            ),
        ],
    )
    def test_retry_after(
        self,
        cloud: Cloud,
        clock: Clock,
        headers: dict[str, str],
        pause: float,
    ) -> None:
        """What cannot be read is as if it were not there."""
        cloud.answers('GET', '/volumes', fault(503, **headers), LIST)
        cloud.client().http.get('/volumes')
        assert clock.pauses == [pause]

    def test_retry_after_without_the_date(
        self, cloud: Cloud, clock: Clock
    ) -> None:
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(
            seconds=20
        )
        told = email.utils.format_datetime(later, usegmt=True)
        cloud.answers(
            'GET', '/volumes', fault(429, **{'Retry-After': told}), LIST
        )
        cloud.client().http.get('/volumes')
        (pause,) = clock.pauses
        assert 15 < pause <= 20

    def test_all_requests_hold_back(self, cloud: Cloud, clock: Clock) -> None:
        """One thread was told to wait; the next request waits too."""
        asks_for_time = fault(503, **{'Retry-After': '40'})
        cloud.answers('GET', '/a', asks_for_time)
        cloud.answers('GET', '/b', good({}))
        client = cloud.client(patience=retry.Patience(tries=2)).http
        during: list[float] = []

        def sleep(seconds: float) -> None:
            during.append(seconds)
            clock.now += seconds
            if len(during) == 1:
                # What another thread would see 30 seconds later.
                clock.now -= 10
                client.get('/b')

        clock.sleep = sleep  # type: ignore[method-assign]
        with pytest.raises(exceptions.ServerError):
            client.get('/a')
        assert during == [40.0, 10.0]
        assert cloud.sent == ['GET /a', 'GET /b', 'GET /a']


class TestConnectionFailure:
    @pytest.mark.parametrize(
        ('failure', 'words'),
        [
            (
                requests.exceptions.ReadTimeout(),
                'cinder.test did not respond in time',
            ),
            (
                requests.exceptions.ConnectionError('gone'),
                'cinder.test broke off the connection: gone',
            ),
            (
                requests.exceptions.ChunkedEncodingError('half of it'),
                'cinder.test broke off the connection: half of it',
            ),
            (
                requests.exceptions.SSLError('self-signed'),
                'no trusted connection to cinder.test: self-signed',
            ),
        ],
    )
    def test_words(
        self,
        cloud: Cloud,
        failure: requests.exceptions.RequestException,
        words: str,
    ) -> None:
        failure.request = requests.Request('GET', CINDER).prepare()
        cloud.answers('GET', '/volumes', {'exc': failure})
        with pytest.raises(exceptions.ConnectionFailed) as e:
            cloud.client().http.get('/volumes')
        assert str(e.value) == words

    @pytest.mark.parametrize(
        ('failure', 'words'),
        [
            (
                requests.exceptions.ConnectionError('reset'),
                'the server broke off the connection: reset',
            ),
            (requests.exceptions.InvalidHeader('two lengths'), 'two lengths'),
            (requests.exceptions.ProxyError('no proxy'), 'no proxy'),
            (http.client.BadStatusLine('?'), '?'),
            (OSError('of a future release'), 'of a future release'),
        ],
    )
    def test_without_a_request(
        self,
        cloud: Cloud,
        failure: Exception,
        words: str,
    ) -> None:
        """No class of exception means that nothing was sent."""
        cloud.answers('GET', '/volumes', {'exc': failure})
        with pytest.raises(
            exceptions.ConnectionFailed, match=re.escape(words)
        ) as e:
            cloud.client(patience=ONE_TRY).http.get('/volumes')
        assert e.value.sent
        cloud.answers('POST', '/volumes', {'exc': failure})
        with pytest.raises(exceptions.UnknownOutcome):
            cloud.client().http.post('/volumes', body)
        assert cloud.sent == ['GET /volumes', 'POST /volumes']

    def test_password_in_the_endpoint(self, cloud: Cloud) -> None:
        failure = requests.exceptions.ConnectTimeout(
            request=requests.Request('GET', 'http://a:b@c.test/').prepare()
        )
        cloud.answers('GET', '/volumes', not_sent(failure))
        with pytest.raises(exceptions.ConnectionFailed) as e:
            cloud.client().http.get('/volumes')
        assert str(e.value).startswith('c.test cannot')

    @pytest.mark.parametrize('status', [403, 500, 503])
    def test_keystone_is_ill(self, cloud: Cloud, status: int) -> None:
        cloud.keystone_answers(status)
        with pytest.raises(
            exceptions.ConnectionFailed, match=f'no token: .*HTTP {status}'
        ) as e:
            cloud.client().http.post('/volumes', body)
        assert not e.value.sent

    def test_keystone_does_not_answer(self, cloud: Cloud) -> None:
        """Then nothing was sent to Cinder."""
        cloud.keystone_answers(
            exc=requests.exceptions.ReadTimeout(
                request=requests.Request(
                    'POST', f'{KEYSTONE}/auth/tokens'
                ).prepare()
            )
        )
        with pytest.raises(
            exceptions.ConnectionFailed, match='test did not respond'
        ) as e:
            cloud.client().http.post('/volumes', body)
        assert not e.value.sent

    def test_user(self, cloud: Cloud) -> None:
        client = cloud.client().http
        assert client.user_id() == 'demo'
        cloud.keystone_answers(401)
        with pytest.raises(exceptions.Unauthorized):
            cloud.client().http.user_id()

    def test_keystone_cannot_be_reached(self, cloud: Cloud) -> None:
        cloud.keystone_answers(
            exc=requests.exceptions.ConnectTimeout(
                request=requests.Request('POST', KEYSTONE).prepare()
            )
        )
        with pytest.raises(
            exceptions.ConnectionFailed, match=r'^keystone.test did not'
        ) as e:
            cloud.client().http.post('/volumes', body)
        assert not e.value.sent


class TestClock:
    def test_before_any_answer(self, cloud: Cloud) -> None:
        assert cloud.client().http.server_clock.now() is None

    @pytest.mark.parametrize('ahead', [-7200, 0, 7200])
    def test_of_the_server(self, cloud: Cloud, ahead: int) -> None:
        theirs = datetime.datetime.now(datetime.UTC) + datetime.timedelta(
            seconds=ahead
        )
        date = email.utils.format_datetime(theirs, usegmt=True)
        cloud.answers('GET', '/volumes', good({}, Date=date))
        client = cloud.client().http
        client.get('/volumes')
        clock = client.server_clock.now()
        assert clock is not None
        assert abs(clock - theirs).total_seconds() < 5

    @pytest.mark.parametrize(
        'date',
        [
            '',
            'noon',
            'Mon, 01 Jan 9' + '9' * 20,
            'Fri, 31 Dec 9999 23:59:59 GMT',
            'Mon, 01 Jan 0001 00:00:00 GMT',
        ],
    )
    def test_date_that_is_none(self, cloud: Cloud, date: str) -> None:
        cloud.answers('GET', '/volumes', good({}, Date=date))
        client = cloud.client().http
        client.get('/volumes')
        assert client.server_clock.now() is None


def test_v2_on_a_cloud_without_it(cloud: Cloud) -> None:
    cloud.token['token']['catalog'] = [
        service
        for service in cloud.token['token']['catalog']
        if service['type'] == 'block-storage'
    ]
    with pytest.raises(
        exceptions.MissingEndpoint, match='no volumev2 end'
    ) as e:
        cloud.client('2').http.get('/volumes')
    assert e.value.wrong == 'version'


class TestDeadline:
    def test_time_that_is_left(self, cloud: Cloud, clock: Clock) -> None:
        cloud.answers('GET', '/volumes', LIST)
        client = cloud.client().http
        for left, timeout in ((60.0, 60.0), (3.0, LEAST), (-9.0, LEAST)):
            client.get('/volumes', deadline=clock.now + left)
            assert cloud.requests[-1].timeout[1] == pytest.approx(timeout)

    def test_no_retry_after_it(self, cloud: Cloud, clock: Clock) -> None:
        cloud.answers('GET', '/volumes', fault(503))
        with pytest.raises(exceptions.ServerError):
            cloud.client().http.get('/volumes', deadline=clock.now + 2)
        assert clock.pauses == [0.5, 1.0]


class TestPauses:
    def test_threads_do_not_send_at_one_instant(
        self, cloud: Cloud, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retry, 'JITTER', 0.25)
        busy = fault(429, **{'Retry-After': '8'})
        cloud.answers('GET', '/volumes', *4 * [busy], LIST)
        cloud.client().http.get('/volumes')
        assert all(8 <= pause <= 10 for pause in clock.pauses)
        assert len(set(clock.pauses)) == 4

    def test_told(self, cloud: Cloud) -> None:
        told: list[tuple[str, float]] = []
        cloud.answers('GET', '/volumes', fault(503, 'Busy.'), LIST)
        client = cloud.client().http
        client.on_retry = lambda why, pause: told.append((why, pause))
        client.get('/volumes')
        ((why, pause),) = told
        assert why.startswith('Busy (HTTP 503')
        assert pause == 0.5


def test_servers_have_the_same_patience(cloud: Cloud) -> None:
    assert cloud.client(patience=ONE_TRY).servers.http.patience == ONE_TRY


@pytest.mark.parametrize(
    'url',
    [
        'cinder.test:8776',
        'cinder.test/v3',
        'ftp://cinder.test/v3',
        'http://',
        'http://[',
        'http:///v3',
    ],
)
def test_endpoint_that_is_no_url(cloud: Cloud, url: str) -> None:
    """A mistake of a setting is told as one, not as a lost response."""
    with pytest.raises(exceptions.ClientException) as e:
        cloud.client(endpoint_override=url).volumes.create(name='a', size=1)
    assert not isinstance(e.value, exceptions.UnknownOutcome)
    assert cloud.sent == []
