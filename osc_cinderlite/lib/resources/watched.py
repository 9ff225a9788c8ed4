# SPDX-License-Identifier: Apache-2.0

"""Resources that are waited for."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.finder import Finder


class Source(NamedTuple):
    """Source of a resource, which may fail instead of it.

    :param finder: finds it
    :param id: its UUID
    """

    finder: Finder
    id: str


@dataclasses.dataclass
class Watched:
    """A resource that is waited for.

    :param resource: its record as last seen
    :param since: when the wait began, on the monotonic clock
    :param deadline: when it ends
    :param source: what it is made from, if that may fail instead of it
    :param looks: how often it was looked at
    """

    resource: Resource
    since: float
    deadline: float
    source: Source | None = None
    looks: int = 0


@dataclasses.dataclass(frozen=True)
class Ended:
    """The end of a wait.

    :param resource: its record as last seen
    :param error: why it did not end well, or None
    """

    resource: Resource
    error: exceptions.ClientException | None = None
