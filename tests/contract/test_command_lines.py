# SPDX-License-Identifier: Apache-2.0

"""Whatever is typed: one plain error, or a request that Cinder accepts."""

from __future__ import annotations

import argparse
import functools
import importlib
import json

from hypothesis import event, given
from hypothesis import strategies as st
from osc_lib import exceptions as osc_exceptions
import pytest
import requests_mock

from tests.contract.schemas import Cinder
from tests.unit.cloud import Cloud, uuid
from tests.unit.shell import openstack

COMMANDS = {
    ('volume', 'create'): 'volume:CreateVolume',
    ('volume', 'snapshot', 'create'): 'volume_snapshot:CreateVolumeSnapshot',
    ('volume', 'backup', 'create'): 'volume_backup:CreateVolumeBackup',
}

#: what a shell can hand over: no NUL, and bytes that are no UTF-8
characters = st.characters(exclude_characters='\0', exclude_categories=['Cs'])
texts = (
    st.text(characters, max_size=20)
    | st.sampled_from(
        [
            '',
            ' ',
            '-',
            'detail',
            '../../limits',
            'a/b?c#d',
            'x?all_tenants=1',
            '%2e%2e',
            'two\nlines',
            '\x1b[2J',
            '\N{GRINNING FACE}',
            'caf\udce9',
        ]
    )
    | st.builds(
        lambda char, count: char * count,
        st.sampled_from('x é'),
        st.integers(250, 260),
    )
)
names = st.sampled_from(['data', 'a b']) | texts
ids = st.integers(1, 9).map(uuid)
sizes = st.sampled_from(['1', '10G', '1TiB', '0', '-1', '1.5', 'x', '9' * 30])
pairs = st.builds(
    '{}={}'.format,
    st.sampled_from(['a', 'key-1', 'a.b:c d/e_f', 'source-name']) | texts,
    texts,
)
hints = st.builds(
    '{}={}'.format,
    st.sampled_from(
        ['same_host', 'different_host', 'local_to_instance', 'query', 'x']
    ),
    ids | texts | st.sampled_from(['{}', '["=", "$a", 1]']),
)

#: by the name of the parsed argument; other values are any text
VALUES = {
    'size': sizes,
    'hint': hints,
    'property': pairs,
    'remote_source': pairs,
    'wait_timeout': st.sampled_from(['1', '0.5', '0', 'nan', 'x']),
    **dict.fromkeys(
        ('source', 'snapshot', 'backup', 'group', 'consistency_group'),
        ids | names,
    ),
    **dict.fromkeys(('name', 'volume'), names | ids),
    'host': st.sampled_from(['host@backend#pool', 'h']) | texts,
    'cluster': st.sampled_from(['cluster@backend']) | texts,
    'image': names,
    'type': names,
}

#: how the output looks is not the matter here
NOT_OURS = {
    *('help', 'formatter', 'columns', 'noindent', 'variables', 'prefix'),
    *('max_width', 'fit_width', 'print_empty', 'dry_run', 'or_show'),
}

versions = st.sampled_from(
    [
        *('2', '3', '3.latest', '3.0', '3.12', '3.13', '3.15', '3.16'),
        *('3.42', '3.43', '3.46', '3.47', '3.50', '3.51', '3.52', '3.53'),
        *('3.65', '3.66', '3.71'),
    ]
)


@functools.cache
def arguments(command: tuple[str, ...], major: str) -> list[argparse.Action]:
    """Return the arguments that the command's own parser has."""
    module, name = COMMANDS[command].split(':')
    found = importlib.import_module(f'osc_cinderlite.v{major}.{module}')
    parser = getattr(found, name)(None, None).get_parser('openstack')
    return [a for a in parser._actions if a.dest not in NOT_OURS]


def words(argument: argparse.Action) -> st.SearchStrategy[list[str]]:
    """Return how the argument may be given."""
    # argparse itself loses the value of --option=-- up to Python 3.12.
    values = VALUES.get(argument.dest, texts).filter(lambda v: v != '--')
    if not argument.option_strings:
        return values.map(lambda value: [value])
    option = argument.option_strings[0]
    if argument.nargs == 0:
        return st.just([option])
    return values.map(lambda value: [f'{option}={value}'])


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[list[str], str]:
    """Return a command line, and the API version to ask for."""
    command = draw(st.sampled_from(sorted(COMMANDS)))
    version = draw(versions)
    known = arguments(command, version[0])
    options = [a for a in known if a.option_strings]
    line = [*command]
    for argument in known:
        if not argument.option_strings and draw(st.integers(0, 9)):
            line += draw(words(argument))
    if command == ('volume', 'create') and draw(st.integers(0, 2)):
        line.append('--size=3')
    for argument in draw(st.lists(st.sampled_from(options), max_size=5)):
        line += draw(words(argument))
    return line, version


@given(line=command_lines())
def test_command_line(cinder: Cinder, line: tuple[list[str], str]) -> None:
    argv, version = line
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        cloud = Cloud(mocker)
        cloud.has_whatever_is_looked_for({'id': uuid(7), 'size': 2})
        result = openstack(
            *argv, '--dry-run', '--format=json', version=version
        )
    event(f'status {result.status}')
    assert all(not sent.startswith('POST') for sent in cloud.sent)
    if result.status == 0:
        shown = json.loads(result.stdout)
        microversion = shown['microversion'] or '3.0'
        call = shown['path'].rpartition('/')[2]
        refused = cinder.refuses(call, microversion, shown['body'])
        assert refused is None, result
    else:
        assert result.status in (1, 2), result
        assert result.stdout == ''
    if result.status == 1:
        assert isinstance(result.error, osc_exceptions.CommandError), result
        lines = result.stderr.rstrip('\n').split('\n')
        assert all(line.isprintable() for line in lines), result
        assert lines[-1] == str(result.error)


@pytest.mark.parametrize('major', ['2', '3'])
@pytest.mark.parametrize('command', sorted(COMMANDS))
def test_arguments_are_known(command: tuple[str, ...], major: str) -> None:
    """The values for an option that is gone would never be tried."""
    for_all = {
        argument.dest
        for one in COMMANDS
        for version in '23'
        for argument in arguments(one, version)
    }
    assert VALUES.keys() <= for_all
    assert arguments(command, major)
