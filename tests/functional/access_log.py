# SPDX-License-Identifier: Apache-2.0

"""Requests to the devcloud, read from its access log."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import datetime
import json
from pathlib import Path
import re
from typing import Any


@dataclasses.dataclass(frozen=True)
class Request:
    """One request that arrived at one of the services.

    :ivar status: the answer's, or None where the connection was dropped
    :ivar path: as it arrived, without the project's ID
    """

    time: datetime.datetime
    service: str
    method: str
    path: str
    query: str
    microversion: str | None
    status: int | None
    fault: bool
    user_agent: str | None
    body: Any
    request_id: str | None
    client_port: int

    @classmethod
    def parse(cls, line: bytes) -> Request:
        fields = json.loads(line)
        fields['time'] = datetime.datetime.fromisoformat(fields['time'])
        if fields['service'] == 'block-storage':
            fields['path'] = re.sub(
                r'^(/v\d)/[0-9a-f]{32}(?=/|$)', r'\1', fields['path']
            )
        return cls(**fields)

    def __str__(self) -> str:
        query = f'?{self.query}' if self.query else ''
        return f'{self.method} {self.path}{query}'

    @property
    def from_the_shell(self) -> bool:
        """Whether a command sent it; not a service, nor the tests' set-up."""
        return 'openstacksdk' in (self.user_agent or '')


class AccessLog:
    """The log, from a mark on.

    :param negotiated: whether to leave out refusals of a version
    """

    def __init__(self, path: Path, *, negotiated: bool = False) -> None:
        self._path = path
        self._hidden = 406 if negotiated else 0
        self._mark = 0
        self.mark()

    def mark(self) -> None:
        """Forget everything up to now."""
        self._mark = self._path.stat().st_size

    def requests(
        self,
        service: str | None = 'block-storage',
        method: str | None = None,
        path: str = '',
    ) -> Sequence[Request]:
        """Return the commands' requests since the mark.

        :param service: identity, block-storage, image, or None for all
        :param path: a regular expression
        """
        with open(self._path, 'rb') as file:
            file.seek(self._mark)
            everything = [Request.parse(line) for line in file]
        return [
            one
            for one in everything
            if service in (None, one.service)
            and method in (None, one.method)
            and re.search(path, one.path)
            and one.from_the_shell
            and one.status != self._hidden
        ]

    def lines(self, service: str | None = 'block-storage') -> list[str]:
        """Return method and path of the requests since the mark."""
        return [str(one) for one in self.requests(service)]

    def bodies(self, path: str = '') -> list[Any]:
        """Return the bodies of the POSTs to Cinder since the mark."""
        return [one.body for one in self.requests(method='POST', path=path)]

    def body(self, path: str = '') -> Any:
        """Return the body of the only POST to Cinder since the mark."""
        (found,) = self.bodies(path)
        return found
