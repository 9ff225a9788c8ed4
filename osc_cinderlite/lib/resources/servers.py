# SPDX-License-Identifier: Apache-2.0

"""Servers of the Compute service, to be found by name."""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import ClassVar

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder


class ServerManager(Finder):
    """Finds servers."""

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
