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

"""Start a cloud, create in it for real, and stop it again.

Ends with status 1 if a command does not do what is promised of it.
"""

import os
from pathlib import Path
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import NoReturn

from attach import attach

CHECKOUT = Path(__file__).resolve().parents[1]
OURS = Path(sys.executable).with_name('openstack')
STOCK = CHECKOUT / '.venvs' / 'stock' / 'bin' / 'openstack'


class BrokenPromise(Exception):
    """Something did not go as the demo says."""


def devcloud(command: str, state: str) -> None:
    subprocess.run(
        [sys.executable, 'tools/devcloud', command, '--state', state],
        cwd=CHECKOUT,
        check=True,
    )


def say(text: str) -> None:
    print(f'\n# {text}', flush=True)


def run(
    line: str, *, program: Path = OURS, status: int = 0, says: str
) -> None:
    """Run an ``openstack`` command, show it, and hold it to its promise.

    :param says: what it has to say, on whichever stream
    """
    print(f'$ openstack {line}', flush=True)
    argv = [str(program), *shlex.split(line)]
    ended, output = (in_terminal if sys.stdout.isatty() else in_pipe)(argv)
    if ended != status:
        raise BrokenPromise(f'exit status {ended}, not {status}')
    if says not in output:
        raise BrokenPromise(f'{says!r} is not in its output')
    if status:
        print(f'(exit status {status})', flush=True)


def in_terminal(argv: list[str]) -> tuple[int, str]:
    recorded = bytearray()

    def read(fd: int) -> bytes:
        data = os.read(fd, 4096)
        recorded.extend(data)
        return data

    os.environ['COLUMNS'] = str(shutil.get_terminal_size().columns)
    ended = pty.spawn(argv, read)
    return os.waitstatus_to_exitcode(ended), recorded.decode()


def in_pipe(argv: list[str]) -> tuple[int, str]:
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(done.stdout, end='', flush=True)
    return done.returncode, done.stdout


def show() -> None:
    brief = '-c name -c size -c status'

    say('A volume, a snapshot of it and a backup of it, each waited for.')
    run(
        f'volume create --size 1 --wait {brief} data',
        says='| available',
    )
    run(
        f'volume snapshot create --volume data --wait {brief} before-upgrade',
        says='| available',
    )
    run(
        'volume backup create --name nightly --wait '
        f'{brief} -c is_incremental data',
        says='| available',
    )

    say('The next backup is incremental, as there is one to build upon.')
    run(
        'volume backup create --name nightly-2 --incremental-or-full --wait '
        f'{brief} -c is_incremental data',
        says='| True',
    )

    say('A restored volume, on a storage backend that takes its time.')
    run(
        f'volume create --backup nightly --type slow --wait {brief} restored',
        says='| available',
    )

    say('Now data gets attached to a server. This is the stock client:')
    attach('data')
    run(
        f'volume snapshot create --volume data {brief} attached',
        program=STOCK,
        status=1,
        says='current status is: in-use',
    )
    say('And this is osc-cinderlite:')
    run(
        f'volume snapshot create --volume data --wait {brief} attached',
        says='| available',
    )

    say('A storage backend that fails: Cinder knows why.')
    run(
        f'volume create --size 1 --type broken --wait {brief} unlucky',
        status=1,
        says='Driver failed to create the volume',
    )

    say('What would be sent, without sending it.')
    run(
        'volume create --snapshot before-upgrade --property tier=gold '
        '--dry-run -f yaml copy',
        says='method: POST',
    )


def stop(signum: int, frame: object) -> NoReturn:
    sys.exit(128 + signum)


def main() -> int:
    signal.signal(signal.SIGTERM, stop)
    for name in [name for name in os.environ if name.startswith('OS_')]:
        del os.environ[name]
    state = tempfile.mkdtemp(prefix='osc-cinderlite-demo-')
    os.environ['OS_CLIENT_CONFIG_FILE'] = f'{state}/clouds.yaml'
    os.environ['OS_CLOUD'] = 'dev-demo'
    print(
        'Starting Keystone, Cinder and Glance on 127.0.0.1; the first time '
        'they are installed, in a minute or two.',
        flush=True,
    )
    try:
        devcloud('up', state)
        try:
            show()
        finally:
            say('Stopping the cloud.')
            devcloud('down', state)
    except (BrokenPromise, subprocess.CalledProcessError) as error:
        print(f'The demo failed: {error}', file=sys.stderr)
        print(f'The logs of the services: {state}/logs', file=sys.stderr)
        return 1
    shutil.rmtree(state)
    return 0


if __name__ == '__main__':
    sys.exit(main())
