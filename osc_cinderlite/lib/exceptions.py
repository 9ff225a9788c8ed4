# SPDX-License-Identifier: Apache-2.0

"""Exceptions of the library, one family.

Each derives from :class:`ClientException` and reads as one line that can be
shown to a person: terminal controls in it are escaped, line breaks folded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.resource import Resource
    from osc_cinderlite.lib.transport.versions import APIVersion

_LONGEST = 600


def printable(text: str) -> str:
    """Return ``text`` with everything a terminal would act upon escaped."""
    if text.isprintable():
        return text
    return ''.join(
        c if c.isprintable() else c.encode('unicode_escape').decode()
        for c in text
    )


def one_line(text: str) -> str:
    """Return ``text`` on one line of bounded length, safe for a terminal."""
    text = printable(' '.join(text[: 10 * _LONGEST].split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + '...'


class ClientException(Exception):
    """The base of all errors that this library raises.

    :ivar message: what happened, in Cinder's words where it said something
    :ivar status: the HTTP status of the answer (int), or None without one
    :ivar code: a stable word for the kind of error: the name of Cinder's
        fault (``badRequest``, ``overLimit``, ...) or one of this library
    :ivar request_id: Cinder's ID of the failed request, or None
    :ivar global_request_id: our ID of it, which Cinder logs, or None
    :ivar retry_after: seconds after which the server wants to be asked
        again, if it said so
    """

    code = 'error'
    global_request_id: str | None = None
    retry_after: float | None = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code or self.code
        self.request_id = request_id

    def __str__(self) -> str:
        facts = []
        if self.status is not None:
            facts.append(f'HTTP {self.status}')
        if self.request_id:
            facts.append(f'Request-ID: {self.request_id}')
        if self.global_request_id:
            facts.append(f'Global-Request-ID: {self.global_request_id}')
        message = self.message.rstrip('.') if facts else self.message
        return one_line(message + (f' ({", ".join(facts)})' if facts else ''))


class InvalidInput(ClientException):
    """A value that the server would refuse; nothing was sent."""

    code = 'invalidInput'


class InvalidValue(InvalidInput):
    """A field has such a value.

    :ivar field: the name of the field in the request body
    """

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(self.explain(field))

    def explain(self, name: str) -> str:
        """Return the message with the field under the name its user gave."""
        return f'{name}: {self.problem}'


class UnsupportedVersion(ClientException):
    """A field needs another API version than there is; nothing was created.

    :ivar field: the name of the field in the request body
    :ivar needs: the first version that has the field
    """

    code = 'unsupportedVersion'

    def __init__(
        self, field: str, needs: APIVersion, has: APIVersion, asked: bool
    ) -> None:
        self.field = field
        self.needs = needs
        self.has = has
        self.asked = asked
        super().__init__(self.explain(field))

    def explain(self, name: str) -> str:
        """Return the message with the field under the name its user gave."""
        if not self.asked:
            text = _(
                '%(name)s needs volume API version %(needs)s or later, '
                'and this cloud has at most %(has)s'
            )
        elif self.has.major < 3:
            text = _(
                '%(name)s needs volume API version %(needs)s or later, '
                'and version %(major)d was asked for'
            )
        else:
            text = _(
                '%(name)s needs volume API version %(needs)s or later, '
                'and %(has)s was asked for'
            )
        return text % {
            'name': name,
            'needs': self.needs,
            'has': self.has,
            'major': self.has.major,
        }


class ConnectionFailed(ClientException):
    """The request could not be sent, or a look-up got no answer.

    :ivar sent: whether the server may have seen the request
    """

    code = 'connectionFailed'

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class MissingEndpoint(ConnectionFailed):
    """The catalog has no endpoint of the service; nothing was sent.

    :ivar wrong: which of what was asked for the catalog does not have:
        ``project`` (the token has none), ``region_name``, ``interface``,
        ``service_name``, ``version``; None if none of them alone
    """

    code = 'missingEndpoint'

    def __init__(self, message: str, wrong: str | None = None) -> None:
        super().__init__(message, sent=False)
        self.wrong = wrong


class ProxyFailed(ConnectionFailed):
    """The proxy did not pass the request on; nothing was sent to Cinder."""

    code = 'proxyFailed'

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class NoAnswer(ConnectionFailed):
    """The server took too long to respond; it may still be working on it."""

    code = 'noAnswer'

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=True)


class UntrustedServer(ConnectionFailed):
    """The server could not prove who it is; nothing was sent to it."""

    code = 'untrustedServer'

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class InvalidResponse(ClientException):
    """The server's answer is not what the API promises."""

    code = 'invalidResponse'


class UnknownOutcome(ClientException):
    """A create may have been carried out, or not.

    :ivar pending: whether the server may still be working on it
    :ivar accepted: whether the server said that it accepted it
    """

    code = 'unknownOutcome'

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        global_request_id: str | None = None,
        pending: bool = False,
        accepted: bool = False,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.global_request_id = global_request_id
        self.pending = pending
        self.accepted = accepted


class CreatedTwice(UnknownOutcome):
    """A create was carried out twice, the first time late.

    :ivar resources: what was created
    """

    code = 'createdTwice'

    def __init__(
        self, kind: str, name: str, resources: list[Resource]
    ) -> None:
        self.resources = resources
        super().__init__(
            _(
                "%(kind)s '%(name)s' was created twice, as the first request "
                'was carried out late: %(ids)s; delete one of them'
            )
            % {
                'kind': kind,
                'name': name,
                'ids': _(' and ').join(one.id for one in resources),
            }
        )


class ResourceNotFound(ClientException):
    """No resource has the name or ID."""

    code = 'notFound'


class MultipleMatches(ClientException):
    """Several resources have the name.

    :ivar candidates: all of them
    """

    code = 'multipleMatches'

    def __init__(
        self, kind: str, name: str, candidates: Iterable[Resource]
    ) -> None:
        self.candidates = list(candidates)
        super().__init__(
            _(
                "More than one %(kind)s is named '%(name)s': %(listed)s. "
                'Use an ID instead.'
            )
            % {'kind': kind, 'name': name, 'listed': listed(self.candidates)}
        )

    def __str__(self) -> str:
        return printable(self.message)


def listed(resources: Iterable[Resource]) -> str:
    """Return resources with what tells them apart, for a message."""
    return '; '.join(_candidate(found) for found in resources)


def _candidate(found: Resource) -> str:
    facts = [found.status or _('status unknown')]
    if found.size is not None:
        facts.append(f'{found.size} GiB')
    if made := found.get('created_at'):
        facts.append(_('created %(when)s') % {'when': made})
    else:
        facts.append(_('created at an unknown time'))
    return f'{found.id} ({", ".join(facts)})'


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
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, request_id=request_id)
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
    """HTTP 413: a quota is used up."""


class TooManyRequests(HTTPError):
    """HTTP 429."""


class ServerError(HTTPError):
    """HTTP 5xx."""
