# SPDX-License-Identifier: Apache-2.0

"""That every text a person may see can be translated, and is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
import inspect
import os
from pathlib import Path
import re
import subprocess
import sys

from babel.messages import catalog, extract, mofile
import pytest

import osc_cinderlite
from osc_cinderlite.lib import exceptions

PACKAGE = Path(osc_cinderlite.__file__).parent
SOURCES = sorted(PACKAGE.rglob('*.py'))

_COMMAND = '--or-show needs the name of the %s'
_LIBRARY = (
    "'%(text)s' is not a volume API version; give 2, 3, 3.latest or a "
    'microversion such as 3.47'
)

#: Words that are the same in any language: the API's, and those of results,
#: which programs read.
_SAME = {'public', 'to create'}

#: The place of the text among the arguments of what shows it to a person.
_SHOWN = {
    'ArgumentTypeError': 0,
    'CommandError': 0,
    'TimeoutError': 0,
    'ValueError': 0,
    'critical': 0,
    'error': 0,
    'exception': 0,
    'say': 0,
    'stop': 0,
    'warning': 0,
}
for _name, _class in inspect.getmembers(exceptions, inspect.isclass):
    if issubclass(_class, exceptions.ClientException):
        _parameters = list(inspect.signature(_class).parameters)
        for _text in {'message', 'problem'} & set(_parameters):
            _SHOWN[_name] = _parameters.index(_text)


def _called(node: ast.AST) -> str | None:
    """Return the name, without its module, of the function called."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else None


def _literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Return the texts that an expression is put together from, unmarked."""
    match node:
        case ast.Constant(value=str(text)) if text not in _SAME:
            yield node.lineno, text
        case ast.JoinedStr(values=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from _literals(part)
        case ast.FormattedValue(value=value) | ast.NamedExpr(value=value):
            yield from _literals(value)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left)
            yield from _literals(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body)
            yield from _literals(orelse)
        case ast.Dict(values=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _literals(part)
        case ast.Call(func=ast.Attribute(value=value)):
            yield from _literals(value)


def _shown(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return the words in texts that are given to what shows them."""
    for node in ast.walk(tree):
        place = _SHOWN.get(_called(node) or '')
        if place is None or not isinstance(node, ast.Call):
            continue
        texts = node.args[place : place + 1] + [
            keyword.value
            for keyword in node.keywords
            if keyword.arg in ('message', 'problem', 'reason')
        ]
        for text in texts:
            for line, literal in _literals(text):
                if re.search('[A-Za-z]{2}', literal):
                    yield line, literal


def _not_prose(tree: ast.AST) -> Iterator[ast.AST]:
    """Return what is no text for a person, or is marked as one."""
    for node in ast.walk(tree):
        match node:
            case ast.Call() if _called(node) in ('_', 'debug'):
                yield from ast.walk(node)
            case ast.Expr(value=ast.Constant()):  # a docstring
                yield node.value
            case ast.Dict(keys=keys):
                yield from (key for key in keys if key is not None)
            case ast.ClassDef(body=body):
                for one in body:
                    if isinstance(one, ast.Assign | ast.AnnAssign) and (
                        ast.unparse(one).startswith(('kind', 'noun'))
                    ):
                        yield from ast.walk(one)


def _prose(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return what stands outside ``_()`` and has words in a row."""
    passed = set(_not_prose(tree))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and node not in passed
            and isinstance(node.value, str)
            and node.value not in _SAME
            and re.search('[A-Za-z]{2},? [A-Za-z]{2}', node.value)
        ):
            yield node.lineno, node.value


def _not_extractable(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return the calls of ``_`` with anything but one literal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == '_':
            match node.args:
                case [ast.Constant(value=str())]:
                    pass
                case _:
                    yield node.lineno, ast.unparse(node)


def _unmarked(source: str) -> list[tuple[int, str]]:
    tree = ast.parse(source)
    return sorted(
        {*_shown(tree), *_prose(tree), *_not_extractable(tree)},
    )


@pytest.mark.parametrize(
    'path', SOURCES, ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_every_text_is_marked(path: Path) -> None:
    assert _unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    'source',
    [
        "raise exceptions.InvalidInput('wrong')",
        "raise exceptions.InvalidInput(f'no {kind}')",
        "raise exceptions.InvalidInput('no %s' % kind)",
        "raise exceptions.InvalidInput('no {}'.format(kind))",
        "raise exceptions.InvalidInput(_('no ') + 'volume')",
        "raise exceptions.InvalidInput(_('no %s') % (kind or 'volume'))",
        "raise exceptions.InvalidInput(_(f'no {kind}'))",
        "raise exceptions.InvalidInput(_('no %s' % kind))",
        "raise exceptions.InvalidValue('size', 'negative')",
        "raise exceptions.ResourceFailed(message='failed', resource=found)",
        "raise UnknownOutcome('lost')",
        "raise osc_exceptions.CommandError('wrong')",
        "LOG.warning('no %s', kind)",
        "LOG.error(f'no {kind}')",
        "progress.say('waiting', quiet)",
        "control.stop('interrupted')",
        "return f'{where} cannot be reached'",
        "why = 'it is empty'",
    ],
)
def test_an_unmarked_text_is_found(source: str) -> None:
    assert len(_unmarked(source)) == 1


@pytest.mark.parametrize(
    'source',
    [
        "raise exceptions.InvalidInput(_('it is empty'))",
        "raise exceptions.InvalidInput(_('no %(k)s') % {'k': found['kind']})",
        "raise exceptions.InvalidValue('scheduler_hints', problem)",
        "raise osc_exceptions.CommandError(f'{name}: {error}')",
        "LOG.debug('no more of %s', kind)",
        "LOG.error('%s', message)",
        "parser.add_argument('--name', metavar='<name>')",
        "look = f'openstack {noun} list'",
    ],
)
def test_what_is_marked_or_no_text_is_not_found(source: str) -> None:
    assert _unmarked(source) == []


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
    assert messages[_COMMAND] == 'commands/single.py'
    assert messages[_LIBRARY] == os.path.join('lib', 'api_versions.py')
    called = sum(
        _called(node) == '_'
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
    )
    assert 0.8 * called < len(messages) <= called


def test_values_have_names(messages: dict[str, str]) -> None:
    """Another language may need them in another order."""
    assert [
        text
        for text in messages
        if len(re.findall('%[a-z(]', text)) > 1 and re.search('%[a-z]', text)
    ] == []


@pytest.mark.parametrize(
    ('message', 'translation', 'version', 'status', 'seen'),
    [
        (
            _COMMAND,
            '--or-show braucht den Namen für: %s',
            '3',
            2,
            '--or-show braucht den Namen für: volume',
        ),
        (
            _LIBRARY,
            '„%(text)s“ ist keine Version der API',
            '3.x',
            1,
            '„3.x“ ist keine Version der API',
        ),
    ],
    ids=['command', 'library'],
)
def test_translation_is_shown(
    tmp_path: Path,
    messages: dict[str, str],
    message: str,
    translation: str,
    version: str,
    status: int,
    seen: str,
) -> None:
    assert message in messages
    german = catalog.Catalog(locale='de', domain='osc_cinderlite')
    german.add(message, translation)
    compiled = tmp_path / 'locale/de/LC_MESSAGES/osc_cinderlite.mo'
    compiled.parent.mkdir(parents=True)
    with compiled.open('wb') as file:
        mofile.write_mo(file, german)
    result = subprocess.run(
        [
            *(sys.executable, '-m', 'openstackclient.shell'),
            *('--os-auth-type=none', '--os-endpoint=http://127.0.0.1:9'),
            f'--os-volume-api-version={version}',
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
    assert (result.returncode, result.stdout) == (status, '')
    assert result.stderr.splitlines() == [seen]
