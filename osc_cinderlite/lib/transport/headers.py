# SPDX-License-Identifier: Apache-2.0

"""Headers of answers that say when, or where."""

from __future__ import annotations

import datetime
import email.utils
from urllib import parse

import requests

_REDIRECTED = frozenset({301, 302, 307, 308})


def retry_after(response: requests.Response) -> float | None:
    """Return ``Retry-After`` in seconds from now, if it can be read."""
    text = response.headers.get('Retry-After')
    if text is None:
        return None
    try:
        return max(0.0, float(int(text)))
    except (ValueError, OverflowError):
        pass
    until = date(text)
    if until is None:
        return None
    now = date(response.headers.get('Date'))
    now = now or datetime.datetime.now(datetime.UTC)
    return max(0.0, (until - now).total_seconds())


def date(text: str | None) -> datetime.datetime | None:
    """Read a date as HTTP writes it; None if it is none."""
    try:
        when = email.utils.parsedate_to_datetime(text or '')
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)


def same_origin(url: str, response: requests.Response) -> str | None:
    """Return where a redirect leads, if the token may go there too.

    That is the same scheme, host and port, or https on the same host.
    """
    location = response.headers.get('Location')
    if response.status_code not in _REDIRECTED or not location:
        return None
    try:
        old = parse.urlsplit(url)
        new = parse.urlsplit(parse.urljoin(url, location))
        same = _origin(new) == _origin(old)
    except ValueError:
        return None
    safer = (old.scheme, new.scheme) == ('http', 'https')
    if not same and not (safer and new.hostname == old.hostname):
        return None
    return new._replace(netloc=new.netloc.rpartition('@')[2]).geturl()


def _origin(url: parse.SplitResult) -> tuple[str, str | None, int | None]:
    default = {'http': 80, 'https': 443}.get(url.scheme)
    return url.scheme, url.hostname, url.port or default
