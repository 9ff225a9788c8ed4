# SPDX-License-Identifier: Apache-2.0

"""Nothing doubled, nothing lost: the fault matrix, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import contextlib
import dataclasses
import itertools
import json
import os
from pathlib import Path
import re
import shlex
import signal
import ssl
import subprocess
import time

import pytest
import trustme

from tests import proxy
from tests.functional import fault_matrix, raw_server
from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record, until
from tests.functional.devcloud import Devcloud
from tests.functional.fault_matrix import EVENTS, Row
from tests.functional.projects import Project, new_project
from tests.functional.proxied import behind
from tests.functional.raw_server import Exchange, RawServer
from tests.functional.servers import CURRENT, Server
from tests.functional.shell import OPENSTACK, Openstack, Result
from tests.functional.terminal import openstack_in_terminal

pytestmark = [pytest.mark.each_server, pytest.mark.needs('2.0')]


@dataclasses.dataclass(frozen=True)
class Scene:
    """A project of its own, with volumes to make snapshots and backups of."""

    project: Project
    volumes: list[Record]

    @property
    def cinder(self) -> Cinder:
        return self.project.cinder

    def free_volume(self) -> str:
        """Return the ID of a volume that is available.

        While a volume is backed up it can have no other backup.
        """
        self.volumes.append(self.volumes.pop(0))
        volume = self.volumes[0]['id']
        self.cinder.wait('volume', volume)
        return str(volume)

    def made(self, kind: str, description: str) -> list[Record]:
        """Return what was created with this description, the oldest first."""
        listed = self.cinder.listed(kind, limit='20', sort='created_at:desc')
        return [one for one in listed if one['description'] == description][
            ::-1
        ]


@pytest.fixture(scope='module')
def scene(
    devcloud: Devcloud, openstack: Openstack, admin: Cinder, name: Name
) -> Scene:
    project = new_project(devcloud, openstack, admin, name)
    return Scene(
        project, [project.cinder.volume(f'source-{n}') for n in range(4)]
    )


@pytest.fixture
def server(scene: Scene) -> Iterator[RawServer]:
    """A server before Cinder."""
    with RawServer(scene.cinder.url) as started:
        yield started


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with the fields that are known filled in."""
    return re.sub(r'\{(\w+)\}', lambda m: values.get(m[1], m[0]), template)


def assert_says(stderr: str, says: list[str]) -> None:
    """Check that just these lines were said, ``…`` being anything."""
    lines = stderr.splitlines()
    assert len(lines) == len(says), stderr
    for line, expected in zip(lines, says, strict=True):
        pattern = '.*'.join(re.escape(part) for part in expected.split('…'))
        assert re.fullmatch(pattern, line), f'{line!r} is not {expected!r}'


def command_line(
    command: str, row: Row, scene: Scene, name: str, description: str
) -> list[str]:
    named = [name] if row.named else []
    what = {
        'volume': ['volume', 'create', *named, '--size', '1'],
        'wait': ['volume', 'create', *named, '--size', '1', '--wait'],
        'bulk': [
            *('volume', 'bulk', 'create', f'{name}-{{n}}'),
            *('--count', '3', '--size', '1', '--parallel', '1'),
        ],
    }
    if command in what:
        args = what[command]
    else:
        named = ['--name', name] if row.named else []
        args = (
            ['volume', 'snapshot', 'create', name, '--volume']
            if command == 'volume snapshot'
            else ['volume', 'backup', 'create', *named]
        ) + [scene.free_volume()]
    return [*args, '--description', description, '-f', 'json', *row.options]


@dataclasses.dataclass(frozen=True)
class Play:
    """What a row of the matrix is played with.

    :ivar name: of what is created
    :ivar description: by which it is counted
    """

    devcloud: Devcloud
    openstack: Openstack
    api: Server
    scene: Scene
    server: RawServer
    directory: Path
    name: str
    description: str

    @property
    def cinder(self) -> Cinder:
        return self.scene.cinder

    def env(self, row: Row) -> dict[str, str]:
        """Return the environment of the row's command."""
        behind_it = row.act is not None or len(row.through) > 1
        first = self.server if behind_it else self.cinder
        endpoint = row.endpoint or first.url
        return {
            **behind(
                self.devcloud, self.directory, self.cinder, endpoint, self.api
            ),
            **row.env,
        }

    def line(self, row: Row, command: str | None = None) -> list[str]:
        """Return the row's command line."""
        return command_line(
            command or row.commands[0],
            row,
            self.scene,
            self.name,
            self.description,
        )

    def made(self, kind: str = 'volume') -> list[Record]:
        """Return what was created, the oldest first."""
        return self.scene.made(kind, self.description)

    def check(
        self,
        row: Row,
        status: int,
        stderr: str,
        command: str | None = None,
    ) -> list[Record]:
        """Check what came of a row; return what was created."""
        command = command or row.commands[0]
        kind = fault_matrix.NOUNS.get(command, 'volume')
        made = self.made(kind)
        assert len(made) == row.exists, stderr
        assert status == row.status, stderr
        values = {
            'noun': command if command in fault_matrix.NOUNS else 'volume',
            'Noun': 'Volume',
            'kind': kind,
            'name': self.name,
            'id': made[min(1, len(made) - 1)]['id'] if made else '',
            'ids': ' '.join(one['id'] for one in made),
        }
        assert_says(stderr, [filled(says, values) for says in row.says])
        return made


@pytest.fixture
def log(devcloud: Devcloud) -> AccessLog:
    """All of the access log: a refusal of a version is a fault here."""
    return devcloud.access_log()


@pytest.fixture
def play(
    devcloud: Devcloud,
    openstack: Openstack,
    api: Server,
    scene: Scene,
    server: RawServer,
    tmp_path: Path,
    name: Name,
) -> Play:
    if api.major == 3 and api != CURRENT:
        # A refusal of the newest version would be one more request. No row
        # lowers the version below 3.60.
        openstack = openstack.at('3.60' if api.has('3.60') else api.newest)
    return Play(
        devcloud,
        openstack,
        api,
        scene,
        server,
        tmp_path,
        name('new'),
        name('description'),
    )


@contextlib.contextmanager
def through(way: str, play: Play) -> Iterator[tuple[Play, dict[str, str]]]:
    """Yield a play whose server is reached that way, and the environment."""
    if way == 'direct':
        yield play, {}
        return
    authority = trustme.CA()
    known = play.directory / 'ca.pem'
    authority.cert_pem.write_to_path(str(known))
    context = None
    if way in proxy.TLS:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert('127.0.0.1').configure_cert(context)
    with (
        RawServer(play.cinder.url, tls=context) as server,
        proxy.running() as between,
    ):
        yield (
            dataclasses.replace(play, server=server),
            {**proxy.environment(way, between), 'OS_CACERT': str(known)},
        )
        assert between.passed


@pytest.mark.parametrize(
    ('command', 'row', 'way'),
    [
        pytest.param(command, row, way, id=f'{row.fault}-{command}-{way}')
        for command, row, way in fault_matrix.rows()
    ],
)
def test_row(
    play: Play, log: AccessLog, command: str, row: Row, way: str
) -> None:
    row = fault_matrix.of(command, row, play.api)
    with through(way, play) as (there, env):
        assert_row(there, log, command, row, env)


def assert_row(
    play: Play, log: AccessLog, command: str, row: Row, env: Mapping[str, str]
) -> None:
    args = play.line(row, command)
    kind = fault_matrix.NOUNS.get(command, 'volume')
    log.mark()
    with RawServer(play.cinder.url, host='127.0.0.2') as elsewhere:
        places = {
            'cinder': play.cinder.url,
            'elsewhere': elsewhere.url,
            'path': f'v{play.api.major}/{play.cinder.project_id}/{kind}s',
        }
        rules = json.loads(filled(json.dumps(row.rules), places))
        play.server.play(row.acts)
        with play.devcloud.faults(*rules, max_microversion=row.newest):
            done = play.openstack(*args, env={**play.env(row), **env})
    made = play.check(row, done.status, done.stderr, command)
    assert elsewhere.connections == 0
    met = play.server.played + sum(one.fault for one in log.requests())
    if row.rule is not None or row.act is not None:
        exactly = row.times is not None and not row.meanwhile
        assert met == row.times if exactly else met > 0
    if row.results:
        assert_rows(done, row, made)
    elif row.exists and row.named and row.says != (fault_matrix.OPEN,):
        assert done.id == made[0]['id']
    else:
        assert done.stdout == ''


def assert_rows(done: Result, row: Row, made: list[Record]) -> None:
    assert tuple(one['Result'] for one in done.json) == row.results
    ids = [one['ID'] for one in done.json if one['ID']]
    assert ids == [one['id'] for one in made]
    for one in done.json:
        assert bool(one['Error']) == (one['Result'] != 'created')


def arrived(play: Play, method: str) -> None:
    """Wait until a request of this method has arrived at the server."""
    until(
        lambda: any(one.startswith(method) for one in play.server.requests),
        f'a {method}',
    )


def test_kill(play: Play) -> None:
    row = EVENTS['kill']
    play.server.play(row.acts)
    environment = {**play.openstack.environment(), **play.env(row)}
    with subprocess.Popen(
        [OPENSTACK, *play.line(row)], env=environment
    ) as run:
        until(play.made, 'the volume')
        run.kill()
    assert run.returncode == -signal.SIGKILL
    again = play.openstack(*play.line(row), '--or-show', env=play.env(row))
    (made,) = play.check(row, again.status, again.stderr)
    assert again.id == made['id']


@pytest.mark.parametrize('event', ['interrupt', 'interrupt-wait'])
def test_interrupt(play: Play, event: str) -> None:
    row = EVENTS[event]
    play.server.play(row.acts)
    with openstack_in_terminal(
        play.openstack, *play.line(row), env={**play.env(row), 'TERM': 'dumb'}
    ) as terminal:
        arrived(play, row.method)
        until(play.made, 'the volume')
        terminal.interrupt()
        status = terminal.end()
    stdout, stderr = parted(terminal.text, '{')
    (made,) = play.check(row, status, stderr)
    if event == 'interrupt-wait':
        assert json.loads(stdout)['id'] == made['id']


@pytest.mark.parametrize(
    'event', ['SIGTERM', 'SIGHUP', 'SIGTERM-bulk', 'SIGHUP-bulk']
)
def test_ended_from_outside(play: Play, event: str) -> None:
    row = EVENTS[event]
    play.server.play(row.acts)
    with subprocess.Popen(
        [OPENSTACK, *play.line(row)],
        env={**play.openstack.environment(), **play.env(row)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        until(lambda: play.server.played, 'the request')
        until(lambda: len(play.made()) == row.exists, 'the volumes')
        run.send_signal(getattr(signal, event.partition('-')[0]))
        stdout, stderr = run.communicate(timeout=20)
    made = play.check(row, run.returncode, stderr)
    if row.results:
        rows = json.loads(stdout)
        assert tuple(one['Result'] for one in rows) == row.results
        assert rows[0]['ID'] == made[0]['id']
    elif event == 'SIGHUP':
        assert json.loads(stdout)['id'] == made[0]['id']


def test_standard_error_that_cannot_be_written(play: Play) -> None:
    row = EVENTS['stderr-full']
    with open('/dev/full', 'w') as full:
        done = subprocess.run(
            [OPENSTACK, *play.line(row)],
            env={**play.openstack.environment(), **play.env(row)},
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
        )
    (made,) = play.check(row, done.returncode, '')
    assert json.loads(done.stdout)['id'] == made['id']


def parted(text: str, begin: str) -> tuple[str, str]:
    """Part what a terminal shows into the JSON document and the lines."""
    text = text.replace('^C', '')
    end = {'{': '}', '[': ']'}[begin]
    found = re.search(rf'(?ms)^\{begin}$.*^\{end}\n', text)
    document = found[0] if found else ''
    lines = [line.strip() for line in text.replace(document, '').splitlines()]
    return document, '\n'.join(filter(None, lines))


def test_interrupt_bulk(play: Play) -> None:
    row = EVENTS['interrupt-bulk']
    play.server.play(row.acts)
    with openstack_in_terminal(
        play.openstack,
        *play.line(row),
        env={**play.env(row), 'TERM': 'dumb', 'COLUMNS': '200'},
    ) as terminal:
        arrived(play, row.method)
        terminal.interrupt()
        status = terminal.end()
    stdout, stderr = parted(terminal.text, '[')
    made = play.check(row, status, stderr)
    assert_rows(Result((), status, stdout, stderr), row, made)


@pytest.mark.parametrize(
    ('event', 'redirection'),
    [
        ('head', '| head -1'),
        ('pipe', '> "$PIPE"'),
        ('pipe-bulk', '> "$PIPE"'),
        ('closed', '>&-'),
        ('full', '> /dev/full'),
        ('encoding', ''),
    ],
)
def test_output(play: Play, event: str, redirection: str) -> None:
    row = EVENTS[event]
    line = play.line(row)
    if event == 'encoding':
        play = dataclasses.replace(play, name=f'{play.name}-é')
        line = [*play.line(row)[:-1], 'table']
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        f'{shlex.join([str(OPENSTACK), *line])} {redirection}; '
        'exit ${PIPESTATUS[0]}',
        shell=True,
        executable='/bin/bash',
        env={
            **play.openstack.environment(),
            **play.env(row),
            'PIPE': f'/dev/fd/{writer}',
            'PYTHONIOENCODING': 'ascii' if event == 'encoding' else 'utf-8',
        },
        pass_fds=[writer],
        capture_output=True,
        text=True,
    )
    os.close(writer)
    play.check(row, done.returncode, done.stderr)
    assert done.stdout == ('{\n' if event == 'head' else '')


HOSTILE = '\x1b]0;pwned\x07\x1b[31m\x9b2J\u202ex'


@pytest.mark.parametrize(
    'formatter', ['table', 'value', 'json', 'yaml', 'shell']
)
def test_terminal_controls_on_a_terminal(play: Play, formatter: str) -> None:
    row = EVENTS['terminal']
    play = dataclasses.replace(play, name=f'{play.name}{HOSTILE}')
    line = [*play.line(row)[:-1], formatter]
    with openstack_in_terminal(
        play.openstack, *line, env=play.env(row)
    ) as terminal:
        status = terminal.end()
    (made,) = play.made()
    assert made['name'] == play.name
    assert status == row.status
    assert made['id'] in terminal.text
    for control in ('\x1b]', '\x07', '\x1b[31m', '\x9b', '\u202e'):
        assert control not in terminal.raw
    assert r'\x1b]0;pwned\x07' in terminal.text.replace('u001b', 'x1b')


def test_terminal_controls_in_a_pipe(play: Play) -> None:
    row = EVENTS['data']
    play = dataclasses.replace(play, name=f'{play.name}{HOSTILE}')
    done = play.openstack(*play.line(row), env=play.env(row))
    (made,) = play.check(row, done.status, done.stderr)
    assert done.json['name'] == made['name'] == play.name


def test_quota(play: Play, admin: Cinder) -> None:
    row = EVENTS['quota']
    used = len(play.cinder.listed('volume'))
    play.scene.project.set_quota(admin, volumes=used + 2)
    try:
        line = [*play.line(row)]
        line[line.index('3')] = '4'
        done = play.openstack(*line, env=play.env(row))
    finally:
        play.scene.project.set_quota(admin, volumes=-1)
    made = play.check(row, done.status, done.stderr)
    assert_rows(done, row, made)


@pytest.mark.parametrize('event', ['older', 'older-lost'])
def test_older_resource_of_the_name(play: Play, event: str) -> None:
    row = EVENTS[event]
    older = play.cinder.volume(play.name)
    time.sleep(3)
    play.server.play(row.acts)
    done = play.openstack(*play.line(row), env=play.env(row))
    made = play.check(row, done.status, done.stderr)
    assert older['id'] not in done.stdout
    assert [one['id'] for one in made] == ([done.id] if made else [])


def test_foreign_resource_of_the_name(
    play: Play, admin: Cinder, devcloud: Devcloud
) -> None:
    row = EVENTS['foreign']
    (role,) = admin.keystone('GET', '/roles?name=member')['roles']
    (user,) = admin.keystone('GET', '/users?name=admin')['users']
    project = play.cinder.project_id
    admin.keystone(
        'PUT', f'/projects/{project}/users/{user["id"]}/roles/{role["id"]}'
    )
    other = Cinder(devcloud, 'dev-admin', play.cinder.project)

    def meanwhile(exchange: Exchange) -> None:
        other.volume(play.name)
        raw_server.reset_after_the_body(exchange)

    row = dataclasses.replace(row, act=meanwhile)
    play.server.play(row.acts)
    done = play.openstack(*play.line(row), env=play.env(row))
    play.check(row, done.status, done.stderr)
    assert done.stdout == ''


def test_twins(play: Play) -> None:
    """Another row's volume is not taken for this one's."""
    row = EVENTS['twins']

    def after_the_other(exchange: Exchange) -> None:
        until(lambda: len(play.made()) == 1, 'the twin')
        raw_server.reset_after_the_body(exchange)

    row = dataclasses.replace(row, act=after_the_other)
    play.server.play(row.acts)
    twin = {
        'name': play.name,
        'size': 1,
        'description': play.description,
    }
    done = play.openstack(
        *('volume', 'bulk', 'create', '--from-file', '-', '-f', 'json'),
        env=play.env(row),
        stdin=json.dumps([twin, twin]),
    )
    (made,) = play.check(row, done.status, done.stderr)
    results = {one['Result']: one['ID'] for one in done.json}
    assert results == {'created': made['id'], 'unknown': None}


def test_token_that_expires_in_a_bulk_run(play: Play) -> None:
    """All threads find it expired; it is renewed once, and none gives up."""
    count = itertools.count(1)
    stale: set[str] = set()

    def act(exchange: Exchange) -> None:
        token = exchange.header('X-Auth-Token')
        if next(count) == 8:
            stale.add(token)
        if token in stale:
            raw_server.stale_token(exchange)
        else:
            raw_server.pass_on(exchange)

    row = Row('Token expired', act=act, times=None)
    play.server.play(row.acts)
    line = ['volume', 'bulk', 'create', f'{play.name}-{{n}}', '--size', '1']
    done = play.openstack(
        *(*line, '--count', '24', '--parallel', '16', '-f', 'json'),
        *('--description', play.description),
        env=play.env(row),
    )
    assert done.status == 0, done.stderr
    assert {one['Result'] for one in done.json} == {'created'}
    listed = play.cinder.listed('volume', limit='100', sort='created_at:desc')
    made = [one for one in listed if one['description'] == play.description]
    assert len(made) == 24
    assert len(play.server.tokens) == 2


def test_request_id_in_the_log(play: Play) -> None:
    """Of a lost create, the operator finds the request by our ID."""
    row = Row('Answer lost', act=raw_server.lose_the_answer, times=None)
    play.server.play(row.acts)
    done = play.openstack(*play.line(row), env=play.env(row))
    found = re.search(r'Global-Request-ID: (req-[0-9a-f-]{36})', done.stderr)
    assert found is not None, done.stderr
    log = (play.devcloud.state / 'logs' / 'cinder.log').read_text()
    created = [line for line in log.splitlines() if found[1] in line]
    assert any('/volumes' in line for line in created), found[1]


@pytest.mark.parametrize(
    ('event', 'pause'), [('idle-closed', 0.5), ('idle-forgotten', 5)]
)
def test_idle_connection(play: Play, event: str, pause: float) -> None:
    """In the interactive shell, a kept connection may be a dead one."""
    row = EVENTS[event]
    play.server.play(row.acts)
    with subprocess.Popen(
        OPENSTACK,
        env={**play.openstack.environment(), **play.env(row)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as shell:
        assert shell.stdin is not None
        print(shlex.join(play.line(row)), file=shell.stdin, flush=True)
        until(play.made, 'the first volume')
        time.sleep(pause)
        out, err = shell.communicate(f'{shlex.join(play.line(row))}\nquit\n')
    # The interactive shell's own status says nothing of its commands.
    for made in play.check(row, row.status, err):
        assert made['id'] in out
    assert play.server.connections == 2
