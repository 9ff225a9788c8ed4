# SPDX-License-Identifier: Apache-2.0

"""Base classes of the managers."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator, Mapping, Sequence
import re
from typing import TYPE_CHECKING, Any, ClassVar, TypeGuard
from urllib import parse

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import fields, lost_responses
from osc_cinderlite.lib.resources.comparison import Comparison
from osc_cinderlite.lib.transport import retry, versions

if TYPE_CHECKING:
    from osc_cinderlite.lib.client import Client
    from osc_cinderlite.lib.transport.http import Answer, HTTPClient

_UUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', re.I)

Values = Mapping[str, Any]

#: a list with more pages has no end
_MOST_PAGES = 2000

#: what no quoting keeps from changing the rest of a URL's path
_NO_IDS = frozenset({'', '.', '..'})


def _is_record(found: Any) -> TypeGuard[dict[str, Any]]:
    return (
        isinstance(found, dict)
        and isinstance(found.get('id'), str)
        and found['id'] != ''
        and found['id'].isprintable()
    )


def is_uuid(text: str) -> bool:
    """Return whether ``text`` is written as Cinder writes IDs."""
    return _UUID.fullmatch(text) is not None


class Finder:
    """The requests that find one kind of resource.

    :cvar kind: the resource's name for people
    :cvar noun: its name in commands of the ``openstack`` client
    :cvar key: its key in requests and answers
    :cvar collection: its collection in URLs
    :cvar known_by_name: whether Cinder itself finds it by its name
    """

    known_by_name: ClassVar[bool] = False
    kind: ClassVar[str]
    noun: ClassVar[str]
    key: ClassVar[str]
    collection: ClassVar[str]

    def __init__(self, client: Client, http: HTTPClient | None = None) -> None:
        self.client = client
        self.http = http or client.http

    def _get(self, url: str, deadline: float | None = None) -> Resource:
        return self._record(self.http.get(url, deadline=deadline))

    def _record(self, answer: Answer) -> Resource:
        record = answer.body.get(self.key)
        if not _is_record(record):
            raise exceptions.InvalidResponse(
                _('the answer has no %(kind)s in it') % {'kind': self.kind},
                request_id=answer.request_id,
            )
        found = Resource(record)
        found.request_id = answer.request_id
        return found

    def _list(
        self,
        url: str,
        params: Values | None = None,
        deadline: float | None = None,
    ) -> Iterator[Resource]:
        """Return all records of a list, page by page as they are wanted."""
        key = self.collection.rpartition('/')[2]
        answer: Answer | None = None
        for _n in range(_MOST_PAGES):
            answer = self.http.get(url, params, deadline=deadline)
            records = answer.body.get(key)
            if not isinstance(records, list):
                raise exceptions.InvalidResponse(
                    _('the answer has no list of %(key)s in it')
                    % {'key': key},
                    request_id=answer.request_id,
                )
            for record in records:
                if _is_record(record):
                    found = Resource(record)
                    found.request_id = answer.request_id
                    yield found
            following = self._next_page(answer.body, key)
            if following is None:
                return
            if not records or following == params:
                break
            params = following
        raise exceptions.InvalidResponse(
            _('pagination loop in the list of %(key)s') % {'key': key},
            request_id=answer.request_id if answer else None,
        )

    def _next_page(self, document: Values, key: str) -> Values | None:
        """Return the query of the next page, or None after the last.

        The server's link may name a host that only it knows: of the link,
        the query alone is used.
        """
        links = document.get(f'{key}_links')
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get('rel') == 'next':
                query = str(link.get('href')).partition('?')[2]
                printable = query.encode(errors='replace').decode()
                return dict(parse.parse_qsl(printable))
        return None

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
                _("No %(kind)s found for '%(id)s'")
                % {'kind': self.kind, 'id': resource_id}
            )
        quoted = parse.quote(resource_id, safe='')
        return self._get(f'/{self.collection}/{quoted}', deadline)

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

    def named(self, name: str) -> Sequence[Resource]:
        """Return the full records of the resources with exactly this name."""
        return [found for found in self.list(name=name) if found.name == name]

    def find(self, name: str) -> Resource:
        """Return the full record of the one resource with this name.

        :raises exceptions.ResourceNotFound: if there is none
        :raises exceptions.MultipleMatches: if there are several
        """
        found = self.named(name)
        if not found:
            raise exceptions.ResourceNotFound(
                _('No %(kind)s found for %(name)s')
                % {'kind': self.kind, 'name': name}
            )
        if len(found) > 1:
            raise exceptions.MultipleMatches(self.kind, name, found)
        return found[0]


class Manager(Finder, abc.ABC):
    """The requests that find, create and follow one kind of resource.

    :cvar succeeded: the statuses in which a create has ended well
    :cvar wait_timeout: seconds that :meth:`wait` waits if not told
    :cvar comparisons: what a record shows of the create that made it
    """

    comparisons: ClassVar[Sequence[Comparison]] = ()
    succeeded: ClassVar[frozenset[str]] = frozenset({'available'})
    wait_timeout: ClassVar[float] = 3600.0

    def __init__(self, client: Client, http: HTTPClient | None = None) -> None:
        super().__init__(client, http)
        self.flights = lost_responses.Flights()

    def check(self, values: Values) -> None:
        """Refuse values for a create that the API version cannot express.

        No request is sent. While the server's version is unknown, the
        highest is assumed.

        :raises exceptions.UnsupportedVersion: for a field that is newer
        :raises exceptions.InvalidInput: for one that does not exist
        """
        self.request(values).body(self.http.version)

    @abc.abstractmethod
    def request(self, values: Values) -> Create:
        """Return the request that a create with ``values`` sends."""

    def create_from(self, request: Create) -> Resource:
        """Send a create that :meth:`request` returned.

        :raises: as :meth:`_create`
        """
        return self._create(request)

    def _create(self, request: Create) -> Resource:
        """Send a create and return what it made.

        A lost answer is looked for by name, see :mod:`.reconcile`.

        :raises exceptions.UnknownOutcome: if the answer was lost and what
            came of it could not be found out
        :raises exceptions.ClientException: if it was not carried out
        """
        return lost_responses.create(self, request, self._post)

    def _post(self, request: Create) -> Resource:
        answer = self.http.post(
            f'/{request.path}', request.body, once=request.once
        )
        try:
            return self._record(answer)
        except exceptions.InvalidResponse as error:
            raise retry.final(error, request.once) from error

    def wait(
        self,
        resource: Resource,
        *,
        timeout: float | None = None,
        restored_from: str | None = None,
        on_state: Callable[[Resource], None] | None = None,
    ) -> Resource:
        """Follow a resource to the end of its create.

        :param resource: what a create returned
        :param timeout: seconds; :attr:`wait_timeout` if None
        :param restored_from: the UUID of the backup it is restored from
        :param on_state: called with the record after each look
        :return: its full record
        :raises exceptions.ResourceFailed: if it ended in an error or
            vanished; with Cinder's reason where it recorded one
        :raises exceptions.WaitTimeout: if the time is over
        """
        from osc_cinderlite.lib.resources import waiting

        return waiting.wait(
            self,
            resource,
            timeout=self.wait_timeout if timeout is None else timeout,
            restored_from=restored_from,
            on_state=on_state,
        )


class Create:
    """A create that has not been sent.

    :param path: the path below the endpoint, without its first slash
    :param key: the key of the object in the body
    :param declared: the ``TypedDict`` that declares the object's fields
    :param values: the fields' values
    :param beside: keys at the top level of the fields, beside the object

    :ivar once: what became of the requests that were sent for it
    """

    def __init__(
        self,
        http: Any,
        path: str,
        key: str,
        declared: type,
        values: Values,
        beside: Values | None = None,
    ) -> None:
        self.http = http
        self.path = path
        self.key = key
        self.declared = declared
        self.values = values
        self.beside = beside or {}
        self.once = retry.Once()

    @property
    def name(self) -> str | None:
        """The name the new resource is to have."""
        return self.values.get('name')

    def body(self, version: versions.APIVersion) -> dict[str, Any]:
        """Return the request's body at ``version``.

        :raises exceptions.UnsupportedVersion: for a field that is newer
        """
        built = fields.build(
            self.declared, self.values, version, asked=self.http.exact
        )
        return {self.key: built, **self.beside}
