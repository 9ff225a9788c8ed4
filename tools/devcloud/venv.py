# SPDX-License-Identifier: Apache-2.0

"""The virtual environment that the services run in."""

from __future__ import annotations

from collections.abc import Iterable
import hashlib
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tarfile
import tempfile
from typing import TextIO

from .cloud import Failure, locked

# The freezes are of this version, whatever Python runs this.
PYTHON = 'python3.11'


def ensure(
    venv: Path, constraints: Path, from_sdist: Iterable[str] = ()
) -> None:
    """Create it, or bring it up to a freeze.

    :param from_sdist: files of Cinder that only its sdist has
    """
    freeze = _read(constraints)
    wanted = hashlib.sha256(
        ''.join((PYTHON, freeze, *from_sdist)).encode()
    ).hexdigest()
    stamp = venv / 'devcloud-stamp'
    with locked(venv.with_name(f'.{venv.name}.lock')):
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print(f'Installing the services into {venv}', file=sys.stderr)
        log = venv.with_name(f'{venv.name}-install.log')
        with open(log, 'w') as out:
            try:
                _install(venv, freeze, from_sdist, out)
            except subprocess.CalledProcessError:
                raise Failure(
                    f'the installation failed, see {log}\n{tail(log)}'
                ) from None
        stamp.write_text(wanted)


def _python() -> str:
    """The Python of the freezes: this one, or another on the path."""
    if f'python{sys.version_info[0]}.{sys.version_info[1]}' == PYTHON:
        return sys.executable
    found = shutil.which(PYTHON)
    if found is None:
        raise Failure(f'the services need {PYTHON}, which is not on the path')
    return found


def _read(constraints: Path) -> str:
    """A freeze with those that it names by `-r`."""
    return ''.join(
        _read(constraints.with_name(line.removeprefix('-r ').strip()))
        if line.startswith('-r ')
        else line
        for line in constraints.read_text().splitlines(keepends=True)
    )


def _install(
    venv: Path, freeze: str, from_sdist: Iterable[str], out: TextIO
) -> None:
    def run(*command: str, **env: str) -> None:
        subprocess.run(
            command,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            check=True,
        )

    def pip(command: str, *args: str) -> None:
        run(
            str(venv / 'bin' / 'python'),
            *('-m', 'pip', command, '--no-deps'),
            '--disable-pip-version-check',
            *args,
            # What builds a package is of its time, too.
            PIP_CONSTRAINT=str(file),
        )

    run(_python(), '-m', 'venv', str(venv))
    file = venv / 'devcloud-freeze.txt'
    file.write_text(freeze)
    pip('install', '--no-compile', '-r', str(file))
    if from_sdist:
        with tempfile.TemporaryDirectory() as directory:
            # Its own setup.py needs build tools that are not installed.
            pip(
                'download',
                '--use-pep517',
                *('--no-binary', 'cinder'),
                *('-d', directory),
                'cinder',
            )
            (sdist,) = Path(directory).iterdir()
            _extract(sdist, from_sdist, venv)


def _extract(sdist: Path, names: Iterable[str], target: Path) -> None:
    with tarfile.open(sdist) as archive:
        top = archive.getnames()[0].partition('/')[0]
        for name in names:
            member = archive.getmember(f'{top}/{name}').replace(name=name)
            archive.extract(member, target, filter='data')


def tail(log: Path, lines: int = 20) -> str:
    """The end of a log, for an error message."""
    text = log.read_text(errors='replace') if log.exists() else ''
    return '\n'.join(text.splitlines()[-lines:])
