# SPDX-License-Identifier: Apache-2.0

"""Single requests to a service, with the newest token, by keystoneauth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import contextlib
import dataclasses
import logging
import threading
import time
from typing import Any, cast

from keystoneauth1 import adapter
from keystoneauth1 import session as ksa_session
import requests

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import (
    connections,
    endpoints,
    masking,
    no_response,
    retry,
    tokens,
    versions,
)

#: seconds to connect, and to wait for the next bytes of a response
CONNECT_TIMEOUT = 30.0
READ_TIMEOUT = 120.0

#: seconds that a request has at least, however little time is left
LEAST = 5.0

Body = Callable[[versions.APIVersion], Mapping[str, Any]]

_HEADERS = {'Accept': 'application/json', 'Accept-Encoding': 'identity'}


@dataclasses.dataclass
class Call:
    """One request, on its way to a final response.

    :param version: the API version to send it at
    :param body: returns the JSON object for a version, or None
    :param once: records a request that must not be carried out twice
    :param deadline: when, on the monotonic clock, nobody wants it any more

    :ivar auth: the headers that authenticate it; the newest if None
    :ivar renewed: whether its token was renewed already
    :ivar redirects: how many it has followed
    """

    method: str
    url: str
    version: versions.APIVersion
    params: Any = None
    body: Body | None = None
    once: retry.Once | None = None
    deadline: float | None = None
    auth: tokens.Headers | None = None
    renewed: bool = False
    redirects: int = 0

    def refused(self) -> None:
        """Note that the server has not carried out what was sent last."""
        if self.once is not None and self.once.attempts:
            self.once.attempts[-1].refused = True

    def options(self) -> dict[str, Any]:
        """Return what keystoneauth is to be told of it."""
        options: dict[str, Any] = {'params': self.params}
        if self.body is not None:
            options['json'] = self.body(self.version)
        if self.version.major > 2:
            options['microversion'] = str(self.version)
        if self.once is not None:
            options['global_request_id'] = self.once.request_id
        return options


class Wire:
    """A service of a cloud, as a session reaches it.

    :param session: a keystoneauth1 session, or OSC's
    :param major: the major version of the API
    :param timeout: seconds to wait for the next bytes of a response
    :param options: see :class:`keystoneauth1.adapter.Adapter`
    """

    def __init__(
        self,
        session: ksa_session.Session,
        *,
        major: int,
        timeout: float,
        **options: Any,
    ) -> None:
        self.mask = masking.Masker(session)
        self._session = session
        self._major = major
        self._timeout = timeout
        self._lock = threading.Lock()
        self._endpoint: str | None = None
        self._connections = connections.adapter_for(session)
        self._tokens = tokens.Tokens(session)
        log = logging.getLogger('keystoneauth.session')
        self._adapter = adapter.Adapter(
            session,
            version=str(major),
            client_name='osc-cinderlite',
            connect_retries=0,
            status_code_retries=0,
            raise_exc=False,
            logger=cast(logging.Logger, masking.MaskedLogger(log, self.mask)),
            **options,
        )

    @property
    def endpoint(self) -> str:
        """The URL that paths are relative to, without a final slash.

        :raises exceptions.ConnectionFailed: if there is none
        """
        with self._lock:
            if self._endpoint is None:
                self._endpoint = self._find_endpoint().rstrip('/')
            return self._endpoint

    def _find_endpoint(self) -> str:
        with (
            contextlib.suppress(exceptions.MissingEndpoint),
            self._asking_keystone(),
        ):
            if found := endpoints.find(self._adapter):
                return found
        with self._asking_keystone():
            raise endpoints.missing(self._adapter, self._major, self.mask)

    @property
    def root(self) -> str:
        """The endpoint without the project's ID.

        :raises exceptions.ClientException: if there is no token
        """
        with self._asking_keystone():
            project_id = self._adapter.get_project_id()
        return self.endpoint.removesuffix(f'/{project_id}')

    def user_id(self) -> str | None:
        """Return the ID of the user whose token is used, if it is known.

        :raises exceptions.ClientException: if there is no token
        """
        with self._asking_keystone():
            return self._adapter.get_user_id()

    def exchange(self, call: Call) -> requests.Response:
        """Send a request; once more, with a new token, if that is refused.

        :return: the response, of whatever status
        :raises exceptions.ConnectionFailed: if there is none
        """
        while True:
            with self._asking_keystone(call.deadline):
                call.auth = call.auth or self._tokens.headers()
            options = call.options()
            self._check(call.url)
            attempt = self._attempt(call.deadline)
            if call.once is not None:
                call.once.attempts.append(attempt)
            try:
                with connections.recorded(attempt):
                    response = self._adapter.request(
                        call.url,
                        call.method,
                        timeout=attempt.timeout,
                        headers={**_HEADERS, **call.auth},
                        authenticated=False,
                        redirect=False,
                        **options,
                    )
            except no_response.FAILURES as error:
                raise no_response.explain(error, attempt) from error
            if response.status_code == 407:
                raise no_response.proxy_refused(attempt, response)
            if response.status_code != 401 or not self._renew(call):
                return response

    def _renew(self, call: Call) -> bool:
        """Give a refused request a newer token, if there is one."""
        call.refused()
        if call.renewed or call.auth is None:
            return False
        call.renewed = True
        with self._asking_keystone(call.deadline):
            newest = self._tokens.renewed(call.auth)
        call.auth = newest or call.auth
        return newest is not None

    def _check(self, url: str) -> None:
        """Refuse a URL that requests cannot send anything to."""
        try:
            requests.PreparedRequest().prepare_url(url, None)
            self._session.session.get_adapter(url)
        except requests.exceptions.RequestException as error:
            raise exceptions.ConnectionFailed(str(error)) from error

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
