# SPDX-License-Identifier: Apache-2.0

"""Reasons of failures, as Cinder recorded them.

Cinder keeps user messages from API version 3.3 on; from 3.5 on it filters
them. A backup also has a ``fail_reason`` of its own. For some failures
nothing is recorded at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
import logging
from typing import Any

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource, timestamp
from osc_cinderlite.lib.transport import versions
from osc_cinderlite.lib.transport.http import HTTPClient

LOG = logging.getLogger(__name__)

_FIRST = versions.APIVersion(3, 3)
_FILTERS = versions.APIVersion(3, 5)

Message = Mapping[str, Any]


class MessageManager:
    """Cinder's user messages."""

    def __init__(self, http: HTTPClient) -> None:
        self.http = http

    def about(self, **wanted: str) -> list[Message]:
        """Return the messages whose fields have the wanted values.

        The newest come first. Before version 3.3 there are none.

        :param wanted: such as ``resource_uuid`` or ``request_id``
        """
        if self.http.version < _FIRST:
            return []
        params = None
        if self.http.version >= _FILTERS:
            params = {**wanted, 'sort': 'created_at:desc'}
        found = self.http.get('/messages', params).body.get('messages')
        matching: list[Message] = [
            message
            for message in (found if isinstance(found, list) else [])
            if isinstance(message, dict)
            and all(message.get(k) == v for k, v in wanted.items())
        ]
        matching.sort(key=lambda m: str(m.get('created_at')), reverse=True)
        return matching

    def warning(self, resource_id: str, since: Any = None) -> str | None:
        """Return the newest warning about a resource, or None.

        :param since: Cinder's time stamp before which warnings do not count
        """
        try:
            messages = self.about(resource_uuid=resource_id)
        except exceptions.ClientException as error:
            LOG.debug('no messages: %s', error)
            return None
        recent = (one for one in messages if not _older(one, since))
        return _first('WARNING', recent)

    def failure(
        self,
        kind: str,
        resource: Resource,
        *,
        request_id: str | None = None,
        source_id: str | None = None,
        gone: bool = False,
    ) -> exceptions.ResourceFailed:
        """Return the error that explains why a resource failed.

        That the reason cannot be had never hides the failure.

        :param kind: the resource's name for people
        :param request_id: Cinder's ID of the create, if known
        :param source_id: the UUID of what it was made from, if that may
            have failed instead of it
        :param gone: whether it has vanished
        """
        state = 'is gone' if gone else f'is in status {resource.status}'
        reason = resource.get('fail_reason') or None
        unread = None
        if reason is None:
            try:
                about = self._all_about(resource, request_id, source_id)
                reason = _first('ERROR', about)
            except exceptions.ClientException as error:
                unread = error
        if reason:
            why = f': {reason}'
        elif gone:
            why = '; it was deleted'
        elif unread is not None:
            why = f': its messages could not be read ({unread})'
        else:
            why = f'; {self._no_reason()}'
        return exceptions.ResourceFailed(
            f'{kind} {resource.id} {state}{why}',
            resource,
            reason=reason,
            request_id=request_id,
        )

    def _no_reason(self) -> str:
        version = self.http.version
        said = (
            f'API version {version} has no messages ({_FIRST} and later do)'
            if version < _FIRST
            else 'Cinder recorded no reason'
        )
        return (
            f"{said}; the cloud's operator can look for the request in the "
            'logs'
        )

    def _all_about(
        self,
        resource: Resource,
        request_id: str | None,
        source_id: str | None,
    ) -> Iterator[Message]:
        yield from self.about(resource_uuid=resource.id)
        if request_id:
            yield from self.about(request_id=request_id)
        if source_id:
            for message in self.about(resource_uuid=source_id):
                if not _older(message, resource.get('created_at')):
                    yield message


def _older(message: Message, since: Any) -> bool:
    made, limit = timestamp(message.get('created_at')), timestamp(since)
    return made is not None and limit is not None and made < limit


def _first(level: str, messages: Iterable[Message]) -> str | None:
    """Return the text of the first message of a level, or None."""
    for message in messages:
        if message.get('message_level', 'ERROR') == level:
            return str(message.get('user_message') or message.get('event_id'))
    return None
