# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Servers of the Compute service, to be found by name."""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import ClassVar

from osc_cinderlite.lib import base
from osc_cinderlite.lib.resource import Resource


class ServerManager(base.Finder):
    """Finds servers."""

    kind: ClassVar[str] = 'server'
    noun: ClassVar[str] = 'server'
    key: ClassVar[str] = 'server'
    collection: ClassVar[str] = 'servers'

    def named(self, name: str) -> Sequence[Resource]:
        """Return the servers with exactly this name.

        Nova takes the name in a query for a regular expression: only a plain
        one is used as a filter.
        """
        plain = re.fullmatch(r'[\w -]+', name) is not None
        listed = self.list(name=name) if plain else self.list()
        return [found for found in listed if found.name == name]
