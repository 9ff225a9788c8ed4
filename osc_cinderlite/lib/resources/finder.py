# SPDX-License-Identifier: Apache-2.0

"""Requests that find resources: by ID, by name, in lists."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, ClassVar, TypeGuard
from urllib import parse

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource, listed
from osc_cinderlite.lib.resources.conventions import (
    LATER,
    Conventions,
    Values,
)
from osc_cinderlite.lib.transport.http import Answer, HTTPClient

#: a list with more pages has no end
_MOST_PAGES = 2000

#: what no quoting keeps from changing the rest of a URL's path
_NO_IDS = frozenset({'', '.', '..'})


class Finder:
    """The requests that find one kind of resource.

    :param http: the client of the resource's service

    :cvar kind: the resource's name for people
    :cvar key: its key in requests and responses
    :cvar collection: its collection in URLs
    :ivar known_by_name: whether Cinder itself finds it by its name
    :cvar succeeded: the statuses in which a create has ended well
    :cvar at_v1: how API v1 treats it
    """

    kind: ClassVar[str]
    key: ClassVar[str]
    collection: ClassVar[str]
    known_by_name = False
    succeeded: ClassVar[frozenset[str]] = frozenset({'available'})
    at_v1: ClassVar[Conventions] = LATER

    def __init__(self, http: HTTPClient) -> None:
        self.http = http

    @property
    def conventions(self) -> Conventions:
        """How the API version in use treats it."""
        return self.at_v1 if self.http.version.major == 1 else LATER

    def get(
        self, resource_id: str, *, deadline: float | None = None
    ) -> Resource:
        """Return the full record of a resource.

        :param resource_id: its UUID
        :param deadline: see :meth:`.HTTPClient.get`
        :raises exceptions.NotFound: if there is none
        """
        if resource_id in _NO_IDS:
            raise exceptions.ResourceNotFound(
                f"No {self.kind} found for '{resource_id}'"
            )
        return self._record(
            self.http.get(self._path(resource_id), deadline=deadline)
        )

    def delete(self, resource_id: str) -> None:
        """Delete a resource; Cinder does so after its response.

        :param resource_id: its UUID
        :raises exceptions.NotFound: if there is none
        :raises exceptions.ClientException: if it was refused, or lost
        """
        self.http.delete(self._path(resource_id))

    def list(
        self, *, deadline: float | None = None, **filters: str
    ) -> Iterator[Resource]:
        """Return the full records of all resources, as a stream.

        :param deadline: see :meth:`.HTTPClient.get`
        :param filters: query parameters of the API's list call
        """
        return self._list(
            f'/{self.collection}/detail', filters or None, deadline
        )

    def newest(
        self, count: int, *, deadline: float | None = None
    ) -> Iterator[Resource]:
        """Return the full records of all, the newest first, as a stream.

        :param count: how many are likely to be wanted
        :param deadline: see :meth:`.HTTPClient.get`
        """
        return self.list(deadline=deadline, **self.conventions.newest(count))

    def named(self, name: str) -> Sequence[Resource]:
        """Return the full records of the resources with exactly this name."""
        query = self.conventions.query(name)
        try:
            return self._named(name, query)
        except exceptions.BadRequest:
            if not query:
                raise
        # Some clouds refuse the filter; Cinder 11 does so for groups.
        return self._named(name, {})

    def _named(self, name: str, query: dict[str, str]) -> Sequence[Resource]:
        listed = self.list(deadline=None, **query)
        return [one for one in listed if one.name == name]

    def find(self, name: str) -> Resource:
        """Return the full record of the one resource with this name.

        :raises exceptions.ResourceNotFound: if there is none
        :raises exceptions.MultipleMatches: if there are several
        """
        found = self.named(name)
        if not found:
            raise exceptions.ResourceNotFound(
                f'No {self.kind} found for {name}'
            )
        if len(found) > 1:
            raise self.several(name, found)
        return found[0]

    def several(
        self, name: str, found: Sequence[Resource]
    ) -> exceptions.MultipleMatches:
        """Return the error of a name that several resources have."""
        return exceptions.MultipleMatches(
            f"More than one {self.kind} is named '{name}': {listed(found)}. "
            'Use an ID instead.',
            found,
        )

    def _path(self, resource_id: str) -> str:
        return f'/{self.collection}/{parse.quote(resource_id, safe="")}'

    def _record(self, answer: Answer) -> Resource:
        record = answer.body.get(self.key)
        if not _is_record(record):
            raise exceptions.InvalidResponse(
                f'the response has no {self.kind} in it',
                request_id=answer.request_id,
            )
        return self._resource(record, answer)

    def _list(
        self,
        url: str,
        params: Values | None = None,
        deadline: float | None = None,
    ) -> Iterator[Resource]:
        """Return all records of a list, page by page as they are wanted."""
        key = self.collection.rpartition('/')[2]
        seen, request_id = 0, None
        for _n in range(_MOST_PAGES):
            records, following, request_id = yield from self._page(
                url, params, deadline, key
            )
            seen += records
            if following is None and records and not self.conventions.links:
                following = {**(params or {}), 'offset': str(seen)}
            if following is None:
                return
            if not records or following == params:
                break
            params = following
        raise exceptions.InvalidResponse(
            f'pagination loop in the list of {key}', request_id=request_id
        )

    def _page(
        self, url: str, params: Values | None, deadline: float | None, key: str
    ) -> Generator[Resource, None, tuple[int, Values | None, str | None]]:
        """Return the records of a page, which is gone before the next is read.

        :return: their number, the query of the next page, and the request ID
        """
        answer = self.http.get(url, params, deadline=deadline)
        records = answer.body.get(key)
        if not isinstance(records, list):
            raise exceptions.InvalidResponse(
                f'the response has no list of {key} in it',
                request_id=answer.request_id,
            )
        for record in records:
            if _is_record(record):
                yield self._resource(record, answer)
        following = _next_page(answer.body, key)
        return len(records), following, answer.request_id

    def _resource(self, record: dict[str, Any], answer: Answer) -> Resource:
        found = Resource(self.conventions.read(record))
        found.request_id = answer.request_id
        return found


def _is_record(found: Any) -> TypeGuard[dict[str, Any]]:
    return (
        isinstance(found, dict)
        and isinstance(found.get('id'), str)
        and found['id'] != ''
        and found['id'].isprintable()
    )


def _next_page(document: Values, key: str) -> Values | None:
    """Return the query of the next page, or None after the last.

    The server's link may name a host that only it knows: of the link, the
    query alone is used.
    """
    links = document.get(f'{key}_links')
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get('rel') == 'next':
            query = str(link.get('href')).partition('?')[2]
            printable = query.encode(errors='replace').decode()
            return dict(parse.parse_qsl(printable))
    return None
