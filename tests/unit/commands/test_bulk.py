# SPDX-License-Identifier: Apache-2.0


from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent import futures
import csv
import errno
import io
import json
import os
from pathlib import Path
import signal
import threading
import time
from typing import Any

import pytest
import yaml

from osc_cinderlite.commands import signals
from tests.unit import stub as stub_module
from tests.unit.clock import SOON
from tests.unit.cloud import REQUEST_ID, uuid
from tests.unit.shell import Result, Terminal
from tests.unit.stub import Answer, Asked, Stub, fault

STOPPED = 'stopped waiting before completion'

VOLUME = ('volume', 'bulk', 'create', '--size', '1')
COLUMNS = ['Name', 'ID', 'Status', 'Result', 'Error']


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_module.running() as stub:
        yield stub


@pytest.fixture
def entries(tmp_path: Path) -> Callable[..., str]:
    """Return the name of a file with the given entries."""

    def write(*entries: Any) -> str:
        path = tmp_path / 'volumes.json'
        path.write_text(json.dumps(entries))
        return str(path)

    return write


def column(result: Result, name: str) -> list[Any]:
    return [row[name] for row in result.json]


def totals(result: Result) -> str:
    return result.stderr.splitlines()[-1]


class TestRows:
    def test_of_volumes(self, stub: Stub) -> None:
        done = stub.openstack(*VOLUME, '--count', '2', 'v{n}', '-f', 'json')
        assert done.status == 0, done
        assert done.json == [
            {
                'Name': record['name'],
                'ID': record['id'],
                'Status': 'creating',
                'Result': 'created',
                'Error': None,
            }
            for record in sorted(
                stub.records['volumes'], key=lambda one: str(one['name'])
            )
        ]
        assert done.stderr == '2 volumes: 2 created\n'

    @pytest.mark.parametrize('kind', ['snapshot', 'backup'])
    def test_of_snapshots_and_backups(self, stub: Stub, kind: str) -> None:
        volumes = [stub.add('volumes', name=name) for name in 'ab']
        done = stub.openstack(
            *('volume', kind, 'bulk', 'create', 'b', volumes[0]['id']),
            *('--name', 'x-{n}', '--wait', '-f', 'json'),
        )
        assert done.status == 0, done
        assert list(done.json[0]) == [
            'Name',
            'ID',
            'Volume',
            'Status',
            *(['Incremental', 'Size'] if kind == 'backup' else []),
            'Result',
            'Error',
        ]
        assert column(done, 'Name') == ['x-1', 'x-2']
        assert column(done, 'Volume') == [volumes[1]['id'], volumes[0]['id']]
        assert column(done, 'Status') == ['available'] * 2
        assert done.stderr == f'2 volume {kind}s: 2 created\n'

    def formatted(self, stub: Stub, formatter: str) -> str:
        stub.before = lambda asked: (
            fault(400, 'No, "no".') if asked.name == 'v2' else None
        )
        done = stub.openstack(
            *(*VOLUME, '--count', '3', 'v{n}', '--parallel', '1'),
            *('-f', formatter),
        )
        assert done.status == 1
        return done.stdout

    NO = f'No, "no" (HTTP 400, Request-ID: {REQUEST_ID})'
    ROWS: list[list[str | None]] = [
        ['v1', uuid(1), 'creating', 'created', None],
        ['v2', None, None, 'failed', NO],
        ['v3', uuid(2), 'creating', 'created', None],
    ]
    BLANK = [[value or '' for value in row] for row in ROWS]

    @pytest.mark.parametrize(
        ('formatter', 'read'), [('json', json.loads), ('yaml', yaml.safe_load)]
    )
    def test_json_and_yaml(
        self, stub: Stub, formatter: str, read: Callable[[str], Any]
    ) -> None:
        assert read(self.formatted(stub, formatter)) == [
            dict(zip(COLUMNS, row, strict=True)) for row in self.ROWS
        ]

    def test_csv(self, stub: Stub) -> None:
        text = io.StringIO(self.formatted(stub, 'csv'))
        assert list(csv.reader(text)) == [COLUMNS, *self.BLANK]

    def test_value(self, stub: Stub) -> None:
        assert self.formatted(stub, 'value').splitlines() == [
            ' '.join(row) for row in self.BLANK
        ]

    def test_table(self, stub: Stub) -> None:
        rule, head, _rule, *rows, _end = self.formatted(
            stub, 'table'
        ).splitlines()
        assert set(rule) == {'+', '-'}
        cells = [
            [cell.strip() for cell in row.strip('|').split('|')]
            for row in [head, *rows]
        ]
        assert cells == [COLUMNS, *self.BLANK]

    def test_some_columns(self, stub: Stub) -> None:
        done = stub.openstack(
            *VOLUME, '--count', '1', 'v', '-f', 'value', '-c', 'Name'
        )
        assert done.stdout == 'v\n'

    def test_a_column_there_is_not(self, stub: Stub) -> None:
        done = stub.openstack(*VOLUME, '--count', '1', '-c', 'Colour')
        assert done.status == 2
        assert stub.posted == []

    @pytest.mark.parametrize('formatter', ['table', 'json'])
    def test_request_ids_on_a_terminal(
        self, stub: Stub, formatter: str
    ) -> None:
        """A table there has no room for them."""
        stub.before = lambda asked: (
            fault(400, 'No.') if asked.name == 'v2' else None
        )
        done = stub.openstack(
            *(*VOLUME, '--count', '3', 'v{n}', '-f', formatter),
            stdout=Terminal(),
        )
        apart = formatter == 'table'
        assert (REQUEST_ID in done.stdout) is not apart
        assert ('No (HTTP 400)' in done.stdout) is apart
        assert (f'Request IDs: {REQUEST_ID}' in done.stderr) is apart

    def test_sorted_if_wanted(self, stub: Stub) -> None:
        done = stub.openstack(
            *(*VOLUME, '--count', '3', 'v{n}', '-f', 'value', '-c', 'Name'),
            *('--sort-column', 'Name', '--sort-descending'),
        )
        assert done.stdout.split() == ['v3', 'v2', 'v1']

    def test_without_names(self, stub: Stub) -> None:
        done = stub.openstack(*VOLUME, '--count', '2', '-f', 'json')
        assert column(done, 'Name') == [None, None]
        assert stub.posted == [{'volume': {'size': 1}}] * 2

    def test_on_a_terminal(self, stub: Stub) -> None:
        """Nothing in a reason acts upon the terminal."""
        stub.before = lambda asked: fault(400, 'Red: \x1b[31m.')
        out = Terminal()
        stub.openstack(*VOLUME, '--count', '1', 'v', stdout=out)
        assert '\x1b' not in out.getvalue()
        assert r'Red: \x1b[31m' in out.getvalue()


SINGLE = {
    'volume': ['--size', '3', 'x'],
    'snapshot': ['x', '--volume', 'data'],
    'backup': ['--name', 'x', 'data'],
}
BULK = {
    'volume': ['--size', '3', '--count', '1', 'x'],
    'snapshot': ['--name', 'x', 'data'],
    'backup': ['--name', 'x', 'data'],
}
OPTIONS = {
    'volume': [
        ['--type', 't'],
        ['--description', 'd'],
        ['--image', 'i'],
        ['--snapshot', 'snap'],
        ['--source', 'data'],
        ['--backup', 'copy'],
        ['--availability-zone', 'z'],
        ['--property', 'a=b', '--property', 'c=d'],
        [f'--hint=same_host={uuid(n)}' for n in (1, 2)] + ['--hint', 'k=v'],
        ['--bootable', '--read-only'],
        ['--non-bootable', '--read-write'],
    ],
    'snapshot': [
        ['--description', 'd'],
        ['--property', 'a=b'],
        ['--force'],
    ],
    'backup': [
        ['--description', 'd'],
        ['--container', 'c'],
        ['--force'],
        ['--incremental'],
        ['--no-incremental'],
        ['--incremental-or-full'],
        ['--property', 'a=b'],
        ['--availability-zone', 'z'],
    ],
}


@pytest.mark.parametrize('version', ['3.59', '3.71'])
@pytest.mark.parametrize(
    ('kind', 'options'),
    [(kind, one) for kind in OPTIONS for one in [[], *OPTIONS[kind]]],
)
def test_requests_are_those_of_the_single_command(
    stub: Stub, kind: str, options: list[str], version: str
) -> None:
    """One way to find, to build a body and to follow up, not two."""
    commands = ('volume',) if kind == 'volume' else ('volume', kind)
    sent: list[list[Any]] = []
    for args in ([*SINGLE[kind]], ['bulk', *BULK[kind]]):
        with stub_module.running() as cloud:
            volume = cloud.add('volumes', name='data')
            cloud.add('snapshots', name='snap', volume_id=volume['id'])
            cloud.add('backups', name='copy', volume_id=volume['id'])
            words = ['bulk', 'create'] if args[0] == 'bulk' else ['create']
            args = args[1:] if args[0] == 'bulk' else args
            done = cloud.openstack(
                *commands, *words, *args, *options, version=version
            )
            assert done.status == 0, done
            sent.append(
                [
                    (str(one), one.query, one.body)
                    for one in cloud.asked
                    if one.method == 'POST' or 'detail' in one.path
                ]
            )
    single, bulk = sent
    assert bulk == single
    assert [one for one in single if one[0].startswith('POST')]


class TestExitStatus:
    def run(self, stub: Stub, *args: str) -> Result:
        return stub.openstack(
            *(*VOLUME, '--count', '3', 'v{n}', '--parallel', '1'),
            *('-f', 'json', *args),
        )

    def test_failed(self, stub: Stub) -> None:
        stub.before = lambda asked: fault(400) if asked.name == 'v1' else None
        done = self.run(stub)
        assert done.status == 1
        assert column(done, 'Result') == ['failed', 'created', 'created']
        assert totals(done) == '3 volumes: 2 created, 1 failed'

    def test_unknown(self, stub: Stub) -> None:
        def lose(asked: Asked) -> Answer | None:
            if asked.method == 'POST' and asked.name == 'v1':
                for _number in range(2):
                    stub.add('volumes', name='v1')
                return fault(500, 'Lost.')
            return None

        stub.before = lose
        done = self.run(stub)
        assert done.status == 1
        assert column(done, 'Result') == ['unknown', 'created', 'created']
        assert 'may or may not exist' in column(done, 'Error')[0]
        assert totals(done) == '3 volumes: 2 created, 1 unknown'

    def test_timed_out(self, stub: Stub) -> None:
        stub.ends = {'v2': 'creating'}
        done = self.run(stub, '--wait', '--wait-timeout', '1')
        assert done.status == 3
        assert column(done, 'Result') == ['created', 'timeout', 'created']
        assert column(done, 'Status') == ['available', 'creating', 'available']
        assert column(done, 'ID')[1] is not None
        assert column(done, 'Error')[1] == 'is still creating after 1 s'

    @pytest.mark.parametrize('failed', ['v1', 'v3'])
    def test_timed_out_and_failed(self, stub: Stub, failed: str) -> None:
        stub.ends = {'v2': 'creating', failed: 'error'}
        done = self.run(stub, '--wait', '--wait-timeout', '1')
        assert done.status == 1

    def test_stop_on_error(self, stub: Stub) -> None:
        stub.ends = {'v2': 'error'}
        done = self.run(stub, '--wait', '--stop-on-error')
        assert done.status == 1
        assert column(done, 'Result') == ['created', 'failed', 'skipped']
        assert column(done, 'Error')[2] == 'not sent, because v2 failed'
        assert len(stub.posted) == 2

    def test_go_on_without(self, stub: Stub) -> None:
        stub.ends = {'v2': 'error'}
        assert column(self.run(stub, '--wait'), 'Result') == [
            'created',
            'failed',
            'created',
        ]

    def test_quota(self, stub: Stub) -> None:
        full = (
            'VolumeLimitExceeded: Maximum number of volumes allowed (1) '
            "exceeded for quota 'volumes'."
        )
        stub.before = lambda asked: (
            fault(413, full) if asked.name == 'v2' else None
        )
        done = self.run(stub)
        assert done.status == 1
        assert column(done, 'Result') == ['created', 'failed', 'skipped']
        hint = "'openstack quota show --usage' shows it"
        assert full.rstrip('.') in column(done, 'Error')[1]
        assert hint in column(done, 'Error')[1]
        assert column(done, 'Error')[2] == 'not sent: the quota is exceeded'
        assert totals(done) == '3 volumes: 1 created, 1 failed, 1 skipped'

    def test_no_right_to_anything(self, stub: Stub) -> None:
        stub.before = lambda asked: fault(403)
        done = self.run(stub)
        assert done.status == 1
        assert column(done, 'Result') == ['failed'] * 3

    def test_what_existed_had_failed(self, stub: Stub) -> None:
        """It is not made again: its name would be there twice."""
        there = stub.add('volumes', name='v2', status='error')
        done = self.run(stub, '--or-show', '--wait')
        assert done.status == 1
        assert column(done, 'Result') == ['created', 'failed', 'created']
        assert column(done, 'ID')[1] == there['id']
        assert column(done, 'Error')[1] == (
            'is in status error; delete it to create a new one'
        )

    def test_nothing_exists(self, stub: Stub) -> None:
        for name in ('v1', 'v2', 'v3'):
            stub.add('volumes', name=name)
        done = self.run(stub, '--or-show')
        assert done.status == 0
        assert column(done, 'Result') == ['exists'] * 3
        assert totals(done) == '3 volumes: 3 exists'


class TestRefusals:
    @pytest.mark.parametrize(
        ('args', 'status', 'message'),
        [
            (['--size', '1'], 2, 'one of the arguments --count --from-file'),
            (['--size', '1', '--count', '0'], 2, "'0' is not a number from 1"),
            (['--size', '1', '--count', '-1'], 2, "'-1' is not a number from"),
            (['--size', '1', '--count', '1000001'], 2, 'is not a number from'),
            (['--size', '1', '--count', '1.5'], 2, "'1.5' is not a number"),
            (['--count', '2', 'v{n}'], 1, '--size is a required option'),
            (['--size', '1', '--count', '2', 'v'], 2, 'has no {n}'),
            (['--size', '1', '--count', '2', 'v{m}'], 2, '{m} is not one of'),
            (['--size', '1', '--count', '2', 'v{'], 2, 'is wrong'),
            (['--size', '1', '--count', '2', '--or-show'], 2, 'needs a name'),
            (
                ['--from-file', 'x', 'v{n}'],
                2,
                'A name template goes with --count, not --from-file',
            ),
            (['--from-file', 'none'], 1, 'No such file or directory'),
            (
                ['--size', '1', '--count', '2', '--cluster', 'c'],
                1,
                'only supported with --remote-source',
            ),
        ],
    )
    def test_before_any_request(
        self, stub: Stub, args: list[str], status: int, message: str
    ) -> None:
        done = stub.openstack('volume', 'bulk', 'create', *args)
        assert done.status == status, done
        assert message in done.stderr
        assert done.stdout == ''
        assert stub.asked == []

    @pytest.mark.parametrize(
        ('number', 'good'),
        [
            ('0', False),
            ('1', True),
            ('64', True),
            ('65', False),
            ('-1', False),
            ('x', False),
            ('4.0', False),
            ('99999999999', False),
        ],
    )
    def test_parallel(self, stub: Stub, number: str, good: bool) -> None:
        done = stub.openstack(*VOLUME, '--count', '1', f'--parallel={number}')
        assert done.status == (0 if good else 2)
        assert len(stub.posted) == good
        if not good:
            message = f"'{number}' is not a number from 1 to 64"
            assert message in done.stderr

    def test_an_option_too_new(self, stub: Stub) -> None:
        done = stub.openstack(
            *('volume', 'bulk', 'create', '--count', '2', '--backup', 'b'),
            version='3.46',
        )
        assert done.status == 1
        assert done.complaint == (
            '--backup needs volume API version 3.47 or later, and 3.46 was '
            'requested'
        )
        assert stub.asked == []


class TestFromFile:
    def test_defaults_and_entries(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        done = stub.openstack(
            *(*VOLUME, '--type', 't', '--parallel', '1', '-f', 'json'),
            '--from-file',
            entries({'name': 'a'}, {'name': 'b', 'size': 2, 'type': 'u'}, {}),
        )
        assert done.status == 0, done
        assert column(done, 'Name') == ['a', 'b', None]
        assert stub.posted == [
            {'volume': {'name': 'a', 'size': 1, 'volume_type': 't'}},
            {'volume': {'name': 'b', 'size': 2, 'volume_type': 'u'}},
            {'volume': {'size': 1, 'volume_type': 't'}},
        ]

    def test_options_of_v3(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        group = '11111111-2222-4333-8444-555555555555'
        done = stub.openstack(
            *(*VOLUME, '--from-file', entries({'group': group})),
        )
        assert done.status == 0, done
        assert stub.posted == [{'volume': {'size': 1, 'group_id': group}}]

    @pytest.mark.parametrize(
        ('last', 'message'),
        [
            ({'colour': 'red'}, 'Entry 3, colour: unknown key'),
            ({'size': '0'}, 'Entry 3, size: 0 is not a size'),
            (
                {'backup': 'x'},
                'Entry 3: --backup needs volume API version 3.47 or later',
            ),
            ({'host': 'x'}, 'Entry 3: The --host and --cluster options are'),
        ],
    )
    def test_is_checked_whole(
        self,
        stub: Stub,
        entries: Callable[..., str],
        last: dict[str, str],
        message: str,
    ) -> None:
        done = stub.openstack(
            *(*VOLUME, '--from-file', entries({}, {'source': 'x'}, last)),
            version='3.40',
        )
        assert done.status == 1
        assert done.complaint.startswith(message)
        assert stub.asked == []

    def test_a_size_is_missing(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        file = entries({'size': 1}, {'name': 'b'})
        done = stub.openstack('volume', 'bulk', 'create', '--from-file', file)
        assert done.complaint.startswith('Entry 2: --size is a required')

    def test_or_show_needs_names(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        done = stub.openstack(
            *(*VOLUME, '--or-show'),
            *('--from-file', entries({'name': 'a'}, {})),
        )
        assert done.complaint == 'Entry 2: --or-show needs a name'
        assert stub.asked == []

    def test_nothing_in_it(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        done = stub.openstack(
            *(*VOLUME, '--from-file', entries(), '-f', 'json')
        )
        assert done.status == 0
        assert done.json == []
        assert done.stderr == '0 volumes: nothing to do\n'

    def test_a_follow_up_makes_it_wait(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        file = entries(
            {'name': 'a', 'bootable': True, 'read_only': True},
            {'name': 'b'},
        )
        done = stub.openstack(*VOLUME, '--from-file', file, '-f', 'json')
        assert done.status == 0, done
        assert column(done, 'Status') == ['available', 'creating']
        (first,) = (v for v in stub.records['volumes'] if v['name'] == 'a')
        assert [
            one.body for one in stub.of('POST', f'/volumes/{first["id"]}')
        ] == [
            {'os-set_bootable': {'bootable': True}},
            {'os-update_readonly_flag': {'readonly': True}},
        ]

    def test_the_same_twice(
        self, stub: Stub, entries: Callable[..., str]
    ) -> None:
        file = entries({'name': 'a'}, {'name': 'a', 'size': 2})
        done = stub.openstack(
            *(*VOLUME, '--from-file', file, '--or-show', '-f', 'json')
        )
        assert done.status == 0
        assert column(done, 'Result') == ['created', 'exists']
        assert len(set(column(done, 'ID'))) == 1
        assert done.stderr.splitlines() == [
            "The volume 'a' exists, but its size is 1, not 2.",
            '2 volumes: 1 created, 1 exists',
        ]


class TestDryRun:
    def test_volumes(self, stub: Stub) -> None:
        done = stub.openstack(
            *(*VOLUME, '--count', '2', 'v{n:02}', '--dry-run', '-f', 'json')
        )
        assert done.status == 0
        assert done.json == [
            {
                'Name': name,
                'ID': None,
                'Result': 'to create',
                'Body': {'volume': {'name': name, 'size': 1}},
                'Error': None,
            }
            for name in ('v01', 'v02')
        ]
        assert done.stderr == ''
        assert stub.posted == []

    def test_snapshots(self, stub: Stub) -> None:
        volume = stub.add('volumes', name='data')
        there = stub.add('snapshots', name='data-1', volume_id=volume['id'])
        done = stub.openstack(
            *('volume', 'snapshot', 'bulk', 'create', 'data', 'none', 'data'),
            *('--name', '{volume}-{n}', '--or-show'),
            *('--dry-run', '-f', 'json'),
        )
        assert done.status == 1
        body = {'snapshot': {'name': 'data-3', 'volume_id': volume['id']}}
        assert [list(row.values()) for row in done.json] == [
            ['data-1', there['id'], volume['id'], 'exists', None, None],
            [
                'none-2',
                None,
                'none',
                'failed',
                None,
                'No volume found for none',
            ],
            ['data-3', None, volume['id'], 'to create', body, None],
        ]
        assert stub.posted == []

    def test_is_one_line_each_in_a_table(self, stub: Stub) -> None:
        done = stub.openstack(
            *(*VOLUME, '--count', '2', 'v{n:02}', '--dry-run')
        )
        assert '| {"volume": {"name": "v02", "size": 1}} |' in done.stdout
        assert len(done.stdout.splitlines()) == 6

    def test_on_a_cloud_without_volumes(self, stub: Stub) -> None:
        done = stub.openstack(
            '--os-region-name=Elsewhere',
            *(*VOLUME, '--count', '2', '--dry-run', '-f', 'json'),
            version='3',
        )
        assert done.status == 1
        assert done.stdout == ''
        assert done.complaint.startswith('Could not create volume: ')
        assert stub.posted == []

    def test_incremental_or_full(self, stub: Stub) -> None:
        volumes = [stub.add('volumes', name=name) for name in 'ab']
        stub.add('backups', volume_id=volumes[0]['id'])
        done = stub.openstack(
            *('volume', 'backup', 'bulk', 'create', 'a', 'b', '--dry-run'),
            *('--incremental-or-full', '-f', 'json'),
        )
        bodies = [body['backup'] for body in column(done, 'Body')]
        assert [body['incremental'] for body in bodies] == [True, False]


class TestBackups:
    def test_incremental_or_full(self, stub: Stub) -> None:
        volumes = [stub.add('volumes', name=name) for name in 'abc']
        stub.add('backups', volume_id=volumes[0]['id'])
        stub.add('backups', volume_id=volumes[1]['id'], size=7)
        done = stub.openstack(
            *('volume', 'backup', 'bulk', 'create', 'a', 'b', 'c'),
            '--incremental-or-full',
        )
        assert done.status == 0, done
        assert {
            body['backup']['volume_id']: body['backup']['incremental']
            for body in stub.posted
        } == dict(
            zip(
                (one['id'] for one in volumes),
                (True, False, False),
                strict=True,
            )
        )
        assert totals(done) == (
            '3 volume backups: 3 created; 1 incremental, 2 full'
        )

    def test_one_that_became_a_full_one(self, stub: Stub) -> None:
        volume = stub.add('volumes', name='a')
        stub.add('backups', volume_id=volume['id'])

        def full(asked: Asked) -> None:
            for record in stub.records['backups']:
                record['is_incremental'] = False

        stub.before = full
        done = stub.openstack(
            *('volume', 'backup', 'bulk', 'create', 'a', '--wait'),
            '--incremental',
        )
        assert done.status == 0
        assert 'is a full backup although an incremental one' in done.stderr


class TestQuiet:
    def test_no_totals(self, stub: Stub) -> None:
        done = stub.openstack('-q', *VOLUME, '--count', '2')
        assert done.status == 0
        assert done.stderr == ''

    def test_one_has_no_plural(self, stub: Stub) -> None:
        done = stub.openstack(*VOLUME, '--count', '1')
        assert done.stderr == '1 volume: 1 created\n'


def interrupt() -> None:
    """Interrupt the main thread, which waits for an answer by now.

    A signal between its last look for one and the system call would be seen
    to only after that.
    """
    time.sleep(0.1)
    os.kill(os.getpid(), signal.SIGINT)


class TestInterrupt:
    @pytest.fixture(autouse=True)
    def handler(self) -> Iterator[None]:
        """Insist that the command puts Python's own handler back.

        Python has none where the tests were started in the background.
        """
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        assert signal.signal(signal.SIGINT, before) is (
            signal.default_int_handler
        )

    def run(self, stub: Stub, *args: str) -> Result:
        return stub.openstack(*VOLUME, 'v{n}', '-f', 'json', *args)

    def test_once(self, stub: Stub) -> None:
        """What is under way ends well, and no more is sent."""
        interrupted = threading.Event()

        def hit(asked: Asked) -> None:
            if asked.name == 'v2':
                interrupt()
                time.sleep(0.2)
                interrupted.set()
            elif asked.name == 'v1':
                assert interrupted.wait(SOON)

        stub.before = hit
        done = self.run(stub, '--count', '5', '--parallel', '2')
        assert done.status == 130
        assert column(done, 'Result') == [*['created'] * 2, *['skipped'] * 3]
        assert column(done, 'Error')[2:] == ['not sent: interrupted'] * 3
        assert len(stub.posted) == 2
        assert done.stderr.splitlines() == [
            'Interrupted: nothing more will be started. Finishing requests in '
            'progress; press Ctrl-C again to stop waiting',
            '5 volumes: 2 created, 3 skipped',
        ]

    def test_once_while_waiting(self, stub: Stub) -> None:
        stub.looks = 3
        lists = iter(range(1))

        def hit(asked: Asked) -> None:
            if asked.method == 'GET' and next(lists, None) is not None:
                interrupt()

        stub.before = hit
        done = self.run(stub, '--count', '4', '--parallel', '2', '--wait')
        assert done.status == 130
        assert column(done, 'Status') == ['available', 'available', None, None]

    @pytest.mark.parametrize(
        ('noun', 'argv'),
        [
            ('volume', [*VOLUME, '--count', '6', 'v{n}']),
            (
                'volume snapshot',
                [
                    *('volume', 'snapshot', 'bulk', 'create'),
                    *('--name', 'v{n}'),
                    *map(uuid, range(1, 7)),
                ],
            ),
        ],
        ids=['volumes', 'snapshots'],
    )
    def test_twice_while_the_server_does_not_answer(
        self, stub: Stub, noun: str, argv: list[str]
    ) -> None:
        """It ends at once with the IDs that it has."""
        end = threading.Event()

        def hit(asked: Asked) -> None:
            if asked.name == 'v3':
                interrupt()
                time.sleep(0.2)
                interrupt()
                end.wait(SOON)

        stub.before = hit
        begun = time.monotonic()
        done = stub.openstack(*argv, '-f', 'json', '--parallel', '1')
        assert time.monotonic() - begun < SOON / 2
        end.set()
        assert done.status == 130
        assert column(done, 'Result') == [
            *('created', 'created', 'unknown'),
            *3 * ['skipped'],
        ]
        assert None not in column(done, 'ID')[:2]
        assert totals(done) == f'6 {noun}s: 2 created, 3 skipped, 1 unknown'

    def test_twice_while_nothing_is_asked(self, stub: Stub) -> None:
        """It does not break off what cannot be taken up again."""

        class Impatient(io.StringIO):
            def write(self, text: str) -> int:
                if text.startswith('Interrupted'):
                    interrupt()
                return super().write(text)

        stub.looks = 10**6
        hits = iter(range(1))

        def hit(asked: Asked) -> None:
            if asked.method == 'GET' and next(hits, None) is not None:
                interrupt()

        stub.before = hit
        done = stub.openstack(
            *(*VOLUME, 'v{n}', '-f', 'json', '--wait'),
            *('--count', '3', '--parallel', '2'),
            stderr=Impatient(),
        )
        assert done.status == 130
        assert column(done, 'Error')[:2] == [STOPPED] * 2
        assert column(done, 'Result')[2:] == ['skipped']
        assert None not in column(done, 'ID')[:2]

    def test_twice_while_looking(self, stub: Stub) -> None:
        """A look that hangs is left, too."""
        end = threading.Event()
        hits = iter(range(1))

        def hit(asked: Asked) -> None:
            if asked.method == 'GET' and next(hits, None) is not None:
                interrupt()
                time.sleep(0.2)
                interrupt()
                end.wait(SOON)

        stub.before = hit
        begun = time.monotonic()
        done = self.run(stub, '--count', '3', '--parallel', '2', '--wait')
        assert time.monotonic() - begun < SOON / 2
        end.set()
        assert done.status == 130
        assert column(done, 'Result') == ['created', 'created', 'skipped']
        assert column(done, 'Error')[:2] == [STOPPED] * 2
        assert None not in column(done, 'ID')[:2]

    def test_once_while_the_volumes_are_listed(self, stub: Stub) -> None:
        end = threading.Event()
        stub.page = 1
        for name in 'abc':
            stub.add('volumes', name=name)

        def hit(asked: Asked) -> None:
            if asked.query.get('marker'):
                interrupt()
                end.wait(SOON)

        stub.before = hit
        begun = time.monotonic()
        done = stub.openstack(
            *('volume', 'snapshot', 'bulk', 'create', '--all', '-f', 'json'),
            *('--parallel', '2', '--wait'),
        )
        assert time.monotonic() - begun < SOON / 2
        end.set()
        assert (done.status, done.stdout) == (130, '')
        assert done.complaint == 'Interrupted: nothing was sent'
        assert stub.posted == []

    def test_before_anything_is_sent(
        self, stub: Stub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Impatient(io.StringIO):
            def read(self, size: int | None = -1) -> str:
                raise KeyboardInterrupt

        monkeypatch.setattr('sys.stdin', Impatient())
        done = stub.openstack(*VOLUME, '--from-file', '-')
        assert done.status == 130
        assert done.complaint == 'Interrupted: nothing was sent'

    def test_of_a_plan(self, stub: Stub) -> None:
        """There is nothing that a first one would have to spare."""
        for name in 'ab':
            stub.add('volumes', name=name)

        def hit(asked: Asked) -> None:
            if asked.path == '/volumes/detail':
                interrupt()
                time.sleep(0.2)

        stub.before = hit
        done = stub.openstack(
            'volume', 'snapshot', 'bulk', 'create', '--all', '--dry-run'
        )
        assert done.status == 130
        assert done.complaint == 'Interrupted: nothing was sent'

    @pytest.mark.parametrize('number', signals.ENDING)
    def test_ended_from_outside(self, stub: Stub, number: int) -> None:
        """As the second Ctrl-C: what exists is told."""
        end = threading.Event()

        def hit(asked: Asked) -> None:
            if asked.name == 'v2':
                os.kill(os.getpid(), number)
                end.wait(SOON)

        stub.before = hit
        before = signal.getsignal(number)
        done = self.run(stub, '--count', '3', '--parallel', '1')
        end.set()
        assert done.status == 128 + number
        assert column(done, 'Result') == ['created', 'unknown', 'skipped']
        assert signal.getsignal(number) is before

    def test_ignored(self, stub: Stub) -> None:
        """As nohup has it."""
        hang_up = signal.SIGHUP
        before = signal.signal(hang_up, signal.SIG_IGN)
        stub.before = lambda asked: os.kill(os.getpid(), hang_up)
        try:
            done = self.run(stub, '--count', '2')
        finally:
            signal.signal(hang_up, before)
        assert done.status == 0
        assert column(done, 'Result') == ['created', 'created']

    def test_in_a_thread(self, stub: Stub) -> None:
        """Where no handler can be set, as a program may run it."""
        with futures.ThreadPoolExecutor() as pool:
            done = pool.submit(self.run, stub, '--count', '2').result()
        assert done.status == 0, done
        assert column(done, 'Result') == ['created', 'created']

    def test_while_the_table_is_printed(self, stub: Stub) -> None:
        class Impatient(io.StringIO):
            def write(self, text: str) -> int:
                raise KeyboardInterrupt

        done = stub.openstack(*VOLUME, '--count', '2', stdout=Impatient())
        assert done.status == 130
        for record in stub.records['volumes']:
            assert record['id'] in done.stderr
        assert "look with 'openstack volume list'" in done.stderr


@pytest.mark.parametrize('allowed', [0, 1, 3])
def test_no_more_threads(
    stub: Stub, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    """A container may allow only a few."""
    start = threading.Thread.start
    left = [allowed]

    def start_if_allowed(thread: threading.Thread) -> None:
        if thread.name.endswith('(_work)'):
            if not left[0]:
                raise RuntimeError("can't start new thread")
            left[0] -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, 'start', start_if_allowed)
    done = stub.openstack(
        *(*VOLUME, 'v{n}', '-f', 'json', '--wait'),
        *('--count', '9', '--parallel', '8'),
    )
    assert done.status == 0, done
    assert column(done, 'Result') == ['created'] * 9
    assert len(stub.posted) == 9


def test_names_of_one_kind_run_at_once(stub: Stub) -> None:
    """With --or-show, only what may be the same waits for the other."""
    volumes = [stub.add('volumes', name=f'v{n}')['id'] for n in range(4)]
    together = threading.Barrier(4)

    def hit(asked: Asked) -> None:
        if asked.method == 'POST':
            together.wait(SOON)

    stub.before = hit
    done = stub.openstack(
        *('volume', 'backup', 'bulk', 'create', '--name', 'nightly'),
        *('--or-show', '-f', 'json', *volumes),
    )
    assert done.status == 0, done
    assert column(done, 'Result') == ['created'] * 4


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, 'No space left on device')

    def flush(self) -> None:
        self.write('')


def test_standard_error_that_cannot_be_written(stub: Stub) -> None:
    done = stub.openstack(
        *(*VOLUME, 'v{n}', '--count', '2', '-f', 'json'), stderr=Full()
    )
    assert done.status == 0
    assert column(done, 'Result') == ['created'] * 2


class Broken(io.StringIO):
    """A standard output that is read until a number of writes."""

    def __init__(self, error: OSError, writes: int) -> None:
        super().__init__()
        self._error = error
        self._writes = writes
        self._scratch = os.open(os.devnull, os.O_WRONLY)

    def write(self, text: str) -> int:
        if not self._writes:
            raise self._error
        self._writes -= 1
        return super().write(text)

    def fileno(self) -> int:
        return self._scratch

    def close(self) -> None:
        if not self.closed:
            os.close(self._scratch)
        super().close()


class TestOutput:
    @pytest.mark.parametrize('formatter', ['value', 'csv', 'table', 'json'])
    @pytest.mark.parametrize('writes', [0, 1])
    def test_no_id_is_lost(
        self, stub: Stub, formatter: str, writes: int
    ) -> None:
        """What was asked for is made, and what is made is told."""
        full = OSError(28, 'No space left on device')
        out = Broken(full, writes)
        done = stub.openstack(
            *(*VOLUME, '--count', '9', 'v{n}', '--parallel', '2'),
            *('-f', formatter),
            stdout=out,
        )
        assert done.status == 1
        assert len(stub.records['volumes']) == 9
        summary, made = done.stderr.splitlines()
        assert summary == '9 volumes: 9 created'
        assert made.startswith('Volumes exist, but cannot be shown: ')
        assert made.endswith(' (No space left on device)')
        for record in stub.records['volumes']:
            assert record['id'] in made

    @pytest.mark.parametrize('formatter', ['value', 'table'])
    def test_broken_pipe(self, stub: Stub, formatter: str) -> None:
        out = Broken(BrokenPipeError(32, 'Broken pipe'), 1)
        done = stub.openstack(
            *(*VOLUME, '--count', '9', 'v{n}', '--parallel', '2'),
            *('-f', formatter),
            stdout=out,
        )
        assert done.status == 141
        made, summary = done.stderr.splitlines()
        assert summary == '9 volumes: 9 created'
        for record in stub.records['volumes']:
            assert record['id'] in made

    def test_of_a_plan(self, stub: Stub) -> None:
        out = Broken(OSError(28, 'No space left on device'), 0)
        done = stub.openstack(
            *(*VOLUME, '--count', '9', 'v{n}', '--dry-run'), stdout=out
        )
        assert done.status == 1
        assert done.complaint == '[Errno 28] No space left on device'


def test_no_progress_where_nobody_looks(stub: Stub) -> None:
    done = stub.openstack(*VOLUME, '--count', '3', '--wait', '-f', 'value')
    assert done.stderr == '3 volumes: 3 created\n'
    assert '\x1b' not in done.stdout + done.stderr


def test_one_token_for_all_workers(stub: Stub) -> None:
    stub.openstack(*VOLUME, '--count', '20', '--parallel', '8')
    assert stub.tokens == 1
    assert len({one.port for one in stub.of('POST')}) <= 8
