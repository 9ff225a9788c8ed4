# SPDX-License-Identifier: Apache-2.0

"""Retention: which resources of a series have expired.

Nothing here sends a request. A series is what was made of one volume under
one scheme of names; everything else of the volume is foreign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import datetime
from typing import NamedTuple

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.backups import data_of


class Policy(NamedTuple):
    """Resources to keep: what either rule keeps is kept.

    :param keep: the newest good ones, so many; or None
    :param keep_for: those younger than that; or None
    """

    keep: int | None
    keep_for: datetime.timedelta | None

    def keeps(self, rank: int, age: datetime.timedelta) -> bool:
        """Return whether a good one is kept.

        :param rank: how many good ones are newer
        """
        return (self.keep is not None and rank < self.keep) or (
            self.keep_for is not None and age < self.keep_for
        )


class Plan(NamedTuple):
    """What is to be deleted.

    :param groups: each in the order in which its members are to be deleted:
        one that stays keeps those behind it, which it builds on
    :param waiting: what has expired, and has to stay until others have
    """

    groups: list[list[Resource]]
    waiting: list[Resource]


def plan(
    series: Iterable[Resource],
    foreign: Iterable[Resource],
    policy: Policy,
    now: datetime.datetime,
) -> Plan:
    """Return what of a series is to be deleted.

    :param series: all of it, whatever the status
    :param foreign: the other resources of the volume
    :param now: the time by the server's clock
    """
    ordered = sorted(series, key=_age_key, reverse=True)
    good = [
        one
        for one in ordered
        if one.status == 'available' and one.created_at is not None
    ]
    expired = {
        one.id
        for rank, one in enumerate(good)
        if one.created_at is not None
        and not policy.keeps(rank, now - one.created_at)
    }
    failed = [
        [one]
        for one in ordered
        if (one.status or '').startswith('error')
        and good
        and _age_key(one) < _age_key(good[0])
    ]
    groups: list[list[Resource]] = []
    waiting: list[Resource] = []
    for chain in _chains([*ordered, *foreign]):
        free: list[Resource] = []
        while chain and chain[-1].id in expired:
            free.append(chain.pop())
        if free:
            groups.append(free)
        waiting += [one for one in chain if one.id in expired]
    return Plan([*failed, *groups], waiting)


def _chains(resources: Sequence[Resource]) -> list[list[Resource]]:
    """Return backups with what they build upon, the oldest first.

    Cinder does not tell the parent of an incremental backup: it takes that
    with the newest data. Everything else is a chain by itself.
    """
    chains: list[list[Resource]] = []
    for one in sorted(resources, key=data_of):
        if (one.status or '').startswith('error'):
            continue
        if one.get('is_incremental') and chains:
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


def _age_key(resource: Resource) -> str:
    return str(resource.get('created_at') or '9')
