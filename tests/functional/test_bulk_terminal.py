# SPDX-License-Identifier: Apache-2.0


"""The bulk commands with somebody who looks on, and presses Ctrl-C."""

from __future__ import annotations

from collections.abc import Mapping
import re
import signal

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Record, until
from tests.functional.projects import Project
from tests.functional.servers import Server
from tests.functional.shell import Openstack
from tests.functional.terminal import Terminal, openstack_in_terminal

pytestmark = pytest.mark.each_server

#: the bar with its counts, as it stands on a line of 80 columns
BAR = re.compile(
    r'.? ?(\d+)/(\d+) ready, (\d+) in progress, (\d+) failed [━╺╸ ]+ '
    r'\d:\d\d:\d\d'
)

#: cliff fits a table to the terminal, and then folds IDs
WIDE = {'CLIFF_MAX_TERM_WIDTH': '300'}

HIDE_CURSOR = '\x1b[?25l'


def creating(project: Project, *args: str) -> tuple[str, ...]:
    return (
        *project.options,
        *('volume', 'bulk', 'create', 'v-{n}', '--size', '1', *args),
    )


def cells(terminal: Terminal) -> list[list[str]]:
    """Return the cells of the table, less its head."""
    rows = [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in terminal.text.splitlines()
        if line.startswith('|')
    ]
    assert rows, terminal.raw
    assert rows[0] == ['Name', 'ID', 'Status', 'Result', 'Error']
    return rows[1:]


def bars(terminal: Terminal) -> list[tuple[int, ...]]:
    """Return ready, all, in progress and failed as they were shown."""
    lines = re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', terminal.raw).split('\r')
    shown = [found for line in lines if (found := BAR.fullmatch(line.strip()))]
    assert shown, terminal.raw
    assert all(len(found[0]) <= 80 for found in shown)
    return [tuple(map(int, found.groups())) for found in shown]


def states(project: Project) -> dict[str, Record]:
    return {one['id']: one for one in project.cinder.listed('volume')}


def has_begun_to_wait(api: Server, log: AccessLog, number: int) -> bool:
    """Return whether this many creates have been answered.

    For more than one, the list is looked at.
    """
    listing = api.path('/volumes/detail')
    return len(log.requests(method='POST')) == number and any(
        one.path == listing for one in log.requests()
    )


def test_bar(project: Project, openstack: Openstack) -> None:
    line = creating(project, '--count', '6', '--type', 'slow', '--wait')
    with openstack_in_terminal(
        openstack, *line, '--parallel', '3'
    ) as terminal:
        assert terminal.end() == 0
    counts = bars(terminal)
    assert {total for _ready, total, *_rest in counts} == {6}
    assert (3, 6, 3, 0) in counts
    # It is gone at the end, and what stays is the table and the totals.
    rule, _head, _rule, *rows, last_rule, summary = terminal.text.splitlines()[
        -11:
    ]
    assert set(rule) == set(last_rule) == {'+', '-'}
    assert len(rows) == 6
    assert summary == '6 volumes: 6 created'
    assert HIDE_CURSOR not in terminal.raw


def test_bar_counts_failures(project: Project, openstack: Openstack) -> None:
    line = creating(project, '--count', '3', '--type', 'broken', '--wait')
    with openstack_in_terminal(
        openstack, *line, '--parallel', '1'
    ) as terminal:
        assert terminal.end() == 1
    assert max(failed for *_rest, failed in bars(terminal)) >= 1
    assert terminal.text.splitlines()[-1] == '3 volumes: 3 failed'


@pytest.mark.parametrize(
    ('env', 'args'),
    [
        ({'TERM': 'dumb'}, ()),
        ({}, ('-f', 'value')),
    ],
    ids=['TERM=dumb', 'rows as they come'],
)
def test_no_bar(
    project: Project,
    openstack: Openstack,
    env: Mapping[str, str],
    args: tuple[str, ...],
) -> None:
    line = creating(project, '--count', '3', '--wait', *args)
    with openstack_in_terminal(openstack, *line, env=env) as terminal:
        assert terminal.end() == 0
    assert '\x1b[' not in terminal.raw
    assert '━' not in terminal.raw
    assert terminal.text.splitlines()[-1] == '3 volumes: 3 created'


def test_quiet(project: Project, openstack: Openstack) -> None:
    line = ('-q', *creating(project, '--count', '2', '-f', 'value'))
    with openstack_in_terminal(openstack, *line) as terminal:
        assert terminal.end() == 0
    assert len(terminal.text.splitlines()) == 2


def test_first_interrupt(project: Project, openstack: Openstack) -> None:
    """No new ones; those under way are seen to their end; the table."""
    line = creating(
        project,
        *('--count', '9', '--type', 'slow', '--wait', '--parallel', '3'),
    )
    with openstack_in_terminal(openstack, *line, env=WIDE) as terminal:
        terminal.expect('3 in progress')
        terminal.interrupt()
        terminal.expect('Interrupted: nothing more will be started')
        assert terminal.end() == 130
    rows = cells(terminal)
    assert len(rows) == 9
    there = states(project)
    assert len(there) == 3
    for n, (name, resource_id, status, result, error) in enumerate(rows, 1):
        assert name == f'v-{n}'
        if n <= 3:
            assert (status, result, error) == ('available', 'created', '')
            assert there[resource_id]['status'] == 'available'
        else:
            assert (resource_id, status, result) == ('', '', 'skipped')
            assert error == 'not sent: interrupted'
    assert terminal.text.splitlines()[-1] == '9 volumes: 3 created, 6 skipped'


def test_second_interrupt(
    project: Project, openstack: Openstack, api: Server, log: AccessLog
) -> None:
    """It ends at once, with the IDs that there are by then."""
    line = creating(
        project,
        *('--count', '9', '--type', 'slow', '--wait', '--parallel', '3'),
    )
    with openstack_in_terminal(openstack, *line, env=WIDE) as terminal:
        until(lambda: has_begun_to_wait(api, log, 3), 'all to be answered')
        terminal.interrupt()
        terminal.expect(
            'Interrupted: nothing more will be started. Finishing requests '
            'in progress; press Ctrl-C again to stop waiting'
        )
        terminal.interrupt()
        assert terminal.end() == 130
    there = states(project)
    # It did not wait: a slow one takes five seconds.
    assert [one['status'] for one in there.values()] == ['creating'] * 3
    rows = cells(terminal)
    assert {row[1] for row in rows[:3]} == set(there)
    assert [row[2:] for row in rows[:3]] == [
        ['creating', 'created', 'stopped waiting before completion']
    ] * 3
    assert [row[3] for row in rows[3:]] == ['skipped'] * 6
    assert terminal.text.splitlines()[-1] == '9 volumes: 3 created, 6 skipped'
    until(
        lambda: all(
            one['status'] == 'available' for one in states(project).values()
        ),
        'what was left to end by itself',
    )


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_ended_from_outside(
    project: Project,
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    number: int,
) -> None:
    """The rows are printed, and the cursor is as it was."""
    line = creating(
        project,
        *('--count', '4', '--type', 'slow', '--wait', '--parallel', '2'),
    )
    with openstack_in_terminal(openstack, *line, env=WIDE) as terminal:
        until(lambda: has_begun_to_wait(api, log, 2), 'both to be answered')
        terminal.signal(number)
        assert terminal.end() == 128 + number
    assert HIDE_CURSOR not in terminal.raw
    rows = cells(terminal)
    assert {row[1] for row in rows[:2]} == set(states(project))
    assert [row[3] for row in rows] == [*2 * ['created'], *2 * ['skipped']]
    assert terminal.text.splitlines()[-1] == '4 volumes: 2 created, 2 skipped'


def test_interrupt_of_rows_as_they_come(
    project: Project, openstack: Openstack
) -> None:
    line = creating(
        project, *('--count', '9', '--type', 'slow', '--wait', '-f', 'value')
    )
    with openstack_in_terminal(
        openstack, *line, '--parallel', '3'
    ) as terminal:
        until(lambda: len(states(project)) == 3, 'three to be under way')
        terminal.interrupt()
        assert terminal.end() == 130
    lines = terminal.text.replace('^C', '').splitlines()
    assert lines[-1] == '9 volumes: 3 created, 6 skipped'
    rows = [one.split()[:2] for one in lines if one.startswith('v-')]
    assert [name for name, _id in rows] == [f'v-{n}' for n in range(1, 10)]
    assert {one for _name, one in rows[:3]} == set(states(project))
