# SPDX-License-Identifier: Apache-2.0

"""The transport: requests to Cinder by a keystoneauth session.

Which requests are retried, :mod:`.resend` decides.

Each response has to begin, and to go on, within the timeout, and to be
complete within :data:`.connections.COMPLETE` times as much; so have those of
Keystone in between.

keystoneauth would follow redirects, with the token, to any host. Here they
are followed to the same origin, or from http to https on the same host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import contextlib
import datetime
import logging
import random
import threading
import time
from typing import Any, NamedTuple, cast

from keystoneauth1 import adapter
from keystoneauth1 import session as ksa_session
import requests

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import (
    connections,
    endpoints,
    errors,
    headers,
    masking,
    no_response,
    retry,
    tokens,
    versions,
)

LOG = logging.getLogger(__name__)

Body = Callable[[versions.APIVersion], Mapping[str, Any]]

#: seconds to connect, and to wait for the next bytes of a response
CONNECT_TIMEOUT = 30.0
READ_TIMEOUT = 120.0

#: seconds that a request has at least, however little time is left
LEAST = 5.0

#: redirects followed for one request
REDIRECTS = 3

#: a clock that differs by more is no clock
_MOST_AHEAD = datetime.timedelta(days=366)


class Answer(NamedTuple):
    """A successful response.

    :param body: the JSON object
    :param request_id: Cinder's ID of the request, or None
    """

    body: dict[str, Any]
    request_id: str | None


class HTTPClient:
    """Cinder's API over a keystoneauth session.

    :param session: a keystoneauth1 session, or OSC's
    :param api_version: ``2``, ``3`` (the highest microversion that both
        sides know) or ``3.N`` (exactly that one)
    :param timeout: seconds to wait for the next bytes of a response
    :raises exceptions.InvalidInput: if ``api_version`` is not a version

    :ivar on_retry: called before each pause of a request that will be
        retried, with the reason (str) and the pause in seconds (float); in
        the thread of the request
    """

    def __init__(
        self,
        session: ksa_session.Session,
        *,
        api_version: str = '3',
        service_type: str | None = None,
        service_name: str | None = None,
        interface: str | None = None,
        region_name: str | None = None,
        endpoint_override: str | None = None,
        timeout: float = READ_TIMEOUT,
        patience: retry.Patience | None = None,
        client_version: str | None = None,
    ) -> None:
        self.asked = versions.Asked.parse(api_version)
        self.patience = patience or retry.Patience()
        self.on_retry: Callable[[str, float], None] | None = None
        self._timeout = timeout
        self._version = self.asked.exact or versions.MAX
        self._lock = threading.RLock()
        self._negotiated = self.asked.exact is not None
        self._endpoint: str | None = None
        self._not_before = 0.0
        self._clock_ahead: datetime.timedelta | None = None
        self._session = session
        self._connections = connections.adapter_for(session)
        self._tokens = tokens.Tokens(session)
        self._mask = masking.Masker(session)
        self._log = masking.MaskedLogger(
            logging.getLogger('keystoneauth.session'), self._mask
        )
        default = 'volumev2' if self.asked.major == 2 else 'block-storage'
        self._adapter = adapter.Adapter(
            session,
            service_type=service_type or default,
            service_name=service_name,
            interface=interface,
            region_name=region_name,
            endpoint_override=endpoint_override,
            version=str(self.asked.major),
            client_name='osc-cinderlite',
            client_version=client_version,
            connect_retries=0,
            status_code_retries=0,
            raise_exc=False,
            logger=cast(logging.Logger, self._log),
        )

    @property
    def version(self) -> versions.APIVersion:
        """The version of the next request, as far as it is known."""
        return self._version

    @property
    def exact(self) -> bool:
        """Whether the user asked for just this version."""
        return self.asked.exact is not None

    @property
    def endpoint(self) -> str:
        """The URL that paths are relative to, without a final slash.

        :raises exceptions.ConnectionFailed: if there is none
        """
        with self._lock:
            if self._endpoint is None:
                self._endpoint = self._find_endpoint()
            return self._endpoint

    def _find_endpoint(self) -> str:
        found = None
        with (
            contextlib.suppress(exceptions.MissingEndpoint),
            self._asking_keystone(),
        ):
            found = endpoints.find(self._adapter)
        if not found:
            with self._asking_keystone():
                raise endpoints.missing(
                    self._adapter, self.asked.major, self._mask
                )
        return found.rstrip('/')

    def clock(self) -> datetime.datetime | None:
        """Return the time by the server's clock, as of its last response."""
        if self._clock_ahead is None:
            return None
        return datetime.datetime.now(datetime.UTC) + self._clock_ahead

    def user_id(self) -> str | None:
        """Return the ID of the user whose token is used, if it is known.

        :raises exceptions.ClientException: if there is no token
        """
        with self._asking_keystone():
            return self._adapter.get_user_id()

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        deadline: float | None = None,
    ) -> Answer:
        """Send a GET.

        :param path: below the endpoint, beginning with a slash, each part
            of it quoted
        :param deadline: when, on the monotonic clock, the caller loses
            interest: the request gets only a few seconds more
        :raises exceptions.ClientException: if there is no good response
        """
        return self._send('GET', path, params=params, deadline=deadline)

    def post(
        self,
        path: str,
        body: Body,
        *,
        once: retry.Once | None = None,
        action: bool = False,
    ) -> Answer:
        """Send a POST.

        :param body: returns the JSON object for the API version in use
        :param once: records what becomes of a POST that must not be carried
            out twice
        :param action: whether it only sets what it says: carried out twice,
            it does no harm; a response without content is a good one
        :raises exceptions.UnknownOutcome: if it may have been carried out
        :raises exceptions.ClientException: if it was not
        """
        if not action and once is None:
            once = retry.Once()
        return self._send('POST', path, body=body, once=once)

    def negotiate(self) -> versions.APIVersion:
        """Settle on the highest microversion that both sides know.

        Costs one request, once for the life of the client.

        :raises exceptions.ClientException: if the server does not tell
        """
        with self._lock:
            if not self._negotiated:
                self._lower_to(self._newest())
            return self._version

    def _lower_to(self, newest: versions.APIVersion) -> None:
        self._version = min(self._version, newest)
        self._negotiated = True

    def _lower(
        self, refused: versions.APIVersion, error: exceptions.NotAcceptable
    ) -> bool:
        """Find a lower version to try than ``refused``.

        The nodes of a cloud that is being upgraded have several maximums.

        :return: whether there is one
        """
        with self._lock:
            newest = versions.maximum_in(error.message)
            if newest is not None or self._version >= refused:
                self._lower_to(newest or self._newest())
            return self._version < refused

    def _newest(self) -> versions.APIVersion:
        """Ask for the newest version of the server.

        Where its document of versions is out of reach, it is named by the
        refusal of one that is too new.
        """
        with self._asking_keystone():
            project = self._adapter.get_project_id()
        root = self.endpoint.removesuffix(f'/{project}')
        LOG.debug('Asking for the versions of %s', root)
        try:
            document = errors.decode(self._authenticated('GET', f'{root}/'))
            return versions.APIVersion.parse(_version_3(document))
        except exceptions.ClientException as error:
            LOG.debug('No versions at %s/: %s', root, error)
        response = self._authenticated(
            'GET',
            f'{self.endpoint}/limits',
            microversion=str(versions.MAX),
        )
        if response.ok:
            return versions.MAX
        message = errors.from_response(response).message
        return versions.maximum_in(message) or versions.MIN

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Body | None = None,
        once: retry.Once | None = None,
        deadline: float | None = None,
    ) -> Answer:
        url = self.endpoint + path
        tries = self.patience.tries_until(deadline)
        while True:
            self._hold_back()
            version = self.version
            try:
                return self._once(
                    method, url, params, body, version, once, tries.deadline
                )
            except exceptions.NotAcceptable as error:
                _refused(once)
                if self.exact or not self._lower(version, error):
                    raise
                LOG.debug('%s; lowering it to %s', error, self.version)
            except exceptions.ClientException as error:
                if not retry.is_lost(error):
                    _refused(once)
                pause = tries.pause(error, once=once is not None)
                if pause is None:
                    raise retry.final(error, once) from error
                self._pause(error, pause)

    def _pause(self, error: exceptions.ClientException, pause: float) -> None:
        LOG.debug('%s; retrying in %.1f s', error, pause)
        if self.on_retry is not None:
            self.on_retry(str(error), pause)
        if error.retry_after is None:
            time.sleep(pause)
        else:
            self._not_before = max(self._not_before, time.monotonic() + pause)

    def _hold_back(self) -> None:
        """Wait as long as the server has asked for, and a little more.

        Without that, all threads would send at the same instant.
        """
        pause = self._not_before - time.monotonic()
        if pause > 0:
            time.sleep(pause + random.uniform(0, retry.JITTER * pause))

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        body: Body | None,
        version: versions.APIVersion,
        once: retry.Once | None,
        deadline: float | None,
    ) -> Answer:
        options: dict[str, Any] = {'once': once, 'deadline': deadline}
        if body is not None:
            options['json'] = body(version)
        if version.major > 2:
            options['microversion'] = str(version)
        response = self._authenticated(method, url, params=params, **options)
        for _n in range(REDIRECTS):
            target = headers.same_origin(url, response)
            if target is None:
                break
            _refused(once)
            url = target
            response = self._authenticated(method, url, **options)
        if not response.ok or response.status_code >= 300:
            raise errors.from_response(response, self._mask)
        self._read_clock(response)
        return Answer(
            body=_content(response, may_be_empty=once is None),
            request_id=errors.request_id_of(response),
        )

    def _authenticated(
        self,
        method: str,
        url: str,
        *,
        once: retry.Once | None = None,
        deadline: float | None = None,
        **options: Any,
    ) -> requests.Response:
        """Send a request with the newest token, once more if it is refused."""
        with self._asking_keystone(deadline):
            auth = self._tokens.headers()
        response = self._exchange(method, url, auth, once, deadline, options)
        if response.status_code == 401:
            _refused(once)
            with self._asking_keystone(deadline):
                newest = self._tokens.renewed(auth)
            if newest is not None:
                return self._exchange(
                    method, url, newest, once, deadline, options
                )
        return response

    def _exchange(
        self,
        method: str,
        url: str,
        auth: tokens.Headers,
        once: retry.Once | None,
        deadline: float | None,
        options: Mapping[str, Any],
    ) -> requests.Response:
        """Send one request and return the response, of whatever status."""
        self._check(url)
        attempt = self._attempt(deadline)
        if once is not None:
            once.attempts.append(attempt)
            options = {**options, 'global_request_id': once.request_id}
        try:
            with connections.recorded(attempt):
                response = self._adapter.request(
                    url,
                    method,
                    timeout=attempt.timeout,
                    headers={
                        'Accept': 'application/json',
                        'Accept-Encoding': 'identity',
                        **auth,
                    },
                    authenticated=False,
                    redirect=False,
                    **options,
                )
        except no_response.FAILURES as error:
            raise no_response.explain(error, attempt) from error
        if response.status_code == 407:
            raise no_response.proxy_refused(attempt, response)
        return response

    def _check(self, url: str) -> None:
        """Refuse a URL that requests cannot send anything to."""
        try:
            requests.PreparedRequest().prepare_url(url, None)
            self._session.session.get_adapter(url)
        except requests.exceptions.RequestException as error:
            raise exceptions.ConnectionFailed(
                str(error), sent=False
            ) from error

    def _attempt(self, deadline: float | None) -> connections.Attempt:
        """Return the record of a request that is going to be sent."""
        connections.mount(self._session, self._connections)
        seconds = self._timeout
        if deadline is not None:
            left = deadline - time.monotonic()
            seconds = min(seconds, max(left, LEAST))
        return connections.Attempt((min(CONNECT_TIMEOUT, seconds), seconds))

    @contextlib.contextmanager
    def _asking_keystone(
        self, deadline: float | None = None
    ) -> Iterator[None]:
        """Bound the requests to Keystone, and explain their failures."""
        attempt = self._attempt(deadline)
        try:
            with connections.recorded(attempt):
                yield
        except (*no_response.FAILURES, AttributeError, LookupError) as error:
            raise no_response.explain_keystone(error, attempt) from error

    def _read_clock(self, response: requests.Response) -> None:
        date = headers.date(response.headers.get('Date'))
        if date is None:
            return
        ahead = date - datetime.datetime.now(datetime.UTC)
        self._clock_ahead = ahead if abs(ahead) < _MOST_AHEAD else None


def _refused(once: retry.Once | None) -> None:
    """Note that the server has not carried out what was sent last."""
    if once is not None and once.attempts:
        once.attempts[-1].refused = True


def _version_3(document: Any) -> str:
    """Return the newest microversion that a list of versions tells of."""
    versions = document.get('versions') if isinstance(document, dict) else None
    for version in versions if isinstance(versions, list) else ():
        if isinstance(version, dict) and version.get('id') == 'v3.0':
            return str(version.get('version'))
    return ''


def _content(
    response: requests.Response, *, may_be_empty: bool
) -> dict[str, Any]:
    if (
        may_be_empty
        and not response.content
        and response.request.method == 'POST'
    ):
        return {}
    document = errors.decode(response)
    if not isinstance(document, dict):
        raise exceptions.InvalidResponse(
            _('the server answered with JSON that is not an object'),
            status=response.status_code,
            request_id=errors.request_id_of(response),
        )
    return document
