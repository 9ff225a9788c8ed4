# SPDX-License-Identifier: Apache-2.0

"""A Keystone and a Cinder that answer at once and keep nothing.

For measuring the client alone: in a process of its own it prints its
Keystone's URL and serves until its standard input ends. Everybody may sign
in, and every volume is created. Its argument is the latency of its Cinder in
seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import http.server
import json
import subprocess
import sys
import threading
import time
from typing import Any
import uuid

from keystoneauth1 import fixture

PROJECT = uuid.UUID(int=1).hex
REGION = 'RegionOne'


class Cloud(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, latency: float) -> None:
        super().__init__(('127.0.0.1', 0), Handler)
        self.latency = latency
        url = f'http://127.0.0.1:{self.server_port}'
        self.keystone = f'{url}/identity/v3'
        self.versions = {
            '/identity/v3': {'version': fixture.V3Discovery(self.keystone)},
            f'/volume/v3/{PROJECT}': _versions(f'{url}/volume/v3/'),
        }
        self.token = fixture.V3Token(project_id=PROJECT)
        for kind, endpoint in (
            ('identity', self.keystone),
            ('block-storage', f'{url}/volume/v3/{PROJECT}'),
        ):
            service = self.token.add_service(kind)
            service.add_standard_endpoints(public=endpoint, region=REGION)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Cloud
    protocol_version = 'HTTP/1.1'
    wbufsize = -1  # An answer in two packets would wait for an ACK.

    def do_GET(self) -> None:
        if self.path in self.server.versions:
            self._answer(200, self.server.versions[self.path])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        length = int(self.headers['Content-Length'])
        asked = json.loads(self.rfile.read(length))
        if self.path == '/identity/v3/auth/tokens':
            self._answer(201, self.server.token)
        elif self.path == f'/volume/v3/{PROJECT}/volumes':
            self._answer(202, {'volume': _volume(asked['volume'])})
        else:
            self.send_error(404)

    def _answer(self, status: int, document: Any) -> None:
        if self.path.startswith('/volume/'):
            time.sleep(self.server.latency)
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(content)))
        self.send_header('X-Subject-Token', 'token')
        self.send_header('X-OpenStack-Request-ID', f'req-{uuid.uuid4()}')
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


def _versions(url: str) -> dict[str, Any]:
    found = fixture.DiscoveryList(v2=False, v3=False)
    found.add_microversion(
        href=url, id='v3.0', min_version='3.0', max_version='3.71'
    )
    return dict(found)


def _volume(asked: dict[str, Any]) -> dict[str, Any]:
    """Return as much of a record as Cinder does."""
    volume_id = str(uuid.uuid4())
    return {
        'id': volume_id,
        'name': asked.get('name'),
        'description': None,
        'status': 'creating',
        'size': asked['size'],
        'availability_zone': 'nova',
        'created_at': '2026-01-31T12:00:00.000000',
        'updated_at': None,
        'volume_type': 'standard',
        'volume_type_id': str(uuid.UUID(int=2)),
        'user_id': uuid.UUID(int=3).hex,
        'bootable': 'false',
        'encrypted': False,
        'multiattach': False,
        'replication_status': None,
        'attachments': [],
        'metadata': {},
        'snapshot_id': None,
        'source_volid': None,
        'backup_id': None,
        'group_id': None,
        'consistencygroup_id': None,
        'provider_id': None,
        'service_uuid': None,
        'cluster_name': None,
        'shared_targets': None,
        'consumes_quota': True,
        'links': [
            {'rel': rel, 'href': f'http://127.0.0.1/{rel}/{volume_id}'}
            for rel in ('self', 'bookmark')
        ],
    }


@contextlib.contextmanager
def running(latency: float = 0.0) -> Iterator[dict[str, str]]:
    """Yield the environment of a user while it runs.

    :param latency: seconds before each answer of its Cinder
    """
    with subprocess.Popen(
        [sys.executable, __file__, str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        try:
            yield {
                'OS_AUTH_URL': process.stdout.readline().strip(),
                'OS_USERNAME': 'anybody',
                'OS_PASSWORD': 'anything',
                'OS_PROJECT_NAME': 'any',
                'OS_USER_DOMAIN_NAME': 'Default',
                'OS_PROJECT_DOMAIN_NAME': 'Default',
            }
        finally:
            process.stdin.close()


def main() -> None:
    cloud = Cloud(float(sys.argv[1]))
    threading.Thread(target=cloud.serve_forever, daemon=True).start()
    print(cloud.keystone, flush=True)
    sys.stdin.read()


if __name__ == '__main__':
    main()
