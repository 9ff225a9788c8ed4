# SPDX-License-Identifier: Apache-2.0

"""Headers of responses: dates, and the targets of redirects."""

from __future__ import annotations

import datetime
import email.utils
from urllib import parse

import requests

#: a clock that differs by more is no clock
_MOST_AHEAD = datetime.timedelta(days=366)

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


class ServerClock:
    """The clock of a server, as its responses show it."""

    def __init__(self) -> None:
        self._ahead: datetime.timedelta | None = None

    def read(self, response: requests.Response) -> None:
        """Set the clock by the date of a response, if it has one."""
        shown = date(response.headers.get('Date'))
        if shown is not None:
            ahead = shown - datetime.datetime.now(datetime.UTC)
            self._ahead = ahead if abs(ahead) < _MOST_AHEAD else None

    def now(self) -> datetime.datetime | None:
        """Return the server's time, as of its last response."""
        if self._ahead is None:
            return None
        return datetime.datetime.now(datetime.UTC) + self._ahead


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
