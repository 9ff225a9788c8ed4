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

"""Groups, to be found by name."""

from __future__ import annotations

from typing import ClassVar

from osc_cinderlite.lib import base


class GroupManager(base.Finder):
    """Finds generic volume groups (API 3.13 and later)."""

    kind: ClassVar[str] = 'group'
    noun: ClassVar[str] = 'volume group'
    key: ClassVar[str] = 'group'
    collection: ClassVar[str] = 'groups'


class ConsistencyGroupManager(base.Finder):
    """Finds consistency groups, which newer clouds keep as groups."""

    kind: ClassVar[str] = 'consistency group'
    noun: ClassVar[str] = 'consistency group'
    key: ClassVar[str] = 'consistencygroup'
    collection: ClassVar[str] = 'consistencygroups'
