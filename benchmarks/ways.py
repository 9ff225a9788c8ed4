# SPDX-License-Identifier: Apache-2.0

"""Ways to create many volumes: in bulk, and by what else there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import dataclasses

from benchmarks.cloud import PREFIX
from benchmarks.programs import Programs, Run


@dataclasses.dataclass(frozen=True)
class Ways:
    """The ways, for one user.

    :param credentials: the environment that programs sign in with
    :param name: returns a name that nothing has
    """

    programs: Programs
    credentials: Mapping[str, str]
    name: Callable[[], str]

    def stock(self, count: int) -> Sequence[Run]:
        """Run the stock command in a loop."""
        return [
            self.programs(
                *('openstack', *self._create()), credentials=self.credentials
            )
            for _ in range(count)
        ]

    def shell(self, count: int) -> Sequence[Run]:
        """Run one shell. Its exit status is 1 at the end of its input."""
        lines = (' '.join(self._create()) for _ in range(count))
        return [
            self.programs(
                'openstack',
                credentials=self.credentials,
                plugin=True,
                stdin=''.join(f'{line}\n' for line in lines),
                status=1,
            )
        ]

    def bulk(
        self, count: int, parallel: int = 4, *options: str
    ) -> Sequence[Run]:
        """Run one bulk command."""
        return [
            self.programs.metered(
                *('volume', 'bulk', 'create', f'{PREFIX}{{n}}'),
                *('--count', str(count), '--size', '1'),
                *('--parallel', str(parallel), *options),
                credentials=self.credentials,
                plugin=True,
            )
        ]

    def bare(self, count: int, parallel: int = 4) -> Sequence[Run]:
        """Send bare requests."""
        return [
            self.programs.bare(
                *('--parallel', str(parallel), 'create', '--name', PREFIX),
                *('--count', str(count)),
                credentials=self.credentials,
            )
        ]

    def _create(self) -> tuple[str, ...]:
        return ('volume', 'create', self.name(), '--size', '1')
