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

"""What it means that a request got no answer.

A create whose answer is lost may have been carried out; one that was not
sent has not. Which of the two it is, is told by what lies below
keystoneauth's exceptions: those of requests, of urllib3, of the system.
"""

from __future__ import annotations

import ssl
from typing import Any
from urllib import parse

from keystoneauth1 import exceptions as ksa_exceptions
import requests
from urllib3 import exceptions as urllib3_exceptions

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions


def explain(
    error: ksa_exceptions.ClientException,
) -> exceptions.ClientException:
    """Return what a failure below HTTP, or of Keystone, means.

    :return: in its ``sent``, whether the server may have got the request
    """
    if isinstance(error, ksa_exceptions.Unauthorized):
        return exceptions.Unauthorized(
            _('Keystone refused: %(why)s') % {'why': error.message},
            status=error.http_status,
            request_id=error.request_id,
        )
    if isinstance(error, ksa_exceptions.HttpError):
        return exceptions.ConnectionFailed(
            _('Keystone gave no token: %(why)s (HTTP %(status)s)')
            % {'why': error.message, 'status': error.http_status},
            sent=False,
        )
    cause = error.__context__
    if not isinstance(cause, requests.exceptions.RequestException):
        return exceptions.ConnectionFailed(str(error), sent=False)
    words = _plain(cause)
    if isinstance(_innermost(cause), ssl.SSLCertVerificationError):
        return exceptions.UntrustedServer(words)
    if not _maybe_sent(cause) or _asks_for_token(cause):
        return exceptions.ConnectionFailed(words, sent=False)
    if _timed_out(cause):
        return exceptions.NoAnswer(words)
    return exceptions.ConnectionFailed(words, sent=True)


def _asks_for_token(cause: requests.exceptions.RequestException) -> bool:
    """Return whether it was Keystone that did not answer."""
    url = cause.request.url if cause.request is not None else None
    return parse.urlsplit(url or '').path.endswith('/auth/tokens')


def _maybe_sent(cause: requests.exceptions.RequestException) -> bool:
    """Return whether the server may have got the request."""
    if isinstance(
        cause,
        requests.exceptions.ConnectTimeout
        | requests.exceptions.ProxyError
        # The URL or a header is wrong: found before anything was sent.
        | ValueError,
    ):
        return False
    inner = cause.args[0] if cause.args else None
    reason = getattr(inner, 'reason', inner)
    return not isinstance(
        reason,
        urllib3_exceptions.NewConnectionError
        | urllib3_exceptions.ConnectTimeoutError,
    )


def _timed_out(cause: requests.exceptions.RequestException) -> bool:
    return isinstance(cause, requests.exceptions.Timeout) or isinstance(
        _innermost(cause), TimeoutError
    )


def _plain(cause: requests.exceptions.RequestException) -> str:
    """Return the failure without the names of Python objects."""
    where = _('the server')
    if cause.request is not None and cause.request.url:
        # Not what may stand before the host: a name and a password.
        where = parse.urlsplit(cause.request.url).netloc.rpartition('@')[2]
    innermost = _innermost(cause)
    if isinstance(innermost, ssl.SSLError) or isinstance(
        cause, requests.exceptions.SSLError
    ):
        return _('no trusted connection to %(where)s: %(why)s') % {
            'where': where,
            'why': _words(innermost),
        }
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return _('%(where)s cannot be reached: connecting to it timed out') % {
            'where': where
        }
    if _timed_out(cause):
        return _('%(where)s did not answer in time') % {'where': where}
    if _maybe_sent(cause):
        return _('%(where)s broke off the connection: %(why)s') % {
            'where': where,
            'why': _words(innermost),
        }
    return _('%(where)s cannot be reached: %(why)s') % {
        'where': where,
        'why': _words(innermost),
    }


def _innermost(cause: BaseException) -> BaseException:
    """Return the failure from below the wrappers."""
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
    return seen[-1]


def _words(error: BaseException) -> str:
    """Return the words of OpenSSL or the system, or what there is."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
