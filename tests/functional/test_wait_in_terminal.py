# SPDX-License-Identifier: Apache-2.0

"""Waiting with somebody at the terminal: the live line, and Ctrl-C."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, until
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack
from tests.functional.terminal import bash, openstack_in_terminal

pytestmark = pytest.mark.each_server

_ESCAPE = '\x1b'


def slow_create(name: str) -> list[str]:
    return [
        'volume',
        'create',
        name,
        '--size',
        '1',
        '--type',
        'slow',
        '--wait',
        '-f',
        'json',
    ]


def test_live_line(openstack: Openstack, name: Name) -> None:
    new = name('live')
    with openstack_in_terminal(openstack, *slow_create(new)) as terminal:
        terminal.expect(rf'\({new}\) created; waiting for it')
        terminal.expect(rf'{new}: creating .*0:00:0[1-5]')
        assert terminal.end() == 0
    # It is gone in the end, and what stays is the line and the record.
    assert terminal.raw.count(f'{new}: creating') > 5
    assert f'{_ESCAPE}[?25' not in terminal.raw
    assert f'{_ESCAPE}[2K' in terminal.raw
    made = json.loads(terminal.text[terminal.text.rindex('\n{') :])
    assert made['status'] == 'available'


@pytest.mark.parametrize('columns', [50, 80, 200])
def test_live_line_of_a_long_name(
    openstack: Openstack, name: Name, columns: int
) -> None:
    """State and time stay; nothing is wrapped."""
    new = name('long').ljust(200, 'x')
    with openstack_in_terminal(
        openstack, *slow_create(new), columns=columns
    ) as terminal:
        terminal.expect(r'x…: creating .*0:00:0[1-5]')
        assert terminal.end() == 0
    lines = re.split(
        r'[\r\n]+', re.sub(r'\x1b\[[\d;]*[A-Za-z]', '', terminal.raw)
    )
    shown = [line for line in lines if 'x…: creating' in line]
    assert all(re.search(r'\d:\d\d:\d\d$', line) for line in shown)
    assert {len(line) for line in shown} == {columns - 3}
    assert '\x1b[?25' not in terminal.raw


def test_only_in_the_foreground(openstack: Openstack, name: Name) -> None:
    new = name('background')
    line = shlex.join(['openstack', *slow_create(new)])
    with bash(openstack) as terminal:
        terminal.send(f'{line} & wait; echo "status=$?"')
        terminal.expect(r'status=\d')
    assert f'{new}: creating' not in terminal.raw
    assert f'({new}) created; waiting for it' in terminal.text


def test_stopped_and_taken_back(openstack: Openstack, name: Name) -> None:
    new = name('stopped')
    with bash(openstack) as terminal:
        terminal.send(shlex.join(['openstack', *slow_create(new)]))
        terminal.expect(f'{new}: creating')
        terminal.press('\x1a')
        terminal.expect('Stopped')
        terminal.send('fg')
        terminal.expect('"status": "available"')
    assert '\x1b[?25' not in terminal.raw


def test_taken_to_the_foreground(openstack: Openstack, name: Name) -> None:
    """A command that was started in the background gets its line."""
    new = name('taken')
    line = shlex.join(['openstack', *slow_create(new)])
    with bash(openstack) as terminal:
        terminal.send(f'{line} &')
        terminal.expect(r'created; waiting for it')
        assert f'{new}: creating' not in terminal.raw
        terminal.send('fg')
        terminal.expect(f'{new}: creating .*0:00:0')
        terminal.expect('"status": "available"')


def test_retry(openstack: Openstack, faults: Faults, name: Name) -> None:
    """The line says why nothing happens, also without --wait."""
    new = name('retried')
    busy = {'method': 'POST', 'path': '/volumes$', 'times': 1, 'status': 429}
    with (
        faults({**busy, 'headers': {'Retry-After': '4'}}),
        openstack_in_terminal(
            openstack, 'volume', 'create', new, '--size', '1', '-f', 'json'
        ) as terminal,
    ):
        terminal.expect(r'retrying in 3 s: .*\(HTTP 429\).*0:00:0')
        assert terminal.end() == 0
    lines = terminal.text.replace('\n', '')
    assert lines.count('"id"') == 1
    assert terminal.raw.count('\n') < 40


@pytest.mark.parametrize('env', [{'TERM': 'dumb'}], ids=str)
def test_no_live_line(
    openstack: Openstack, name: Name, env: dict[str, str]
) -> None:
    new = name('plain')
    command = ['volume', 'create', new, '--size', '1', '--wait']
    with openstack_in_terminal(openstack, *command, env=env) as terminal:
        assert terminal.end() == 0
    assert terminal.text.splitlines()[0].endswith(
        f'({new}) created; waiting for it'
    )
    assert _ESCAPE not in terminal.raw
    assert f'{new}: ' not in terminal.text


def test_quiet(openstack: Openstack, name: Name) -> None:
    command = ['-q', 'volume', 'create', name('quiet'), '--size', '1']
    with openstack_in_terminal(
        openstack, *command, '--wait', '-f', 'json'
    ) as terminal:
        assert terminal.end() == 0
    assert _ESCAPE not in terminal.raw
    assert json.loads(terminal.raw)['status'] == 'available'


def test_only_stderr_is_a_terminal(openstack: Openstack, name: Name) -> None:
    """The line is for eyes; the result is for the pipe."""
    new = name('piped')
    line = shlex.join(['openstack', *slow_create(new)])
    with bash(openstack) as terminal:
        terminal.send(f'{line} | tr a-z A-Z')
        terminal.expect(rf'{new}: creating .*0:00:0[1-5]')
        terminal.expect('"STATUS": "AVAILABLE"')


def test_interrupted(
    openstack: Openstack, api: Server, demo: Cinder, name: Name
) -> None:
    new = name('interrupted')
    with bash(openstack) as terminal:
        terminal.send(shlex.join(['openstack', *slow_create(new)]))
        found = terminal.expect(r'Volume (\S{36}) \(.*waiting for it')
        terminal.expect(f'{new}: creating')
        terminal.interrupt()
        volume_id = found[1]
        terminal.expect(f'volume {volume_id} is left as it is')
        # OpenStackClient has no such command at API v1 any more.
        if api.major > 1:
            terminal.expect(f'volume show {volume_id}')
        terminal.send('echo "status=$?"')
        status = terminal.expect(r'status=(\d+)')
    assert status[1] == '130'
    assert 'Traceback' not in terminal.text
    assert demo.wait('volume', volume_id)['name'] == new


def test_interrupted_while_it_is_created(
    openstack: Openstack, faults: Faults, log: AccessLog, name: Name
) -> None:
    """Nobody knows the ID yet; where to look is said all the same."""
    new = name('interrupted')
    command = ['volume', 'create', new, '--size', '1', '--wait']
    rule = {'method': 'POST', 'path': '/volumes$', 'delay': 5}
    with (
        faults(rule),
        openstack_in_terminal(openstack, *command) as terminal,
    ):
        until(lambda: log.requests('identity', 'POST'), 'a token')
        terminal.wait(1)
        terminal.interrupt()
        assert terminal.end() == 130
    assert 'may or may not exist' in terminal.text.replace('\n', ' ')
    assert 'Traceback' not in terminal.text


def test_interrupted_in_the_interactive_shell(
    openstack: Openstack, name: Name
) -> None:
    one, two = name('interrupted'), name('after')
    with openstack_in_terminal(openstack) as terminal:
        terminal.expect('[(]')
        terminal.send(shlex.join(slow_create(one)))
        terminal.expect(f'{one}: creating')
        terminal.interrupt()
        terminal.expect('is left as it is')
        terminal.send(f'volume create {two} --size 1 -f json')
        terminal.expect(f'"name": "{two}"')
