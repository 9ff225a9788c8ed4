# SPDX-License-Identifier: Apache-2.0

"""What an old version of the API calls otherwise, or cannot do.

API v1 as Cinder 10 (Ocata) and 11 (Pike), the last with it, serve it. They
differ from each other; this is what is right with both.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class Conventions(NamedTuple):
    """How a version of the API treats a kind of resource.

    :param names: its names of keys, by those of later versions
    :param sorts: whether lists are sorted on request; where not, the newest
        come first
    :param links: whether a page of a list tells if there is a next one
    :param literals: whether filters are read as Python literals
    """

    names: Mapping[str, str] = {}
    sorts: bool = True
    links: bool = True
    literals: bool = False

    def written(self, values: Values) -> dict[str, Any]:
        """Return values as this version sends them."""
        return {self.names.get(key, key): v for key, v in values.items()}

    def read(self, record: Values) -> Values:
        """Return a record of this version with the names of later ones."""
        if not self.names:
            return record
        later = {old: name for name, old in self.names.items()}
        return {later.get(key, key): v for key, v in record.items()}

    def query(self, name: str) -> dict[str, str]:
        """Return the filter of a list by a name, if it can be filtered."""
        if self.literals and _is_literal(name):
            return {}
        return self.written({'name': name})

    def newest(self, count: int) -> dict[str, str]:
        """Return the query of a list by pages of so many, newest first."""
        order = {'sort': 'created_at:desc'} if self.sorts else {}
        return {**order, 'limit': str(count)}


LATER = Conventions()

#: volumes and snapshots at API v1; its backups are those of v2
V1 = Conventions(
    names={'name': 'display_name', 'description': 'display_description'},
    sorts=False,
    links=False,
    literals=True,
)


def _is_literal(text: str) -> bool:
    """Return whether Python reads a text as something else than itself."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
