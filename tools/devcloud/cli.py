# SPDX-License-Identifier: Apache-2.0

"""The commands."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
import shlex
import shutil
import subprocess
import sys
import threading
import time

from . import config, contents, processes, venv
from .cloud import SERVICES, Cloud, Failure, choose_ports, locked
from .releases import CURRENT, RELEASES

# What `reset` wipes in the state directory; the ports and the password stay.
DATA = (
    'access.log',
    'backups',
    'cinder',
    'clouds.yaml',
    'databases',
    'etc',
    'faults.json',
    'glance',
    'keystone',
    'logs',
    'prepared',
    'volumes',
)


def _prepare(cloud: Cloud) -> None:
    """Create the databases, the three programs side by side."""
    etc = cloud.state / 'etc'
    keystone = ['keystone-manage', f'--config-file={etc}/keystone.conf']
    work = {
        'keystone': [
            [*keystone, 'db_sync'],
            [
                *keystone,
                'bootstrap',
                f'--bootstrap-password={cloud.password}',
                f'--bootstrap-region-id={config.REGION}',
            ],
        ],
        'glance': [
            [
                'glance-manage',
                f'--config-file={etc}/glance-api.conf',
                'db_sync',
            ]
        ],
        'cinder': [
            [
                'cinder-manage',
                f'--config-file={etc}/cinder.conf',
                'db',
                'sync',
            ]
        ],
    }
    failed = []

    def run(program: str) -> None:
        log = cloud.log(f'{program}-setup')
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, 'w') as out:
            for command in work[program]:
                if subprocess.run(
                    [
                        str(cloud.venv_of(program) / 'bin' / command[0]),
                        *command[1:],
                    ],
                    env=processes.environment(cloud, program),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                ).returncode:
                    failed.append(log)
                    return

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in failed:
        raise Failure(f'the setup failed, see {log}\n{venv.tail(log)}')


def up(cloud: Cloud, base: int | None) -> None:
    alive = processes.running(cloud)
    if len(alive) == len(SERVICES):
        if base not in (None, cloud.ports['identity']):
            raise Failure(f'already up on port {cloud.ports["identity"]}')
        for service in SERVICES:
            processes.wait_for(cloud, service)
        print(f'already up, {cloud.state}')
        return
    processes.stop(cloud)
    started = time.monotonic()
    cloud = dataclasses.replace(cloud, ports=choose_ports(base, cloud.ports))
    venv.ensure(
        cloud.venv, cloud.release.constraints, cloud.release.from_sdist
    )
    if cloud.release.borrowed:
        venv.ensure(CURRENT.default_venv, CURRENT.constraints)
    cloud.save()
    config.write_all(cloud)
    # Complete or absent: left half done, it is done again.
    prepared = cloud.state / 'prepared'
    if not prepared.exists():
        _prepare(cloud)
        prepared.touch()
    try:
        processes.start(cloud)
        contents.fill(cloud)
    except BaseException:
        processes.stop(cloud)
        raise
    # Our own first requests are nobody's business.
    (cloud.state / 'access.log').write_bytes(b'')
    print(f'up after {time.monotonic() - started:.1f} s, {cloud.state}')


def down(cloud: Cloud) -> None:
    processes.stop(cloud)
    print('down')


def reset(cloud: Cloud, base: int | None) -> None:
    was_up = bool(processes.running(cloud))
    processes.stop(cloud)
    for name in DATA:
        path = cloud.state / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if was_up:
        up(cloud, base)
    else:
        print('wiped')


def status(cloud: Cloud) -> int:
    alive = processes.running(cloud)
    for service, program in SERVICES.items():
        print(
            f'{service:14} {program:9} '
            + (
                f'up    {cloud.url(service)}  pid {alive[program]}'
                if program in alive
                else 'down'
            )
        )
    return 0 if len(alive) == len(SERVICES) else 1


def env(cloud: Cloud) -> None:
    path = cloud.state / 'clouds.yaml'
    if not path.exists():
        raise Failure(f'no cloud in {cloud.state}: run `up` first')
    print(f'export OS_CLIENT_CONFIG_FILE={shlex.quote(str(path))}')
    print('export OS_CLOUD=dev-demo')


def main() -> int:
    parser = argparse.ArgumentParser(
        prog='tools/devcloud',
        description='A real Keystone, Cinder and Glance on 127.0.0.1.',
    )
    parser.add_argument(
        'command', choices=('up', 'down', 'reset', 'status', 'env')
    )
    parser.add_argument('--state', type=Path, metavar='DIR')
    parser.add_argument('--venv', type=Path, metavar='DIR')
    parser.add_argument('--port', type=int, metavar='BASE')
    parser.add_argument('--release', choices=RELEASES)
    args = parser.parse_args()
    given = args.state, args.venv, RELEASES.get(args.release)
    try:
        cloud = Cloud.load(*given)
        if args.command in ('status', 'env'):
            return (status if args.command == 'status' else env)(cloud) or 0
        with locked(cloud.state / '.lock'):
            cloud = Cloud.load(*given)
            if args.command == 'up':
                up(cloud, args.port)
            elif args.command == 'down':
                down(cloud)
            else:
                reset(cloud, args.port)
    except Failure as error:
        print(f'devcloud: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
