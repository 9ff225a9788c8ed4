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

"""Nothing doubled, nothing lost: the fault matrix, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import dataclasses
import json
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from tests.functional import fault_matrix
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.fault_matrix import Row
from tests.functional.raw_server import RawServer
from tests.functional.shell import Openstack, Result


@dataclasses.dataclass(frozen=True)
class Scene:
    """A project of its own, with volumes to make snapshots and backups of."""

    cinder: Cinder
    project: str
    volumes: list[Record]

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
    devcloud: Devcloud, admin: Cinder, demo: Cinder, name: Name
) -> Scene:
    project = name('matrix')
    body = {'project': {'name': project, 'domain_id': 'default'}}
    made = admin.keystone('POST', '/projects', body)['project']['id']
    (role,) = admin.keystone('GET', '/roles?name=member')['roles']
    (user,) = admin.keystone('GET', '/users?name=demo')['users']
    admin.keystone(
        'PUT', f'/projects/{made}/users/{user["id"]}/roles/{role["id"]}'
    )
    cinder = Cinder(devcloud, 'dev-demo', project)
    return Scene(
        cinder, project, [cinder.volume(f'source-{n}') for n in range(4)]
    )


@pytest.fixture
def server(scene: Scene) -> Iterator[RawServer]:
    """A server before Cinder."""
    with RawServer(scene.cinder.url) as started:
        yield started


def config(
    devcloud: Devcloud, scene: Scene, directory: Path, endpoint: str
) -> dict[str, str]:
    """Return an environment with a clouds.yaml that names an endpoint."""
    document: Any = yaml.safe_load(devcloud.config.read_text())
    cloud = document['clouds']['dev-demo']
    cloud['auth']['project_name'] = scene.project
    cloud['block_storage_endpoint_override'] = (
        f'{endpoint}/v3/{scene.cinder.project_id}'
    )
    path = directory / 'clouds.yaml'
    path.write_text(yaml.safe_dump(document))
    return {'OS_CLIENT_CONFIG_FILE': str(path)}


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


@pytest.mark.parametrize(
    ('command', 'row'),
    [
        pytest.param(command, row, id=f'{row.fault}-{command}')
        for command, row in fault_matrix.rows()
    ],
)
def test_row(
    devcloud: Devcloud,
    openstack: Openstack,
    scene: Scene,
    server: RawServer,
    tmp_path: Path,
    name: Name,
    command: str,
    row: Row,
) -> None:
    new, description = name('new'), name('description')
    kind = fault_matrix.NOUNS.get(command, 'volume')
    args = command_line(command, row, scene, new, description)
    env = config(devcloud, scene, tmp_path, row.endpoint or scene.cinder.url)
    with RawServer(scene.cinder.url, host='127.0.0.2') as elsewhere:
        places = {
            'cinder': scene.cinder.url,
            'elsewhere': elsewhere.url,
            'path': f'v3/{scene.cinder.project_id}/{kind}s',
        }
        rules = json.loads(filled(json.dumps(row.rules), places))
        if row.act is not None:
            env = config(devcloud, scene, tmp_path, server.url)
            server.play(row.acts)
        with devcloud.faults(*rules, max_microversion=row.newest):
            done = openstack(*args, env={**env, **row.env})
    made = scene.made(kind, description)
    assert len(made) == row.exists, str(done)
    assert done.status == row.status, str(done)
    assert elsewhere.connections == 0
    values = {
        'noun': command if command in fault_matrix.NOUNS else 'volume',
        'Noun': 'Volume',
        'kind': kind,
        'name': new,
        'id': made[min(1, len(made) - 1)]['id'] if made else '',
    }
    assert_says(done.stderr, [filled(says, values) for says in row.says])
    if row.results:
        assert_rows(done, row, made)
    elif row.exists and row.named:
        assert done.id == made[0]['id']
    else:
        assert done.stdout == ''


def assert_rows(done: Result, row: Row, made: list[Record]) -> None:
    assert tuple(one['Result'] for one in done.json) == row.results
    ids = [one['ID'] for one in done.json if one['ID']]
    assert ids == [one['id'] for one in made]
    for one in done.json:
        assert bool(one['Error']) == (one['Result'] != 'created')
