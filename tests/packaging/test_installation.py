# SPDX-License-Identifier: Apache-2.0

"""Installation in the ways that the README describes.

The lines are the README's. What they install is the commit that is checked
out, not the work tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import os
from pathlib import Path
import subprocess
import sys
import venv

import pytest

CHECKOUT = Path(__file__).parents[2]

FROM_GIT = 'pip install git+$URL'
FROM_CLONE = ('git clone $URL osc-cinderlite', 'pip install ./osc-cinderlite')
FROM_ARCHIVE = 'PBR_VERSION=1.0.0.dev0 pip install ./osc-cinderlite'
UNINSTALL = 'pip uninstall osc-cinderlite'
PIPX_INJECT = 'pipx inject python-openstackclient git+$URL'
PIPX_UNINJECT = 'pipx uninject python-openstackclient osc-cinderlite'


def run(line: str, directory: Path, **variables: str) -> str:
    """Run a line in a shell, insist on success and return what it prints."""
    done = subprocess.run(
        ['bash', '-c', line],
        cwd=directory,
        env={**os.environ, **variables},
        input='y\n',
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f'$ {line}\n{done.stdout}'
    return done.stdout


@pytest.fixture(scope='module')
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a repository with the commit that is checked out."""
    directory = tmp_path_factory.mktemp('server')
    run(f"git clone --bare 'file://{CHECKOUT}' repository.git", directory)
    return f'file://{directory}/repository.git'


def variables(binaries: Path, url: str) -> dict[str, str]:
    """Return the variables that a person would have in such a shell."""
    return {
        'PATH': f'{binaries}:{os.environ["PATH"]}',
        'URL': url,
        # They save seconds and change nothing that is tested here.
        'PIP_DISABLE_PIP_VERSION_CHECK': '1',
        'PIP_COMPILE': '0',
    }


@pytest.fixture(scope='module')
def empty(
    tmp_path_factory: pytest.TempPathFactory, url: str
) -> dict[str, str]:
    """The variables of an activated environment with nothing but pip.

    The first test that uses it installs OpenStackClient, too.
    """
    directory = tmp_path_factory.mktemp('empty')
    venv.create(directory, with_pip=True)
    return variables(directory / 'bin', url)


@pytest.fixture
def environment(
    empty: dict[str, str], tmp_path: Path
) -> Iterator[dict[str, str]]:
    """The same, in which the plugin does not stay after the test."""
    yield empty
    run(UNINSTALL, tmp_path, **empty)


def helped(directory: Path, environment: Mapping[str, str]) -> str:
    """Return the help of the stock client's command, or of the plugin's."""
    return run('openstack volume create --help', directory, **environment)


def assert_installed(directory: Path, environment: Mapping[str, str]) -> None:
    output = helped(directory, environment)
    assert '--or-show' in output
    assert 'Could not load' not in output


def test_from_the_repository(
    environment: dict[str, str], tmp_path: Path
) -> None:
    run(FROM_GIT, tmp_path, **environment)

    assert_installed(tmp_path, environment)
    complete = run('openstack complete', tmp_path, **environment)
    assert 'cmds_volume_backup_bulk=' in complete
    run(UNINSTALL, tmp_path, **environment)
    assert '--or-show' not in helped(tmp_path, environment)


def test_from_a_clone(environment: dict[str, str], tmp_path: Path) -> None:
    for line in FROM_CLONE:
        run(line, tmp_path, **environment)

    assert_installed(tmp_path, environment)


def test_from_an_archive(environment: dict[str, str], tmp_path: Path) -> None:
    run(
        f"git -C '{CHECKOUT}' archive --prefix osc-cinderlite/ HEAD | tar x",
        tmp_path,
    )

    run(FROM_ARCHIVE, tmp_path, **environment)

    assert_installed(tmp_path, environment)
    shown = run('pip show osc-cinderlite', tmp_path, **environment)
    assert 'Version: 1.0.0.dev0\n' in shown


def test_with_pipx(url: str, tmp_path: Path) -> None:
    environment = {
        **variables(tmp_path / 'bin', url),
        'PYTHON': sys.executable,
        'PIPX_HOME': f'{tmp_path}/pipx',
        'PIPX_BIN_DIR': f'{tmp_path}/bin',
        'PIPX_MAN_DIR': f'{tmp_path}/man',
        'PIPX_COMPLETION_DIR': f'{tmp_path}/completion',
    }
    pipx = 'pipx() { "$PYTHON" -m pipx "$@"; }\n'
    run(f'{pipx} pipx install python-openstackclient', tmp_path, **environment)

    run(pipx + PIPX_INJECT, tmp_path, **environment)

    assert_installed(tmp_path, environment)
    run(pipx + PIPX_UNINJECT, tmp_path, **environment)
    assert '--or-show' not in helped(tmp_path, environment)


def test_the_readme_says_it() -> None:
    readme = (CHECKOUT / 'README.rst').read_text()
    section = readme.partition('.. install\n')[2].partition('.. installed')[0]

    assert [
        line.removeprefix('   $ ')
        for line in section.splitlines()
        if line.startswith('   $ ')
    ] == [
        FROM_GIT,
        *FROM_CLONE,
        PIPX_INJECT,
        FROM_ARCHIVE,
        UNINSTALL,
        PIPX_UNINJECT,
    ]
