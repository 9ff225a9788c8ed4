# SPDX-License-Identifier: Apache-2.0

"""Control and progress of a run of many creates."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import re

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.job import Word

#: Cinder's words for a count; the quota of a volume type has its name behind
_COUNT = re.compile(
    r'Maximum number of (\w+) allowed \(\d+\) exceeded'
    r"(?! for quota '(?!\1'))"
)


@dataclasses.dataclass
class Tally:
    """The progress of a run.

    :param done: the number of results so far, by their word
    :param in_progress: how many are sent, waited for or followed up
    """

    done: dict[Word, int] = dataclasses.field(default_factory=dict)
    in_progress: int = 0

    def __getitem__(self, word: Word) -> int:
        return self.done.get(word, 0)

    @property
    def total(self) -> int:
        """The number of results so far."""
        return sum(self.done.values())


class Control:
    """A way to end a run early, from another thread or a signal handler.

    :ivar reason: why the rest is skipped, or None
    :ivar abandoned: whether the run is to end now
    """

    def __init__(self) -> None:
        self.reason: exceptions.ClientException | None = None
        self.abandoned = False
        self._wake: Callable[[], None] = lambda: None

    def stop(self, reason: str) -> None:
        """Send no more creates; those in progress are finished.

        :param reason: why the rest is skipped
        """
        if self.reason is None:
            self.reason = exceptions.ClientException(reason, code='skipped')
        self._wake()

    def abandon(self) -> None:
        """End now, and report what is in progress as far as it is known.

        What was not taken from the input yet is skipped.
        """
        self.abandoned = True
        self.stop('not sent: the run was ended')

    def on_change(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` at each call of the other methods."""
        self._wake = wake


def is_final(error: exceptions.ClientException) -> bool:
    """Return whether the project may have no more resources of the kind.

    A quota of a size, or of a volume type, need not stop the next create.
    """
    return isinstance(error, exceptions.OverLimit) and (
        _COUNT.search(error.message) is not None
    )
