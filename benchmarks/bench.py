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

"""What every benchmark is given."""

from __future__ import annotations

import dataclasses
import itertools

from benchmarks.cloud import PREFIX, Cloud
from benchmarks.programs import Programs, Run
from benchmarks.ways import Ways

#: what is compared: whether each has the plugin
SIDES = {'stock': False, 'plugin': True}


@dataclasses.dataclass(frozen=True)
class Bench:
    """The programs, the cloud, and how much is wanted.

    :param quick: whether it is only tried out: few runs give no figures
    """

    programs: Programs
    cloud: Cloud
    quick: bool
    _numbers: itertools.count[int] = dataclasses.field(
        default_factory=itertools.count
    )

    def openstack(self, *args: str, plugin: bool) -> Run:
        """Run ``openstack``, with the plugin or without."""
        return self.programs(
            'openstack',
            *args,
            credentials=self.cloud.credentials,
            plugin=plugin,
        )

    @property
    def ways(self) -> Ways:
        """The ways to create many volumes in the cloud."""
        return Ways(self.programs, self.cloud.credentials, self.name)

    def name(self) -> str:
        """Return a name that nothing has."""
        return f'{PREFIX}{next(self._numbers)}'
