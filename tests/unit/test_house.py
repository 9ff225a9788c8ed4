# SPDX-License-Identifier: Apache-2.0

"""The design of the code, as far as it can be measured.

The layers, and that no module imports one that imports it, are checked by
import-linter, see pyproject.toml.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Sequence
import io
from pathlib import Path
import re
import tokenize
import traceback
from typing import Annotated, Any, ClassVar

from keystoneauth1 import adapter, session
import pytest

import osc_cinderlite
from osc_cinderlite.commands import entries, errors, orders
from osc_cinderlite.commands.backup import Backup
from osc_cinderlite.commands.noun import Noun
from osc_cinderlite.commands.options import Option
from osc_cinderlite.commands.snapshot import Snapshot
from osc_cinderlite.commands.volume import OPTIONS, Volume
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.creating.references import References
from osc_cinderlite.lib.resources import validators
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.fields import Field, Form
from osc_cinderlite.lib.resources.volumes import VolumeCreate, VolumeManager
from tests.unit.cloud import Cloud, accepted, good, volume
from tests.unit.kinds import KINDS, Kind
from tests.unit.shell import openstack

PACKAGE = Path(osc_cinderlite.__file__).parent
MODULES = sorted(PACKAGE.rglob('*.py'))
PAGE = PACKAGE.parent / 'doc/source/contributor/how-it-works.rst'

#: lines of code of the whole package
MOST_LINES = 6750

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
_DOCUMENTED = (
    ast.Module,
    ast.ClassDef,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)

NOUNS: list[Noun] = [Volume(), Snapshot(), Backup()]

#: what is imported in functions, and why
LAZY = {
    'plugin.py': 'OSC imports it at every start',
    'commands/command.py': 'OSC imports it for each command of its own',
    'commands/volume.py': 'likewise; a parser alone needs the fields',
    'commands/snapshot.py': 'likewise',
    'commands/backup.py': 'likewise',
    'commands/progress.py': 'rich is needed only where a line is drawn',
}


@pytest.mark.parametrize(
    'path', MODULES, ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_module_can_be_overlooked(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def lines_of_code(path: Path) -> int:
    """Count the lines but for blank ones, comments and docstrings."""
    text = path.read_text()
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            found.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node):
            docstring = node.body[0]
            last = docstring.end_lineno or docstring.lineno
            found.difference_update(range(docstring.lineno, last + 1))
    return len(found)


def test_the_house_stays_small() -> None:
    """Only a new feature may raise the limit, in the commit that adds it."""
    assert sum(map(lines_of_code, MODULES)) <= MOST_LINES


def test_imports_in_functions() -> None:
    found = [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert set(found) == LAZY.keys()
    assert len(found) <= 20


@pytest.mark.parametrize('kind', KINDS, ids=str)
def test_way_of_a_request(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """It is short, and the page on how it works names each frame."""
    kind.is_created(cloud)
    ways = []
    request = adapter.Adapter.request

    def recorded(self: Any, *args: Any, **options: Any) -> Any:
        ways.append(traceback.extract_stack())
        return request(self, *args, **options)

    monkeypatch.setattr(adapter.Adapter, 'request', recorded)
    assert openstack(*kind.argv).status == 0
    (way,) = ways
    ours = [
        (Path(frame.filename).relative_to(PACKAGE), frame.name)
        for frame in way
        if Path(frame.filename).is_relative_to(PACKAGE)
    ]
    first = [name for _path, name in ours].index('take_action')
    assert len(ours[first:]) <= 8
    drawn = re.findall(
        r'^   .*?(\w+) +osc_cinderlite/(\S+)$', _drawing(), re.M
    )
    assert [(str(path), name) for path, name in ours[first:]] == [
        (path, name) for name, path in drawn
    ]


def _drawing() -> str:
    text = PAGE.read_text()
    return text[text.index('take_action') - 40 : text.index('Adapter.request')]


def test_files_on_the_page_exist() -> None:
    """Of how it works: each room and module that it names is there."""
    named = re.findall(r'``(osc_cinderlite/[\w/.]*)``', PAGE.read_text())
    assert len(named) > 15
    assert [n for n in named if not (PACKAGE.parent / n).exists()] == []


@pytest.mark.parametrize('noun', NOUNS, ids=lambda noun: noun.name)
class TestTables:
    def test_each_field_is_one(self, noun: Noun) -> None:
        manager = noun.manager_class()
        known = set(manager.form.fields)
        if manager.manage_form is not None:
            known |= manager.manage_form.fields.keys()
        for option in noun.options:
            if option.field is not None and option.then is None:
                assert option.field in known, option.flag

    def test_each_method_is_one(self, noun: Noun) -> None:
        client = Client(session.Session())
        for option in noun.options:
            if option.then is not None:
                assert callable(getattr(noun.manager_class(), option.then))
            if option.finds is not None:
                assert hasattr(client, option.finds)

    def test_groups_are_together(self, noun: Noun) -> None:
        """As help shows them."""
        groups = [option.group for option in noun.options]
        changes = [
            group
            for before, group in zip([None, *groups], groups, strict=False)
            if group is not None and group != before
        ]
        assert len(changes) == len(set(changes))

    def test_no_flag_twice(self, noun: Noun) -> None:
        flags = [option.flag for option in noun.options]
        assert len(flags) == len(set(flags))


class ShadedCreate(VolumeCreate, total=False):
    shade: Annotated[validators.Text, Field(since='3.72', shown='shade')]


class ShadedManager(VolumeManager):
    form = Form('volumes', ShadedCreate)


class Shaded(Volume):
    """A volume with a field more: this line, and the one above."""

    options: ClassVar[Sequence[Option]] = (
        *OPTIONS,
        Option('--shade', 'Shade of the volume', ours=True),
    )

    def manager_class(self) -> type[Manager]:
        return ShadedManager


class TestNewField:
    """Two lines, and all else follows."""

    @pytest.fixture
    def client(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Client:
        cloud.answers('POST', '/volumes', accepted('volume', volume()))
        client = cloud.client('3.72')
        manager = ShadedManager(client.http)
        monkeypatch.setattr(client, 'volumes', manager)
        return client

    def parser(self, major: int, bulk: bool = False) -> Any:
        parser = argparse.ArgumentParser(exit_on_error=False)
        Shaded(major).add_options(parser, bulk=bulk)
        return parser

    def test_help(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv('COLUMNS', '300')
        shown = ' '.join(self.parser(3).format_help().split())
        version = '(supported by --os-volume-api-version 3.72 or later)'
        assert f'--shade <shade> Shade of the volume {version}' in shown
        assert '--shade' in self.parser(3, bulk=True).format_help()
        assert '--shade' not in self.parser(2).format_help()

    def test_body(self, cloud: Cloud, client: Client) -> None:
        self.creation(client, '--shade=red')
        assert cloud.posted == [
            {'volume': {'name': 'data', 'size': 1, 'shade': 'red'}}
        ]

    def creation(self, client: Client, *args: str) -> None:
        given = self.parser(3).parse_args(['data', '--size=1', *args])
        made = orders.creation(Shaded(), given, client, References())
        made.check()
        made.manager.create_from(made.request())

    @pytest.mark.parametrize(
        ('version', 'value', 'words'),
        [
            ('3.71', 'x', '--shade needs volume API version 3.72 or later'),
            ('3.72', 'x' * 256, '--shade: it has 256 characters'),
        ],
    )
    def test_refused(
        self, cloud: Cloud, version: str, value: str, words: str
    ) -> None:
        manager = ShadedManager(cloud.client(version).http)
        with pytest.raises(exceptions.FieldError) as caught:
            manager.check({'shade': value})
        line = errors.explain(caught.value, Shaded(), None, ())
        assert line.startswith(words)

    def test_key_of_a_file(self) -> None:
        (entry,) = entries.namespaces(
            [{'shade': 'blue'}],
            self.parser(3, bulk=True).parse_args(['--count=1']),
            Shaded().options_of(bulk=True),
            {},
        )
        assert entry.shade == 'blue'

    def test_what_exists_is_compared(
        self,
        cloud: Cloud,
        client: Client,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        records = good({'volumes': [volume(shade='red')]})
        cloud.answers('GET', '/volumes/detail', records)
        given = self.parser(3).parse_args(['data', '--size=1', '--shade=blue'])
        made = orders.creation(Shaded(), given, client, References())
        assert made.existing() is not None
        assert 'its shade is red, not blue' in caplog.text
