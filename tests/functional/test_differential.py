# SPDX-License-Identifier: Apache-2.0

"""The stock client and the plugin, given the same command lines.

Whatever differs has to stand in wanted_differences.yaml, with the reason;
what stands there and no longer differs has to go.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
import re
import shlex
from typing import Any

import pytest
import yaml

from tests.functional.access_log import AccessLog, Request
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.command_lines import COMMAND_LINES
from tests.functional.servers import Server
from tests.functional.shell import Openstack, Result

pytestmark = [
    pytest.mark.each_server,
    pytest.mark.needs('2.0'),
]

_WANTED = Path(__file__).with_name('wanted_differences.yaml')
_FORMATS = ('table', 'yaml', 'value', 'shell')

_ID = re.compile(r'\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f-]{17}\b')
_HEX_ID = re.compile(r'\b[0-9a-f]{32}\b')
_DATE = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}')

_ABSENT = 'absent'

Facts = dict[str, Any]


@pytest.fixture(scope='module')
def sources(demo: Cinder, admin: Cinder, name: Name) -> dict[str, Record]:
    """What the command lines name."""
    volume = demo.volume(name('volume'), size=2)
    attached = demo.volume(name('attached'))
    demo.attach(attached['id'])
    return {
        'volume': volume,
        'attached': attached,
        'snapshot': demo.create(
            'snapshot', volume_id=volume['id'], name=name('snapshot')
        ),
        'backup': demo.create(
            'backup', volume_id=volume['id'], name=name('backup')
        ),
        'group': demo.create(
            'group',
            name=name('group'),
            group_type=admin.group_type(name('group-type')),
            volume_types=[demo.type_id('standard')],
        ),
        'image': demo.image('tiny'),
    }


class Side:
    """One of the two clients.

    :param shell: runs it
    :param log: what it sends
    :param root: what the paths of the server's API begin with

    :ivar said: what the last run wrote to standard error
    """

    def __init__(
        self,
        shell: Openstack,
        log: AccessLog,
        demo: Cinder,
        sources: dict[str, Record],
        root: str,
    ) -> None:
        self._shell = shell
        self._log = log
        self._root = root
        self._demo = demo
        self._sources = sources
        self.said = ''

    def run(self, line: str, form: str) -> Result:
        """Run a command line when all that it names is at rest."""
        for kind in ('volume', 'snapshot', 'backup'):
            if f'{{{kind}' in line:
                self._demo.at_rest(kind, self._sources[kind]['id'])
        if '{attached' in line:
            attached = self._sources['attached']['id']
            self._demo.wait('volume', attached, 'in-use')
        named = {
            **{kind: one['id'] for kind, one in self._sources.items()},
            **{
                f'{kind}_name': one['name']
                for kind, one in self._sources.items()
            },
        }
        self._log.mark()
        done = self._shell(*shlex.split(line.format(**named)), '-f', form)
        self.said = done.stderr
        return done

    def facts(self, line: str) -> Facts:
        """Return what a run comes to, flat, with IDs and dates masked."""
        done = self.run(line, 'json')
        record = json.loads(masked(done.stdout)) if done.stdout else None
        posted = self._posted()
        found: Facts = {
            'status': done.status,
            'stderr': 'something' if done.stderr else 'nothing',
            'stdout': 'nothing' if record is None else 'a record',
            'sent to': [
                masked(one.path.removeprefix(self._root)) for one in posted
            ],
        }
        if record is not None:
            found['columns'] = list(record)
            found |= _flat('shown', record)
        for number, one in enumerate(posted, 1):
            body = json.loads(masked(json.dumps(one.body)))
            found |= _flat(f'sent {number}', body)
        return found

    def _posted(self) -> list[Request]:
        """Return the POSTs, but for those that were sent again otherwise."""
        posts = self._log.requests(method='POST')
        again = [
            one.path == two.path for one, two in itertools.pairwise(posts)
        ]
        return [
            one
            for one, sent in zip(posts, [*again, False], strict=False)
            if not sent
        ]


def _flat(key: str, value: Any) -> Facts:
    """Return the leaves of a JSON document that are not null."""
    if isinstance(value, dict):
        leaves = [_flat(f'{key}.{name}', one) for name, one in value.items()]
        return {name: leaf for one in leaves for name, leaf in one.items()}
    return {} if value is None else {key: value}


def masked(text: str) -> str:
    """Return the text with all that differs from run to run made the same."""
    for pattern, letter in ((_ID, 'i'), (_HEX_ID, 'h'), (_DATE, 'd')):
        for found in set(pattern.findall(text)):
            text = text.replace(found, letter * len(found))
    return text


def compared(stock: Facts, plugin: Facts) -> dict[str, Facts]:
    """Return the facts that differ, with both sides of each."""
    sides = (stock, plugin)
    skipped: tuple[str, ...] = ()
    if stock['stdout'] != plugin['stdout']:
        skipped = ('columns', 'shown')
    if len(stock['sent to']) != len(plugin['sent to']):
        skipped += ('sent ',)
    keys = ['sent to', *dict.fromkeys(key for side in sides for key in side)]
    return {
        key: {
            'stock': stock.get(key, _ABSENT),
            'plugin': plugin.get(key, _ABSENT),
        }
        for key in dict.fromkeys(keys)
        if stock.get(key, _ABSENT) != plugin.get(key, _ABSENT)
        and (key == 'sent to' or not key.startswith(skipped))
    }


@pytest.fixture
def ours(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    demo: Cinder,
    sources: dict[str, Record],
) -> Side:
    return Side(openstack, log, demo, sources, api.path(''))


@pytest.fixture
def theirs(
    stock: Openstack,
    api: Server,
    log: AccessLog,
    demo: Cinder,
    sources: dict[str, Record],
) -> Side:
    return Side(stock, log, demo, sources, api.path(''))


def wanted(api: Server) -> dict[str, dict[str, Any]]:
    """Return the wanted differences by the name of the command line."""
    document = yaml.safe_load(_WANTED.read_text())
    found: dict[str, dict[str, Any]] = {}
    for entry in document:
        assert entry['reason'].strip(), entry
        if not api.has(entry.get('needs', '1.0')) or (
            'lacks' in entry and api.has(entry['lacks'])
        ):
            continue
        for line in entry['command lines']:
            assert line in COMMAND_LINES, line
            differences = found.setdefault(line, {})
            assert not differences.keys() & entry['differences'].keys(), line
            differences.update(entry['differences'])
    return found


@pytest.mark.parametrize('title', COMMAND_LINES)
def test_side_by_side(
    ours: Side, theirs: Side, api: Server, title: str
) -> None:
    line = COMMAND_LINES[title]
    stock, plugin = theirs.facts(line), ours.facts(line)
    differences = compared(stock, plugin)
    expected = wanted(api).get(title, {})
    assert differences == expected, (
        f'{title}: {line}\n{yaml.safe_dump(differences, sort_keys=False)}'
        f'stock: {theirs.said}\nplugin: {ours.said}'
    )


@pytest.mark.parametrize('form', _FORMATS)
@pytest.mark.parametrize(
    'title', ['properties', 'snapshot, described', 'backup of a name']
)
def test_formats(ours: Side, theirs: Side, title: str, form: str) -> None:
    assert_alike(ours, theirs, title, form)


@pytest.mark.needs('3.51')
@pytest.mark.parametrize('form', _FORMATS)
def test_formats_of_a_described_backup(
    ours: Side, theirs: Side, form: str
) -> None:
    assert_alike(ours, theirs, 'backup, described', form)


def assert_alike(ours: Side, theirs: Side, title: str, form: str) -> None:
    line = COMMAND_LINES[title]
    stock, plugin = theirs.run(line, form).ok(), ours.run(line, form).ok()
    assert masked(plugin.stdout) == masked(stock.stdout)
    assert _ID.search(plugin.stdout)


@pytest.mark.parametrize(
    'options',
    [
        '-c id -c name',
        '-f value -c size',
        '-f table -c name --max-width 20',
        '-f shell --prefix os_',
        '-f json --noindent',
    ],
)
def test_options_of_the_output(ours: Side, theirs: Side, options: str) -> None:
    line = f'volume create v --size 1 {options}'
    stock, plugin = (
        side.run(line, 'table' if '-f' not in options else options.split()[1])
        for side in (theirs, ours)
    )
    assert masked(plugin.ok().stdout) == masked(stock.ok().stdout)
