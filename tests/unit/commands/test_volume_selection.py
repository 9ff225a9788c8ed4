# SPDX-License-Identifier: Apache-2.0


"""Selection of volumes for snapshots and backups."""

from __future__ import annotations

from collections.abc import Iterator
import datetime
import threading
from typing import Any

import pytest

from tests.unit import stub as stub_module
from tests.unit.cloud import uuid
from tests.unit.shell import Result
from tests.unit.stub import Answer, Asked, Record, Stub, fault

SNAPSHOT = ('volume', 'snapshot', 'bulk', 'create')
BACKUP = ('volume', 'backup', 'bulk', 'create')
WEB = '11111111-0000-4000-8000-000000000000'
DB = '22222222-0000-4000-8000-000000000000'


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_module.running() as stub:
        yield stub


def attached_to(*servers: str) -> list[Record]:
    return [{'server_id': server} for server in servers]


@pytest.fixture
def volumes(stub: Stub) -> dict[str, Record]:
    """Five volumes, by name."""
    fields: dict[str, Record] = {
        'plain': {},
        'nightly': {
            'metadata': {'backup': 'nightly'},
            'volume_type': 'fast',
        },
        'gold': {'metadata': {'backup': 'nightly', 'tier': 'gold'}},
        'web': {
            'status': 'in-use',
            'metadata': {'tier': 'gold'},
            'attachments': attached_to(WEB),
        },
        'shared': {
            'status': 'in-use',
            'metadata': {'backup': 'nightly'},
            'attachments': attached_to(DB, WEB),
        },
    }
    return {
        name: stub.add('volumes', name=name, **rest)
        for name, rest in fields.items()
    }


def taken(stub: Stub, volumes: dict[str, Record]) -> set[str]:
    """Return the names of the volumes of which there was a create."""
    names = {record['id']: name for name, record in volumes.items()}
    ids = [
        body[key]['volume_id']
        for body in stub.posted
        for key in body
        if key in ('snapshot', 'backup')
    ]
    assert len(ids) == len(set(ids))
    return {names[one] for one in ids}


@pytest.mark.parametrize('command', [SNAPSHOT, BACKUP])
@pytest.mark.parametrize(
    ('args', 'expected'),
    [
        (['--all'], {'plain', 'nightly', 'gold', 'web', 'shared'}),
        (
            ['--all', '--volume-property', 'backup=nightly'],
            {'nightly', 'gold', 'shared'},
        ),
        (['--volume-property', 'tier=gold'], {'gold', 'web'}),
        (
            [
                *('--volume-property', 'backup=nightly'),
                *('--volume-property', 'tier=gold'),
            ],
            {'gold'},
        ),
        (
            [
                *('--volume-property', 'tier=gold'),
                *('--volume-property', 'tier=silver'),
            ],
            {'gold', 'web'},
        ),
        (
            ['--all', '--without-volume-property', 'backup'],
            {'plain', 'web'},
        ),
        (
            [
                *('--without-volume-property', 'tier=gold'),
                *('--without-volume-property', 'backup=weekly'),
            ],
            {'plain', 'nightly', 'shared'},
        ),
        (['--named'], {'plain', 'nightly', 'gold', 'web', 'shared'}),
        (
            ['--exclude', 'plain', '--exclude', uuid(2).upper()],
            {'gold', 'web', 'shared'},
        ),
        (['--volume-type', 'fast', '--volume-type', 'x'], {'nightly'}),
        (
            ['--volume-status', 'available', '--volume-status', 'in-use'],
            {'plain', 'nightly', 'gold', 'web', 'shared'},
        ),
        (['--server', WEB.upper()], {'web', 'shared'}),
        (['--server', DB, '--server', WEB], {'web', 'shared'}),
        (['--volume-status', 'in-use'], {'web', 'shared'}),
        (
            [
                *('--volume-status', 'available'),
                *('--volume-property', 'backup=nightly'),
            ],
            {'nightly', 'gold'},
        ),
        (['--server', WEB], {'web', 'shared'}),
        (['--server', DB], {'shared'}),
        (
            ['--server', WEB, '--volume-property', 'backup=nightly'],
            {'shared'},
        ),
        (['web', 'plain'], {'web', 'plain'}),
    ],
)
def test_taken(
    stub: Stub,
    volumes: dict[str, Record],
    command: tuple[str, ...],
    args: list[str],
    expected: set[str],
) -> None:
    done = stub.openstack(*command, *args)
    assert done.status == 0, done
    assert taken(stub, volumes) == expected
    assert not stub.of('GET', 'v2.1/servers')


@pytest.mark.parametrize(
    ('args', 'names'),
    [
        (['--volume-property', 'backup=night'], '--volume-property'),
        (
            ['--all', '--named', '--volume-property', 'nightly=backup'],
            '--volume-property, --named',
        ),
        (['--server', uuid(99)], '--server'),
        (['--all', '--volume-type', 'none'], '--volume-type'),
    ],
)
def test_nothing_passes(
    stub: Stub, volumes: dict[str, Record], args: list[str], names: str
) -> None:
    """After a server was rebuilt, for example: cron must not stay green."""
    done = stub.openstack(*BACKUP, *args)
    assert done.status == 1
    assert done.complaint == f'No volume passes {names}'
    assert stub.posted == []


def test_project_without_volumes(stub: Stub) -> None:
    done = stub.openstack(*BACKUP, '--all', '-f', 'json')
    assert done.status == 0
    assert done.json == []
    assert done.stderr == '0 volume backups: nothing to do\n'


def test_exclude_of_nothing(stub: Stub, volumes: dict[str, Record]) -> None:
    """A misspelled name would otherwise go unnoticed."""
    done = stub.openstack(
        *(*BACKUP, '--all', '--exclude', 'plane', '--exclude', 'web')
    )
    assert done.status == 0
    assert taken(stub, volumes) == {'plain', 'nightly', 'gold', 'shared'}
    assert done.stderr.splitlines()[0] == (
        "No volume is named 'plane', which --exclude names"
    )


def test_all_projects(stub: Stub, volumes: dict[str, Record]) -> None:
    done = stub.openstack(*BACKUP, '--all-projects')
    assert done.status == 0, done
    (listed,) = stub.of('GET', '/volumes/detail')
    assert listed.query == {'all_tenants': '1'}


def test_version_is_checked_before_the_list(
    stub: Stub, volumes: dict[str, Record]
) -> None:
    done = stub.openstack(
        *(*BACKUP, '--all', '--property', 'a=b'), version='3.42'
    )
    assert done.status == 1
    assert '--property needs volume API version 3.43' in done.complaint
    assert stub.asked == []


class TestSkipIfNewer:
    ARGS = (*BACKUP, '--all', '--skip-if-newer-than', '20h', '-f', 'json')

    def ago(self, **age: float) -> str:
        now = datetime.datetime.now(datetime.UTC)
        return (
            (now - datetime.timedelta(**age)).replace(tzinfo=None).isoformat()
        )

    def test_recent_one(self, stub: Stub) -> None:
        volumes = [stub.add('volumes', name=name) for name in 'abc']
        ages = {'hours': 19.0}, {'hours': 21.0}, {'hours': 1.0}
        for one, age, status in zip(
            volumes, ages, ('available', 'available', 'error'), strict=True
        ):
            stub.add(
                'backups',
                volume_id=one['id'],
                created_at=self.ago(**age),
                status=status,
            )
        done = stub.openstack(*self.ARGS)
        assert done.status == 0, done
        found = {row['Volume']: row['Result'] for row in done.json}
        assert [found[one['id']] for one in volumes] == [
            'recent',
            'created',
            'created',
        ]
        assert done.stderr == '3 volume backups: 2 created, 1 recent\n'

    def test_volume_that_is_backed_up(self, stub: Stub) -> None:
        stub.add('volumes', name='a', status='backing-up')
        done = stub.openstack(*self.ARGS)
        assert done.status == 0, done
        (row,) = done.json
        assert row['Result'] == 'skipped'
        assert row['Error'] == 'the volume is being backed up'
        assert stub.posted == []


def test_filters_are_the_clients(
    stub: Stub, volumes: dict[str, Record]
) -> None:
    """Properties, and all else but one status, are compared here."""
    stub.openstack(
        *(*SNAPSHOT, '--volume-property', 'tier=gold'),
        *('--volume-status', 'in-use'),
    )
    (listed,) = stub.of('GET', '/volumes/detail')
    assert listed.query == {'status': 'in-use'}


@pytest.mark.parametrize(
    'odd',
    [
        {'metadata': None},
        {'metadata': ['backup']},
        {'metadata': 'nightly'},
        {'attachments': None},
        {'attachments': 5},
        {'attachments': [None, 'x', {}]},
        {'status': None},
        {'status': {}},
    ],
)
def test_records_of_another_shape(
    stub: Stub, volumes: dict[str, Record], odd: dict[str, Any]
) -> None:
    stub.add('volumes', name='odd', **odd)
    done = stub.openstack(
        *(*SNAPSHOT, '--volume-property', 'backup=nightly', '--server', WEB),
        *('--volume-status', 'in-use'),
    )
    assert done.status == 0, done
    assert taken(stub, volumes) == {'shared'}


class TestServerByName:
    def run(self, stub: Stub, name: str) -> Result:
        return stub.openstack(*SNAPSHOT, '--server', name)

    def test_found(self, stub: Stub, volumes: dict[str, Record]) -> None:
        stub.add('servers', name='web-1', id=WEB)
        stub.add('servers', name='web-10', id=uuid(70))
        done = self.run(stub, 'web-1')
        assert done.status == 0, done
        assert taken(stub, volumes) == {'web', 'shared'}
        (asked,) = stub.of('GET', 'v2.1')
        assert asked.path == 'v2.1/servers/detail'
        assert asked.query == {'name': 'web-1'}

    def test_one_that_reads_as_an_expression(
        self, stub: Stub, volumes: dict[str, Record]
    ) -> None:
        """Nova takes the name in a query for a regular expression."""
        stub.add('servers', name='web.1(a)', id=WEB)
        stub.add('servers', name='web-1(a)', id=DB)
        done = self.run(stub, 'web.1(a)')
        assert done.status == 0, done
        assert taken(stub, volumes) == {'web', 'shared'}
        (asked,) = stub.of('GET', 'v2.1')
        assert 'name' not in asked.query

    def test_not_found(self, stub: Stub, volumes: dict[str, Record]) -> None:
        done = self.run(stub, 'web-1')
        assert done.status == 1
        assert done.complaint == 'No server found for web-1'
        assert done.stdout == ''
        assert not stub.of('GET', '/volumes')

    def test_several(self, stub: Stub, volumes: dict[str, Record]) -> None:
        for server in (WEB, DB):
            stub.add('servers', name='web-1', id=server)
        done = self.run(stub, 'web-1')
        assert done.status == 1
        assert "More than one server is named 'web-1'" in done.complaint
        assert WEB in done.complaint
        assert DB in done.complaint
        assert stub.posted == []

    def test_a_cloud_without_compute(
        self, stub: Stub, volumes: dict[str, Record]
    ) -> None:
        stub.compute = False
        done = self.run(stub, 'web-1')
        assert done.status == 1
        assert 'compute' in done.complaint.lower()
        assert 'catalog' in done.complaint
        assert stub.asked == []


class TestWrongChoice:
    @pytest.mark.parametrize('command', [SNAPSHOT, BACKUP])
    @pytest.mark.parametrize(
        ('args', 'status', 'message'),
        [
            ([], 2, 'Give volumes, or some of --all, --volume-pro'),
            (['a', '--all'], 2, 'Give either volumes, or some of --all, '),
            (['a', '--server', 'b'], 2, 'Give either volumes, or'),
            (['a', '--volume-property', 'b=c'], 2, 'Give either volumes, or'),
            (['a', '--volume-status', 'error'], 2, 'Give either volumes'),
            (['a', '--or-show'], 2, '--or-show needs --name'),
            (['a', ''], 2, 'the value is empty'),
            (['--server', ''], 2, 'the value is empty'),
            (['--volume-status', ''], 2, "'' is not a status of volumes"),
            (['--volume-status', 'avail'], 2, "'avail' is not a status"),
            (['--all', '--keep', '0'], 2, "'0' is not a number from 1"),
            (['--all', '--keep', '2'], 2, 'need --name and --wait'),
            (
                ['--all', '--keep-for', '7d', '--name', 'x'],
                2,
                'need --name and --wait',
            ),
            (['--all', '--keep-for', '7'], 2, "'7' is not a duration"),
            (['--all', '--skip-if-newer-than', '0h'], 2, 'not a duration'),
            (['a', '--name', ''], 2, 'the value is empty'),
            (['--volume-property', 'a'], 2, "Expected 'key=value'"),
            (['a', '--name', '{size}'], 2, '{size} is not one of {volume}, '),
            (['a', '--name', '{n'], 2, "The name template '{n' is wrong"),
        ],
    )
    def test_is_refused(
        self,
        stub: Stub,
        command: tuple[str, ...],
        args: list[str],
        status: int,
        message: str,
    ) -> None:
        done = stub.openstack(*command, *args)
        assert done.status == status, done
        assert message in done.stderr
        assert stub.asked == []


class TestNames:
    def names(self, stub: Stub, *args: str) -> list[str]:
        done = stub.openstack(
            *(*BACKUP, *args, '-f', 'json', '--parallel', '1')
        )
        assert done.status == 0, done
        sent = [body['backup'].get('name') for body in stub.posted]
        assert sent == [row['Name'] for row in done.json]
        return sent

    def test_none(self, stub: Stub, volumes: dict[str, Record]) -> None:
        assert self.names(stub, 'web') == [None]
        assert 'name' not in stub.posted[0]['backup']

    def test_all_fields(self, stub: Stub, volumes: dict[str, Record]) -> None:
        before = datetime.datetime.now()
        template = '{volume}|{volume_id}|{date}|{time}|{n:03}'
        (name,) = self.names(stub, 'web', '--name', template)
        after = datetime.datetime.now()
        volume, volume_id, date, time, n = name.split('|')
        assert (volume, volume_id, n) == ('web', volumes['web']['id'], '001')
        when = datetime.datetime.strptime(date + time, '%Y%m%d%H%M%S')
        assert before.replace(microsecond=0) <= when <= after

    def test_server(self, stub: Stub, volumes: dict[str, Record]) -> None:
        """Of one that Nova does not know, its ID; each is asked for once."""
        stub.add('servers', id=WEB, name='web-1')
        volumes['web']['attachments'] *= 2
        names = self.names(stub, '--all', '--name', '{server}-{volume}')
        assert sorted(names) == sorted(
            [
                f'{DB}-shared',
                'unattached-gold',
                'unattached-nightly',
                'unattached-plain',
                'web-1-web',
            ]
        )
        asked = [one.path for one in stub.of('GET', 'v2.1/servers')]
        assert sorted(asked) == sorted(
            [f'v2.1/servers/{DB}', f'v2.1/servers/{WEB}']
        )

    def test_one_time_for_all(
        self, stub: Stub, volumes: dict[str, Record]
    ) -> None:
        names = self.names(stub, '--all', '--name', '{date}{time}')
        assert len(set(names)) == 1

    def test_numbers(self, stub: Stub, volumes: dict[str, Record]) -> None:
        names = self.names(stub, 'web', 'gold', 'plain', '--name', '{n}')
        assert names == ['1', '2', '3']

    @pytest.mark.parametrize('by', ['id', 'name'])
    def test_volumes_by_name_or_id(
        self, stub: Stub, volumes: dict[str, Record], by: str
    ) -> None:
        given = [volumes[name][by] for name in ('web', 'gold')]
        names = self.names(stub, *given, '--name', '{volume}-x')
        assert names == ['web-x', 'gold-x']

    @pytest.mark.parametrize(
        ('by', 'template', 'looks'),
        [
            ('id', '{volume}', 1),
            ('id', '{volume_id}', 0),
            ('id', '{n}', 0),
            ('name', '{volume}', 1),
            ('name', '{volume_id}', 1),
            ('name', '{volume}{volume_id}', 1),
        ],
    )
    def test_no_more_looks_than_it_takes(
        self,
        stub: Stub,
        volumes: dict[str, Record],
        by: str,
        template: str,
        looks: int,
    ) -> None:
        self.names(stub, volumes['web'][by], '--name', template)
        assert len(stub.of('GET', '/volumes')) == looks

    def test_are_looked_up_by_all_workers(self, stub: Stub) -> None:
        """By name, one need not wait for the other."""
        for name in 'abcd':
            stub.add('volumes', name=name)
        together = threading.Barrier(4)

        def meet(asked: Asked) -> None:
            if asked.method == 'GET':
                together.wait(20)

        stub.before = meet
        done = stub.openstack(*BACKUP, *'abcd', '--name', '{volume}')
        assert done.status == 0, done

    def test_braces_in_the_name_of_a_volume(self, stub: Stub) -> None:
        stub.add('volumes', name='{n}{{')
        assert self.names(stub, '--all', '--name', '{volume}') == ['{n}{{']

    @pytest.mark.parametrize('nameless', [None, ''])
    def test_a_volume_without_a_name(
        self, stub: Stub, nameless: str | None
    ) -> None:
        volume = stub.add('volumes', name=nameless)
        names = self.names(stub, '--all', '--name', '{volume}-x')
        assert names == [f'{volume["id"]}-x']

    def test_two_volumes_of_one_name(self, stub: Stub) -> None:
        """Run again, neither is doubled, and neither is left out."""
        twins = [stub.add('volumes', name='data')['id'] for _n in range(2)]
        args = (*BACKUP, '--all', '--name', '{volume}', '--or-show')
        first = stub.openstack(*args, '-f', 'json')
        again = stub.openstack(*args, '-f', 'json')
        assert [row['Result'] for row in first.json] == ['created'] * 2
        assert [row['Result'] for row in again.json] == ['exists'] * 2
        assert [row['ID'] for row in again.json] == [
            row['ID'] for row in first.json
        ]
        assert {row['Volume'] for row in first.json} == set(twins)
        assert again.stderr == '2 volume backups: 2 exists\n'


class TestNotFound:
    @pytest.mark.parametrize('template', ['{volume}-x', '{volume_id}', 'x'])
    def test_fails_its_row(
        self, stub: Stub, volumes: dict[str, Record], template: str
    ) -> None:
        def no_volume(asked: Asked) -> Answer | None:
            fields = (asked.body or {}).get('snapshot', {})
            if fields.get('volume_id') != uuid(99):
                return None
            return fault(404, f'Volume {uuid(99)} could not be found.')

        stub.before = no_volume
        done = stub.openstack(
            *(*SNAPSHOT, 'web', 'none', uuid(99), 'gold', '-f', 'json'),
            *('--name', template),
        )
        assert done.status == 1
        assert [row['Result'] for row in done.json] == [
            'created',
            'failed',
            'failed',
            'created',
        ]
        assert [row['Volume'] for row in done.json][1:3] == ['none', uuid(99)]
        assert done.stderr == '4 volume snapshots: 2 created, 2 failed\n'
        for row in done.json[1:3]:
            assert row['Error'].startswith('No volume found for ')

    def test_several_of_the_name(self, stub: Stub) -> None:
        twins = [stub.add('volumes', name='data')['id'] for _n in range(2)]
        done = stub.openstack(*SNAPSHOT, 'data', '-f', 'json')
        assert done.status == 1
        (row,) = done.json
        assert all(one in row['Error'] for one in twins)

    def test_a_name_twice_is_looked_up_once(
        self, stub: Stub, volumes: dict[str, Record]
    ) -> None:
        done = stub.openstack(*SNAPSHOT, 'web', 'web', 'web', '-f', 'json')
        assert [row['Result'] for row in done.json] == ['created'] * 3
        assert len({row['ID'] for row in done.json}) == 3
        assert len(stub.of('GET')) == 1


class TestPages:
    def test_are_read_before_the_first_create(
        self, stub: Stub, volumes: dict[str, Record]
    ) -> None:
        stub.page = 2
        done = stub.openstack(*SNAPSHOT, '--all', '--parallel', '1')
        assert done.status == 0, done
        assert len(taken(stub, volumes)) == 5
        methods = ''.join(one.method[0] for one in stub.asked)
        assert methods == 'GGGPPPPP'

    @pytest.mark.parametrize('options', [('--wait',), ('--dry-run',)])
    def test_break_off(
        self,
        stub: Stub,
        volumes: dict[str, Record],
        options: tuple[str, ...],
    ) -> None:
        """Then nothing was made of any of them."""
        stub.page = 2

        def broken(asked: Asked) -> Answer | None:
            return fault(403, 'Enough.') if 'marker' in asked.query else None

        stub.before = broken
        done = stub.openstack(*SNAPSHOT, '--all', *options, '-f', 'json')
        assert (done.status, done.stdout) == (1, '')
        assert done.complaint.startswith('Could not list the volumes: Enough ')
        assert stub.posted == []


def test_options_of_the_single_command_go_to_each(
    stub: Stub, volumes: dict[str, Record]
) -> None:
    done = stub.openstack(
        *(*BACKUP, 'web', 'gold', '--description', 'd', '--force'),
        *('--container', 'c', '--incremental', '--property', 'a=b'),
        *('--availability-zone', 'z'),
    )
    assert done.status == 0, done
    for body in stub.posted:
        del body['backup']['volume_id']
    same = {
        'description': 'd',
        'force': True,
        'container': 'c',
        'incremental': True,
        'metadata': {'a': 'b'},
        'availability_zone': 'z',
    }
    assert stub.posted == [{'backup': same}] * 2


def test_hints_are_those_of_the_single_command(
    stub: Stub, volumes: dict[str, Record]
) -> None:
    why = 'Volume to be backed up must use the force flag.'
    stub.before = lambda asked: (
        fault(400, why) if asked.method == 'POST' else None
    )
    done = stub.openstack(*BACKUP, 'web', '-f', 'json')
    (row,) = done.json
    assert row['Error'].endswith('; --force backs up an attached volume')
