# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import contextlib
import io
import logging
import os
import re

import pytest

from osc_cinderlite.commands import display, output, progress
from osc_cinderlite.lib.creating.control import Tally
from osc_cinderlite.lib.resource import Resource
from tests.unit.clock import Clock
from tests.unit.cloud import volume
from tests.unit.shell import Terminal

_STYLES = re.compile(r'\x1b\[[\d;]*m')
_CONTROLS = re.compile(r'\x1b\[[\d;?]*[A-Za-z]')


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal that can do what a terminal can."""
    monkeypatch.setenv('TERM', 'xterm')
    monkeypatch.delenv('NO_COLOR', raising=False)
    return Terminal()


def live_line(wanted: bool = True) -> progress.LiveLine:
    return progress.LiveLine(wanted)


class TestCanRedraw:
    def test_on_a_terminal(self, terminal: Terminal) -> None:
        assert output.can_redraw(terminal)

    def test_in_a_pipe(self, terminal: Terminal) -> None:
        assert not output.can_redraw(io.StringIO())
        assert not output.can_redraw(None)

    @pytest.mark.parametrize(
        ('variable', 'value', 'can'),
        [
            ('TERM', 'dumb', False),
            # It wants no color, but may well move the cursor.
            ('NO_COLOR', '1', True),
        ],
    )
    def test_wishes(
        self,
        terminal: Terminal,
        monkeypatch: pytest.MonkeyPatch,
        variable: str,
        value: str,
        can: bool,
    ) -> None:
        monkeypatch.setenv(variable, value)
        assert output.can_redraw(terminal) is can


class TestForeground:
    @pytest.fixture
    def group(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The process group in the foreground, which a test may change."""
        groups = [os.getpgrp()]
        monkeypatch.setattr(Terminal, 'fileno', lambda self: 2)
        monkeypatch.setattr(os, 'tcgetpgrp', lambda fd: groups[-1])
        return groups

    def test_group(self, terminal: Terminal, group: list[int]) -> None:
        assert output.is_in_foreground(terminal)
        group.append(group[0] + 1)
        assert not output.is_in_foreground(terminal)

    def test_without_process_groups(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As on Windows."""
        monkeypatch.delattr(os, 'tcgetpgrp')
        monkeypatch.delattr(os, 'getpgrp')
        assert output.is_in_foreground(terminal)

    def test_line_comes_and_goes(
        self, terminal: Terminal, group: list[int]
    ) -> None:
        """What another program has written meanwhile is not erased."""
        group.append(group[0] + 1)
        with (
            contextlib.redirect_stderr(terminal),
            display.console_on_stderr() as console,
            display.Live(console, lambda: 'the line') as live,
        ):
            console.print('in the background')
            assert terminal.getvalue() == 'in the background\n'
            group.pop()
            live.refresh()
            assert 'the line' in terminal.getvalue()
            group.append(group[0] + 1)
            live.refresh()
            before = terminal.getvalue()
        assert terminal.getvalue() == before


class TestSay:
    def test_line(self, terminal: Terminal) -> None:
        with contextlib.redirect_stderr(terminal):
            output.say('a\x1b[2J', quiet=False)
        assert terminal.getvalue() == 'a\\x1b[2J\n'

    def test_quiet(self, terminal: Terminal) -> None:
        with contextlib.redirect_stderr(terminal):
            output.say('a', quiet=True)
        assert terminal.getvalue() == ''

    def test_closed(self) -> None:
        with contextlib.redirect_stderr(None):
            output.say('a', quiet=False)


class TestFollowing:
    def test_live(self, terminal: Terminal) -> None:
        with (
            contextlib.redirect_stderr(terminal),
            live_line().following('[bold]data', 'creating') as on_state,
        ):
            on_state(Resource(volume(status='downloading')))
            on_state(Resource(volume(status=None)))
        shown = _STYLES.sub('', terminal.getvalue())
        assert re.search(r'\[bold\]data: creating +0:00:0', shown)
        assert re.search(r'\[bold\]data: waiting +0:00:0', shown)
        assert '\x1b[?25' not in terminal.getvalue()

    @pytest.mark.parametrize('columns', [50, 80, 200])
    def test_long_name(
        self,
        terminal: Terminal,
        monkeypatch: pytest.MonkeyPatch,
        columns: int,
    ) -> None:
        """It is shortened; state and time stay."""
        monkeypatch.setenv('COLUMNS', str(columns))
        with (
            contextlib.redirect_stderr(terminal),
            live_line().following('n' * 200, 'downloading') as on_state,
        ):
            on_state(Resource(volume(status='creating')))
        lines = _CONTROLS.sub('', terminal.getvalue()).splitlines()
        shown = [line for line in lines if 'creating' in line]
        assert shown
        for line in shown:
            assert re.search(r'n…: creating +0:00:0', line)
            assert len(line.rstrip()) <= columns - 3

    def test_status_of_a_hostile_server(self, terminal: Terminal) -> None:
        with (
            contextlib.redirect_stderr(terminal),
            live_line().following('data', 'creating') as on_state,
        ):
            on_state(Resource(volume(status='\x1b]0;pwned\x07')))
        assert '\x1b]0;' not in terminal.getvalue()
        assert r'\x1b]0;pwned' in terminal.getvalue()


class TestCounting:
    TALLY = Tally(
        {'created': 2, 'exists': 1, 'failed': 1, 'unknown': 1, 'skipped': 1},
        in_progress=5,
    )

    @pytest.mark.parametrize(('total', 'of'), [(9, '9')])
    def test_live(
        self,
        terminal: Terminal,
        monkeypatch: pytest.MonkeyPatch,
        total: int,
        of: str,
    ) -> None:
        monkeypatch.setenv('COLUMNS', '120')
        with (
            contextlib.redirect_stderr(terminal),
            live_line().counting(total) as on_change,
        ):
            on_change(self.TALLY)
        assert re.search(
            rf'3/{of} ready, 5 in progress, 2 failed .*0:00:0',
            _STYLES.sub('', terminal.getvalue()),
        )

    @pytest.mark.parametrize('columns', [50, 80, 200])
    def test_widths(
        self,
        terminal: Terminal,
        monkeypatch: pytest.MonkeyPatch,
        columns: int,
    ) -> None:
        monkeypatch.setenv('COLUMNS', str(columns))
        with (
            contextlib.redirect_stderr(terminal),
            live_line().counting(12) as on_change,
        ):
            on_change(self.TALLY)
        lines = _CONTROLS.sub('', terminal.getvalue()).splitlines()
        shown = [line for line in lines if 'ready' in line]
        assert shown
        for line in shown:
            assert '3/12 ready, 5 in progress, 2 failed' in line
            assert '0:00:0' in line
            assert len(line.rstrip()) <= columns - 3

    def test_not_wanted(self, terminal: Terminal) -> None:
        with (
            contextlib.redirect_stderr(terminal),
            live_line(wanted=False).counting(9) as on_change,
        ):
            on_change(self.TALLY)
        assert terminal.getvalue() == ''


def test_log_lines_stand_above_the_live_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = logging.StreamHandler(terminal)
    other = logging.StreamHandler(io.StringIO())
    root = logging.getLogger()
    monkeypatch.setattr(root, 'handlers', [handler, other])
    with (
        contextlib.redirect_stderr(terminal),
        display.console_on_stderr(),
    ):
        assert handler.stream is not terminal
        root.warning('[red]size\n')
    assert handler.stream is terminal
    assert isinstance(other.stream, io.StringIO)
    assert terminal.getvalue() == '[red]size\n'


class TestRetry:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Clock:
        clock = Clock()
        monkeypatch.setattr(progress, 'time', clock)
        return clock

    def drawn(self, live: progress.LiveLine, width: int = 80) -> str:
        """Return the line as it would be drawn now."""
        from rich import console

        shown = console.Console(width=width, file=io.StringIO())
        with shown.capture() as capture:
            line = display.Line(*live.words(), elapsed=0.0)
            shown.print(display.row(line, width))
        lines = capture.get().splitlines()
        assert len(lines) == 1
        return lines[0]

    def test_short_ones_are_not_told(
        self, terminal: Terminal, clock: Clock
    ) -> None:
        with (
            contextlib.redirect_stderr(terminal),
            contextlib.closing(live_line()) as live,
        ):
            for pause in (0.5, 1.0):
                live.retry('Busy (HTTP 503)', pause)
        assert terminal.getvalue() == ''

    def test_without_anything_else(
        self, terminal: Terminal, clock: Clock
    ) -> None:
        with (
            contextlib.redirect_stderr(terminal),
            contextlib.closing(live_line()) as live,
        ):
            live.retry('Busy (HTTP 503)', 8.0)
            clock.sleep(3)
            assert 'retrying in 5 s: Busy (HTTP 503)' in self.drawn(live)
            clock.sleep(6)
            assert 'retrying: Busy (HTTP 503)' in self.drawn(live)
        assert 'retrying in 8 s: Busy' in terminal.getvalue()

    @pytest.mark.parametrize('columns', [50, 80, 200])
    def test_in_a_wait(
        self, terminal: Terminal, clock: Clock, columns: int
    ) -> None:
        live = live_line()
        with (
            contextlib.redirect_stderr(terminal),
            live.following('n' * 200, 'creating') as on_state,
        ):
            live.retry('Busy (HTTP 503)', 8.0)
            shown = self.drawn(live, columns)
            assert re.search(r'n…: creating; retrying in 8', shown)
            assert '0:00:00' in shown
            on_state(Resource(volume(status='creating')))
            assert 'retrying' in self.drawn(live, columns)
            clock.sleep(9)
            on_state(Resource(volume(status='creating')))
            assert 'retrying' not in self.drawn(live, columns)

    def test_of_many(self, terminal: Terminal, clock: Clock) -> None:
        live = live_line()
        with (
            contextlib.redirect_stderr(terminal),
            live.counting(12) as on_change,
        ):
            on_change(TestCounting.TALLY)
            live.retry('Busy (HTTP 503)', 8.0)
            assert (
                '3/12 ready, 5 in progress, 2 failed; retrying in 8 s: Busy'
                in self.drawn(live)
            )
