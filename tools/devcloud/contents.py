# SPDX-License-Identifier: Apache-2.0

"""Initial contents of the cloud: users, endpoints, types, an image."""

from __future__ import annotations

import json
from typing import Any
import urllib.error
import urllib.request

from . import processes
from .cloud import BACKENDS, Cloud, Failure
from .config import REGION

IMAGE_SIZE = 4 * 1024 * 1024


class Rest:
    """As little of an HTTP client as it takes."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.token = ''
        self.project_id = ''

    def __call__(
        self,
        method: str,
        service: str,
        path: str,
        body: object = None,
    ) -> Any:
        raw = isinstance(body, bytes)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.cloud.url(service) + path,
            method=method,
            data=None if body is None else data,
            headers={
                'X-Auth-Token': self.token,
                'Content-Type': 'application/octet-stream'
                if raw
                else 'application/json',
            },
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                text = response.read()
                self.token = self.token or response.headers.get(
                    'X-Subject-Token', ''
                )
        except urllib.error.HTTPError as error:
            raise Failure(
                f'{method} {request.full_url}: {error.code} '
                f'{error.read().decode(errors="replace")}'
            ) from None
        return json.loads(text) if text else None

    def login(self) -> None:
        domain = {'name': 'Default'}
        answer = self(
            'POST',
            'identity',
            '/v3/auth/tokens',
            {
                'auth': {
                    'identity': {
                        'methods': ['password'],
                        'password': {
                            'user': {
                                'name': 'admin',
                                'domain': domain,
                                'password': self.cloud.password,
                            }
                        },
                    },
                    'scope': {'project': {'name': 'admin', 'domain': domain}},
                }
            },
        )
        self.project_id = answer['token']['project']['id']

    def ensure(self, kind: str, **fields: object) -> str:
        """The id of a Keystone resource by this name, made if need be."""
        path = f'/v3/{kind}s'
        found = self('GET', 'identity', f'{path}?name={fields["name"]}')
        if found[f'{kind}s']:
            return str(found[f'{kind}s'][0]['id'])
        made = self('POST', 'identity', path, {kind: fields})
        return str(made[kind]['id'])


def fill(cloud: Cloud) -> None:
    """Make what is missing; what is there stays."""
    rest = Rest(cloud)
    processes.wait_for(cloud, 'identity')
    rest.login()
    _identity(rest)
    processes.wait_for(cloud, 'image')
    _image(rest)
    processes.wait_for(cloud, 'block-storage')
    _types(rest)


def _identity(rest: Rest) -> None:
    cloud = rest.cloud
    existing = rest('GET', 'identity', '/v3/endpoints')['endpoints']
    by_key = {(one['service_id'], one['interface']): one for one in existing}
    for kind, name, url in (
        ('identity', 'keystone', cloud.url('identity') + '/v3'),
        ('image', 'glance', cloud.url('image')),
        *(
            (kind, name, f'{cloud.url("block-storage")}/{path}')
            for name, (kind, path) in cloud.release.volume_endpoints.items()
        ),
    ):
        service = rest.ensure('service', name=name, type=kind)
        for interface in ('public', 'internal', 'admin'):
            endpoint = {
                'service_id': service,
                'interface': interface,
                'region_id': REGION,
                'url': url,
            }
            old = by_key.get((service, interface))
            if old is None:
                rest(
                    'POST',
                    'identity',
                    '/v3/endpoints',
                    {'endpoint': endpoint},
                )
            elif old['url'] != url:
                rest(
                    'PATCH',
                    'identity',
                    f'/v3/endpoints/{old["id"]}',
                    {'endpoint': endpoint},
                )
    for project, user, roles in (
        ('demo', 'demo', ('member',)),
        ('demo', 'reader', ('reader',)),
        ('service', 'devcloud', ('admin', 'service')),
    ):
        project_id = rest.ensure('project', name=project, domain_id='default')
        user_id = rest.ensure(
            'user',
            name=user,
            domain_id='default',
            password=cloud.password,
            default_project_id=project_id,
        )
        for role in roles:
            rest(
                'PUT',
                'identity',
                f'/v3/projects/{project_id}/users/{user_id}'
                f'/roles/{rest.ensure("role", name=role)}',
            )


def _image(rest: Rest) -> None:
    found = rest('GET', 'image', '/v2/images?name=tiny&status=active')
    if found['images']:
        return
    image = rest(
        'POST',
        'image',
        '/v2/images',
        {
            'name': 'tiny',
            'disk_format': 'raw',
            'container_format': 'bare',
            'visibility': 'public',
            'min_disk': 0,
        },
    )
    line = b'devcloud image tiny, line %08d\n'
    count = IMAGE_SIZE // len(line % 0) + 1
    content = b''.join(line % n for n in range(count))[:IMAGE_SIZE]
    rest('PUT', 'image', f'/v2/images/{image["id"]}/file', content)


STANDARD = {'volume_backend_name': 'standard'}

# Whoever attaches the volume encrypts: Cinder only makes and keeps the key.
ENCRYPTION = {
    'provider': 'luks',
    'control_location': 'front-end',
    'cipher': 'aes-xts-plain64',
    'key_size': 256,
}


def _types(rest: Rest) -> None:
    path = f'/v3/{rest.project_id}/types'
    listed = rest('GET', 'block-storage', f'{path}?is_public=None')
    known = {one['name']: one for one in listed['volume_types']}
    specs = {
        **{name: {'volume_backend_name': name} for name in BACKENDS},
        'nowhere': {'volume_backend_name': 'nowhere'},
        'multiattach': {**STANDARD, 'multiattach': '<is> True'},
        'encrypted': STANDARD,
    }
    for name, extra_specs in specs.items():
        if name not in known:
            body = {'volume_type': {'name': name, 'extra_specs': extra_specs}}
            made = rest('POST', 'block-storage', path, body)['volume_type']
            if name == 'encrypted':
                rest(
                    'POST',
                    'block-storage',
                    f'{path}/{made["id"]}/encryption',
                    {'encryption': ENCRYPTION},
                )
    default = known.get('__DEFAULT__')  # Which Cinder has since 16.
    if default and not default['extra_specs']:
        # Without this it may be scheduled to the backend that fails.
        rest(
            'POST',
            'block-storage',
            f'{path}/{default["id"]}/extra_specs',
            {'extra_specs': STANDARD},
        )
