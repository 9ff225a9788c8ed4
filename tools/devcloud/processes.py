# SPDX-License-Identifier: Apache-2.0

"""Start the service processes, and stop exactly those again."""

from __future__ import annotations

import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import time

from .cloud import SERVICES, Cloud, Failure, write
from .releases import PACKAGE
from .venv import tail


def environment(cloud: Cloud, program: str) -> dict[str, str]:
    """For everything that runs in the devcloud venv."""
    path = [PACKAGE.parent]
    extra = cloud.release.python_path
    if extra and program not in cloud.release.borrowed:
        path.append(extra)
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('OS_', 'PYTHON'))
        and not name.lower().endswith('_proxy')
    }
    return mine | {
        'PATH': f'{cloud.venv_of(program) / "bin"}:'
        f'{os.environ.get("PATH", os.defpath)}',
        'PYTHONPATH': ':'.join(map(str, path)),
        'PYTHONUNBUFFERED': '1',
        'MALLOC_ARENA_MAX': '2',
        'OS_KEYSTONE_CONFIG_DIR': str(cloud.state / 'etc'),
        'OS_GLANCE_CONFIG_DIR': str(cloud.state / 'etc'),
        'OS_CINDER_DISABLE_EVENTLET_PATCHING': '1',
    }


def _started_at(pid: int) -> str | None:
    """What tells this process from a later one with the same number."""
    try:
        stat = Path(f'/proc/{pid}/stat').read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(')')[2].split()
    return None if fields[0] in 'ZX' else fields[19]


def _record(cloud: Cloud) -> Path:
    return cloud.state / 'processes.json'


def running(cloud: Cloud) -> dict[str, int]:
    """Program and process id of those of ours that are alive."""
    try:
        known = json.loads(_record(cloud).read_text())
    except FileNotFoundError:
        return {}
    return {
        name: pid
        for name, (pid, started) in known.items()
        if _started_at(pid) == started
    }


def start(cloud: Cloud) -> None:
    known: dict[str, tuple[int, str | None]] = {}
    for service, program in SERVICES.items():
        module = cloud.release.modules.get(program, program)
        log = cloud.log(program)
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, 'a') as out:
            process = subprocess.Popen(
                [
                    str(cloud.venv_of(program) / 'bin' / 'python'),
                    '-m',
                    f'devcloud.services.{module}',
                    str(cloud.state),
                    str(cloud.ports[service]),
                ],
                env=environment(cloud, program),
                cwd=cloud.state,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        known[program] = (process.pid, _started_at(process.pid))
        write(_record(cloud), json.dumps(known))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(('127.0.0.1', port)) == 0


def wait_for(cloud: Cloud, service: str, seconds: float = 180) -> None:
    """Until it listens, which each does when it is ready and not before."""
    program = SERVICES[service]
    log = cloud.log(program)
    deadline = time.monotonic() + seconds
    while not answers(cloud.ports[service]):
        if program not in running(cloud):
            raise Failure(f'{program} did not start, see {log}\n{tail(log)}')
        if time.monotonic() > deadline:
            raise Failure(
                f'{program} is not ready after {seconds:.0f} s, '
                f'see {log}\n{tail(log)}'
            )
        time.sleep(0.05)


def stop(cloud: Cloud) -> None:
    for sig, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        for pid in running(cloud).values():
            # Each leads a process group of its own.
            os.killpg(pid, sig)
        deadline = time.monotonic() + seconds
        while running(cloud) and time.monotonic() < deadline:
            time.sleep(0.05)
    if left := running(cloud):
        raise Failure(f'cannot stop {left}')
    _record(cloud).unlink(missing_ok=True)
