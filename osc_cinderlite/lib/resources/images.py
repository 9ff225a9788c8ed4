# SPDX-License-Identifier: Apache-2.0

"""Images of the Image service, to be found by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.transport.http import HTTPClient


class ImageManager(Finder):
    """Finds images, hidden ones too, which Cinder does not find by name.

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
