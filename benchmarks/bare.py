# SPDX-License-Identifier: Apache-2.0

"""Creates, lists and deletions by bare requests: the ceiling for a client.

A program of its own that needs requests and nothing else. It signs in once.
Then threads send the requests, each over a connection of its own that stays
open, and look at nothing but the status of the responses.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
import os
from pathlib import Path
import re
import threading
import time
from typing import Any

import requests

VERSION = 'volume 3.71'


def sign_in(session: requests.Session) -> tuple[str, str]:
    """Return a token and the endpoint of block storage."""
    domain = {'name': 'Default'}
    user = {
        'name': os.environ['OS_USERNAME'],
        'password': os.environ['OS_PASSWORD'],
        'domain': domain,
    }
    project = {'name': os.environ['OS_PROJECT_NAME'], 'domain': domain}
    response = session.post(
        f'{os.environ["OS_AUTH_URL"]}/auth/tokens',
        json={
            'auth': {
                'identity': {
                    'methods': ['password'],
                    'password': {'user': user},
                },
                'scope': {'project': project},
            }
        },
    )
    response.raise_for_status()
    (endpoint,) = (
        endpoint['url']
        for service in response.json()['token']['catalog']
        if service['type'] == 'block-storage'
        for endpoint in service['endpoints']
        if endpoint['interface'] == 'public'
    )
    return response.headers['X-Subject-Token'], endpoint


class Cinder:
    """Cinder, with a connection for each thread.

    :param parallel: how many requests to send at a time
    """

    def __init__(self, parallel: int) -> None:
        self._parallel = parallel
        self._token, self._url = sign_in(requests.Session())
        self._of_thread = threading.local()
        self._connect()

    def _connect(self) -> None:
        session = requests.Session()
        session.headers['X-Auth-Token'] = self._token
        session.headers['OpenStack-API-Version'] = VERSION
        self._of_thread.session = session

    def send(self, method: str, path: str, **options: Any) -> Any:
        """Send a request and return its response."""
        response = self._of_thread.session.request(
            method, f'{self._url}/{path}', **options
        )
        response.raise_for_status()
        return response

    def each(self, send: Callable[[Any], object], of: Iterable[Any]) -> None:
        """Call a function with each item, several at a time."""
        with futures.ThreadPoolExecutor(
            self._parallel, '', self._connect
        ) as pool:
            for _ in pool.map(send, of):
                pass

    def records(self, collection: str) -> Iterator[Any]:
        """Return all records of a list, a page after the other."""
        params: dict[str, str] = {}
        while True:
            path = f'{collection}/detail'
            records = self.send('GET', path, params=params).json()[collection]
            if not records:
                return
            yield from records
            params = {'marker': records[-1]['id']}


def create(cinder: Cinder, args: argparse.Namespace) -> None:
    def one(number: int) -> None:
        fields = {'name': f'{args.name}{number}', 'size': 1}
        cinder.send('POST', 'volumes', json={'volume': fields})

    cinder.each(one, range(args.count))


def select(cinder: Cinder, args: argparse.Namespace) -> None:
    for record in cinder.records('volumes'):
        if args.property in record['metadata']:
            print(record['id'])


def delete(cinder: Cinder, args: argparse.Namespace) -> None:
    """Delete all backups and list them until none is left."""
    found = [record['id'] for record in cinder.records('backups')]
    cinder.each(lambda one: cinder.send('DELETE', f'backups/{one}'), found)
    while any(cinder.records('backups')):
        time.sleep(0.3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--parallel', type=int, default=1)
    parser.add_argument('--note', help='a file for what it took')
    commands = parser.add_subparsers(required=True)
    of_create = commands.add_parser('create')
    of_create.set_defaults(carry_out=create)
    of_create.add_argument('--count', type=int, required=True)
    of_create.add_argument('--name', default='bare-', help='a prefix')
    of_select = commands.add_parser('select')
    of_select.set_defaults(carry_out=select)
    of_select.add_argument('property')
    commands.add_parser('delete').set_defaults(carry_out=delete)
    args = parser.parse_args()
    cinder = Cinder(args.parallel)
    begun = time.perf_counter()
    args.carry_out(cinder, args)
    ended = time.perf_counter()
    if args.note:
        status = Path('/proc/self/status').read_text()
        peak = re.search(r'VmHWM:\s+(\d+) kB', status)
        assert peak
        Path(args.note).write_text(f'0 {ended - begun} {peak[1]} {ended}')


if __name__ == '__main__':
    main()
