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

from __future__ import annotations

import contextlib
import io
import logging
import os
import re

import pytest

from osc_cinderlite import progress
from osc_cinderlite.lib.bulk import Tally
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


class TestIsLive:
    def test_on_a_terminal(self, terminal: Terminal) -> None:
        assert progress.is_live(terminal, quiet=False)

    def test_quiet(self, terminal: Terminal) -> None:
        assert not progress.is_live(terminal, quiet=True)

    def test_in_a_pipe(self, terminal: Terminal) -> None:
        assert not progress.is_live(io.StringIO(), quiet=False)
        assert not progress.is_live(None, quiet=False)

    @pytest.mark.parametrize(
        ('variable', 'value', 'live'),
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
        live: bool,
    ) -> None:
        monkeypatch.setenv(variable, value)
        assert progress.is_live(terminal, quiet=False) is live

    def test_in_the_background(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(terminal, 'fileno', lambda: 2)
        group = os.getpgrp()
        for other, live in ((0, True), (1, False)):
            monkeypatch.setattr(
                os, 'tcgetpgrp', lambda fd, other=other: group + other
            )
            assert progress.is_live(terminal, quiet=False) is live

    def test_without_process_groups(
        self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As on Windows."""
        monkeypatch.delattr(os, 'tcgetpgrp')
        monkeypatch.delattr(os, 'getpgrp')
        assert progress.is_live(terminal, quiet=False)


class TestSay:
    def test_line(self, terminal: Terminal) -> None:
        with contextlib.redirect_stderr(terminal):
            progress.say('a\x1b[2J', quiet=False)
        assert terminal.getvalue() == 'a\\x1b[2J\n'

    def test_quiet(self, terminal: Terminal) -> None:
        with contextlib.redirect_stderr(terminal):
            progress.say('a', quiet=True)
        assert terminal.getvalue() == ''

    def test_closed(self) -> None:
        with contextlib.redirect_stderr(None):
            progress.say('a', quiet=False)


class TestFollowing:
    def test_live(self, terminal: Terminal) -> None:
        with (
            contextlib.redirect_stderr(terminal),
            progress.following('[bold]data', 'creating', False) as on_state,
        ):
            on_state(Resource(volume(status='downloading')))
            on_state(Resource(volume(status=None)))
        shown = _STYLES.sub('', terminal.getvalue())
        assert re.search(r'\[bold\]data: creating +0:00:0', shown)
        assert re.search(r'\[bold\]data: waiting +0:00:0', shown)
        assert '\x1b[?25' not in terminal.getvalue()

    def test_nothing_in_a_pipe(self) -> None:
        pipe = io.StringIO()
        with (
            contextlib.redirect_stderr(pipe),
            progress.following('data', 'creating', False) as on_state,
        ):
            on_state(Resource(volume()))
        assert pipe.getvalue() == ''

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
            progress.following('n' * 200, 'downloading', False) as on_state,
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
            progress.following('data', 'creating', False) as on_state,
        ):
            on_state(Resource(volume(status='\x1b]0;pwned\x07')))
        assert '\x1b]0;' not in terminal.getvalue()
        assert r'\x1b]0;pwned' in terminal.getvalue()


class TestCounting:
    TALLY = Tally(
        {'created': 2, 'exists': 1, 'failed': 1, 'unknown': 1, 'skipped': 1},
        waiting=4,
        under_way=5,
    )

    @pytest.mark.parametrize(('total', 'of'), [(9, '9'), (None, r'\?')])
    def test_live(
        self,
        terminal: Terminal,
        monkeypatch: pytest.MonkeyPatch,
        total: int | None,
        of: str,
    ) -> None:
        monkeypatch.setenv('COLUMNS', '120')
        with (
            contextlib.redirect_stderr(terminal),
            progress.counting('volumes', total, live=True) as on_change,
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
            progress.counting('volumes', 12, live=True) as on_change,
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
            progress.counting('volumes', 9, live=False) as on_change,
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
        progress.console_on_stderr(),
    ):
        assert handler.stream is not terminal
        root.warning('[red]size\n')
    assert handler.stream is terminal
    assert isinstance(other.stream, io.StringIO)
    assert terminal.getvalue() == '[red]size\n'


class TestRetries:
    def test_long_ones_are_told(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = Clock()
        monkeypatch.setattr(progress, 'time', clock)
        retries = progress.Retries()
        for pause in (0.5, 1.0, 2.0, 2.0, 4.0):
            retries('Busy (HTTP 503)', pause)
        assert caplog.messages == ['Retrying in 2 s: Busy (HTTP 503)']
        clock.sleep(2)
        retries('Busy (HTTP 503)', 8.0)
        assert caplog.messages[1:] == ['Retrying in 8 s: Busy (HTTP 503)']
