# SPDX-License-Identifier: Apache-2.0

"""Selection of volumes on a real Cinder."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.projects import Project, new_project
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server

SNAPSHOT = ('volume', 'snapshot', 'bulk', 'create')


@pytest.fixture(scope='module')
def project(
    devcloud: Devcloud, openstack: Openstack, admin: Cinder, name: Name
) -> Project:
    return new_project(devcloud, openstack, admin, name)


@pytest.fixture(scope='module')
def volumes(project: Project) -> dict[str, Record]:
    """Four volumes, by name, one without; no test changes them."""
    fields: dict[str, dict[str, Any]] = {
        'a': {'metadata': {'tier': 'gold', 'backup': 'yes'}},
        'b': {'metadata': {'tier': 'silver'}},
        'c': {'volume_type': 'slow'},
        '': {'metadata': {'tier': 'gold'}},
    }
    return {
        one: project.cinder.volume(one, **more) for one, more in fields.items()
    }


@pytest.mark.parametrize(
    ('args', 'expected'),
    [
        (['--all'], 'a b c -'),
        (['--named'], 'a b c'),
        (['--named', '--exclude', 'b'], 'a c'),
        (['--volume-type', 'slow'], 'c'),
        (
            [
                '--volume-property',
                'tier=gold',
                '--volume-property',
                'tier=silver',
            ],
            'a b -',
        ),
        (
            [
                '--volume-property',
                'tier=gold',
                '--volume-property',
                'backup=yes',
            ],
            'a',
        ),
        (['--without-volume-property', 'tier'], 'c'),
        (['--without-volume-property', 'tier=gold', '--all'], 'b c'),
        (
            ['--volume-status', 'available', '--volume-status', 'error'],
            'a b c -',
        ),
    ],
)
def test_filters(
    project: Project,
    volumes: dict[str, Record],
    args: list[str],
    expected: str,
) -> None:
    ids = {record['id']: name or '-' for name, record in volumes.items()}
    done = project(*SNAPSHOT, *args, '--dry-run', '-f', 'json').ok()
    found = [ids[row['Volume']] for row in done.json]
    assert sorted(found) == sorted(expected.split())


def test_nothing_passes(project: Project, volumes: dict[str, Record]) -> None:
    done = project(*SNAPSHOT, '--volume-status', 'error').failed()
    assert done.stderr == 'No volume passes --volume-status\n'


def test_volumes_of_all_projects(
    project: Project,
    volumes: dict[str, Record],
    openstack: Openstack,
    admin: Cinder,
    log: AccessLog,
    name: Name,
) -> None:
    """What is made belongs to the administrator's project."""
    volume = volumes['a']
    line = (*SNAPSHOT, '--volume-property', 'backup=yes', '--named')
    made = name('s')
    assert volume['id'] not in openstack(*line, '--dry-run').stdout
    done = openstack(
        *line,
        '--all-projects',
        '--name',
        made,
        '-f',
        'json',
        cloud='dev-admin',
    ).ok()
    assert volume['id'] in {row['Volume'] for row in done.json}
    for row in done.json:
        admin.wait('snapshot', row['ID'])
    assert made not in {
        one['name'] for one in project.cinder.listed('snapshot')
    }


def test_id_in_capitals(project: Project, volumes: dict[str, Record]) -> None:
    wanted = volumes['a']['id']
    done = project(*SNAPSHOT, wanted.upper(), '--wait', '-f', 'json').ok()
    assert [row['Volume'] for row in done.json] == [wanted]
