# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from osc_lib import exceptions
import pytest

from osc_cinderlite.commands import command, option_types
from osc_cinderlite.commands.options import Gone
from osc_cinderlite.v3 import volume, volume_backup, volume_snapshot
from tests.unit.cloud import uuid

DESCRIBED = ('description', 'x')

LARGEST = 2147483647


@pytest.mark.parametrize(
    ('text', 'gib'),
    [
        ('1', 1),
        ('10', 10),
        ('+10', 10),
        (' 10 ', 10),
        ('007', 7),
        ('10G', 10),
        ('10g', 10),
        ('10GB', 10),
        ('10GiB', 10),
        ('10 GiB', 10),
        ('1T', 1024),
        ('1TB', 1024),
        ('2TiB', 2048),
        (str(LARGEST), LARGEST),
    ],
)
def test_size(text: str, gib: int) -> None:
    assert option_types.size(text) == gib


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('', 'is not a size; give whole GiB'),
        ('0', 'from 1 to 2147483647 GiB'),
        ('0T', 'from 1 to'),
        (str(LARGEST + 1), 'from 1 to'),
        ('2097152T', 'from 1 to'),
        ('9' * 5000, 'from 1 to'),
        ('-1', 'is not a size'),
        ('1.5', 'is not a size'),
        ('1,5', 'is not a size'),
        ('1e3', 'is not a size'),
        ('0x10', 'is not a size'),
        ('10M', 'is not a size'),
        ('10K', 'is not a size'),
        ('G', 'is not a size'),
        ('ten', 'is not a size'),
        ('٣', 'is not a size'),
        ('1 0', 'is not a size'),
    ],
)
def test_no_size(text: str, words: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=words):
        option_types.size(text)


@pytest.mark.parametrize(
    ('text', 'seconds'), [('1', 1.0), ('0.5', 0.5), ('1e3', 1000.0)]
)
def test_seconds(text: str, seconds: float) -> None:
    assert option_types.seconds(text) == seconds


@pytest.mark.parametrize('text', ['', '0', '-1', 'x', 'nan', 'inf', '1m'])
def test_no_seconds(text: str) -> None:
    with pytest.raises(
        argparse.ArgumentTypeError, match='is not a number of seconds above 0'
    ):
        option_types.seconds(text)


@pytest.mark.parametrize(('text', 'found'), [(None, 7.0), ('', 7.0), ('2', 2)])
def test_seconds_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, text: str | None, found: float
) -> None:
    if text is not None:
        monkeypatch.setenv('A_TIMEOUT', text)
    assert option_types.from_environment('A_TIMEOUT', 7.0) == found


def test_no_seconds_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv('A_TIMEOUT', 'soon')
    with pytest.raises(exceptions.CommandError, match="A_TIMEOUT: 'soon'"):
        option_types.from_environment('A_TIMEOUT', 7.0)


@pytest.mark.parametrize(('text', 'count'), [('1', 1), ('1000000', 10**6)])
def test_count(text: str, count: int) -> None:
    assert option_types.count(text) == count


@pytest.mark.parametrize(
    'text', ['', '0', '1000001', '9' * 30, '-1', '1.5', 'x']
)
def test_no_count(text: str) -> None:
    with pytest.raises(
        argparse.ArgumentTypeError, match='is not a number from 1 to 1000000'
    ):
        option_types.count(text)


def test_not_empty() -> None:
    assert option_types.not_empty(' a ') == ' a '


@pytest.mark.parametrize(
    ('text', 'words'),
    [('', 'is empty'), (' ', 'is empty'), ('caf\udce9', 'not valid Unicode')],
)
def test_empty(text: str, words: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=words):
        option_types.not_empty(text)


@pytest.fixture
def parse() -> Callable[..., Any]:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument('--hint', action=option_types.HintAction)

    def parsed(*hints: str) -> Any:
        return parser.parse_args([f'--hint={hint}' for hint in hints]).hint

    return parsed


@pytest.mark.parametrize(
    ('given', 'hints'),
    [
        ([], None),
        (['a=b'], {'a': 'b'}),
        (['a=b', 'a=c'], {'a': 'c'}),
        (['a='], {'a': ''}),
        (['a=b=c'], {'a': 'b=c'}),
        ([f'same_host={uuid(1)}'], {'same_host': [uuid(1)]}),
        (
            [f'different_host={uuid(1)}', 'x=y', f'different_host={uuid(2)}'],
            {'different_host': [uuid(1), uuid(2)], 'x': 'y'},
        ),
        # Keys are matched whole.
        (['same_host_x=1'], {'same_host_x': '1'}),
        (['query=["=", "$a", 1]'], {'query': '["=", "$a", 1]'}),
    ],
)
def test_hints(
    parse: Callable[..., Any], given: list[str], hints: dict[str, Any]
) -> None:
    assert parse(*given) == hints


@pytest.mark.parametrize(
    ('hint', 'words'),
    [
        ('a', "Expected 'key=value' type, but got: a"),
        ('=b', "Expected 'key=value' type"),
        ('', "Expected 'key=value' type"),
        ('query=[', 'the query is not JSON'),
        ('query=' + '[' * 100_000, 'the query is not JSON'),
    ],
)
def test_no_hint(parse: Callable[..., Any], hint: str, words: str) -> None:
    with pytest.raises(argparse.ArgumentError, match=words):
        parse(hint)


def test_gone() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match='use another'):
        Gone('--old', 'use another').type('anything')


@pytest.mark.parametrize(
    ('kind', 'args', 'dest', 'value'),
    [
        (volume.CreateVolume, ['--d', 'x'], 'description', 'x'),
        (volume_snapshot.CreateVolumeSnapshot, ['s', '--d', 'x'], *DESCRIBED),
        (volume_backup.CreateVolumeBackup, ['v', '--d', 'x'], *DESCRIBED),
        (volume_backup.CreateVolumeBackup, ['v', '--i'], 'incremental', True),
        (
            volume_backup.CreateVolumeBackup,
            ['v', '--incrementa'],
            'incremental',
            True,
        ),
        (
            volume_backup.CreateVolumeBackup,
            ['v', '--incremental-'],
            'incremental_or_full',
            True,
        ),
        (volume.CreateVolume, ['--wait-t', '5'], 'wait_timeout', 5.0),
    ],
)
def test_abbreviations(
    kind: type[command.CreateOne], args: list[str], dest: str, value: object
) -> None:
    """New options do not make ambiguous what scripts have always typed."""
    app: Any = None
    parser = kind(app, None).get_parser('openstack')
    assert getattr(parser.parse_args(args), dest) == value


@pytest.mark.parametrize('args', [['--s', '1'], ['--w']])
def test_ambiguous(args: list[str]) -> None:
    app: Any = None
    parser = volume.CreateVolume(app, None).get_parser('openstack')
    with pytest.raises(SystemExit):
        parser.parse_args(args)
