# SPDX-License-Identifier: Apache-2.0

"""The virtual environment that the services run in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
import subprocess
import sys

from .cloud import Failure, locked


def ensure(venv: Path, constraints: Path) -> None:
    """Create it, or bring it up to a freeze."""
    wanted = hashlib.sha256(
        sys.version.encode() + constraints.read_bytes()
    ).hexdigest()
    stamp = venv / 'devcloud-stamp'
    with locked(venv.with_name(f'.{venv.name}.lock')):
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print(f'Installing the services into {venv}', file=sys.stderr)
        log = venv.with_name(f'{venv.name}-install.log')
        with open(log, 'w') as out:
            for command in (
                [sys.executable, '-m', 'venv', str(venv)],
                [
                    str(venv / 'bin' / 'python'),
                    '-m',
                    'pip',
                    'install',
                    '--no-deps',
                    '--no-compile',
                    '--disable-pip-version-check',
                    '-r',
                    str(constraints),
                ],
            ):
                if subprocess.run(
                    command,
                    # What builds a package is of its time, too.
                    env=os.environ | {'PIP_CONSTRAINT': str(constraints)},
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                ).returncode:
                    raise Failure(
                        f'the installation failed, see {log}\n{tail(log)}'
                    )
        stamp.write_text(wanted)


def tail(log: Path, lines: int = 20) -> str:
    """The end of a log, for an error message."""
    text = log.read_text(errors='replace') if log.exists() else ''
    return '\n'.join(text.splitlines()[-lines:])
