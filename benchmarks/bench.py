# SPDX-License-Identifier: Apache-2.0

"""The surroundings of every benchmark."""

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
