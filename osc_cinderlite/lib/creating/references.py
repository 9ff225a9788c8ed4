# SPDX-License-Identifier: Apache-2.0

"""Resources that are given by name or ID."""

from __future__ import annotations

import threading

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.resources.validators import is_uuid


class Reference:
    """A resource that was given by name or ID.

    Text in the form of a UUID is used as an ID, without a request, until the
    server says that it does not exist; any other text is a name. One
    reference may serve many creations: it is looked up once.

    :param manager: what finds its kind
    :param given: the name or ID
    :param known: its full record, if that is at hand

    :ivar known: the full record, if there was a need to get it
    """

    def __init__(
        self,
        manager: Finder,
        given: str,
        known: Resource | None = None,
    ) -> None:
        self.manager = manager
        self.given = given
        self._lock = threading.Lock()
        self.known = known
        self._looked_up = known is not None
        self._missing: exceptions.ClientException | None = None

    @property
    def id(self) -> str:
        """The UUID; of a name, once it was resolved."""
        if self.known is not None:
            return self.known.id
        # Cinder writes them in lower case, and compares records so.
        return self.given.lower() if is_uuid(self.given) else self.given

    def resolve(self) -> None:
        """Look a name up, unless Cinder does that.

        :raises exceptions.ResourceNotFound: if nothing has it
        :raises exceptions.MultipleMatches: if several do
        """
        by_id = self.manager.known_by_name or is_uuid(self.given)
        if self._missing is not None or not by_id:
            self.look_up()

    def look_up(self) -> None:
        """Look for a resource of the given name, also if it is like a UUID.

        :raises: as :meth:`resolve`
        """
        with self._lock:
            if not self._looked_up and self._missing is None:
                self._looked_up = True
                try:
                    self.known = self.manager.find(self.given)
                except exceptions.ClientException as error:
                    self._missing = error
            if self._missing is not None:
                raise self._missing

    def record(self) -> Resource:
        """Return the full record.

        :raises exceptions.NotFound: if the UUID does not exist
        """
        with self._lock:
            if self.known is None:
                self.known = self.manager.get(self.id)
            return self.known

    def record_or_named(self) -> Resource:
        """Return the full record of a UUID, or of a name that is like one.

        What goes wrong here is remembered: :meth:`resolve` raises it again.

        :raises: as :meth:`resolve`
        """
        self.resolve()
        try:
            return self.record()
        except exceptions.NotFound:
            self.look_up()
        except exceptions.ClientException as error:
            self._missing = error
            raise
        return self.record()


class References:
    """The references of one run; equal ones are the same object."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Reference] = {}

    def __call__(self, manager: Finder, given: str) -> Reference:
        """Return the reference to what ``given`` names."""
        new = Reference(manager, given)
        return self._known.setdefault((manager.collection, new.id), new)
