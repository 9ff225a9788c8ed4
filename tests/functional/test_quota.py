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

"""A quota that is used up: which, by how much."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.shell import Openstack, Result

Run = Callable[..., Result]


@pytest.fixture
def project(admin: Cinder, demo: Cinder, name: Name) -> str:
    """A project of its own, so that its quotas are nobody else's."""
    new = name('project')
    body = {'project': {'name': new, 'domain_id': 'default'}}
    made = admin.keystone('POST', '/projects', body)['project']['id']
    (role,) = admin.keystone('GET', '/roles?name=member')['roles']
    (user,) = admin.keystone('GET', '/users?name=demo')['users']
    admin.keystone(
        'PUT', f'/projects/{made}/users/{user["id"]}/roles/{role["id"]}'
    )
    return new


@pytest.fixture
def inside(devcloud: Devcloud, project: str) -> Cinder:
    return Cinder(devcloud, 'dev-demo', project)


@pytest.fixture
def run(openstack: Openstack, project: str) -> Run:
    def run_in_project(*args: str) -> Result:
        return openstack('--os-project-name', project, *args)

    return run_in_project


def set_quota(admin: Cinder, project: Cinder, **quotas: int) -> None:
    path = f'/os-quota-sets/{project.project_id}'
    admin.call('PUT', path, {'quota_set': quotas})


def assert_explained(done: Result, *parts: str) -> None:
    (line,) = done.failed().stderr.splitlines()
    for part in (*parts, 'HTTP 413, Request-ID: req-'):
        assert part in line


def test_volumes(run: Run, admin: Cinder, inside: Cinder, name: Name) -> None:
    inside.volume(name('v'))
    set_quota(admin, inside, volumes=1)
    assert_explained(
        run('volume', 'create', name('v'), '--size', '1'),
        'Maximum number of volumes allowed (1) exceeded',
        'quota volumes: 1 of 1 used',
    )


def test_gigabytes(
    run: Run, admin: Cinder, inside: Cinder, name: Name
) -> None:
    volume = inside.volume(name('v'), size=2)
    set_quota(admin, inside, gigabytes=3)
    for command in (
        ['volume', 'create', name('v'), '--size', '2'],
        ['volume', 'snapshot', 'create', 's', '--volume', volume['id']],
    ):
        assert_explained(run(*command), 'quota gigabytes: 2 of 3 used')


def test_snapshots(
    run: Run, admin: Cinder, inside: Cinder, name: Name
) -> None:
    volume = inside.volume(name('v'))
    set_quota(admin, inside, snapshots=0)
    assert_explained(
        run('volume', 'snapshot', 'create', 's', '--volume', volume['id']),
        'quota snapshots: 0 of 0 used',
    )


def test_backups(run: Run, admin: Cinder, inside: Cinder, name: Name) -> None:
    volume = inside.volume(name('v'), size=2)
    set_quota(admin, inside, backups=0)
    command = ['volume', 'backup', 'create', volume['id']]
    assert_explained(run(*command), 'quota backups: 0 of 0 used')
    set_quota(admin, inside, backups=1, backup_gigabytes=1)
    assert_explained(run(*command), 'quota backup_gigabytes: 0 of 1 used')


def test_without_the_figures(
    run: Run, faults: Faults, admin: Cinder, inside: Cinder, name: Name
) -> None:
    set_quota(admin, inside, volumes=0)
    with faults({'method': 'GET', 'path': '/limits$', 'status': 404}):
        done = run('volume', 'create', name('v'), '--size', '1')
    assert_explained(done, 'Maximum number of volumes allowed (0) exceeded')
    assert 'used' not in done.stderr
