# SPDX-License-Identifier: Apache-2.0

"""Tokens for many threads, each renewed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import contextlib
import threading
import time

from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import session as ksa_session

Headers = Mapping[str, str]


class Tokens:
    """The headers that authenticate the requests of a session.

    keystoneauth renews a token for each thread that asks, one after the
    other, and a thread that finds the token renewed by another one gives up.
    Here one thread renews for all, and those that waited for it share its
    failure.

    :param session: a keystoneauth1 session
    """

    def __init__(self, session: ksa_session.Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._failure: ksa_exceptions.ClientException | None = None
        self._failed_at = 0.0

    def headers(self) -> Headers:
        """Return the headers of the newest token.

        :raises keystoneauth1.exceptions.ClientException: if there is no token
        """
        with self._one_for_all():
            return self._newest()

    def renewed(self, refused: Headers) -> Headers | None:
        """Return the headers of a newer token, or None if there is none.

        :param refused: headers that the service no longer accepts; if they
            are still the newest, the token is renewed
        :raises keystoneauth1.exceptions.ClientException: if there is no token
        """
        with self._one_for_all():
            headers = self._newest()
            if headers != refused:
                return headers
            return self._newest() if self._session.invalidate() else None

    @contextlib.contextmanager
    def _one_for_all(self) -> Iterator[None]:
        asked_at = time.monotonic()
        with self._lock:
            if self._failure is not None and self._failed_at >= asked_at:
                raise self._failure
            try:
                yield
            except ksa_exceptions.ClientException as error:
                self._failure, self._failed_at = error, time.monotonic()
                raise

    def _newest(self) -> Headers:
        headers = self._session.get_auth_headers()
        if headers is None:
            raise ksa_exceptions.AuthorizationFailure(
                'no valid authentication is available'
            )
        return headers
