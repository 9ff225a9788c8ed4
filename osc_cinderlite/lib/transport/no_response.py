# SPDX-License-Identifier: Apache-2.0

"""Errors of requests that got no response.

Whether the request may have been sent is a fact that the connection has
recorded. The exceptions below keystoneauth's, those of requests, of urllib3,
of the system, give only the words.
"""

from __future__ import annotations

import http.client
import ssl
from urllib import parse

from keystoneauth1 import exceptions as ksa_exceptions
import requests
from urllib3 import exceptions as urllib3_exceptions

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport.connections import Attempt

#: what keystoneauth and the libraries below it raise where a request fails
FAILURES = (
    ksa_exceptions.ClientException,
    requests.exceptions.RequestException,
    urllib3_exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


def explain(
    error: BaseException, attempt: Attempt
) -> exceptions.ConnectionFailed:
    """Return the error of a request to Cinder that got no response.

    :param attempt: what the connection recorded
    """
    cause = _below_keystoneauth(error)
    innermost = _innermost(cause)
    words = _words(cause, innermost, attempt)
    if not attempt.maybe_sent:
        return _not_connected(innermost, words, attempt)
    if _timed_out(cause, innermost):
        return exceptions.NoAnswer(words)
    return exceptions.ConnectionFailed(words, sent=True)


def explain_keystone(
    error: BaseException, attempt: Attempt
) -> exceptions.ClientException:
    """Return the error of a token, or an endpoint, that is not to be had.

    Nothing was sent to Cinder.
    """
    if isinstance(error, ksa_exceptions.Unauthorized):
        return exceptions.Unauthorized(
            f'Keystone refused: {error.message}',
            status=error.http_status,
            request_id=error.request_id,
        )
    if isinstance(error, ksa_exceptions.HttpError):
        return exceptions.ConnectionFailed(
            f'Keystone gave no token: {error.message} '
            f'(HTTP {error.http_status})'
        )
    cause = _below_keystoneauth(error)
    if isinstance(cause, requests.exceptions.RequestException):
        innermost = _innermost(cause)
        words = _words(cause, innermost, attempt)
        return _not_connected(innermost, words, attempt)
    if isinstance(cause, ksa_exceptions.ClientException) and not isinstance(
        cause, ksa_exceptions.CatalogException
    ):
        return exceptions.ConnectionFailed(str(error))
    # Also of keystoneauth, for a catalog that has the service under two names.
    return exceptions.MissingEndpoint(str(error))


def _not_connected(
    innermost: BaseException, words: str, attempt: Attempt
) -> exceptions.ConnectionFailed:
    if isinstance(innermost, ssl.SSLCertVerificationError):
        return exceptions.UntrustedServer(words)
    if not attempt.maybe_sent and attempt.proxy is not None:
        return exceptions.ProxyFailed(words)
    return exceptions.ConnectionFailed(words)


def proxy_refused(
    attempt: Attempt, response: requests.Response
) -> exceptions.ProxyFailed:
    """Return the error of a proxy that wants credentials."""
    proxy = attempt.proxy or 'in between'
    why = response.reason or 'no reason given'
    return exceptions.ProxyFailed(
        f'the proxy {proxy} refused the request: {why} (HTTP 407)'
    )


def _below_keystoneauth(error: BaseException) -> BaseException:
    if isinstance(error, ksa_exceptions.ClientException):
        return error.__context__ or error
    return error


def _timed_out(cause: BaseException, innermost: BaseException) -> bool:
    return isinstance(cause, requests.exceptions.Timeout) or isinstance(
        innermost, TimeoutError
    )


def _words(
    cause: BaseException, innermost: BaseException, attempt: Attempt
) -> str:
    """Return the failure without the names of Python objects."""
    request = getattr(cause, 'request', None)
    url = getattr(request, 'url', None) or ''
    # Not what may be before the host: a name and a password.
    where = parse.urlsplit(url).netloc.rpartition('@')[2] or 'the server'
    late = _timed_out(cause, innermost)
    why = 'connecting to it timed out' if late else _of_system(innermost)
    if isinstance(innermost, ssl.SSLError) or isinstance(
        cause, requests.exceptions.SSLError
    ):
        return f'no trusted connection to {where}: {why}'
    if attempt.maybe_sent and late:
        return f'{where} did not respond in time'
    if attempt.maybe_sent:
        return f'{where} broke off the connection: {why}'
    if attempt.proxy is not None:
        return (
            f'{where} cannot be reached through the proxy {attempt.proxy}: '
            f'{why}'
        )
    return f'{where} cannot be reached: {why}'


def _innermost(cause: BaseException) -> BaseException:
    """Return the failure from below the wrappers."""
    seen: list[BaseException] = []
    while cause not in seen:
        seen.append(cause)
        for below in (
            getattr(cause, 'reason', None),
            *cause.args,
            cause.__cause__ or cause.__context__,
        ):
            if isinstance(below, BaseException):
                cause = below
                break
    return seen[-1]


def _of_system(error: BaseException) -> str:
    """Return the words of OpenSSL or the system, or what there is."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
