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

"""Which requests are sent again, decided once.

====================================  ==========  ============================
what came back                        GET         POST
====================================  ==========  ============================
refused, name not resolved            again       again
dropped connection, time-out          again       never: it may be carried out
401, with a new token                 once again  once again
406, at the server's microversion     again       again
429, 503 with Retry-After             again       again
redirect to the same host             followed    followed, a few times
500, 502, 503, 504                    again       never
certificate not trusted               never       never
everything else                       error       error
====================================  ==========  ============================

"Again" is bounded by :class:`Patience`; a server that asks for more time than
that gets no further request, and the error says when it wants one. While a
server asks for time, all threads that use the client hold back.

A POST that may have been carried out ends in :class:`~.UnknownOutcome`: after
a dropped connection, a time-out, 500, 502, 504, and what else a proxy answers
from 505 on. What is known not to have been sent is no such POST: a connection
that was not made (see :mod:`.connections`), a token that Keystone did not
renew. :mod:`.reconcile` then asks the server what became of a create.

A POST that only sets what it says, such as a flag, is sent again like a GET.
"""

from __future__ import annotations

from typing import NamedTuple

from osc_cinderlite.lib import exceptions

_AGAIN_GET = frozenset({429, 500, 502, 503, 504})
_AGAIN_POST = frozenset({429})
_NOT_DONE = frozenset({501, 503})
_STILL_AT_IT = frozenset({504, 524})
_AGAIN_POST_IF_TOLD = frozenset({503})


class Patience(NamedTuple):
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


def again(
    once: bool, error: exceptions.ClientException
) -> tuple[bool, float | None]:
    """Return whether to send again, and the pause the server asked for.

    :param once: whether it must not be carried out twice
    """
    if isinstance(error, exceptions.UntrustedServer):
        return False, None
    if isinstance(error, exceptions.ConnectionFailed):
        return not (once and error.sent), None
    assert isinstance(error, exceptions.HTTPError)
    told = error.retry_after
    if not once:
        return error.status in _AGAIN_GET, told
    return (
        error.status in _AGAIN_POST
        or (error.status in _AGAIN_POST_IF_TOLD and told is not None),
        told,
    )


def final(
    once: bool, error: exceptions.ClientException
) -> exceptions.ClientException:
    """Return ``error``, or that nobody knows whether a POST was done."""
    lost = (
        error.sent
        if isinstance(error, exceptions.ConnectionFailed)
        else (error.status or 0) >= 500 and error.status not in _NOT_DONE
    )
    if not once or not lost:
        return error
    return exceptions.UnknownOutcome(
        error.message,
        status=error.status,
        request_id=error.request_id,
        pending=isinstance(error, exceptions.NoAnswer)
        or error.status in _STILL_AT_IT,
    )
