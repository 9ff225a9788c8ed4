# SPDX-License-Identifier: Apache-2.0

"""Start a cloud, create in it for real, and stop it again.

Ends with status 1 if a command does not do what is promised of it.
"""

from collections.abc import Callable
import os
from pathlib import Path
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import NamedTuple, NoReturn

from tools.attach import attach

CHECKOUT = Path(__file__).resolve().parents[1]
OURS = Path(sys.executable).with_name('openstack')
STOCK = CHECKOUT / '.venvs' / 'stock' / 'bin' / 'openstack'


class BrokenPromise(Exception):
    """Something did not go as the demo says."""


class Command(NamedTuple):
    """A command line and what is promised of it.

    :ivar says: what it has to say, on whichever stream
    """

    line: str
    says: str
    status: int = 0
    program: Path = OURS


class Chapter:
    """A sentence and the command lines that show it.

    :param first: done before them
    """

    def __init__(
        self,
        text: str,
        *commands: Command,
        first: Callable[[], None] = lambda: None,
    ) -> None:
        self.text = text
        self.commands = commands
        self.first = first


def devcloud(command: str, state: str) -> None:
    subprocess.run(
        [sys.executable, 'tools/devcloud', command, '--state', state],
        cwd=CHECKOUT,
        check=True,
    )


def say(text: str) -> None:
    print(f'\n# {text}', flush=True)


def run(command: Command) -> None:
    """Run an ``openstack`` command, show it, and hold it to its promise."""
    print(f'$ openstack {command.line}', flush=True)
    argv = [str(command.program), *shlex.split(command.line)]
    ended, output = (in_terminal if sys.stdout.isatty() else in_pipe)(argv)
    if ended != command.status:
        raise BrokenPromise(f'exit status {ended}, not {command.status}')
    if command.says not in output:
        raise BrokenPromise(f'{command.says!r} is not in its output')
    if ended:
        print(f'(exit status {ended})', flush=True)


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


BRIEF = '-c name -c size -c status'

#: what is said, and the command lines that show it; the README has them too
CHAPTERS = (
    Chapter(
        'A volume, a snapshot of it and a backup of it, each waited for.',
        Command(
            'volume create --size 1 --wait '
            '-c id -c name -c size -c status data',
            '| available',
        ),
        Command(
            'volume snapshot create --volume data --wait '
            '-c name -c status before-upgrade',
            '| available',
        ),
        Command(
            f'volume backup create --name nightly --wait {BRIEF} data',
            '| available',
        ),
    ),
    Chapter(
        'The next backup is incremental, as there is one to build upon.',
        Command(
            'volume backup create --name nightly-2 --incremental-or-full '
            f'--wait {BRIEF} -c is_incremental data',
            '| is_incremental | True ',
        ),
    ),
    Chapter(
        'A restored volume, on a storage backend that takes its time.',
        Command(
            'volume create --backup nightly --type slow --wait '
            f'{BRIEF} restored',
            '| available',
        ),
    ),
    Chapter(
        'Now data gets attached to a server. This is the stock client:',
        Command(
            f'volume snapshot create --volume data {BRIEF} attached',
            'current status is: in-use',
            status=1,
            program=STOCK,
        ),
        first=lambda: attach('data'),
    ),
    Chapter(
        'And this is osc-cinderlite:',
        Command(
            f'volume snapshot create --volume data --wait {BRIEF} attached',
            '| available',
        ),
    ),
    Chapter(
        'A storage backend that fails; Cinder knows why.',
        Command(
            f'volume create --size 1 --type broken --wait {BRIEF} unlucky',
            'Driver failed to create the volume',
            status=1,
        ),
    ),
    Chapter(
        'Many at once.',
        Command(
            'volume bulk create --count 3 --size 1 --wait '
            "-c Name -c Status -c Result 'logs-{n:02}'",
            '3 volumes: 3 created',
        ),
    ),
    Chapter(
        'What would be sent, without sending it.',
        Command(
            'volume create --snapshot before-upgrade --property tier=gold '
            '--dry-run -f yaml copy',
            'method: POST',
        ),
    ),
)


def show() -> None:
    for chapter in CHAPTERS:
        say(chapter.text)
        chapter.first()
        for command in chapter.commands:
            run(command)


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
