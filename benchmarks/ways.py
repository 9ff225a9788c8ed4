# SPDX-License-Identifier: Apache-2.0

"""The ways to create many volumes: in bulk, and those there were before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import dataclasses
import functools
from pathlib import Path

from benchmarks.cloud import PREFIX
from benchmarks.programs import Programs, Run

STOCK = 'openstack volume create, in a loop'
CINDER = 'cinder create, in a loop'
SHELL = 'interactive shell'
BULK = 'volume bulk create, 4 at once'
BULK_16 = 'volume bulk create, 16 at once'
BARE = 'bare requests, 4 at once'
BARE_16 = 'bare requests, 16 at once'

#: creates at once; one by one where it is not said
PARALLEL = {BULK: 4, BULK_16: 16, BARE: 4, BARE_16: 16}

_BARE_LOOP = Path(__file__).with_name('bare_loop.py')


@dataclasses.dataclass(frozen=True)
class Ways:
    """All of them, for one user.

    :param credentials: the environment that programs sign in with
    :param name: makes a name that nothing has
    """

    programs: Programs
    credentials: Mapping[str, str]
    name: Callable[[], str]

    def __call__(self, way: str, count: int) -> Sequence[Run]:
        """Create volumes of 1 GiB.

        :returns: each program that it took
        """
        ways: Mapping[str, Callable[[int], Sequence[Run]]] = {
            STOCK: self._stock,
            CINDER: self._cinder,
            SHELL: self._shell,
            BULK: functools.partial(self._bulk, PARALLEL[BULK]),
            BULK_16: functools.partial(self._bulk, PARALLEL[BULK_16]),
            BARE: functools.partial(self._bare, PARALLEL[BARE]),
            BARE_16: functools.partial(self._bare, PARALLEL[BARE_16]),
        }
        return ways[way](count)

    def _stock(self, count: int) -> list[Run]:
        return [
            self._run('openstack', *self._create(), plugin=False)
            for _ in range(count)
        ]

    def _cinder(self, count: int) -> list[Run]:
        return [
            self._run('cinder', 'create', '--name', self.name(), '1')
            for _ in range(count)
        ]

    def _shell(self, count: int) -> list[Run]:
        """One shell. Its exit status is 1 at the end of its input."""
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

    def _bulk(self, parallel: int, count: int) -> list[Run]:
        return [
            self._run(
                *('openstack', 'volume', 'bulk', 'create', f'{PREFIX}{{n}}'),
                *('--count', str(count), '--size', '1'),
                *('--parallel', str(parallel)),
                plugin=True,
            )
        ]

    def _bare(self, parallel: int, count: int) -> list[Run]:
        return [
            self._run(
                *('python', str(_BARE_LOOP), '--name', PREFIX),
                *('--count', str(count), '--parallel', str(parallel)),
            )
        ]

    def _create(self) -> tuple[str, ...]:
        return ('volume', 'create', self.name(), '--size', '1')

    def _run(self, *command: str, plugin: bool = False) -> Run:
        return self.programs(
            *command, credentials=self.credentials, plugin=plugin
        )
