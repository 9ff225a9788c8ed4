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

from tests.functional.cinder import Cinder, Name
from tests.functional.faults import Faults
from tests.functional.projects import Project
from tests.functional.shell import Result


def assert_explained(done: Result, *parts: str) -> None:
    (line,) = done.failed().stderr.splitlines()
    for part in (*parts, 'HTTP 413, Request-ID: req-'):
        assert part in line


def test_volumes(project: Project, admin: Cinder, name: Name) -> None:
    project.cinder.volume(name('v'))
    project.set_quota(admin, volumes=1)
    assert_explained(
        project('volume', 'create', name('v'), '--size', '1'),
        'Maximum number of volumes allowed (1) exceeded',
        'quota volumes: 1 of 1 used',
    )


def test_gigabytes(project: Project, admin: Cinder, name: Name) -> None:
    volume = project.cinder.volume(name('v'), size=2)
    project.set_quota(admin, gigabytes=3)
    for command in (
        ['volume', 'create', name('v'), '--size', '2'],
        ['volume', 'snapshot', 'create', 's', '--volume', volume['id']],
    ):
        assert_explained(project(*command), 'quota gigabytes: 2 of 3 used')


def test_snapshots(project: Project, admin: Cinder, name: Name) -> None:
    volume = project.cinder.volume(name('v'))
    project.set_quota(admin, snapshots=0)
    assert_explained(
        project('volume', 'snapshot', 'create', 's', '--volume', volume['id']),
        'quota snapshots: 0 of 0 used',
    )


def test_backups(project: Project, admin: Cinder, name: Name) -> None:
    volume = project.cinder.volume(name('v'), size=2)
    project.set_quota(admin, backups=0)
    command = ['volume', 'backup', 'create', volume['id']]
    assert_explained(project(*command), 'quota backups: 0 of 0 used')
    project.set_quota(admin, backups=1, backup_gigabytes=1)
    assert_explained(project(*command), 'quota backup_gigabytes: 0 of 1 used')


def test_without_the_figures(
    project: Project, faults: Faults, admin: Cinder, name: Name
) -> None:
    project.set_quota(admin, volumes=0)
    with faults({'method': 'GET', 'path': '/limits$', 'status': 404}):
        done = project('volume', 'create', name('v'), '--size', '1')
    assert_explained(done, 'Maximum number of volumes allowed (0) exceeded')
    assert 'used' not in done.stderr
