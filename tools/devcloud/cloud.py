# SPDX-License-Identifier: Apache-2.0

"""Where one devcloud keeps its things, and what it remembers."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
from dataclasses import dataclass
import fcntl
import json
import os
from pathlib import Path
import random
import secrets
import socket

from .releases import CURRENT, RELEASES, Release

# In the order of their ports from --port BASE on.
SERVICES = {
    'identity': 'keystone',
    'block-storage': 'cinder',
    'image': 'glance',
}
BACKENDS = ('standard', 'slow', 'broken')


class Failure(Exception):
    """What the user is told, in one line (or with a log's end below)."""


@dataclass(frozen=True)
class Cloud:
    state: Path
    venv: Path
    ports: dict[str, int]
    password: str
    release: Release

    @classmethod
    def load(
        cls,
        state: Path | None = None,
        venv: Path | None = None,
        release: Release | None = None,
    ) -> Cloud:
        state = (state or (release or CURRENT).default_state).resolve()
        try:
            known = json.loads((state / 'cloud.json').read_text())
        except FileNotFoundError:
            known = {}
        has = RELEASES[known.get('release', (release or CURRENT).name)]
        if release not in (None, has):
            raise Failure(f'the cloud in {state} is of release {has.name}')
        return cls(
            state,
            (venv or has.default_venv).resolve(),
            known.get('ports', {}),
            known.get('password') or secrets.token_hex(12),
            has,
        )

    def save(self) -> None:
        known = {
            'ports': self.ports,
            'password': self.password,
            'release': self.release.name,
        }
        write(self.state / 'cloud.json', json.dumps(known), mode=0o600)

    def venv_of(self, program: str) -> Path:
        borrowed = program in self.release.borrowed
        return CURRENT.default_venv if borrowed else self.venv

    def url(self, service: str) -> str:
        return f'http://127.0.0.1:{self.ports[service]}'

    def log(self, name: str) -> Path:
        return self.state / 'logs' / f'{name}.log'


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Put a whole file in its place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f'.{path.name}.{os.getpid()}')
    with open(os.open(new, os.O_WRONLY | os.O_CREAT, mode), 'w') as file:
        file.write(text)
    new.replace(path)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock; the file stays, the lock ends with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return False
        return True


def choose_ports(base: int | None, known: dict[str, int]) -> dict[str, int]:
    """The ports asked for, else the ones of last time, else free ones."""
    if base is not None:
        ports = {name: base + n for n, name in enumerate(SERVICES)}
        taken = [port for port in ports.values() if not is_free(port)]
        if taken:
            raise Failure(f'port {taken[0]} on 127.0.0.1 is taken')
        return ports
    if known and all(is_free(port) for port in known.values()):
        return known
    # Below those that the system gives to outgoing connections, which could
    # take one before the service does.
    candidates = random.sample(range(20000, 30000), 1000)
    free = (port for port in candidates if is_free(port))
    return dict(zip(SERVICES, free, strict=False))
