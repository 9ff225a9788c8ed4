# SPDX-License-Identifier: Apache-2.0

"""Runs ``openstack`` in this process, against the cloud of requests-mock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import contextlib
import dataclasses
import io
import json
import logging
from typing import Any, TextIO

from openstackclient import shell
from osc_lib import clientmanager

from osc_cinderlite import plugin
from tests.unit import cloud

CREDENTIALS = (
    f'--os-auth-url={cloud.KEYSTONE}',
    '--os-username=demo',
    '--os-password=secret',
    '--os-user-domain-id=default',
    f'--os-project-id={cloud.PROJECT}',
    f'--os-region-name={cloud.REGION}',
)


class Terminal(io.StringIO):
    """An output that is one of a terminal."""

    def isatty(self) -> bool:
        return True


@dataclasses.dataclass(frozen=True)
class Result:
    """What a run left behind.

    :param error: the exception that the command ended with, or None
    """

    args: tuple[str, ...]
    status: int
    stdout: str
    stderr: str
    error: BaseException | None

    def __str__(self) -> str:
        return (
            f'openstack {" ".join(self.args)}: status {self.status}\n'
            f'{self.stdout}\n{self.stderr}'
        )

    @property
    def json(self) -> Any:
        """What was printed with ``-f json``."""
        return json.loads(self.stdout)

    @property
    def complaint(self) -> str:
        """The one line on stderr; fails if there is not just one."""
        (line,) = self.stderr.splitlines()
        return line


class _Shell(shell.OpenStackShell):
    NAME = 'openstack'

    error: BaseException | None = None

    def clean_up(
        self, cmd: Any, result: int, err: BaseException | None
    ) -> None:
        self.error = err
        super().clean_up(cmd, result, err)


def openstack(
    *args: str,
    version: str | None = '3',
    credentials: Sequence[str] = CREDENTIALS,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    closed: bool = False,
) -> Result:
    """Run a command.

    :param args: the command and its options
    :param version: what to ask for by ``--os-volume-api-version``
    :param credentials: the options that say who asks
    :param stdout: where the output goes, if that matters
    :param stderr: where errors go, if that matters
    :param closed: whether there is no standard output
    """
    out = None if closed else stdout or io.StringIO()
    err = stderr or io.StringIO()
    line = [*credentials, *args]
    if version is not None:
        line.insert(0, f'--os-volume-api-version={version}')
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _logging_of_its_own(),
    ):
        _forget_client()
        app = _Shell()
        try:
            status = app.run(line)
        except SystemExit as exit:
            status = int(exit.code or 0)
        except BaseException as error:
            app.error = error
            status = 1
    return Result(args, status, _text(out), _text(err), app.error)


def _text(stream: TextIO | None) -> str:
    return stream.getvalue() if isinstance(stream, io.StringIO) else ''


def _forget_client() -> None:
    """Let the shell make a new client: it keeps one for each process."""
    kept: Any = vars(clientmanager.ClientManager)[plugin.API_NAME]
    kept._handle = None


@contextlib.contextmanager
def _logging_of_its_own() -> Iterator[None]:
    """Let the shell set up the loggers, and undo that.

    pytest would keep each of the many debug messages.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
