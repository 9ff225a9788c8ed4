# SPDX-License-Identifier: Apache-2.0


"""Projects of their own, so that what is in them is nobody else's."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses

from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.shell import Openstack, Result

Make = Callable[[], 'Project']


@dataclasses.dataclass(frozen=True)
class Project:
    """A project, and the user demo as a member of it.

    :param cinder: the API as that user sees it
    """

    name: str
    cinder: Cinder
    openstack: Openstack

    @property
    def options(self) -> tuple[str, str]:
        """The options of ``openstack`` to work in it."""
        return '--os-project-name', self.name

    def __call__(self, *args: str, stdin: str = '') -> Result:
        """Run a command in it."""
        return self.openstack(*self.options, *args, stdin=stdin)

    def set_quota(self, admin: Cinder, **quotas: int) -> None:
        path = f'/os-quota-sets/{self.cinder.project_id}'
        admin.call('PUT', path, {'quota_set': quotas})


def new_project(
    devcloud: Devcloud, openstack: Openstack, admin: Cinder, name: Name
) -> Project:
    new = name('project')
    body = {'project': {'name': new, 'domain_id': 'default'}}
    made = admin.keystone('POST', '/projects', body)['project']['id']
    (role,) = admin.keystone('GET', '/roles?name=member')['roles']
    (user,) = admin.keystone('GET', '/users?name=demo')['users']
    admin.keystone(
        'PUT', f'/projects/{made}/users/{user["id"]}/roles/{role["id"]}'
    )
    return Project(new, Cinder(devcloud, 'dev-demo', new), openstack)
