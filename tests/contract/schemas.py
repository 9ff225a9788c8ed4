# SPDX-License-Identifier: Apache-2.0

"""Cinder's own judgement of request bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import contextlib
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import IO, Any

CHECKOUT = Path(__file__).parents[2]

#: the Python to import Cinder with, instead of the devcloud's
VARIABLE = 'OSC_CINDERLITE_CINDER_PYTHON'

#: makes the devcloud's environment, where there is none, and prints its path
_ENSURE = """
from devcloud import releases, venv
venv.ensure(releases.CURRENT.default_venv, releases.CURRENT.constraints)
print(releases.CURRENT.default_venv)
"""


class Cinder:
    """A process that has Cinder's schemas.

    :param requests: its standard input
    :param verdicts: its standard output
    """

    def __init__(self, requests: IO[str], verdicts: IO[str]) -> None:
        self._requests = requests
        self._verdicts = verdicts

    def refuses(
        self, call: str, microversion: str, body: Mapping[str, Any]
    ) -> str | None:
        """Return why Cinder refuses a body, or None if it accepts it.

        :param call: the path of the POST below the endpoint, or the name of
            a volume's action
        """
        request = {'call': call, 'microversion': microversion, 'body': body}
        print(json.dumps(request), file=self._requests, flush=True)
        refused: str | None = json.loads(self._verdicts.readline())['refused']
        return refused


@contextlib.contextmanager
def running(directory: Path) -> Iterator[Cinder]:
    """Start the process, and end it.

    :param directory: where it may write its log
    """
    log = directory / 'judge.log'
    with (
        open(log, 'w') as stderr,
        subprocess.Popen(
            [_python(), str(Path(__file__).with_name('judge.py'))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=directory,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError(f'Cinder does not start:\n{log.read_text()}')
        yield Cinder(process.stdin, process.stdout)
        process.stdin.close()


def _python() -> str:
    """Return a Python that has Cinder; make its environment if need be."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    done = subprocess.run(
        [sys.executable, '-c', _ENSURE],
        cwd=CHECKOUT / 'tools',
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return str(Path(done.stdout.strip(), 'bin', 'python'))
