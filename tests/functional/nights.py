# SPDX-License-Identifier: Apache-2.0

"""Nightly backups, and what has to be left of them."""

from __future__ import annotations

import dataclasses
import re
import time
from typing import Any

from tests.functional.cinder import Cinder, Record
from tests.functional.shell import Openstack, Result

KEEP = 2


@dataclasses.dataclass
class Nights:
    """The volumes of one property, backed up by one line every night.

    :param options: the options of ``openstack`` itself
    :ivar foreign: the IDs of backups that no night may touch
    """

    openstack: Openstack
    cinder: Cinder
    stem: str
    options: tuple[str, ...] = ()
    foreign: set[str] = dataclasses.field(default_factory=set)

    @property
    def line(self) -> tuple[str, ...]:
        return (
            *self.options,
            *('volume', 'backup', 'bulk', 'create'),
            *('--volume-property', f'of={self.stem}'),
            *('--name', '{volume}-{time}', '--incremental-or-full'),
            *('--force', '--or-show', '--wait', '--keep', str(KEEP)),
            *('-f', 'json'),
        )

    def volume(self, name: str, **fields: Any) -> Record:
        return self.cinder.volume(
            f'{self.stem}-{name}', metadata={'of': self.stem}, **fields
        )

    def night(self, *more: str) -> Result:
        """Run the line; two nights are a second apart."""
        time.sleep(1.1)
        return self.openstack(*self.line, *more)

    def backups(self, volume: Record) -> list[Record]:
        """Return the backups of a volume, the newest first."""
        return [
            one
            for one in self.cinder.listed('backup')
            if one['volume_id'] == volume['id']
        ]

    def series(self, volume: Record, name: str) -> list[Record]:
        """Return those of the series, the newest first."""
        names = re.compile(re.escape(name) + '-[0-9]{6}')
        found = [
            one
            for one in self.backups(volume)
            if names.fullmatch(one['name'] or '')
        ]
        return sorted(found, key=lambda one: one['created_at'], reverse=True)

    def check(self, volume: Record, name: str) -> None:
        """Insist that just the right ones are left of a volume's series.

        Those are the newest good ones, and what they build upon.
        """
        series = self.series(volume, name)
        good = [one for one in series if one['status'] == 'available']
        left = len(good)
        for number in range(len(good)):
            if number < KEEP or good[number - 1]['is_incremental']:
                continue
            left = number
            break
        assert len(good) == left, [one['name'] for one in good]
        there = {one['id'] for one in self.cinder.listed('backup')}
        assert self.foreign <= there
