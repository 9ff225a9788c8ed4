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

"""The one module that sends requests, and decides which are sent again.

====================================  ======  ==========================
what came back                        GET     POST
====================================  ======  ==========================
refused, name not resolved            again   again
dropped connection, time-out          again   never: it may be carried out
401                                   again, with a new token, once
406                                   again, at the server's microversion
429, 503 with Retry-After             again   again
500, 502, 503, 504                    again   never
everything else                       error   error
====================================  ======  ==========================

"Again" is bounded by :class:`Patience`. While a server asks for time, all
threads that use the client hold back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import dataclasses
import datetime
import email.utils
import logging
import threading
import time
from typing import Any
from urllib import parse

from keystoneauth1 import adapter
from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import session as ksa_session
import requests
from urllib3 import exceptions as urllib3_exceptions

from osc_cinderlite.lib import api_versions, exceptions

LOG = logging.getLogger(__name__)

Body = Callable[[api_versions.APIVersion], Mapping[str, Any]]

#: seconds to connect, and to wait for the next bytes of an answer
CONNECT_TIMEOUT = 30.0
READ_TIMEOUT = 120.0

#: connections kept open to the block storage service
POOL = 64

_AGAIN_GET = frozenset({429, 500, 502, 503, 504})
_AGAIN_POST = frozenset({429})
_AGAIN_POST_IF_TOLD = frozenset({503})


@dataclasses.dataclass(frozen=True)
class Patience:
    """How long one request is tried.

    :param tries: how often it is sent at most
    :param seconds: the time after which it is not sent again
    :param longest: the longest single pause, in seconds; a server that asks
        for more gets no further request
    """

    tries: int = 5
    seconds: float = 90.0
    longest: float = 60.0

    def pause(self, tried: int, told: float | None) -> float:
        """Return the seconds to wait after ``tried`` tries."""
        unasked = min(0.5 * 2 ** (tried - 1), 8.0)
        return unasked if told is None else max(told, 0.5)


@dataclasses.dataclass(frozen=True)
class Answer:
    """A successful answer.

    :param body: the JSON object
    :param request_id: Cinder's ID of the request, or None
    """

    body: dict[str, Any]
    request_id: str | None


class _KeptAdapter(ksa_session.TCPKeepAliveAdapter):
    """Connections that outlive ``Session.close()``.

    The shell closes its session after each command; in interactive use the
    next command finds the connection to Cinder still open.
    """

    def close(self) -> None:
        pass


class HTTPClient:
    """Cinder's API over a keystoneauth session.

    :param session: a keystoneauth1 session, or OSC's
    :param api_version: ``2``, ``3`` (the highest microversion that both
        sides know) or ``3.N`` (exactly that one)
    :param timeout: seconds to wait for the next bytes of an answer
    :raises exceptions.InvalidInput: if ``api_version`` is not a version
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
        patience: Patience | None = None,
        client_version: str | None = None,
    ) -> None:
        self.asked = api_versions.Asked.parse(api_version)
        self.patience = patience or Patience()
        self._timeout = (min(CONNECT_TIMEOUT, timeout), timeout)
        self._version = self.asked.exact or api_versions.MAX
        self._lock = threading.RLock()
        self._negotiated = self.asked.exact is not None
        self._endpoint: str | None = None
        self._not_before = 0.0
        self._clock_ahead = datetime.timedelta()
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
        )

    @property
    def version(self) -> api_versions.APIVersion:
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
        try:
            found = self._adapter.get_endpoint()
        except (ksa_exceptions.CatalogException, ValueError):
            # ValueError: keystoneauth's, if the catalog has the service
            # under two names, and under neither in this region.
            found = None
        except ksa_exceptions.ClientException as error:
            raise _connection_failure(error) from error
        if not found:
            raise exceptions.ConnectionFailed(
                f'this cloud has no {self._adapter.service_type} endpoint, '
                f'version {self.asked.major}, in its catalog '
                f'(region {self._adapter.region_name or "any"}, interface '
                f'{self._adapter.interface or "public"})',
                sent=False,
            )
        where = parse.urlsplit(found)
        self._adapter.session.session.mount(
            f'{where.scheme}://{where.netloc}/',
            _KeptAdapter(pool_connections=1, pool_maxsize=POOL),
        )
        return found.rstrip('/')

    def clock(self) -> datetime.datetime:
        """Return the time by the server's clock, as of its last answer."""
        return datetime.datetime.now(datetime.UTC) + self._clock_ahead

    def get(
        self, path: str, params: Mapping[str, Any] | None = None
    ) -> Answer:
        """Send a GET.

        :param path: below the endpoint, beginning with a slash, each part
            of it quoted; or the URL of a further page from the server
        :raises exceptions.ClientException: if there is no good answer
        """
        return self._send('GET', path, params=params)

    def post(self, path: str, body: Body, *, empty: bool = False) -> Answer:
        """Send a POST.

        :param body: returns the JSON object for the API version in use
        :param empty: whether an answer without content is a good one
        :raises exceptions.UnknownOutcome: if it may have been carried out
        :raises exceptions.ClientException: if it was not
        """
        return self._send('POST', path, body=body, empty=empty)

    def negotiate(self) -> api_versions.APIVersion:
        """Settle on the highest microversion that both sides know.

        Costs one request, once for the life of the client.

        :raises exceptions.ClientException: if the server does not tell
        """
        with self._lock:
            if not self._negotiated:
                self._version = min(api_versions.MAX, self._newest())
                self._negotiated = True
            return self._version

    def _newest(self) -> api_versions.APIVersion:
        LOG.debug('Asking for the versions of %s', self.endpoint)
        try:
            found = self._adapter.get_endpoint_data()
        except ksa_exceptions.ClientException as error:
            raise _connection_failure(error) from error
        if found is None or not found.max_microversion:
            return api_versions.MIN
        major, minor = found.max_microversion[:2]
        return api_versions.APIVersion(int(major), int(minor))

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Body | None = None,
        empty: bool = False,
    ) -> Answer:
        url = path if '://' in path else self.endpoint + path
        begun = time.monotonic()
        tried = 0
        while True:
            self._hold_back()
            version = self.version
            tried += 1
            try:
                return self._once(method, url, params, body, version, empty)
            except exceptions.NotAcceptable as error:
                if self.exact or not self._lower(version):
                    raise
                LOG.debug('%s; lowering it to %s', error, self.version)
                continue
            except (exceptions.HTTPError, exceptions.ConnectionFailed) as e:
                again, told = _again(method, e)
                pause = self.patience.pause(tried, told)
                if (
                    not again
                    or tried >= self.patience.tries
                    or pause > self.patience.longest
                    or time.monotonic() - begun + pause > self.patience.seconds
                ):
                    raise _final(method, e) from e
                LOG.debug('%s; trying again in %.1f s', e, pause)
                if told is not None:
                    self._not_before = max(
                        self._not_before, time.monotonic() + pause
                    )
                else:
                    time.sleep(pause)

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        body: Body | None,
        version: api_versions.APIVersion,
        empty: bool,
    ) -> Answer:
        extra: dict[str, Any] = {}
        if body is not None:
            extra['json'] = body(version)
        if params is not None:
            extra['params'] = params
        if version.major > 2:
            extra['microversion'] = str(version)
        try:
            response = self._adapter.request(
                url,
                method,
                timeout=self._timeout,
                headers={'Accept': 'application/json'},
                **extra,
            )
        except ksa_exceptions.ClientException as error:
            raise _connection_failure(error) from error
        if not response.ok or response.status_code >= 300:
            failed = exceptions.from_response(response)
            failed.retry_after = _retry_after(response)
            raise failed
        self._read_clock(response)
        return Answer(
            body=_content(response, empty),
            request_id=exceptions.request_id_of(response.headers),
        )

    def _read_clock(self, response: requests.Response) -> None:
        date = _http_date(response.headers.get('Date'))
        if date is not None:
            self._clock_ahead = date - datetime.datetime.now(datetime.UTC)

    def _lower(self, refused: api_versions.APIVersion) -> bool:
        """Return whether there is a lower version to try than ``refused``."""
        return self.version < refused or self.negotiate() < refused

    def _hold_back(self) -> None:
        while (pause := self._not_before - time.monotonic()) > 0:
            time.sleep(pause)


def _content(response: requests.Response, empty: bool) -> dict[str, Any]:
    if empty and not response.content:
        return {}
    document = exceptions.decode(response)
    if not isinstance(document, dict):
        raise exceptions.InvalidResponse(
            'the server answered with JSON that is not an object',
            status=response.status_code,
            request_id=exceptions.request_id_of(response.headers),
        )
    return document


def _again(
    method: str, error: exceptions.ClientException
) -> tuple[bool, float | None]:
    """Return whether to send again, and the pause the server asked for."""
    if isinstance(error, exceptions.ConnectionFailed):
        return method == 'GET' or not error.sent, None
    assert isinstance(error, exceptions.HTTPError)
    told = error.retry_after
    if method == 'GET':
        return error.status in _AGAIN_GET, told
    return (
        error.status in _AGAIN_POST
        or (error.status in _AGAIN_POST_IF_TOLD and told is not None),
        told,
    )


def _final(
    method: str, error: exceptions.ClientException
) -> exceptions.ClientException:
    """Return ``error``, or that nobody knows whether a POST was done."""
    lost = (
        error.sent
        if isinstance(error, exceptions.ConnectionFailed)
        else error.status in (500, 502, 504)
    )
    if method == 'GET' or not lost:
        return error
    return exceptions.UnknownOutcome(
        error.message,
        status=error.status,
        request_id=error.request_id,
    )


def _connection_failure(
    error: ksa_exceptions.ClientException,
) -> exceptions.ClientException:
    """Return what a failure below HTTP, or of Keystone, means."""
    if isinstance(error, ksa_exceptions.HttpError):
        return exceptions.Unauthorized(
            f'Keystone refused: {error.message}',
            status=error.http_status,
            request_id=error.request_id,
        )
    cause = error.__context__
    return exceptions.ConnectionFailed(
        _plain(error, cause), sent=_maybe_sent(cause)
    )


def _maybe_sent(cause: BaseException | None) -> bool:
    """Return whether the server may have got the request."""
    if isinstance(
        cause,
        requests.exceptions.ConnectTimeout | requests.exceptions.SSLError,
    ):
        return False
    if not isinstance(cause, requests.exceptions.RequestException):
        return False
    inner = cause.args[0] if cause.args else None
    reason = getattr(inner, 'reason', inner)
    return not isinstance(
        reason,
        urllib3_exceptions.NewConnectionError
        | urllib3_exceptions.ConnectTimeoutError,
    )


def _plain(
    error: ksa_exceptions.ClientException, cause: BaseException | None
) -> str:
    """Return the failure without the names of Python objects."""
    where = 'the server'
    if isinstance(cause, requests.exceptions.RequestException):
        request = cause.request
        if request is not None and request.url:
            where = parse.urlsplit(request.url).netloc
    if isinstance(cause, requests.exceptions.SSLError):
        return f'no trusted connection to {where}: {_innermost(cause)}'
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return f'{where} cannot be reached: connecting to it timed out'
    if isinstance(cause, requests.exceptions.Timeout):
        return f'{where} did not answer in time'
    if isinstance(cause, requests.exceptions.RequestException):
        if _maybe_sent(cause):
            return f'{where} broke off the connection: {_innermost(cause)}'
        return f'{where} cannot be reached: {_innermost(cause)}'
    return str(error)


def _innermost(cause: BaseException) -> str:
    """Return the words of the operating system, from below the wrappers."""
    seen: list[BaseException] = []
    inner: Any = cause
    while isinstance(inner, BaseException) and inner not in seen:
        seen.append(inner)
        inner = (
            getattr(inner, 'reason', None)
            if isinstance(getattr(inner, 'reason', None), BaseException)
            else next(
                (a for a in inner.args if isinstance(a, BaseException)),
                inner.__cause__ or inner.__context__,
            )
        )
    last = seen[-1]
    if isinstance(last, OSError) and last.strerror:
        return last.strerror
    return str(last)


def _retry_after(response: requests.Response) -> float | None:
    """Return ``Retry-After`` in seconds from now, if it can be read."""
    text = response.headers.get('Retry-After')
    if text is None:
        return None
    try:
        return max(0.0, float(int(text)))
    except (ValueError, OverflowError):
        pass
    until = _http_date(text)
    if until is None:
        return None
    now = _http_date(response.headers.get('Date'))
    now = now or datetime.datetime.now(datetime.UTC)
    return max(0.0, (until - now).total_seconds())


def _http_date(text: str | None) -> datetime.datetime | None:
    try:
        when = email.utils.parsedate_to_datetime(text or '')
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)
