# SPDX-License-Identifier: Apache-2.0

"""The cloud that the tests use: a devcloud of their own, or a given one."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

import yaml

from tests.functional.access_log import AccessLog
from tests.functional.faults import Faults
from tests.functional.servers import MICROVERSIONS

CHECKOUT = Path(__file__).parents[2]

#: the state directory of a running devcloud to use instead of a new one, by
#: release
VARIABLES = {
    'current': 'OSC_CINDERLITE_DEVCLOUD',
    'wallaby': 'OSC_CINDERLITE_DEVCLOUD_WALLABY',
    'pike': 'OSC_CINDERLITE_DEVCLOUD_PIKE',
    'ocata': 'OSC_CINDERLITE_DEVCLOUD_OCATA',
}

GIB = 1024**3


class Devcloud:
    """A devcloud that is up.

    :param state: its state directory
    :param ours: whether it goes when the tests are over
    :param release: what it is a cloud of
    """

    def __init__(
        self, state: Path, *, ours: bool, release: str = 'current'
    ) -> None:
        self.state = state
        self.ours = ours
        self.microversion = MICROVERSIONS[release]
        self.config = state / 'clouds.yaml'
        self.faults = Faults(state / 'faults.json')
        self.faults.clear()

    @property
    def clouds(self) -> dict[str, Any]:
        """The entries of its clouds.yaml."""
        found: dict[str, Any] = yaml.safe_load(self.config.read_text())
        return dict(found['clouds'])

    def access_log(self, *, negotiated: bool = False) -> AccessLog:
        """Return the access log from now on.

        :param negotiated: whether it leaves out refused versions
        """
        return AccessLog(self.state / 'access.log', negotiated=negotiated)

    def file(self, kind: str, resource_id: str) -> Path:
        """Return the file that holds the bytes of a volume or snapshot."""
        name = f'{kind}-{resource_id}'
        (found,) = (self.state / 'volumes').glob(f'*/{name}')
        return found

    def write(self, volume_id: str, offset: int, data: bytes) -> None:
        """Put bytes into a volume, as a server that has it attached."""
        with open(self.file('volume', volume_id), 'r+b') as file:
            file.seek(offset)
            file.write(data)

    def read(
        self, resource_id: str, offset: int, length: int, kind: str = 'volume'
    ) -> bytes:
        """Return bytes of a volume or snapshot."""
        with open(self.file(kind, resource_id), 'rb') as file:
            file.seek(offset)
            return file.read(length)


@contextlib.contextmanager
def running(directory: Path, release: str = 'current') -> Iterator[Devcloud]:
    """Yield a devcloud; what is started here is ended here.

    :param directory: where a new one keeps its state
    :param release: what it is a cloud of
    """
    given = os.environ.get(VARIABLES[release])
    if given:
        yield Devcloud(Path(given).resolve(), ours=False, release=release)
        return
    state = directory / 'devcloud'
    try:
        _devcloud('up', state, release)
        yield Devcloud(state, ours=True, release=release)
    finally:
        _devcloud('down', state, release)


def _devcloud(command: str, state: Path, release: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(CHECKOUT / 'tools' / 'devcloud'),
            command,
            '--state',
            str(state),
            '--release',
            release,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f'devcloud {command} failed:\n{done.stdout}')
