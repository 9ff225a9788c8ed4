# SPDX-License-Identifier: Apache-2.0

"""Exceptions of the library, one family.

Each derives from :class:`ClientException` and reads as one line that can be
shown to a person: terminal controls in it are escaped, line breaks folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.text import one_line, printable


class ClientException(Exception):
    """The base of all errors that this library raises.

    :ivar message: what happened, in Cinder's words where it said something
    :ivar status: the HTTP status of the response (int), or None without one
    :ivar code: a stable word for the kind of error: the name of Cinder's
        fault (``badRequest``, ``overLimit``, ...) or one of this library
    :ivar request_id: Cinder's ID of the failed request, or None
    :ivar global_request_id: our ID of it, which Cinder logs, or None
    :ivar retry_after: seconds to wait before a retry, if the server said so
    """

    code = 'error'
    retry_after: float | None = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        global_request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code or self.code
        self.request_id = request_id
        self.global_request_id = global_request_id

    def __str__(self) -> str:
        facts = {
            'HTTP ': self.status,
            'Request-ID: ': self.request_id,
            'Global-Request-ID: ': self.global_request_id,
        }
        known = ', '.join(f'{k}{v}' for k, v in facts.items() if v)
        if not known:
            return one_line(self.message)
        return one_line(f'{self.message.rstrip(".")} ({known})')


class InvalidInput(ClientException):
    """A value that the server would refuse; nothing was sent."""

    code = 'invalidInput'


class FieldError(ClientException):
    """An error of one field.

    :ivar field: the name of the field in the library
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f'{field}{problem}')
        self.field = field
        self.problem = problem

    def explain(self, name: str) -> str:
        """Return the message with the field under the name its user gave."""
        return f'{name}{self.problem}'


class InvalidValue(FieldError, InvalidInput):
    """A field has a value that the server would refuse."""


class UnsupportedVersion(FieldError):
    """A field needs another API version than there is; nothing was created.

    :ivar needs: the first :class:`.APIVersion` that has the field
    :ivar has: the version in use
    """

    code = 'unsupportedVersion'

    def __init__(
        self,
        field: str,
        problem: str,
        needs: tuple[int, int],
        has: tuple[int, int],
    ) -> None:
        super().__init__(field, problem)
        self.needs = needs
        self.has = has


class ConnectionFailed(ClientException):
    """A request that got no response.

    :ivar sent: whether the server may have received it
    """

    code = 'connectionFailed'
    sent: bool = False

    def __init__(self, message: str, *, sent: bool | None = None) -> None:
        super().__init__(message)
        self.sent = self.sent if sent is None else sent


class MissingEndpoint(ConnectionFailed):
    """The catalog has no endpoint of the service; nothing was sent.

    :ivar wrong: what was requested and is not in the catalog: ``project``
        (the token has none), ``region_name``, ``interface``,
        ``service_name``, ``version``; None if no single one of them
    """

    code = 'missingEndpoint'

    def __init__(self, message: str, wrong: str | None = None) -> None:
        super().__init__(message)
        self.wrong = wrong


class ProxyFailed(ConnectionFailed):
    """The proxy did not pass the request on; nothing was sent to Cinder."""

    code = 'proxyFailed'


class NoAnswer(ConnectionFailed):
    """The server took too long to respond; it may still be working on it."""

    code = 'noAnswer'
    sent = True


class UntrustedServer(ConnectionFailed):
    """The server could not prove who it is; nothing was sent to it."""

    code = 'untrustedServer'


class InvalidResponse(ClientException):
    """The server's response is not what the API promises."""

    code = 'invalidResponse'


class UnknownOutcome(ClientException):
    """A create may have been carried out, or not.

    :ivar name: the name that the new resource was to have, or None
    :ivar pending: whether the server may still be working on it
    :ivar accepted: whether the server said that it accepted it
    """

    code = 'unknownOutcome'

    def __init__(
        self,
        message: str,
        *,
        name: str | None = None,
        pending: bool = False,
        accepted: bool = False,
        **facts: Any,
    ) -> None:
        super().__init__(message, **facts)
        self.name = name
        self.pending = pending
        self.accepted = accepted


class CreatedTwice(UnknownOutcome):
    """A create was carried out twice, the first time late.

    :ivar resources: what was created
    """

    code = 'createdTwice'

    def __init__(self, message: str, resources: list[Resource]) -> None:
        super().__init__(message)
        self.resources = resources


class ResourceNotFound(ClientException):
    """No resource has the name or ID."""

    code = 'notFound'


class MultipleMatches(ClientException):
    """Several resources have the name.

    :ivar candidates: all of them
    """

    code = 'multipleMatches'

    def __init__(self, message: str, candidates: Sequence[Resource]) -> None:
        super().__init__(message)
        self.candidates = list(candidates)

    def __str__(self) -> str:
        return printable(self.message)


class WaitTimeout(ClientException):
    """The resource had not reached its end when the time was over.

    :ivar resource: the resource as last seen
    """

    code = 'waitTimeout'

    def __init__(self, message: str, resource: Resource) -> None:
        super().__init__(message)
        self.resource = resource


class ResourceFailed(ClientException):
    """The resource ended in an error or disappeared.

    :ivar resource: the resource as last seen
    :ivar reason: why, in Cinder's words, or None where it recorded nothing
    """

    code = 'resourceFailed'

    def __init__(
        self,
        message: str,
        resource: Resource,
        *,
        reason: str | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message, **facts)
        self.resource = resource
        self.reason = reason


class HTTPError(ClientException):
    """A response that says no.

    :ivar from_cinder: whether it is Cinder's own: with its envelope and its
        request ID
    """

    from_cinder = False


class BadRequest(HTTPError):
    """HTTP 400."""


class Unauthorized(HTTPError):
    """HTTP 401."""


class Forbidden(HTTPError):
    """HTTP 403."""


class NotFound(HTTPError):
    """HTTP 404."""


class NotAcceptable(HTTPError):
    """HTTP 406: the server does not have the microversion."""


class Conflict(HTTPError):
    """HTTP 409."""


class OverLimit(HTTPError):
    """HTTP 413: a quota is exceeded."""


class TooManyRequests(HTTPError):
    """HTTP 429."""


class ServerError(HTTPError):
    """HTTP 5xx."""
