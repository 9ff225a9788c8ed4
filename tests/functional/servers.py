# SPDX-License-Identifier: Apache-2.0

"""The servers that the tests run on: releases of Cinder, and their APIs."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from osc_cinderlite.lib.transport.versions import APIVersion
from tests.api_v1 import at_v1


@dataclasses.dataclass(frozen=True)
class Server:
    """A release of Cinder, at one major version of its API.

    :param release: what a devcloud can consist of
    :param newest: the newest version that it has of that major version
    """

    release: str
    newest: str

    def __str__(self) -> str:
        return f'{self.release}-v{self.major}'

    @property
    def major(self) -> int:
        return int(self.newest[0])

    def has(self, version: str) -> bool:
        """Return whether it has what a version brought."""
        return APIVersion.parse(self.newest) >= APIVersion.parse(version)

    def at_most(self, version: str) -> str:
        """Return the version to ask for where a newer one does too much."""
        return version if self.has(version) else str(self.major)

    @property
    def microversion(self) -> str | None:
        """The header of the requests that it accepts."""
        return f'volume {self.newest}' if self.major > 2 else None

    def path(self, path: str) -> str:
        """Return a path as the access log has it."""
        return f'/v{self.major}{path}'

    def named(self, **fields: Any) -> dict[str, Any]:
        """Return fields of a volume or snapshot by their names at this API."""
        return fields if self.major > 1 else at_v1(fields)

    @property
    def description(self) -> str:
        """The column with a volume's or snapshot's description."""
        (name,) = self.named(description=None)
        return name

    def bootable(self, value: bool) -> bool | str:
        """Return what the column shows: API v1 writes text."""
        return value if self.major > 1 else str(value).lower()


CURRENT = Server('current', '3.71')

SERVERS = (
    CURRENT,
    Server('wallaby', '3.64'),
    Server('wallaby', '2.0'),
    Server('pike', '3.43'),
    Server('pike', '2.0'),
    Server('pike', '1.0'),
    Server('ocata', '3.27'),
    Server('ocata', '1.0'),
)

#: the releases of `make test`; what Wallaby serves, Pike does, too
IN_TEST = {'current', 'pike', 'ocata'}

#: the newest microversion of each release
MICROVERSIONS = {one.release: one.newest for one in SERVERS if one.major == 3}


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Let a test that is marked so run on each server that can do it.

    On old servers, `make test` runs the basic ones, `make soak` the others.
    """
    definition = metafunc.definition
    if definition.get_closest_marker('each_server') is None:
        return
    needs, lacks = (
        [mark.args[0] for mark in definition.iter_markers(name)]
        for name in ('needs', 'lacks')
    )
    is_basic = definition.get_closest_marker('basic') is not None
    in_test = IN_TEST if is_basic else {CURRENT.release}
    metafunc.parametrize(
        ('devcloud', 'api'),
        [
            pytest.param(
                api.release,
                api,
                id=str(api),
                marks=[] if api.release in in_test else [pytest.mark.soak],
            )
            for api in SERVERS
            if all(map(api.has, needs)) and not any(map(api.has, lacks))
        ],
        indirect=True,
        scope='session',
    )


def old_release(test: str) -> str | None:
    """Return the release that a test runs on, if that is an old one.

    :param test: its ID
    """
    found = _OLD.search(test)
    return found[1] if found else None


_OLD = re.compile(
    rf'[\[-]({"|".join(MICROVERSIONS.keys() - {CURRENT.release})})-v'
)
