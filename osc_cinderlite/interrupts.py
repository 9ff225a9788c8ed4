# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.


"""Ctrl-C while many creates are under way."""

from collections.abc import Iterator
import contextlib
import signal
import threading
from typing import TYPE_CHECKING

from osc_cinderlite import progress
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.bulk import Control


class Interrupts:
    """The first ends the sending, the second ends it all.

    :ivar count: how many there have been
    """

    def __init__(self) -> None:
        self.count = 0
        self._told = False

    @contextlib.contextmanager
    def handled(self, control: 'Control') -> Iterator[None]:
        """Pass them on to a run.

        The second breaks off a request that the run's own thread waits for,
        but nothing else: what it makes of an answer is not to be lost. The
        third breaks off everything.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupted(number: int, frame: object) -> None:
            self.count += 1
            if self.count == 1:
                control.stop(_('not sent: interrupted'))
                return
            control.abandon()
            if control.asking or self.count > 2:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def tell(self, quiet: bool) -> None:
        """Say once, after the first, what it means.

        Not done where it is met: that may be in the middle of printing.
        """
        if self.count == 1 and not self._told:
            self._told = True
            progress.say(
                _(
                    'Interrupted: what is under way is seen to its end; '
                    'interrupt again to leave it'
                ),
                quiet,
            )
