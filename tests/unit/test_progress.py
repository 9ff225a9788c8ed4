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
import re

import pytest

from osc_cinderlite import progress
from osc_cinderlite.lib.bulk import Tally
from osc_cinderlite.lib.resource import Resource
from tests.unit.cloud import volume
from tests.unit.shell import Terminal

_STYLES = re.compile(r'\x1b\[[\d;]*m')


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
        ('variable', 'value'), [('TERM', 'dumb'), ('NO_COLOR', '1')]
    )
    def test_not_wanted(
        self,
        terminal: Terminal,
        monkeypatch: pytest.MonkeyPatch,
        variable: str,
        value: str,
    ) -> None:
        monkeypatch.setenv(variable, value)
        assert not progress.is_live(terminal, quiet=False)


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
        shown = terminal.getvalue()
        assert '[bold]data: creating' in shown
        assert '[bold]data: waiting' in shown
        assert '0:00:0' in shown

    def test_nothing_in_a_pipe(self) -> None:
        pipe = io.StringIO()
        with (
            contextlib.redirect_stderr(pipe),
            progress.following('data', 'creating', False) as on_state,
        ):
            on_state(Resource(volume()))
        assert pipe.getvalue() == ''


class TestCounting:
    TALLY = Tally(
        {'created': 2, 'exists': 1, 'failed': 1, 'unknown': 1, 'skipped': 1},
        waiting=4,
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
            rf'volumes .* 6/{of} .*3 created, 4 waiting, 2 failed, \d+\.\d/s',
            _STYLES.sub('', terminal.getvalue()),
        )

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
