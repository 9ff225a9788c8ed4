# SPDX-License-Identifier: Apache-2.0

"""The devcloud, as the benchmarks use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent import futures
import contextlib
import functools
import time

from tests.functional.access_log import Request
from tests.functional.cinder import Cinder, until
from tests.functional.devcloud import Devcloud

#: what the names of everything made here begin with
PREFIX = 'bench-'

#: the user agents of these benchmarks, and of Cinder at Keystone
_NOT_PROGRAMS = ('set-up', 'python-keystoneclient')

_USER = 'dev-demo'

#: as they can be deleted
_KINDS = ('backup', 'snapshot', 'volume')


class Cloud:
    """A devcloud, and what was made in it.

    :ivar credentials: the environment that programs sign in with
    :ivar api: Cinder's API without any of the measured programs
    """

    def __init__(self, devcloud: Devcloud) -> None:
        self._devcloud = devcloud
        self._log = devcloud.state / 'access.log'
        self.api = Cinder(devcloud, _USER)
        settings = dict(devcloud.clouds[_USER])
        settings |= settings.pop('auth')
        self.credentials = {
            f'OS_{key.upper()}': str(value) for key, value in settings.items()
        }

    def signed_in(self) -> Cinder:
        """Return the API for a token that no service has seen yet."""
        api = Cinder(self._devcloud, _USER)
        assert api.token
        return api

    @contextlib.contextmanager
    def latency(self, seconds: float) -> Iterator[None]:
        """Let each request to Cinder take longer by ``seconds``."""
        rules = [{'delay': seconds}] if seconds else []
        with self._devcloud.faults(*rules):
            yield

    @contextlib.contextmanager
    def newest(self, microversion: str | None) -> Iterator[None]:
        """Let Cinder know no later microversion, unless it is None."""
        with self._devcloud.faults(max_microversion=microversion):
            yield

    def settle(self) -> None:
        """Wait until Cinder has nothing more to do."""
        until(self._is_idle, 'everything to be made')

    def _is_idle(self) -> bool:
        return not any(
            self.api.listed(kind, status='creating', limit='1')
            for kind in _KINDS
        )

    def clear(self) -> None:
        """Delete everything that was made here."""
        self.settle()
        for kind in _KINDS:
            with futures.ThreadPoolExecutor(4) as pool:
                for _ in pool.map(
                    functools.partial(self._delete, kind), self._ours(kind)
                ):
                    pass
            while self._ours(kind):
                time.sleep(0.2)

    def _delete(self, kind: str, resource_id: str) -> None:
        self.api.call('DELETE', f'/{kind}s/{resource_id}')

    def _ours(self, kind: str) -> list[str]:
        return [
            str(one['id'])
            for one in self.api.listed(kind, limit='1000')
            if str(one['name']).startswith(PREFIX)
        ]

    def asked(self, mark: int) -> Sequence[Request]:
        """Return what the programs asked since the mark, as it arrived."""
        with open(self._log, 'rb') as file:
            file.seek(mark)
            requests = [Request.parse(line) for line in file]
        return sorted(
            (
                one
                for one in requests
                if not (one.user_agent or '').startswith(_NOT_PROGRAMS)
            ),
            key=lambda one: one.time,
        )

    def mark(self) -> int:
        """Return where the access log ends now."""
        return self._log.stat().st_size
