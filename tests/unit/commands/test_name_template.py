# SPDX-License-Identifier: Apache-2.0


from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from osc_lib import exceptions
import pytest

from osc_cinderlite.commands.name_template import Template

FIELDS = ('volume', 'volume_id', 'date', 'time', 'n')
VALUES = {
    'volume': 'web',
    'volume_id': '0000',
    'date': '20260131',
    'time': '235959',
    'n': 7,
}

#: texts that are likely to be a template, or nearly
TEMPLATES = st.lists(
    st.one_of(
        st.sampled_from(
            ['{', '}', '{{', '}}', '!', ':', '!r', '.', '[', ']', '0', '3']
        ),
        st.sampled_from([f'{{{name}}}' for name in FIELDS]),
        st.sampled_from(['{n:03}', '{n:99}', '{date:%Y}', '{n!s}', '{x}']),
        st.text(max_size=5),
    ),
    max_size=8,
).map(''.join)


@pytest.mark.parametrize(
    ('template', 'name'),
    [
        ('plain', 'plain'),
        ('', ''),
        ('data-{n}', 'data-7'),
        ('data-{n:03}', 'data-007'),
        ('data-{n:3}', 'data-  7'),
        ('{n:01}{n}', '77'),
        ('{volume}-{date}', 'web-20260131'),
        ('{volume_id}/{time}', '0000/235959'),
        ('{{n}}-{n}', '{n}-7'),
        ('ä{n}\n☃', 'ä7\n☃'),
    ],
)
def test_filled(template: str, name: str) -> None:
    assert Template(template, FIELDS).fill(VALUES) == name


@pytest.mark.parametrize(
    ('template', 'why'),
    [
        ('{', "Single '{' encountered"),
        ('a}', "Single '}' encountered"),
        ('{n', "expected '}'"),
        ('{}', '{} is not one of {volume}, {volume_id}, {date}, {time}, {n}'),
        ('{0}', '{0} is not one of'),
        ('{N}', '{N} is not one of'),
        ('{colour}', '{colour} is not one of'),
        ('{volume.name}', '{volume.name} is not one of'),
        ('{volume[0]}', '{volume[0]} is not one of'),
        ('{n!r}', '{n} cannot have this format'),
        ('{n:x}', '{n} cannot have this format'),
        ('{n:1000000000}', '{n} cannot have this format'),
        ('{n:٣}', '{n} cannot have this format'),
        ('{n:{date}}', '{n} cannot have this format'),
        ('{date:5}', '{date} cannot have this format'),
        ('{volume:>9}', '{volume} cannot have this format'),
    ],
)
def test_wrong(template: str, why: str) -> None:
    with pytest.raises(exceptions.CommandError) as raised:
        Template(template, FIELDS)
    assert f"The name template '{template}' is wrong: " in str(raised.value)
    assert why in str(raised.value)


def test_fields_depend_on_the_command() -> None:
    with pytest.raises(exceptions.CommandError, match=r'\{volume} is not one'):
        Template('{volume}', ('n',))


def test_which_fields_it_has() -> None:
    template = Template('{volume}-{n:03}', FIELDS)
    assert 'n' in template
    assert 'volume' in template
    assert 'volume_id' not in template
    assert 'n' not in Template('{{n}}', FIELDS)


def test_what_is_filled_in_is_no_template() -> None:
    values = {**VALUES, 'volume': '{n}{{'}
    assert Template('{volume}-{n}', FIELDS).fill(values) == '{n}{{-7'


@given(st.one_of(st.text(), TEMPLATES))
def test_any_text(text: str) -> None:
    try:
        name = Template(text, FIELDS).fill(VALUES)
    except exceptions.CommandError as error:
        message = str(error)
        assert message.isprintable()
        assert message.startswith('The name template ')
    else:
        assert isinstance(name, str)


@given(TEMPLATES, TEMPLATES, st.integers(1, 10**6))
def test_any_volume(text: str, volume: str, n: int) -> None:
    try:
        template = Template(text, FIELDS)
    except exceptions.CommandError:
        return
    name = template.fill({**VALUES, 'volume': volume, 'n': n})
    if 'volume' in template:
        assert volume in name
    if 'n' in template:
        assert str(n) in name


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_numbers_make_names_differ(one: int, other: int) -> None:
    template = Template('data-{n:03}', FIELDS)
    names = {template.fill({'n': number}) for number in (one, other)}
    assert len(names) == len({one, other})
