# SPDX-License-Identifier: Apache-2.0

"""Cinder's API without the code under test, to set the scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import time
from typing import Any
from urllib import parse

from keystoneauth1 import adapter, session
from keystoneauth1.identity import v3

from tests.functional.devcloud import Devcloud

Record = dict[str, Any]

#: makes a name that nothing has, of a stem
Name = Callable[[str], str]

#: in the order in which they can be deleted
_KINDS = ('backup', 'snapshot', 'group', 'volume')


def until(
    condition: Callable[[], Any], what: str = '', seconds: float = 60
) -> Any:
    """Return the first true value that ``condition`` returns."""
    begun = time.monotonic()
    while not (value := condition()):
        waited = time.monotonic() - begun
        assert waited < seconds, f'timed out: {what}'
        # A look costs an old server as much as a good part of the work.
        time.sleep(0.1 + min(waited / 10, 0.4))
    return value


class Cinder:
    """The services as one user sees them.

    :param cloud: the user's cloud in clouds.yaml
    :param project: another project of that user

    :ivar project: the name of the project
    """

    def __init__(
        self,
        devcloud: Devcloud,
        cloud: str,
        project: str | None = None,
    ) -> None:
        self.devcloud = devcloud
        auth = dict(devcloud.clouds[cloud]['auth'])
        auth['project_name'] = project or auth['project_name']
        self.project = str(auth['project_name'])
        self.session = session.Session(
            v3.Password(**auth), user_agent='set-up'
        )
        self._api = self._adapter('block-storage', devcloud.microversion)

    def _adapter(
        self, service: str, microversion: str | None = None
    ) -> adapter.Adapter:
        return adapter.Adapter(
            self.session,
            service_type=service,
            interface='public',
            default_microversion=microversion,
            user_agent='set-up',
        )

    @property
    def project_id(self) -> str:
        found = self.session.get_project_id()
        assert found is not None
        return found

    @property
    def url(self) -> str:
        """The URL of the Block Storage service, without a path."""
        endpoint = self._api.get_endpoint()
        assert endpoint is not None
        where = parse.urlsplit(endpoint)
        return f'{where.scheme}://{where.netloc}'

    @property
    def token(self) -> str:
        found = self.session.get_token()
        assert found is not None
        return found

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        microversion: str | None = None,
    ) -> Any:
        """Send one request to Cinder and return the answer's document."""
        extra = {} if body is None else {'json': body}
        if microversion is not None:
            extra['microversion'] = microversion
        answer = self._api.request(path, method, **extra)
        return answer.json() if answer.content else None

    def keystone(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request to Keystone."""
        extra = {} if body is None else {'json': body}
        answer = self._adapter('identity').request(path, method, **extra)
        return answer.json() if answer.content else None

    def image(self, name: str) -> Record:
        """Return the record of an image."""
        answer = self._adapter('image').get(f'/v2/images?name={name}')
        (found,) = answer.json()['images']
        return dict(found)

    def image_bytes(self, image_id: str) -> bytes:
        answer = self._adapter('image').get(f'/v2/images/{image_id}/file')
        return bytes(answer.content)

    def get(self, kind: str, resource_id: str) -> Record:
        """Return the record of a volume, snapshot, backup or group."""
        found: Record = self.call('GET', f'/{kind}s/{resource_id}')[kind]
        return found

    def listed(self, kind: str, **filters: str) -> list[Record]:
        query = '&'.join(f'{key}={value}' for key, value in filters.items())
        path = f'/{kind}s/detail?{query}'
        found: list[Record] = self.call('GET', path)[f'{kind}s']
        return found

    def wait(
        self, kind: str, resource_id: str, status: str = 'available'
    ) -> Record:
        """Return the record once it has the status."""

        def arrived() -> Record | None:
            record = self.get(kind, resource_id)
            failed = str(record['status']).startswith('error')
            assert not failed or status == record['status'], record
            return record if record['status'] == status else None

        what = f'{kind} {resource_id} to become {status}'
        found: Record = until(arrived, what)
        return found

    def at_rest(self, kind: str, resource_id: str) -> Record:
        """Return the record once it is available, and stays so.

        A backup still is while the volume that it is restored to has been
        accepted, and no longer once the restore begins.
        """

        def being_made() -> list[str]:
            statuses = ('creating', 'restoring-backup')
            volumes = self.listed('volume')
            return [one['id'] for one in volumes if one['status'] in statuses]

        if kind == 'backup':
            until(lambda: not being_made(), 'every volume to be made')
        return self.wait(kind, resource_id)

    def create(self, kind: str, **fields: Any) -> Record:
        """Create something and wait until it is available."""
        made = self.call('POST', f'/{kind}s', {kind: fields})[kind]
        return self.wait(kind, made['id'])

    def volume(self, name: str, size: int = 1, **fields: Any) -> Record:
        return self.create('volume', name=name, size=size, **fields)

    def attach(
        self,
        volume_id: str,
        server: str = '11111111-2222-3333-4444-555555555555',
    ) -> str:
        """Make a volume in-use, as Nova would, and return the attachment."""
        attach = {
            'instance_uuid': server,
            'mountpoint': '/dev/vdb',
            'mode': 'rw',
        }
        self.act('volume', volume_id, {'os-reserve': {}})
        self.act('volume', volume_id, {'os-attach': attach})
        volume = self.wait('volume', volume_id, 'in-use')
        return str(volume['attachments'][-1]['attachment_id'])

    def restored(self, backup_id: str, name: str) -> Record:
        """Restore a backup to a new volume, and return that."""
        volume = self.call(
            'POST',
            f'/backups/{backup_id}/restore',
            {'restore': {'name': name}},
        )['restore']['volume_id']
        return self.wait('volume', volume)

    def extend(self, volume_id: str, size: int) -> None:
        self.act('volume', volume_id, {'os-extend': {'new_size': size}})
        self.wait('volume', volume_id)

    def act(
        self, kind: str, resource_id: str, action: Mapping[str, Any]
    ) -> None:
        self.call('POST', f'/{kind}s/{resource_id}/action', action)

    def group_type(self, name: str) -> str:
        """Create a group type (admin) and return its ID."""
        body = {'group_type': {'name': name}}
        return str(self.call('POST', '/group_types', body)['group_type']['id'])

    def type_id(self, name: str) -> str:
        """Return the ID of a volume type."""
        types = self.call('GET', '/types')['volume_types']
        return next(str(one['id']) for one in types if one['name'] == name)

    def everything(self, kind: str) -> list[str]:
        """Return the IDs of all of a kind in all projects (admin)."""
        newest_first = self.listed(
            kind, all_tenants='1', sort='created_at:desc'
        )
        return [one['id'] for one in newest_first]

    def all_kinds(self) -> dict[str, list[str]]:
        """Return the IDs of all there is (admin)."""
        return {kind: self.everything(kind) for kind in _KINDS}

    def sweep(self, keep: Mapping[str, list[str]]) -> None:
        """Delete all there is (admin), but for the IDs in ``keep``."""
        for kind in _KINDS:
            unwanted = [
                resource_id
                for resource_id in self.everything(kind)
                if resource_id not in keep[kind]
            ]
            for resource_id in unwanted:
                self._delete(kind, resource_id)
                # A backup that others build upon cannot go before them.
                if kind == 'backup':
                    self._until_gone(kind, {resource_id})
            self._until_gone(kind, set(unwanted))

    def _delete(self, kind: str, resource_id: str) -> None:
        if kind == 'volume':
            for one in self.get(kind, resource_id)['attachments']:
                self.call('DELETE', f'/attachments/{one["attachment_id"]}')
        if kind == 'group':
            self.act(kind, resource_id, {'delete': {'delete-volumes': True}})
        else:
            self.act(kind, resource_id, {'os-force_delete': {}})

    def _until_gone(self, kind: str, ids: set[str]) -> None:
        until(
            lambda: not ids & set(self.everything(kind)),
            f'every {kind} to be gone',
        )
