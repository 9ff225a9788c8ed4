# SPDX-License-Identifier: Apache-2.0

"""Retry policy for requests to Cinder.

======================================  ==========  ==========================
What came back                          GET         POST of a create
======================================  ==========  ==========================
no connection (refused, no such name)   retried     retried
connection lost, timeout                retried     lost
401, with a new token                   retried     retried
406, at the server's microversion       retried     retried
429; 413 with Retry-After               retried     retried
503 of Cinder itself, with Retry-After  retried     retried
503 of Cinder itself, without           retried     error
any other 500, 502, 503, 504            retried     lost
2xx that cannot be read                 error       lost
certificate not trusted                 error       error
everything else                         error       error
======================================  ==========  ==========================

A create that is lost may have been carried out: it ends in
:class:`~.UnknownOutcome`, and :mod:`.lost_responses` looks for it. A
connection records that it was established, see :mod:`.connections`; a
response counts as Cinder's if it has Cinder's envelope and request ID, see
:mod:`.errors`.

Retries are bounded by :class:`Patience`; a server that demands a longer
pause gets no further request, and the error says when to try again. During
such a pause, all threads that use the client hold back.

A POST that only sets what it says, such as a flag, is retried like a GET.
"""

from __future__ import annotations

import time
from typing import NamedTuple
import uuid

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport.connections import Attempt

#: the share of a pause by which threads may exceed it, each by its own part
JITTER = 0.25

_RETRIED = frozenset({500, 502, 503, 504})
#: statuses by which Cinder itself says that nothing was done
_NOT_DONE = frozenset({501, 503})
_STILL_WORKING = frozenset({504, 524})


class Once:
    """A POST that must not be carried out twice.

    :ivar request_id: our ID of it, which Cinder logs as the global one
    :ivar attempts: what is known of each request that was sent for it
    """

    def __init__(self) -> None:
        self.request_id = f'req-{uuid.uuid4()}'
        self.attempts: list[Attempt] = []

    @property
    def maybe_done(self) -> bool:
        """True if the server may have carried it out."""
        return any(attempt.maybe_done for attempt in self.attempts)


class Patience(NamedTuple):
    """Limits of the tries of one request.

    :param tries: how often it is sent at most
    :param seconds: the time after which it is not retried
    :param longest: the longest single pause, in seconds; a server that demands
        a longer one gets no further request
    """

    tries: int = 5
    seconds: float = 90.0
    longest: float = 60.0


class Tries:
    """The tries of one request that begins now.

    :param deadline: when they end, on the monotonic clock, if earlier
    """

    def __init__(self, patience: Patience, deadline: float | None) -> None:
        self._patience = patience
        self._tried = 0
        last = time.monotonic() + patience.seconds
        self._last = last if deadline is None else min(last, deadline)

    def pause(
        self, error: exceptions.ClientException, *, once: bool
    ) -> float | None:
        """Return the seconds to wait after a failed try, or None to give up.

        :param once: whether the request must not be carried out twice
        """
        self._tried += 1
        if error.retry_after is None:
            pause: float = min(0.5 * 2 ** (self._tried - 1), 8.0)
        else:
            pause = max(error.retry_after, 0.5)
        if (
            not may_retry(error, once=once)
            or self._tried >= self._patience.tries
            or pause > self._patience.longest
            or time.monotonic() + pause > self._last
        ):
            return None
        return pause


def may_retry(error: exceptions.ClientException, *, once: bool) -> bool:
    """Return whether a failed request may be retried.

    :param once: whether it must not be carried out twice
    """
    if isinstance(error, exceptions.ConnectionFailed):
        trusted = not isinstance(error, exceptions.UntrustedServer)
        return trusted and not (once and error.sent)
    if not isinstance(error, exceptions.HTTPError):
        return False
    asked_to = error.retry_after is not None
    if error.status == 429 or (error.status == 413 and error.retry_after):
        return True
    if once:
        return error.status == 503 and error.from_cinder and asked_to
    return error.status in _RETRIED


def is_lost(error: exceptions.ClientException) -> bool:
    """Return whether a create that failed so may have been carried out."""
    if isinstance(error, exceptions.ConnectionFailed):
        return error.sent
    if isinstance(error, exceptions.HTTPError):
        refused = error.from_cinder and error.status in _NOT_DONE
        return (error.status or 0) >= 500 and not refused
    return isinstance(error, exceptions.InvalidResponse)


def final(
    error: exceptions.ClientException, once: Once | None
) -> exceptions.ClientException:
    """Return the final error of a request.

    :return: the response's, or UnknownOutcome for a create that may have
        been carried out
    """
    if once is None or not is_lost(error):
        return error
    return exceptions.UnknownOutcome(
        error.message,
        status=error.status,
        request_id=error.request_id,
        global_request_id=once.request_id,
        pending=isinstance(error, exceptions.NoAnswer)
        or error.status in _STILL_WORKING,
        accepted=isinstance(error, exceptions.InvalidResponse),
    )
