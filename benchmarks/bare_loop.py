# SPDX-License-Identifier: Apache-2.0

"""Volumes made as fast as requests and the server allow: the ceiling.

A program of its own, which needs requests and nothing else. It signs in
once; then threads send the creates, each over a connection of its own,
without a look at what comes back but its status.
"""

import argparse
from concurrent import futures
import os
import threading

import requests


def sign_in(session: requests.Session) -> tuple[str, str]:
    """Return a token and the endpoint of block storage."""
    domain = {'name': 'Default'}
    user = {
        'name': os.environ['OS_USERNAME'],
        'password': os.environ['OS_PASSWORD'],
        'domain': domain,
    }
    project = {'name': os.environ['OS_PROJECT_NAME'], 'domain': domain}
    answer = session.post(
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
    answer.raise_for_status()
    (endpoint,) = (
        endpoint['url']
        for service in answer.json()['token']['catalog']
        if service['type'] == 'block-storage'
        for endpoint in service['endpoints']
        if endpoint['interface'] == 'public'
    )
    return answer.headers['X-Subject-Token'], endpoint


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--count', type=int, required=True)
    parser.add_argument('--parallel', type=int, required=True)
    parser.add_argument('--name', default='bare-', help='a prefix')
    args = parser.parse_args()
    token, url = sign_in(requests.Session())
    of_thread = threading.local()

    def connect() -> None:
        of_thread.session = requests.Session()
        of_thread.session.headers['X-Auth-Token'] = token
        of_thread.session.headers['OpenStack-API-Version'] = 'volume 3.71'

    def create(number: int) -> None:
        body = {'volume': {'name': f'{args.name}{number}', 'size': 1}}
        of_thread.session.post(f'{url}/volumes', json=body).raise_for_status()

    with futures.ThreadPoolExecutor(args.parallel, '', connect) as pool:
        for _ in pool.map(create, range(args.count)):
            pass


if __name__ == '__main__':
    main()
