# SPDX-License-Identifier: Apache-2.0

"""Installation of what is published."""

from __future__ import annotations

import email
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

CHECKOUT = Path(__file__).parents[2]


def run(*argv: object) -> str:
    """Run a program, insist on success and return what it prints."""
    done = subprocess.run(
        [str(arg) for arg in argv],
        cwd='/',
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope='module')
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the sdist, and the wheel that was built from it.

    A build in the checkout would leave metadata half written where other
    processes look for the plugin meanwhile.
    """
    directory = tmp_path_factory.mktemp('dist')
    source = tmp_path_factory.mktemp('source') / 'copy'
    made = ('.venvs', '.devcloud*', '.*_cache', '*.egg-info', 'build')
    shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(*made))
    run(sys.executable, '-m', 'build', '--outdir', directory, source)
    return directory


@pytest.fixture(scope='module')
def wheel(dist: Path) -> Path:
    (found,) = dist.glob('*.whl')
    return found


def test_the_package_index_takes_them(dist: Path) -> None:
    output = run(
        sys.executable, '-m', 'twine', 'check', '--strict', *dist.iterdir()
    )

    assert output.count('PASSED') == 2, output


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split('/')[0].split('-')[0] for name in names} == {
        'osc_cinderlite'
    }
    assert 'osc_cinderlite/py.typed' in names
    sources = {
        str(path.relative_to(CHECKOUT))
        for path in CHECKOUT.glob('osc_cinderlite/**/*.py')
    }
    assert sources <= set(names)


def test_the_sdist_holds_tests_and_licence(dist: Path) -> None:
    (sdist,) = dist.glob('*.tar.gz')
    with tarfile.open(sdist) as archive:
        names = {name.partition('/')[2] for name in archive.getnames()}

    assert {
        'LICENSE',
        'Makefile',
        'lower-constraints.txt',
        'tests/packaging/test_packaging.py',
        'tools/devcloud/constraints.txt',
    } <= names


def test_metadata(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (n for n in archive.namelist() if n.endswith('/METADATA'))
    metadata = email.message_from_bytes(archive.read(name))

    assert metadata['License'] == 'Apache-2.0'
    # Of a tag, of a commit without one, of a clone that has no other commit.
    assert re.fullmatch(r'1\.0\.0(\.dev\d+)?|0\.0\.0', metadata['Version']), (
        metadata['Version']
    )
    assert metadata['Requires-Python'] == '>=3.11'
    declared = (CHECKOUT / 'requirements.txt').read_text().splitlines()
    assert sorted(metadata.get_all('Requires-Dist', [])) == sorted(
        line.partition(' #')[0] for line in declared if line[0] != '#'
    )


def test_lower_constraints_are_the_lower_bounds() -> None:
    pinned = (CHECKOUT / 'lower-constraints.txt').read_text().splitlines()
    exactly = {
        line.lower().replace('-', '.').replace('==', '>=') for line in pinned
    }

    for line in (CHECKOUT / 'requirements.txt').read_text().splitlines():
        if line[0] != '#':
            bound = line.partition(' #')[0].lower().replace('-', '.')
            assert bound in exactly
