# SPDX-License-Identifier: Apache-2.0

"""Differences between API versions in key names, sorting, paging and filters.

Cinder 10 (Ocata) and Cinder 11 (Pike) are the last releases with API v1. They
do not serve it in the same way; these conventions work with both.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, NamedTuple

#: a record, or the fields of a request
Values = Mapping[str, Any]


class Conventions(NamedTuple):
    """How a version of the API treats a kind of resource.

    :param names: keys that have another name in this version: the name in
        later versions, and the one here
    :param sorts: whether a request can choose the order of a list; if not,
        the newest come first
    :param links: whether each page of a list says if there is another one
    :param literals: whether the server reads filters as Python literals
    """

    names: Mapping[str, str] = {}
    sorts: bool = True
    links: bool = True
    literals: bool = False

    def read(self, record: Values) -> Values:
        """Return a record of this version under the names of later ones."""
        if not self.names:
            return record
        later = {old: name for name, old in self.names.items()}
        return {later.get(key, key): v for key, v in record.items()}

    def query(self, name: str) -> dict[str, str]:
        """Return the query that filters a list by name, if that is safe."""
        if self.literals and _is_literal(name):
            return {}
        return {self.names.get('name', 'name'): name}

    def newest(self, count: int) -> dict[str, str]:
        """Return the query for a list, newest first, in pages of ``count``."""
        order = {'sort': 'created_at:desc'} if self.sorts else {}
        return {**order, 'limit': str(count)}


LATER = Conventions()

#: volumes and snapshots at API v1; backups are the same there as at v2
V1 = Conventions(
    names={'name': 'display_name', 'description': 'display_description'},
    sorts=False,
    links=False,
    literals=True,
)


def _is_literal(text: str) -> bool:
    """Return whether Python reads a text as a literal, such as a number."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
