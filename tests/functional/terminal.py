# SPDX-License-Identifier: Apache-2.0

"""A terminal with somebody at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import contextlib
import io
import re
import signal

import pexpect

from tests.functional.shell import LIMIT, OPENSTACK, Openstack

_CONTROL = re.compile(r'\x1b\[[0-9;?]*[A-Za-z]')

#: nobody answers where the cursor is
_NO_QUERIES = {'PROMPT_TOOLKIT_NO_CPR': '1'}

#: what Ctrl-C sends
INTERRUPT = '\x03'


def _heed_interrupts() -> None:
    """Undo what a shell does to programs that it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A program in a terminal, and all that it has shown."""

    def __init__(
        self,
        program: str,
        args: list[str],
        env: Mapping[str, str],
        columns: int = 80,
    ) -> None:
        self._shown = io.StringIO()
        self._child = pexpect.spawn(
            program,
            args,
            env={'TERM': 'xterm', **_NO_QUERIES, **env},
            encoding='utf-8',
            timeout=LIMIT,
            dimensions=(24, columns),
            preexec_fn=_heed_interrupts,
        )
        self._child.logfile_read = self._shown

    def expect(self, pattern: str) -> re.Match[str]:
        """Wait until something that matches is shown."""
        try:
            self._child.expect(pattern)
        except (pexpect.EOF, pexpect.TIMEOUT):
            raise AssertionError(
                f'{pattern!r} was not shown: {self.raw!r}'
            ) from None
        found = self._child.match
        assert isinstance(found, re.Match)
        return found

    def wait(self, seconds: float) -> None:
        """Look at what is shown for some time."""
        with contextlib.suppress(pexpect.TIMEOUT):
            self._child.expect(pexpect.EOF, timeout=seconds)

    def send(self, line: str) -> None:
        """Type a line."""
        self._child.sendline(line)

    def press(self, key: str) -> None:
        """Press a key."""
        self._child.send(key)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._child.send(INTERRUPT)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._child.kill(number)

    def end(self) -> int:
        """Wait for the end of the program and return its exit status."""
        self._child.expect(pexpect.EOF)
        self._child.close()
        status: int | None = self._child.exitstatus
        assert status is not None, f'killed by {self._child.signalstatus}'
        return status

    @property
    def raw(self) -> str:
        """Everything that was written to the terminal."""
        return self._shown.getvalue()

    @property
    def text(self) -> str:
        """The same, without control sequences."""
        return _CONTROL.sub('', self.raw).replace('\r', '')

    def kill(self) -> None:
        self._child.close(force=True)


@contextlib.contextmanager
def openstack_in_terminal(
    openstack: Openstack,
    *args: str,
    cloud: str = 'dev-demo',
    env: Mapping[str, str] | None = None,
    columns: int = 80,
) -> Iterator[Terminal]:
    """Run ``openstack`` in a terminal; it is ended with the block."""
    variables = {**openstack.environment(cloud), **(env or {})}
    terminal = Terminal(str(OPENSTACK), list(args), variables, columns)
    try:
        yield terminal
    finally:
        terminal.kill()


@contextlib.contextmanager
def bash(openstack: Openstack) -> Iterator[Terminal]:
    """Run an interactive shell, for what only a shell shows."""
    variables = {**openstack.environment(), 'PS1': '$ '}
    terminal = Terminal(
        '/bin/bash', ['--noprofile', '--norc', '-i'], variables
    )
    try:
        yield terminal
    finally:
        terminal.kill()
