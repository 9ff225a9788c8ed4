# SPDX-License-Identifier: Apache-2.0

"""Requests to Cinder, from the first try to the final response.

A request takes this way; :mod:`.retry` decides on sending it again::

    get, create -> _send -> Wire.exchange -> keystoneauth's Adapter.request
                    ^  |
                    |  +- a lower version (406), a redirect: at once
                    +---- what may be retried: after a pause

Each response, Keystone's too, has to begin, and to go on, within the timeout,
and to be complete within :data:`.connections.COMPLETE` times as much.

keystoneauth would follow redirects, with the token, to any host. Here they
are followed to the same origin, or from http to https on the same host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import logging
import random
import time
from typing import Any, NamedTuple, TypeVar

from keystoneauth1 import session as ksa_session
import requests

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import (
    errors,
    headers,
    negotiation,
    retry,
    versions,
)
from osc_cinderlite.lib.transport.wire import READ_TIMEOUT, Body, Call, Wire

LOG = logging.getLogger(__name__)

T = TypeVar('T')

#: redirects followed for one request
REDIRECTS = 3


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
    :param api_version: ``1``, ``2``, ``3`` (the highest microversion that both
        sides know) or ``3.N`` (exactly that one)
    :param timeout: seconds to wait for the next bytes of a response
    :param patience: how long a request is retried
    :param options: ``service_type``, ``service_name``, ``interface``,
        ``region_name``, ``endpoint_override``, ``client_version``: see
        :class:`keystoneauth1.adapter.Adapter`
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
        timeout: float = READ_TIMEOUT,
        patience: retry.Patience | None = None,
        **options: Any,
    ) -> None:
        self.asked = versions.Asked.parse(api_version)
        self.patience = patience or retry.Patience()
        self.on_retry: Callable[[str, float], None] | None = None
        self._not_before = 0.0
        self.server_clock = headers.ServerClock()
        self.wire = Wire(
            session,
            major=self.asked.major,
            timeout=timeout,
            service_type=service_type or self.asked.service_type,
            **options,
        )
        self._negotiation = negotiation.Negotiation(self.wire, self.asked)

    @property
    def version(self) -> versions.APIVersion:
        """The version of the next request, as far as it is known."""
        return self._negotiation.version

    @property
    def exact(self) -> bool:
        """True if the user requested exactly this version."""
        return self.asked.exact is not None

    @property
    def endpoint(self) -> str:
        """The URL that paths are relative to, without a final slash.

        :raises exceptions.ConnectionFailed: if there is none
        """
        return self.wire.endpoint

    def user_id(self) -> str | None:
        """Return the ID of the user whose token is used, if it is known.

        :raises exceptions.ClientException: if there is no token
        """
        return self.wire.user_id()

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        deadline: float | None = None,
    ) -> Answer:
        """Send a GET.

        :param path: below the endpoint, from its slash on, in quoted parts
        :param deadline: when, on the monotonic clock, the caller loses
            interest: the request gets only a few seconds more
        :raises exceptions.ClientException: if there is no good response
        """
        return self._send('GET', path, self._answer, None, params, deadline)

    def post(self, path: str, body: Body, *, action: bool = False) -> Answer:
        """Send a POST.

        :param body: returns the JSON object for the API version in use
        :param action: whether it only sets what it says: carried out twice,
            it does no harm, and its response may be empty
        :raises exceptions.UnknownOutcome: if it may have been carried out
        :raises exceptions.ClientException: if it was not
        """
        if action:
            return self._send('POST', path, self._answer_of_action, body)
        return self._send('POST', path, self._answer, body, once=retry.Once())

    def create(
        self,
        path: str,
        body: Body,
        once: retry.Once,
        read: Callable[[Answer], T],
    ) -> T:
        """Send a POST that must not be carried out twice.

        :param once: records what becomes of it
        :param read: returns what is wanted of the response; if it raises
            InvalidResponse, the response is lost
        :raises: as :meth:`post`
        """
        return self._send(
            'POST', path, lambda r: read(self._answer(r)), body, once=once
        )

    def delete(self, path: str) -> None:
        """Send a DELETE; what is gone already is deleted.

        :raises exceptions.ClientException: if it was refused, or lost
        """
        self._send('DELETE', path, lambda response: None)

    def negotiate(self) -> versions.APIVersion:
        """Settle on the highest common version, by one request, once.

        :raises exceptions.ClientException: if the server does not tell
        """
        return self._negotiation.settle()

    def _send(
        self,
        method: str,
        path: str,
        read: Callable[[requests.Response], T],
        body: Body | None = None,
        params: Mapping[str, Any] | None = None,
        deadline: float | None = None,
        once: retry.Once | None = None,
    ) -> T:
        """Send a request until there is a final response.

        :param read: returns what is wanted of a good one
        """
        url = self.endpoint + path
        tries = retry.Tries(self.patience, deadline)
        while True:
            self._hold_back()
            call = Call(
                method, url, self.version, params, body, once, deadline
            )
            try:
                response = self.wire.exchange(call)
                while self._is_to_be_sent_again(call, response):
                    response = self.wire.exchange(call)
                if not 200 <= response.status_code < 300:
                    raise errors.from_response(response, self.wire.mask)
                return read(response)
            except exceptions.ClientException as error:
                if not retry.is_lost(error):
                    call.refused()
                pause = tries.pause(error, once=once is not None)
                if pause is None:
                    raise retry.final(error, once) from error
                self._pause(error, pause)

    def _is_to_be_sent_again(
        self, call: Call, response: requests.Response
    ) -> bool:
        """Change a request as the response wants it; return whether it did."""
        if response.status_code == 406:
            is_changed = self._lower(call, response)
        else:
            is_changed = self._redirect(call, response)
        if is_changed:
            call.refused()
        return is_changed

    def _redirect(self, call: Call, response: requests.Response) -> bool:
        target = headers.same_origin(call.url, response)
        if target is None or call.redirects == REDIRECTS:
            return False
        call.redirects += 1
        call.url, call.params = target, None
        return True

    def _lower(self, call: Call, response: requests.Response) -> bool:
        message = errors.from_response(response, self.wire.mask).message
        lower = self._negotiation.lower(call.version, message)
        if lower is None:
            return False
        LOG.debug('%s; lowering it to %s', message, lower)
        call.version = lower
        return True

    def _pause(self, error: exceptions.ClientException, pause: float) -> None:
        LOG.debug('%s; retrying in %.1f s', error, pause)
        if self.on_retry is not None:
            self.on_retry(str(error), pause)
        if error.retry_after is None:
            time.sleep(pause)
        else:
            self._not_before = max(self._not_before, time.monotonic() + pause)

    def _hold_back(self) -> None:
        """Wait as long as the server has demanded, and a little longer.

        Without that, all threads would send at the same instant.
        """
        pause = self._not_before - time.monotonic()
        if pause > 0:
            time.sleep(pause + random.uniform(0, retry.JITTER * pause))

    def _answer(self, response: requests.Response) -> Answer:
        """Return what a good response says.

        :raises exceptions.InvalidResponse: if it is not a JSON object
        """
        self.server_clock.read(response)
        request_id = errors.request_id_of(response)
        document = errors.decode(response)
        if not isinstance(document, dict):
            raise exceptions.InvalidResponse(
                'the server responded with JSON that is not an object',
                status=response.status_code,
                request_id=request_id,
            )
        return Answer(document, request_id)

    def _answer_of_action(self, response: requests.Response) -> Answer:
        if response.content:
            return self._answer(response)
        return Answer({}, errors.request_id_of(response))
