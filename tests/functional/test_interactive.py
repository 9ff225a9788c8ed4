# SPDX-License-Identifier: Apache-2.0

"""Many commands in one ``openstack``: its interactive shell."""

from __future__ import annotations

import json
import re

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.servers import Server
from tests.functional.shell import Openstack, Result
from tests.functional.terminal import openstack_in_terminal

pytestmark = pytest.mark.each_server

#: which of them depends on the versions of cliff and cmd2
_PROMPT = r'\((openstack|Cmd)\)'


def piped(openstack: Openstack, *lines: str) -> Result:
    """Give lines to one process; its exit status says nothing (cliff)."""
    return openstack(stdin=''.join(f'{line}\n' for line in lines))


def documents(text: str) -> list[Record]:
    """Return the JSON documents that stand one behind the other."""
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


def test_several_creates(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    demo: Cinder,
    name: Name,
) -> None:
    names = [name('piped') for _ in range(3)]
    volume = demo.volume(name('source'))
    log.mark()
    done = piped(
        openstack,
        *(f'volume create {one} --size 1 -f json' for one in names),
        f'volume snapshot create s --volume {volume["id"]} -f json',
        f'volume backup create {volume["id"]} --name b -f json',
    )
    assert done.stderr == ''
    made = documents(done.stdout)
    kinds = (*['volume'] * 3, 'snapshot', 'backup')
    assert [
        demo.get(kind, one['id'])['name']
        for kind, one in zip(kinds, made, strict=True)
    ] == [*names, 's', 'b']

    assert log.lines(None) == [
        'GET /v3',
        'POST /v3/auth/tokens',
        *[f'POST {api.path("/volumes")}'] * 3,
        f'POST {api.path("/snapshots")}',
        f'POST {api.path("/backups")}',
    ]
    assert len({one.client_port for one in log.requests()}) == 1


def test_errors_leave_it_alive(
    openstack: Openstack, api: Server, log: AccessLog, name: Name
) -> None:
    last = name('after-all')
    done = piped(
        openstack,
        'volume create --size 0',
        'volume create nameless-size',
        'volume create v --size 1 --type no-such-type',
        'volume backup create no-such-volume',
        f'volume create {last} --size 1 --type broken --wait -f json',
        f'volume create {last} --size 1 -f json',
    )
    failed, made = documents(done.stdout)
    assert failed['status'] == 'error'
    assert made['name'] == last
    for message in (
        '0 is not a size',
        '--size is a required option',
        'no-such-type',
        'No volume found for no-such-volume',
        'Driver failed to create the volume'
        if api.has('3.64')
        else 'is in status error',
    ):
        assert message in done.stderr
    assert 'Traceback' not in done.stderr
    tokens = log.requests('identity', 'POST', '/auth/tokens$')
    assert len(tokens) == 1


def test_names_with_spaces(openstack: Openstack, demo: Cinder) -> None:
    """The shell of cliff takes quotes away twice, for every command."""
    done = piped(openstack, """volume create '"two words"' --size 1 -f json""")
    assert done.stderr == ''
    assert documents(done.stdout)[0]['name'] == 'two words'


def test_in_a_terminal(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    demo: Cinder,
    name: Name,
) -> None:
    one, two, three = (name('typed') for _ in range(3))
    with openstack_in_terminal(openstack) as terminal:
        terminal.expect(_PROMPT)
        terminal.send(f'volume create {one} --size 1 -f json')
        terminal.expect('"status": ')
        terminal.expect(_PROMPT)
        first = log.requests()
        log.mark()
        terminal.send(f'volume create {two} --size 1 -f json')
        terminal.expect('"status": ')
        terminal.expect(_PROMPT)
        second = log.requests(None)
        terminal.send('volume backup create no-such-volume')
        terminal.expect('No volume found for no-such-volume')
        terminal.expect(_PROMPT)
        terminal.send(f'volume create {three} --size 1 --wait -f json')
        terminal.expect('"status": ')
        terminal.expect(_PROMPT)
        terminal.send('quit')
        terminal.end()
    assert 'Traceback' not in terminal.text
    assert '"status": "available"' in terminal.text
    assert [str(request) for request in second] == [
        f'POST {api.path("/volumes")}'
    ]
    assert second[0].client_port == first[-1].client_port
    found = {volume['name'] for volume in demo.listed('volume')}
    assert {one, two, three} <= found


@pytest.mark.parametrize(
    'command',
    ['volume create', 'volume snapshot create', 'volume backup create'],
)
def test_help(openstack: Openstack, command: str) -> None:
    by_command = openstack('help', *command.split()).ok()
    by_option = openstack(*command.split(), '--help').ok()
    typed = piped(openstack, f'help {command}')
    for done in (by_command, by_option, typed):
        assert done.stderr == ''
        assert '--wait-timeout <seconds>' in done.stdout
        assert 'provided by the osc-cinderlite plugin' in done.stdout


def test_complete(openstack: Openstack) -> None:
    done = openstack('complete').ok()
    assert done.stderr == ''
    for command in ('volume', 'volume_snapshot', 'volume_backup'):
        (options,) = re.findall(f"cmds_{command}_create='(.*)'", done.stdout)
        assert '--or-show' in options.split()


def test_command_list(openstack: Openstack, api: Server) -> None:
    done = openstack(
        *('command', 'list', '-f', 'json'),
        *('--group', f'openstack.cinderlite.v{api.major}'),
    ).ok()
    assert done.stderr == ''
    (group,) = done.json
    assert 'volume create' in group['Commands']


def test_nothing_but_the_result_is_said(
    openstack: Openstack, name: Name
) -> None:
    """By the program itself, warnings of Python included."""
    done = openstack.process(
        'volume', 'create', name('quiet'), '--size', '1', '-f', 'json'
    ).ok()
    assert done.stderr == ''
    assert done.json['status'] == 'creating'
