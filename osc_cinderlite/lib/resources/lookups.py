# SPDX-License-Identifier: Apache-2.0

"""Kinds that are only looked up: groups, servers and images."""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import ClassVar

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.transport.http import HTTPClient


class GroupManager(Finder):
    """Finds generic volume groups (API 3.13 and later)."""

    kind: ClassVar[str] = 'group'
    key: ClassVar[str] = 'group'
    collection: ClassVar[str] = 'groups'


class ConsistencyGroupManager(Finder):
    """Finds consistency groups, which newer clouds keep as groups."""

    kind: ClassVar[str] = 'consistency group'
    key: ClassVar[str] = 'consistencygroup'
    collection: ClassVar[str] = 'consistencygroups'


class ServerManager(Finder):
    """Finds servers of the Compute service."""

    kind: ClassVar[str] = 'server'
    key: ClassVar[str] = 'server'
    collection: ClassVar[str] = 'servers'

    def named(self, name: str) -> Sequence[Resource]:
        """Return the servers with exactly this name.

        Nova takes the name in a query for a regular expression: only a plain
        one is used as a filter.
        """
        plain = re.fullmatch(r'[\w -]+', name) is not None
        return self._named(name, {'name': name} if plain else {})


class ImageManager(Finder):
    """Finds images of the Image service, hidden ones too.

    Cinder does not find hidden ones by name.

    :param http: the client of the Image service
    :param known_by_name: whether Cinder finds the others
    """

    kind: ClassVar[str] = 'image'
    key: ClassVar[str] = 'image'
    collection: ClassVar[str] = 'images'

    def __init__(self, http: HTTPClient, *, known_by_name: bool) -> None:
        super().__init__(http)
        self.known_by_name = known_by_name

    def named(self, name: str) -> Sequence[Resource]:
        """Return the images with exactly this name.

        Hidden ones count only if no other has it, as for the stock client.
        """
        for hidden in ('false', 'true'):
            listed = self._list('/images', {'name': name, 'os_hidden': hidden})
            found = [image for image in listed if image.name == name]
            if found:
                return found
        return []

    def find(self, name: str) -> Resource:
        """Return the one image with this name.

        :raises exceptions.ResourceNotFound: if there is none
        :raises exceptions.MultipleMatches: if there are several
        """
        try:
            return super().find(name)
        except exceptions.ResourceNotFound as error:
            raise exceptions.ResourceNotFound(
                f"No image found for '{name}'"
            ) from error
