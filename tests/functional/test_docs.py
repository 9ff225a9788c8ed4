# SPDX-License-Identifier: Apache-2.0

"""The documentation says what is so."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import re
import subprocess
import sys

import pytest

from tests.functional import fault_matrix, forking_shell
from tests.functional.devcloud import Devcloud
from tests.functional.shell import LIMIT
from tools import demo, examples

_PAGES = [page for page in examples.PAGES if examples.read(page)]

#: an ``openstack`` that lets a program which has imported everything run it
_OPENSTACK = """\
#!{python} -SE
import json, os, sys
streams = {{
    name: f'/proc/{{os.getpid()}}/fd/{{number}}'
    for number, name in enumerate(('stdin', 'stdout', 'stderr'))
}}
request = {{
    'args': sys.argv[1:],
    'env': dict(os.environ),
    'directory': os.getcwd(),
    'limit': {limit},
    **streams,
}}
with open('{requests}', 'w') as requests, open('{answers}') as answers:
    requests.write(json.dumps(request) + '\\n')
    requests.flush()
    sys.exit(int(answers.readline()))
"""


@pytest.fixture(scope='module')
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with an ``openstack`` that starts in no time."""
    directory = tmp_path_factory.mktemp('binaries')
    with subprocess.Popen(
        [sys.executable, '-P', forking_shell.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdin and server.stdout
        program = directory / 'openstack'
        program.write_text(
            _OPENSTACK.format(
                python=sys.executable,
                limit=LIMIT,
                requests=f'/proc/{os.getpid()}/fd/{server.stdin.fileno()}',
                answers=f'/proc/{os.getpid()}/fd/{server.stdout.fileno()}',
            )
        )
        program.chmod(0o755)
        yield directory


@pytest.mark.parametrize(
    'page', _PAGES, ids=lambda page: str(page.relative_to(examples.CHECKOUT))
)
def test_examples_print_what_the_page_says(
    devcloud: Devcloud, binaries: Path, page: Path
) -> None:
    ran = examples.run(page, devcloud.state, binaries)

    assert ran
    assert examples.wrong(ran) == []


@pytest.mark.parametrize(
    'page', _PAGES, ids=lambda page: str(page.relative_to(examples.CHECKOUT))
)
def test_commands_work_on_any_day(page: Path) -> None:
    dated = [
        one.command
        for one in examples.read(page)
        if re.search(r'\b20\d\d(-?)\d\d\1\d\d\b', one.command)
    ]
    assert dated == []


def test_the_readme_shows_what_the_demo_does() -> None:
    readme = (examples.CHECKOUT / 'README.rst').read_text().splitlines()

    missing = [
        command.line
        for chapter in demo.CHAPTERS
        for command in chapter.commands
        if f'   $ openstack {command.line}' not in readme
    ]

    assert not missing


def test_fault_matrix() -> None:
    """Its page is the table that the tests play."""
    assert fault_matrix.PAGE.read_text() == fault_matrix.page()
