# SPDX-License-Identifier: Apache-2.0

"""Time that passes only where the tested code sleeps, and real time."""

from __future__ import annotations

#: seconds after which something that has to happen at once has not
SOON = 20


class Clock:
    """Stands in for the module ``time``.

    :ivar pauses: all sleeps, in seconds
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
