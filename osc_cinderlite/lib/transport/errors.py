# SPDX-License-Identifier: Apache-2.0

"""Errors from responses other than success."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
import json
import re
from typing import Any
from urllib import parse

import requests

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import headers

_BY_STATUS: dict[int, type[exceptions.HTTPError]] = {
    400: exceptions.BadRequest,
    401: exceptions.Unauthorized,
    403: exceptions.Forbidden,
    404: exceptions.NotFound,
    406: exceptions.NotAcceptable,
    409: exceptions.Conflict,
    413: exceptions.OverLimit,
    429: exceptions.TooManyRequests,
}


def request_id_of(response: requests.Response) -> str | None:
    """Return the ID that Cinder, or a layer before it, gave the request."""
    return response.headers.get(
        'x-openstack-request-id'
    ) or response.headers.get('x-compute-request-id')


def decode(response: requests.Response) -> Any:
    """Return the JSON document of a response.

    :raises exceptions.InvalidResponse: if it is none
    """
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        what = response.headers.get('Content-Type', 'no content type')
        raise exceptions.InvalidResponse(
            f'the server responded with {len(response.content)} bytes '
            f'({what}) that are not JSON',
            status=response.status_code,
            request_id=request_id_of(response),
        ) from None


def from_response(
    response: requests.Response, mask: Callable[[str], str] = str
) -> exceptions.HTTPError:
    """Return the error of a response other than success.

    Cinder's envelope is ``{"<fault name>": {"code": N, "message": "..."}}``;
    proxies and middleware in front of it send HTML, text or nothing.

    :param mask: removes secrets from a text
    """
    status = response.status_code
    kind = _BY_STATUS.get(
        status,
        exceptions.ServerError if status >= 500 else exceptions.HTTPError,
    )
    code, message = _fault(response)
    error = kind(
        mask(message),
        status=status,
        code=code,
        request_id=request_id_of(response),
    )
    error.from_cinder = code is not None and error.request_id is not None
    error.retry_after = headers.retry_after(response)
    return error


def _fault(response: requests.Response) -> tuple[str | None, str]:
    """Return the name of Cinder's fault, if it is one, and the message."""
    reason = response.reason or 'no reason given'
    plain = f'the server responded "{reason}"'
    if 300 <= response.status_code < 400:
        where = _without_secrets(response.headers.get('Location'))
        return 'redirect', f'the server redirects to {where or "nowhere"}'
    try:
        document = decode(response)
    except exceptions.InvalidResponse:
        return None, _from_text(response.content) or plain
    if isinstance(document, dict):
        for name, fault in document.items():
            if isinstance(fault, dict) and fault.get('message'):
                return str(name), str(fault['message'])
        if isinstance(document.get('message'), str):
            # The form of webob, with markup in its text.
            return None, _without_markup(document['message']) or plain
    return None, plain


def _without_secrets(url: str | None) -> str:
    """Return a URL without user, password and query."""
    try:
        parts = parse.urlsplit(url or '')
    except ValueError:
        return ''
    host = parts.netloc.rpartition('@')[2]
    return parts._replace(netloc=host, query='', fragment='').geturl()


def _from_text(content: bytes) -> str:
    """Return what a page or a plain text has to say, without its markup."""
    text = content[:20000].decode(errors='replace')
    title = re.search(r'<title[^>]*>(.*?)</title>', text, re.I | re.S)
    if title:
        return unescape(title[1]).strip()
    return _without_markup(text)


def _without_markup(text: str) -> str:
    if '<' in text:
        text = unescape(re.sub(r'<[^>]*>', ' ', text))
    return text.strip()
