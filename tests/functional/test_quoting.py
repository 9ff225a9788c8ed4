# SPDX-License-Identifier: Apache-2.0

"""A name is a name: it never changes what a request is sent to."""

from __future__ import annotations

import json
import re
from urllib import parse

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.projects import Project
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server

NAMES = [
    '../../limits',
    'x?all_tenants=1',
    'x&all_tenants=1',
    '%2e%2e',
    '..',
    'x#y',
    "x'; DROP TABLE volumes; --",
    '{0.__class__}',
]

#: what looks something up by its name
COMMANDS = {
    'source': ['volume', 'create', 'v', '--source'],
    'snapshot': ['volume', 'create', 'v', '--snapshot'],
    'backup': ['volume', 'create', 'v', '--backup'],
    'group': ['volume', 'create', 'v', '--size', '1', '--group'],
    'snapshot of': ['volume', 'snapshot', 'create', 's', '--volume'],
    'backup of': ['volume', 'backup', 'create'],
    'backup of a snapshot': ['volume', 'backup', 'create', '--snapshot'],
    'snapshots of': ['volume', 'snapshot', 'bulk', 'create'],
}

#: the version that a command needs, if not every server has it
NEEDED = {'backup': '3.47', 'group': '3.13'}


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


@pytest.mark.parametrize(
    ('command', 'odd'),
    [
        *((command, 'x?all_tenants=1') for command in COMMANDS),
        *((command, '../../limits') for command in COMMANDS),
        *(('snapshot of', f'{odd}/none') for odd in NAMES[2:]),
    ],
)
def test_of_what_does_not_exist(
    openstack: Openstack,
    log: AccessLog,
    api: Server,
    volume: Record,
    command: str,
    odd: str,
) -> None:
    line = [*COMMANDS[command], odd]
    if command == 'backup of a snapshot':
        line.append(volume['id'])
    done = openstack(*line)
    assert done.status
    assert 'Traceback' not in done.stderr
    asked = log.requests()
    needed = NEEDED.get(command, '1.0')
    if not api.has(needed):
        assert re.search(rf'needs .* {needed} or later', done.stderr)
    else:
        by_name = {'name': [odd]}
        if command != 'backup':
            by_name = api.named(**by_name)
        assert parse.parse_qs(asked[0].query) == by_name
    for one in asked:
        assert one.method == 'GET'
        assert re.fullmatch(
            rf'/v{api.major}/(volumes|snapshots|backups|groups)/detail',
            one.path,
        )


@pytest.mark.parametrize('odd', NAMES[:4])
def test_of_what_is_created(
    project: Project,
    api: Server,
    log: AccessLog,
    odd: str,
) -> None:
    """Created, looked for by its name, and taken for a source."""
    line = ('volume', 'create', '--size', '1', '--wait', '--or-show', odd)
    made = project(*line, '-f', 'json').ok().json
    assert project.cinder.get('volume', made['id'])['name'] == odd
    snapshot = (
        project(
            *('volume', 'snapshot', 'create', '--volume', odd, odd),
            *('-f', 'json'),
        )
        .ok()
        .json
    )
    assert snapshot['volume_id'] == made['id']
    project.cinder.wait('snapshot', snapshot['id'])
    again = project(*line, '-f', 'json').ok()
    assert again.id == made['id']
    paths = {
        one.path.replace(made['id'], 'ID')
        for one in log.requests()
        if one.user_agent and 'osc-cinderlite' in one.user_agent
    }
    assert paths == {
        api.path('/volumes'),
        api.path('/volumes/detail'),
        api.path('/volumes/ID'),
        api.path('/snapshots'),
    }


def test_from_a_file(project: Project, api: Server, log: AccessLog) -> None:
    entries = [{'name': odd, 'size': 1} for odd in NAMES]
    done = project(
        *('volume', 'bulk', 'create', '--from-file', '-', '-f', 'json'),
        stdin=json.dumps(entries),
    ).ok()
    assert [row['Name'] for row in done.json] == NAMES
    for row in done.json:
        assert project.cinder.get('volume', row['ID'])['name'] == row['Name']
    assert {one.path for one in log.requests(method='POST')} == {
        api.path('/volumes')
    }
