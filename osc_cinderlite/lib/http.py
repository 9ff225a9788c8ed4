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

"""The one module that sends requests.

Which of them are sent again, :mod:`.resend` decides.

Each answer has to begin, and to go on, within the time-out, and to be
complete within :data:`.connections.ANSWER` times as much.

keystoneauth would follow redirects, with the token, to any host. Here they
are followed on the same host, and not from https to http; no other host ever
gets the token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import datetime
import logging
import threading
import time
from typing import Any, NamedTuple
from urllib import parse

from keystoneauth1 import adapter
from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import session as ksa_session
import requests

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import (
    api_versions,
    connections,
    exceptions,
    faults,
    headers,
    no_answer,
    resend,
)

LOG = logging.getLogger(__name__)

Body = Callable[[api_versions.APIVersion], Mapping[str, Any]]

#: seconds to connect, and to wait for the next bytes of an answer
CONNECT_TIMEOUT = 30.0
READ_TIMEOUT = 120.0

#: connections kept open to the block storage service
POOL = 64

#: redirects followed for one request
REDIRECTS = 3


class Answer(NamedTuple):
    """A successful answer.

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
        patience: resend.Patience | None = None,
        client_version: str | None = None,
    ) -> None:
        self.asked = api_versions.Asked.parse(api_version)
        self.patience = patience or resend.Patience()
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
            raise no_answer.explain(error) from error
        if not found:
            raise exceptions.ConnectionFailed(
                _(
                    'this cloud has no %(service)s endpoint, version '
                    '%(version)d, in its catalog (region %(region)s, '
                    'interface %(interface)s)'
                )
                % {
                    'service': self._adapter.service_type,
                    'version': self.asked.major,
                    'region': self._adapter.region_name or _('any'),
                    'interface': self._adapter.interface or 'public',
                },
                sent=False,
            )
        where = parse.urlsplit(found)
        self._adapter.session.session.mount(
            f'{where.scheme}://{where.netloc}/',
            connections.Adapter(
                pool_connections=1,
                pool_maxsize=POOL,
                **{
                    name: value
                    for name in ('tls_ciphers', 'tls_min_version')
                    if (value := getattr(self._adapter.session, name, None))
                },
            ),
        )
        return found.rstrip('/')

    def clock(self) -> datetime.datetime:
        """Return the time by the server's clock, as of its last answer."""
        return datetime.datetime.now(datetime.UTC) + self._clock_ahead

    def user_id(self) -> str | None:
        """Return the ID of the user whose token is used, if it is known.

        :raises exceptions.ClientException: if there is no token
        """
        try:
            return self._adapter.get_user_id()
        except ksa_exceptions.ClientException as error:
            raise no_answer.explain(error) from error

    def get(
        self, path: str, params: Mapping[str, Any] | None = None
    ) -> Answer:
        """Send a GET.

        :param path: below the endpoint, beginning with a slash, each part
            of it quoted
        :raises exceptions.ClientException: if there is no good answer
        """
        return self._send('GET', path, params=params)

    def post(self, path: str, body: Body, *, action: bool = False) -> Answer:
        """Send a POST.

        :param body: returns the JSON object for the API version in use
        :param action: whether it only sets what it says: carried out twice,
            it does no harm; an answer without content is a good one
        :raises exceptions.UnknownOutcome: if it may have been carried out
        :raises exceptions.ClientException: if it was not
        """
        return self._send('POST', path, body=body, action=action)

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
            found = self._newest_at_root() or self._newest_found()
        except ksa_exceptions.ClientException as error:
            raise no_answer.explain(error) from error
        if not found:
            return api_versions.MIN
        major, minor = found[:2]
        return api_versions.APIVersion(int(major), int(minor))

    def _newest_at_root(self) -> tuple[int | float, ...] | None:
        """Ask right where Cinder tells it, with the token it wants."""
        project = self._adapter.get_project_id()
        root = self.endpoint.removesuffix(f'/{project}')
        try:
            answer = self._request('GET', f'{root}/', {})
            document = faults.decode(answer)
            return api_versions.APIVersion.parse(_version_3(document))
        except exceptions.ClientException as error:
            LOG.debug('No versions at %s/: %s', root, error)
            return None

    def _newest_found(self) -> tuple[int | float, ...] | None:
        """Let keystoneauth try all the places where it may be told."""
        try:
            found = self._adapter.get_endpoint_data()
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            # What keystoneauth comes to at documents of another shape.
            LOG.debug('No versions: %s', error)
            return None
        return found.max_microversion if found else None

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Body | None = None,
        action: bool = False,
    ) -> Answer:
        url = self.endpoint + path
        once = method == 'POST' and not action
        begun = time.monotonic()
        tried = 0
        while True:
            self._hold_back()
            version = self.version
            tried += 1
            try:
                return self._once(method, url, params, body, version, action)
            except exceptions.NotAcceptable as error:
                if self.exact or not self._lower(version):
                    raise
                LOG.debug('%s; lowering it to %s', error, self.version)
            except (exceptions.HTTPError, exceptions.ConnectionFailed) as e:
                again, told = resend.again(once, e)
                pause = self.patience.pause(tried, told)
                if (
                    not again
                    or tried >= self.patience.tries
                    or pause > self.patience.longest
                    or time.monotonic() - begun + pause > self.patience.seconds
                ):
                    raise resend.final(once, e) from e
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
        action: bool,
    ) -> Answer:
        extra: dict[str, Any] = {}
        if body is not None:
            extra['json'] = body(version)
        if version.major > 2:
            extra['microversion'] = str(version)
        response = self._request(method, url, {**extra, 'params': params})
        for _n in range(REDIRECTS):
            target = headers.same_host(url, response)
            if target is None:
                break
            LOG.debug('redirected to %s', target)
            url = target
            response = self._request(method, url, extra)
        if not response.ok or response.status_code >= 300:
            raise faults.from_response(response)
        self._read_clock(response)
        return Answer(
            body=_content(response, action),
            request_id=faults.request_id_of(response),
        )

    def _request(
        self, method: str, url: str, options: Mapping[str, Any]
    ) -> requests.Response:
        try:
            return self._adapter.request(
                url,
                method,
                timeout=self._timeout,
                headers={'Accept': 'application/json'},
                redirect=False,
                **options,
            )
        except ksa_exceptions.ClientException as error:
            raise no_answer.explain(error) from error
        except ValueError as error:
            # requests reads the Location of a redirect, followed or not.
            raise exceptions.InvalidResponse(
                _('the server redirects to nowhere: %(error)s')
                % {'error': error}
            ) from error

    def _read_clock(self, response: requests.Response) -> None:
        date = headers.date(response.headers.get('Date'))
        if date is not None:
            self._clock_ahead = date - datetime.datetime.now(datetime.UTC)

    def _lower(self, refused: api_versions.APIVersion) -> bool:
        """Return whether there is a lower version to try than ``refused``."""
        return self.version < refused or self.negotiate() < refused

    def _hold_back(self) -> None:
        while (pause := self._not_before - time.monotonic()) > 0:
            time.sleep(pause)


def _version_3(document: Any) -> str:
    """Return the newest microversion that a list of versions tells of."""
    versions = document.get('versions') if isinstance(document, dict) else None
    for version in versions if isinstance(versions, list) else ():
        if isinstance(version, dict) and version.get('id') == 'v3.0':
            return str(version.get('version'))
    return ''


def _content(response: requests.Response, action: bool) -> dict[str, Any]:
    if action and not response.content:
        return {}
    document = faults.decode(response)
    if not isinstance(document, dict):
        raise exceptions.InvalidResponse(
            _('the server answered with JSON that is not an object'),
            status=response.status_code,
            request_id=faults.request_id_of(response),
        )
    return document
