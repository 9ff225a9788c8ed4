# SPDX-License-Identifier: Apache-2.0

"""Translations of the texts of the commands."""

from __future__ import annotations

import os
from pathlib import Path
import re
import subprocess
import sys

from babel.messages import catalog, extract, mofile
import pytest

import osc_cinderlite

PACKAGE = Path(osc_cinderlite.__file__).parent

_COMMAND = '--or-show needs the name of the %s'


@pytest.fixture(scope='module')
def messages() -> dict[str, str]:
    """What a translator gets, with the file that each is in."""
    return {
        text: name
        for name, _line, text, _comments, _context in extract.extract_from_dir(
            PACKAGE, keywords={'_': None}
        )
        if isinstance(text, str)
    }


def test_extraction(messages: dict[str, str]) -> None:
    assert messages[_COMMAND] == os.path.join('commands', 'single.py')
    assert len(messages) > 100


def test_the_library_speaks_english() -> None:
    """As keystoneauth does: its texts are for programmers, and for logs."""
    assert [
        path
        for path in (PACKAGE / 'lib').rglob('*.py')
        if 'i18n' in path.read_text()
    ] == []


def test_values_have_names(messages: dict[str, str]) -> None:
    """Another language may need them in another order."""
    assert [
        text
        for text in messages
        if len(re.findall('%[a-z(]', text)) > 1 and re.search('%[a-z]', text)
    ] == []


def test_translation_is_shown(
    tmp_path: Path, messages: dict[str, str]
) -> None:
    assert _COMMAND in messages
    german = catalog.Catalog(locale='de', domain='osc_cinderlite')
    german.add(_COMMAND, '--or-show braucht den Namen für: %s')
    compiled = tmp_path / 'locale/de/LC_MESSAGES/osc_cinderlite.mo'
    compiled.parent.mkdir(parents=True)
    with compiled.open('wb') as file:
        mofile.write_mo(file, german)
    result = subprocess.run(
        [
            *(sys.executable, '-m', 'openstackclient.shell'),
            *('--os-auth-type=none', '--os-endpoint=http://127.0.0.1:9'),
            *('volume', 'create', '--size=1', '--or-show'),
        ],
        env={
            **os.environ,
            'OSC_CINDERLITE_LOCALEDIR': str(tmp_path / 'locale'),
            'LANGUAGE': 'de',
            'PYTHONUTF8': '1',
        },
        capture_output=True,
        encoding='utf-8',
        timeout=60,
    )
    assert (result.returncode, result.stdout) == (2, '')
    assert result.stderr.splitlines() == [
        '--or-show braucht den Namen für: volume'
    ]
