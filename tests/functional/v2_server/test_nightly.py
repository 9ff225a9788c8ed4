# SPDX-License-Identifier: Apache-2.0

"""Nights with retention at API v2."""

from __future__ import annotations

from tests.functional.cinder import Cinder, Name
from tests.functional.nights import KEEP, Nights
from tests.functional.shell import Openstack


def test_nights(v2: Openstack, demo: Cinder, name: Name) -> None:
    nights = Nights(v2, demo, name('w'))
    volume = nights.volume('a')
    title = f'{nights.stem}-a'
    for _night in range(KEEP + 1):
        nights.night().ok()
        nights.check(volume, title)
    demo.extend(volume['id'], 2)
    for _night in range(KEEP):
        done = nights.night().ok()
        nights.check(volume, title)
    deleted = [row for row in done.json if row['Result'] == 'deleted']
    assert len(deleted) == KEEP + 1
    assert {one['size'] for one in nights.series(volume, title)} == {2}
