# SPDX-License-Identifier: Apache-2.0

"""Signals that end a command: Ctrl-C, SIGTERM and SIGHUP.

``timeout``, systemd and container engines send SIGTERM, a terminal that is
closed sends SIGHUP. Without a handler they would end the process in the middle
of a create, without a word about what exists.
"""

from collections.abc import Iterator
import contextlib
import os
import signal
import threading
from types import FrameType

from osc_cinderlite.commands import output
from osc_cinderlite.i18n import _
from osc_cinderlite.lib.creating.control import Control

#: Windows has no SIGHUP.
ENDING = tuple(
    getattr(signal, name)
    for name in ('SIGTERM', 'SIGHUP')
    if hasattr(signal, name)
)


class Ended(KeyboardInterrupt):
    """A signal other than Ctrl-C that ends a command.

    :ivar number: of the signal
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def status_of(error: KeyboardInterrupt) -> int:
    """Return the exit status of a command that a signal has ended."""
    return 128 + getattr(error, 'number', signal.SIGINT)


def raising() -> contextlib.AbstractContextManager[None]:
    """Raise Ended for the signals that would end the process.

    A signal that is ignored, as under nohup, or that the application handles,
    is left alone.
    """
    return _handlers(dict.fromkeys(_unhandled(), _raise))


def _raise(number: int, frame: FrameType | None) -> None:
    raise Ended(number)


@contextlib.contextmanager
def _handlers(wanted: dict[int, object]) -> Iterator[None]:
    before = {
        number: signal.signal(number, handler)  # type: ignore[arg-type]
        for number, handler in wanted.items()
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unhandled(*others: int) -> list[int]:
    """Return the ending signals that nobody else handles or ignores.

    Only the main thread can handle them.

    :param others: signals that are handled in any case
    """
    if threading.current_thread() is not threading.main_thread():
        return []
    free = (signal.SIG_DFL, _raise)
    return [n for n in ENDING if signal.getsignal(n) in free] + [*others]


def pass_on(status: int, interactive: bool) -> int:
    """Let a signal that has ended a command end the interactive shell, too.

    :param status: the exit status of the command
    """
    if interactive and status - 128 in ENDING:
        os.kill(os.getpid(), status - 128)
    return status


class Signals:
    """The signals during a bulk run.

    The first Ctrl-C ends the sending; the second one, SIGTERM and SIGHUP end
    the run.

    :ivar count: how many there have been; a signal that ends the run at once
        counts as two
    :ivar status: the exit status of a run that they have ended
    """

    def __init__(self) -> None:
        self.count = 0
        self.status = 128 + signal.SIGINT
        self._told = False

    @contextlib.contextmanager
    def handled(self, control: Control) -> Iterator[None]:
        """Pass them on to a run.

        The third ends everything, also a program that cannot print.
        """

        def handle(number: int, frame: FrameType | None) -> None:
            self.count += 1
            if number != signal.SIGINT:
                self.status = 128 + number
                self.count = max(self.count, 2)
            if self.count == 1:
                control.stop(_('not sent: interrupted'))
                return
            control.abandon()
            if self.count > 2:
                raise Ended(number)

        with _handlers(dict.fromkeys(_unhandled(signal.SIGINT), handle)):
            yield

    def tell(self, quiet: bool) -> None:
        """Say once, after the first, what it means.

        Not done where it is met: that may be in the middle of printing.
        """
        if self.count == 1 and not self._told:
            self._told = True
            output.say(
                _(
                    'Interrupted: nothing more will be started. Finishing '
                    'requests in progress; press Ctrl-C again to stop waiting'
                ),
                quiet,
            )
