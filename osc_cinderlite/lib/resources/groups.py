# SPDX-License-Identifier: Apache-2.0

"""Groups, to be found by name."""

from __future__ import annotations

from typing import ClassVar

from osc_cinderlite.lib.resources.finder import Finder


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
