# SPDX-License-Identifier: Apache-2.0


from __future__ import annotations

import argparse
from collections.abc import Sequence
import io
import json
import os
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from osc_lib import exceptions
import pytest
import yaml

from osc_cinderlite.commands import from_file, parsers
from osc_cinderlite.commands.entries import namespaces
from osc_cinderlite.commands.options import Option
from osc_cinderlite.commands.volume import Volume


def options_of(major: int) -> Sequence[Option]:
    return Volume(major).options_of(bulk=True)


KEYS = ['name', *(one.dest for one in options_of(3) if one.field)]


def read(text: str) -> list[Any]:
    return list(from_file.load('-', io.StringIO(text)))


def defaults(*args: str, major: int = 3) -> argparse.Namespace:
    """Return what the command line says for all entries."""
    parser = argparse.ArgumentParser()
    parser.set_defaults(name=None)
    parsers.add(parser, options_of(major), {})
    return parser.parse_args(args)


def given_by(entry: Any, *args: str, major: int = 3) -> dict[str, Any]:
    """Return what an entry says, less what it does not."""
    (namespace,) = namespaces(
        [entry], defaults(*args, major=major), options_of(major), {}
    )
    return {k: v for k, v in vars(namespace).items() if v is not None}


def refusal(entry: Any, *args: str, major: int = 3) -> str:
    with pytest.raises(exceptions.CommandError) as raised:
        given_by(entry, *args, major=major)
    return str(raised.value)


class TestLoad:
    @pytest.fixture(params=['libyaml', 'Python'], autouse=True)
    def parser(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PyYAML has one of its own where it is built without libyaml."""
        if request.param == 'Python':
            monkeypatch.delattr(yaml, 'CSafeLoader')

    def test_yaml(self) -> None:
        assert read('- name: a\n  size: 1\n- name: b\n') == [
            {'name': 'a', 'size': '1'},
            {'name': 'b'},
        ]

    def test_json(self) -> None:
        assert read('[{"name": "a", "size": 1, "bootable": true}]') == [
            {'name': 'a', 'size': '1', 'bootable': True}
        ]

    @pytest.mark.parametrize('document', ['[]', '- {}', '[{}]'])
    def test_hardly_anything(self, document: str) -> None:
        assert all(entry == {} for entry in read(document))

    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / 'volumes.yaml'
        path.write_text('- {name: ä}', encoding='utf-8')
        assert from_file.load(str(path), None) == [{'name': 'ä'}]

    def test_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = tmp_path / 'volumes.json'
        path.write_text('[{"name": "ä"}]', encoding='utf-8-sig')
        assert from_file.load(str(path), None) == [{'name': 'ä'}]

    @pytest.mark.parametrize(
        'value',
        [
            'yes',
            'no',
            'on',
            'off',
            'True',
            'false',
            '010',
            '0x10',
            '1.10',
            '1e3',
            '1_000',
            '12:30:45',
            '2026-01-31',
            '2026-01-31T12:00:00',
            '=',
            '.inf',
        ],
    )
    def test_texts_stay_as_they_stand(self, value: str) -> None:
        assert read(f'- {{name: {value}}}') == [{'name': value}]

    @pytest.mark.parametrize('number', ['1.10', '1e3', '12345678901234567890'])
    def test_numbers_of_json_stay_as_they_stand(self, number: str) -> None:
        assert read(f'[{{"name": {number}}}]') == [{'name': number}]

    @pytest.mark.parametrize('null', ['null', '~', ''])
    def test_null(self, null: str) -> None:
        assert read(f'- name: {null}\n  size: 1') == [
            {'name': None, 'size': '1'}
        ]

    def test_quoted_it_is_a_text(self) -> None:
        assert read('- {name: "null", type: "~"}') == [
            {'name': 'null', 'type': '~'}
        ]

    def test_merges(self) -> None:
        text = '- &a {name: a, size: 1}\n- {<<: *a, name: b}\n'
        assert read(text)[1] == {'name': 'b', 'size': '1'}

    def test_aliases(self) -> None:
        text = (
            '- {property: &p {a: b}, name: &n x}\n- {property: *p, name: *n}'
        )
        assert read(text)[1] == {'property': {'a': 'b'}, 'name': 'x'}

    def test_json_and_yaml_are_the_same(self) -> None:
        entries = [{'name': 'a', 'size': '3', 'property': {'x': 'y'}}]
        assert read(json.dumps(entries)) == read(yaml.safe_dump(entries))

    @pytest.mark.parametrize(
        ('text', 'why'),
        [
            ('', 'expected a list'),
            ('name: a', 'expected a list'),
            ('"text"', 'expected a list'),
            ('5', 'expected a list'),
            ('- 5', 'entry 1 is not a mapping'),
            ('- {}\n- [x]', 'entry 2 is not a mapping'),
            ('[{}, null]', 'entry 2 is not a mapping'),
            ('- [x', ': while parsing a flow sequence, '),
            ('[{"name": "a"', 'line '),
            ('- {name: a, name: b}', "duplicate key 'name'"),
            ('[{"name": "a", "name": "b"}]', "duplicate key 'name'"),
            (
                '- name: a\n  size: 1\n  name: b',
                'line 3, column 3: duplicate key',
            ),
            ('- {property: {a: b, a: c}}', "duplicate key 'a'"),
            ('- ? [x]\n  : 1', 'found unhashable key'),
            ('- {name: *x}', 'line 1, column 10: found undefined alias'),
            ('- {<<: x}', 'expected a mapping or list of mappings'),
            ('---\n[]\n---\n[]', 'expected a single document'),
            (
                '- !!python/object:os.system {}',
                'could not determine a constructor',
            ),
            ('- {size: !!int ""}', 'a value does not fit its tag'),
            ('- {bootable: !!bool perhaps}', 'a value does not fit its tag'),
            ('- {size: !!int one}', 'invalid literal for int() with base 10'),
            ('\x00', 'characters are not allowed'),
            ('[' * 100000, 'nest'),
        ],
    )
    def test_wrong(self, text: str, why: str) -> None:
        with pytest.raises(exceptions.CommandError) as raised:
            read(text)
        message = str(raised.value)
        assert message.startswith('Cannot read standard input: ')
        assert why in message

    def test_no_such_file(self) -> None:
        with pytest.raises(exceptions.CommandError) as raised:
            from_file.load('/does/not/exist', None)
        assert str(raised.value) == (
            'Cannot read /does/not/exist: No such file or directory'
        )

    @pytest.mark.parametrize('kind', ['fifo', '/dev/zero', 'directory'])
    def test_no_regular_file(self, tmp_path: Path, kind: str) -> None:
        """What may have no end is not read."""
        path = tmp_path / kind if kind[0] != '/' else Path(kind)
        if kind == 'fifo':
            os.mkfifo(path)
        elif kind == 'directory':
            path.mkdir()
        with pytest.raises(exceptions.CommandError) as raised:
            from_file.load(str(path), None)
        why = 'Is a directory' if kind == 'directory' else 'not a regular file'
        assert str(raised.value) == f'Cannot read {path}: {why}'

    def test_pipe_of_a_shell(self) -> None:
        reader, writer = os.pipe()
        os.write(writer, b'- {name: a}')
        os.close(writer)
        assert from_file.load(f'/dev/fd/{reader}', None) == [{'name': 'a'}]
        os.close(reader)

    def test_without_an_end(self) -> None:
        class Endless(io.StringIO):
            def read(self, size: int | None = -1) -> str:
                assert size is not None
                assert 0 < size < 100_000_000
                return ' ' * size

        with pytest.raises(exceptions.CommandError, match='than 32 MiB'):
            from_file.load('-', Endless())

    @pytest.mark.parametrize('text', ['- {}\n' * 4, json.dumps([{}] * 4)])
    def test_too_many(
        self, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        monkeypatch.setattr(from_file, 'MOST', 3)
        assert len(read('- {}\n' * 3)) == 3
        with pytest.raises(exceptions.CommandError, match='than 3 entries'):
            read(text)

    def test_not_text(self, tmp_path: Path) -> None:
        path = tmp_path / 'binary'
        path.write_bytes(b'\xff\xfe\x00')
        with pytest.raises(exceptions.CommandError, match="can't decode"):
            from_file.load(str(path), None)

    def test_standard_input_is_closed(self) -> None:
        with pytest.raises(exceptions.CommandError, match='is closed'):
            from_file.load('-', None)


class TestNamespaces:
    def test_every_key(self) -> None:
        entry = {
            'name': 'a',
            'size': '10G',
            'type': 'fast',
            'description': 'd\ne',
            'availability_zone': 'z',
            'group': 'g',
            'consistency_group': 'cg',
            'property': {'a': 'b', 'c': ''},
            'hint': {'same_host': ['x', 'y'], 'query': '[]', 'k': 'v'},
            'bootable': True,
            'read_only': False,
        }
        assert given_by(entry) == {
            'name': 'a',
            'size': 10,
            'type': 'fast',
            'description': 'd\ne',
            'availability_zone': 'z',
            'group': 'g',
            'consistency_group': 'cg',
            'property': {'a': 'b', 'c': ''},
            'hint': {'same_host': ['x', 'y'], 'query': '[]', 'k': 'v'},
            'bootable': True,
            'read_only': False,
        }

    @pytest.mark.parametrize('key', ['image', 'snapshot', 'source', 'backup'])
    def test_sources(self, key: str) -> None:
        assert given_by({key: 'x'}) == {key: 'x'}

    def test_booleans_of_json(self) -> None:
        """They are words where a text is wanted, as YAML's are."""
        entry = {'name': True, 'property': {'encrypted': False}}
        assert given_by(entry) == {
            'name': 'true',
            'property': {'encrypted': 'false'},
        }

    def test_remote_source(self) -> None:
        entry = {'remote_source': {'source-name': 'lun'}, 'host': 'h@b#p'}
        assert given_by(entry) == {
            'remote_source': {'source-name': 'lun'},
            'host': 'h@b#p',
        }

    def test_keys_are_all_the_options(self) -> None:
        """Each option of the command line is one key, or one value of it."""
        parser = argparse.ArgumentParser(add_help=False)
        parsers.add(parser, options_of(3), {})
        known = {
            string.removeprefix('--').replace('-', '_')
            for action in parser._actions
            for string in action.option_strings
        }
        values = {'non_bootable', 'read_write'}
        refused = {'source_replicated'}
        assert known - values - refused | {'name'} == set(KEYS)

    @pytest.mark.parametrize(
        ('value', 'switched'),
        [
            (True, True),
            (False, False),
            ('true', True),
            ('False', False),
            ('yes', True),
            ('NO', False),
            ('on', True),
            ('off', False),
            (None, None),
        ],
    )
    def test_switches(self, value: Any, switched: bool | None) -> None:
        expected = {} if switched is None else {'bootable': switched}
        assert given_by({'bootable': value}) == expected

    def test_switches_against_the_default(self) -> None:
        assert given_by({'bootable': 'no'}, '--bootable') == {
            'bootable': False
        }
        assert given_by({}, '--bootable') == {'bootable': True}

    def test_the_command_line_has_the_defaults(self) -> None:
        args = ('--size', '5', '--type', 'fast', '--description', 'd')
        assert given_by({'size': '7', 'description': ''}, *args) == {
            'size': 7,
            'type': 'fast',
            'description': '',
        }

    def test_null_is_the_default(self) -> None:
        assert given_by({'size': None}, '--size', '5') == {'size': 5}

    def test_properties_are_merged(self) -> None:
        args = ('--property', 'a=1', '--property', 'b=2')
        assert given_by({'property': {'b': '3', 'c': '4'}}, *args) == {
            'property': {'a': '1', 'b': '3', 'c': '4'}
        }

    def test_hints_are_merged_by_key(self) -> None:
        args = ('--hint', 'same_host=a', '--hint', 'k=v')
        assert given_by({'hint': {'same_host': ['b', 'c']}}, *args) == {
            'hint': {'same_host': ['b', 'c'], 'k': 'v'}
        }

    @pytest.mark.parametrize(
        'default',
        [
            ('--image', 'i'),
            ('--snapshot', 's'),
            ('--backup', 'b'),
            ('--remote-source', 'source-name=x'),
        ],
    )
    def test_a_source_replaces_the_default(
        self, default: tuple[str, ...]
    ) -> None:
        assert given_by({'source': 'x'}, *default) == {'source': 'x'}
        assert given_by({'source': None}, *default) != {}

    def test_entries_do_not_touch_each_other(self) -> None:
        entries = [{'property': {'a': 'b'}, 'size': '1'}, {}]
        first, second = namespaces(
            entries, defaults('--property', 'c=d'), options_of(3), {}
        )
        assert first.property == {'a': 'b', 'c': 'd'}
        assert second.property == {'c': 'd'}
        assert second.size is None

    @pytest.mark.parametrize(
        ('entry', 'message'),
        [
            (
                {'colour': 'x'},
                'Entry 1, colour: unknown key; valid keys:',
            ),
            ({5: 'x'}, 'Entry 1, 5: unknown key'),
            ({'Name': 'x'}, 'Entry 1, Name: unknown key'),
            ({'size': '0'}, 'Entry 1, size: 0 is not a size from 1'),
            ({'size': '1.5'}, "Entry 1, size: '1.5' is not a size"),
            ({'size': ['1']}, 'Entry 1, size: expected text or a number'),
            ({'name': {'a': 'b'}}, 'Entry 1, name: expected text or a number'),
            ({'name': '\ud800'}, 'Entry 1, name: not valid Unicode'),
            ({'image': ''}, 'Entry 1, image: the value is empty'),
            ({'type': ' '}, 'Entry 1, type: the value is empty'),
            ({'name': '--'}, "Entry 1, name: '--' cannot be a value"),
            (
                {'bootable': 'maybe'},
                'Entry 1, bootable: expected true or',
            ),
            ({'read_only': '1'}, 'Entry 1, read_only: expected true or false'),
            ({'property': 'a=b'}, 'Entry 1, property: expected a mapping'),
            ({'property': {'a': None}}, 'Entry 1, property: expected text or'),
            ({'property': {'': 'a'}}, 'Entry 1, property: Property key must'),
            ({'hint': {'query': 'x'}}, 'Entry 1, hint: the query is not'),
            (
                {'image': 'a', 'backup': 'b'},
                'Entry 1, image and backup: a volume has at most one source',
            ),
            ({'\x1b]0;x\x07': 'x'}, r'Entry 1, \x1b]0;x\x07: unknown key'),
        ],
    )
    def test_wrong(self, entry: Any, message: str) -> None:
        assert refusal(entry).startswith(message)

    def test_names_the_entry(self) -> None:
        wanted = namespaces(
            [{}, {}, {'size': 'x'}], defaults(), options_of(3), {}
        )
        with pytest.raises(exceptions.CommandError, match='Entry 3, size: '):
            list(wanted)

    def test_what_v2_does_not_have(self) -> None:
        message = refusal({'backup': 'x'}, major=2)
        assert message.startswith('Entry 1, backup: unknown key; valid keys:')
        assert 'backup' not in message.partition('valid keys:')[2]


#: values as they may come out of a file
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(), inner, max_size=3),
    ),
    max_leaves=5,
)
ENTRIES = st.dictionaries(
    st.one_of(st.sampled_from(KEYS), st.text(max_size=9)),
    st.one_of(VALUES, st.sampled_from(['1', '10G', 'true', 'x', '--size=1'])),
    max_size=6,
)
#: texts that are likely to be YAML, or nearly
YAML = st.lists(
    st.one_of(
        st.sampled_from(
            [
                '- ',
                '\n',
                '  ',
                ': ',
                '{',
                '}',
                '[',
                ']',
                ', ',
                '? ',
                '| ',
                '> ',
                '&a ',
                '*a',
                '<<: ',
                '!!int ',
                '!!float ',
                '!!bool ',
                '!!binary ',
                '!!timestamp ',
                '!!set ',
                '!!omap ',
                '!x ',
                '"',
                "'",
                '\\ud800',
                '---\n',
                '%YAML 9',
                '#',
                '\t',
            ]
        ),
        st.sampled_from(KEYS),
        st.text(max_size=4),
    ),
    max_size=20,
).map(''.join)


def use(entries: list[Any]) -> None:
    """Insist on arguments for each entry, or an error of one line."""
    try:
        found = list(namespaces(entries, defaults(), options_of(3), {}))
    except exceptions.CommandError as error:
        assert str(error).isprintable()
        assert str(error).startswith('Entry ')
    else:
        assert len(found) == len(entries)


@given(st.one_of(st.text(), YAML))
def test_any_text(text: str) -> None:
    try:
        entries = read(text)
    except exceptions.CommandError as error:
        assert str(error).isprintable()
        assert str(error).startswith('Cannot read standard input: ')
    else:
        use(entries)


@given(st.lists(ENTRIES, max_size=3))
def test_any_entries(entries: list[Any]) -> None:
    use(entries)


@given(st.one_of(VALUES, st.lists(ENTRIES, max_size=3)), st.booleans())
def test_any_document(document: Any, as_json: bool) -> None:
    text = (json.dumps if as_json else yaml.safe_dump)(document)
    try:
        entries = read(text)
    except exceptions.CommandError as error:
        assert str(error).isprintable()
    else:
        assert len(entries) == len(document)
        use(entries)


@given(st.binary(max_size=40))
def test_any_bytes(content: bytes) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(content), encoding='utf-8')
    try:
        use(list(from_file.load('-', stdin)))
    except exceptions.CommandError as error:
        assert str(error).isprintable()


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4))
def test_any_properties_arrive_as_they_are(wanted: dict[str, str]) -> None:
    usable = {k: v for k, v in wanted.items() if '=' not in k}
    entry = read(json.dumps([{'property': usable}]))[0]
    assert given_by(entry).get('property', {}) == usable


@given(st.text().filter(lambda text: text != '--'))
def test_any_name_arrives_as_it_is(name: str) -> None:
    for dump in (json.dumps, yaml.safe_dump):
        text = dump([{'name': name}])
        assert given_by(read(text)[0]) == {'name': name}
