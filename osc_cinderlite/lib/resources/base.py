# SPDX-License-Identifier: Apache-2.0

"""Base class of the managers that create."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import time
from typing import Any, ClassVar

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import comparison, lost_responses
from osc_cinderlite.lib.resources.conventions import Values
from osc_cinderlite.lib.resources.creates import Creates
from osc_cinderlite.lib.resources.fields import Form
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.resources.waiting import Poller, Source
from osc_cinderlite.lib.transport.http import HTTPClient


class Manager(Finder):
    """The requests that find, create and follow one kind of resource.

    :cvar form: the fields of a create
    :cvar manage_form: those of managing what a storage backend already has,
        or None
    :cvar replaceable: whether a failed one does not keep its name from a new
        one
    :cvar wait_timeout: seconds that :meth:`wait` waits if not told
    :cvar comparisons: what a record shows of the create that made it
    """

    form: ClassVar[Form]
    manage_form: ClassVar[Form | None] = None
    comparisons: ClassVar[Sequence[comparison.Comparison]] = ()
    replaceable: ClassVar[bool] = True
    wait_timeout: ClassVar[float] = 3600.0

    def __init__(self, http: HTTPClient) -> None:
        super().__init__(http)
        self._creates = Creates()

    def check(self, values: Values) -> None:
        """Refuse values for a create that the API version cannot express.

        No request is sent. While the server's version is unknown, the
        highest is assumed.

        :raises exceptions.UnsupportedVersion: for a field that is newer
        :raises exceptions.InvalidInput: for one that does not exist
        """
        self.request(values).body(self.http.version)

    def request(self, values: Values) -> CreateRequest:
        """Return the request that a create, or with ``ref`` a manage, sends.

        :param values: the fields of the form
        """
        form = self.form
        if self.manage_form is not None and 'ref' in values:
            form = self.manage_form
        return CreateRequest(self, form, values)

    def _create(self, request: CreateRequest) -> Resource:
        """Send a create and return what it made.

        Where its response is lost, the new resource is looked for by name,
        see :mod:`.lost_responses`.

        :raises exceptions.UnknownOutcome: if the response was lost and it
            could not be found out what the server did
        :raises exceptions.ClientException: if it was not carried out
        """
        return lost_responses.create(
            request, self.comparisons, self._creates, self._record
        )

    #: sends a create that :meth:`request` returned
    create_from = _create

    def differences(
        self, values: Values, record: Resource
    ) -> list[tuple[str, Any, Any]]:
        """Return what a record has otherwise than requested.

        :param values: the fields of a create
        :return: the record's key, what it has, what was requested
        """
        return [
            (field.shown, record.get(field.shown), values[name])
            for name, field in self.request(values).form.fields.items()
            if field.shown is not None
            and values.get(name) is not None
            and record.get(field.shown) != values[name]
        ]

    def wait(
        self,
        resource: Resource,
        *,
        timeout: float | None = None,
        source: Source | None = None,
        on_state: Callable[[Resource], None] | None = None,
    ) -> Resource:
        """Follow a resource to the end of its create.

        :param resource: what a create returned
        :param timeout: seconds; :attr:`wait_timeout` if None
        :param source: what it is made from, if that may fail instead of it
        :param on_state: called with the record after each look
        :return: its full record
        :raises exceptions.ResourceFailed: if it ended in an error or
            vanished; with Cinder's reason where it recorded one
        :raises exceptions.WaitTimeout: if the time is over
        """
        seconds = self.wait_timeout if timeout is None else timeout
        poller = Poller(self)
        poller.watch(resource, seconds, source)
        while True:
            time.sleep(poller.pause)
            for end in poller.look():
                if end.error is not None:
                    raise end.error
                return end.resource
            if on_state is not None:
                (seen,) = poller.seen
                on_state(seen)
