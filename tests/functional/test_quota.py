# SPDX-License-Identifier: Apache-2.0

"""A quota that is used up: which, by how much."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name
from tests.functional.projects import Project
from tests.functional.shell import Result

pytestmark = pytest.mark.each_server


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
        "exceeded for quota 'volumes'",
    )


def test_gigabytes(project: Project, admin: Cinder, name: Name) -> None:
    volume = project.cinder.volume(name('v'), size=2)
    project.set_quota(admin, gigabytes=3)
    for command in (
        ['volume', 'create', name('v'), '--size', '2'],
        ['volume', 'snapshot', 'create', 's', '--volume', volume['id']],
    ):
        assert_explained(
            project(*command),
            'Requested 2G, quota is 3G and 2G has been consumed',
        )


def test_snapshots(project: Project, admin: Cinder, name: Name) -> None:
    volume = project.cinder.volume(name('v'))
    project.set_quota(admin, snapshots=0)
    assert_explained(
        project('volume', 'snapshot', 'create', 's', '--volume', volume['id']),
        'Maximum number of snapshots allowed (0) exceeded',
    )


def test_backups(project: Project, admin: Cinder, name: Name) -> None:
    volume = project.cinder.volume(name('v'), size=2)
    project.set_quota(admin, backups=0)
    command = ['volume', 'backup', 'create', volume['id']]
    assert_explained(
        project(*command), 'Maximum number of backups allowed (0) exceeded'
    )
    project.set_quota(admin, backups=1, backup_gigabytes=1)
    assert_explained(
        project(*command),
        'Requested 2G, quota is 1G and 0G has been consumed',
    )


def test_of_a_type(
    project: Project, log: AccessLog, admin: Cinder, name: Name
) -> None:
    """The sentence of Cinder knows quotas that its limits do not show."""
    project.set_quota(admin, volumes_slow=0)
    log.mark()
    done = project(
        *('volume', 'create', name('v'), '--size', '1', '--type', 'slow')
    )
    assert_explained(done, "allowed (0) exceeded for quota 'volumes_slow'")
    assert 'used' not in done.stderr
    assert len(log.requests(service='block-storage')) == 1
