# SPDX-License-Identifier: Apache-2.0


"""The bulk commands, each in a project of its own."""

from __future__ import annotations

from collections.abc import Sequence
import csv
import datetime
import io
import json
import subprocess
from typing import Any

import pytest
import yaml

from tests.functional import fault_matrix
from tests.functional.access_log import AccessLog, Request
from tests.functional.cinder import Cinder, Name, Record, until
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.projects import Project, new_project
from tests.functional.servers import Server
from tests.functional.shell import OPENSTACK, Openstack, Result

VOLUMES = 200
NIGHTLY = 20
SNAPSHOTS = 50

pytestmark = pytest.mark.each_server

JSON = ('-f', 'json')


@pytest.fixture(scope='module')
def fleet(
    devcloud: Devcloud, openstack: Openstack, admin: Cinder, name: Name
) -> Project:
    """A project with nothing in it yet."""
    return new_project(devcloud, openstack, admin, name)


def column(done: Result, name: str) -> list[Any]:
    return [row[name] for row in done.json]


def by_id(records: Sequence[Record]) -> dict[str, Record]:
    return {str(record['id']): record for record in records}


def totals(done: Result) -> str:
    return done.stderr.splitlines()[-1]


def posts(log: AccessLog) -> Sequence[Request]:
    found = log.requests(method='POST')
    return sorted(found, key=lambda request: request.time)


def assert_told_the_truth(project: Project, kind: str, done: Result) -> None:
    """What is there is just what the rows say."""
    there = by_id(project.cinder.listed(kind))
    shown = [one for one in column(done, 'ID') if one is not None]
    assert set(shown) == set(there)
    assert len(shown) == len(there)
    for row in done.json:
        if row['ID'] is not None:
            assert there[row['ID']]['name'] == row['Name']
            assert there[row['ID']]['status'] == row['Status']


class TestFleet:
    """Many of each: the next test takes what the one before has made."""

    def test_volumes(self, fleet: Project, log: AccessLog) -> None:
        entries = [
            {
                'name': f'volume-{number:03}',
                'size': 1 + number % 2,
                'property': {
                    'backup': 'nightly' if number < NIGHTLY else 'never',
                    'tier': 'gold' if number % 4 == 0 else 'tin',
                },
            }
            for number in range(VOLUMES)
        ]
        done = fleet(
            *('volume', 'bulk', 'create', '--from-file', '-', '--wait'),
            *('--parallel', '16', *JSON),
            stdin=yaml.safe_dump(entries),
        ).ok()
        assert column(done, 'Name') == [one['name'] for one in entries]
        assert column(done, 'Status') == ['available'] * VOLUMES
        assert column(done, 'Result') == ['created'] * VOLUMES
        assert column(done, 'Error') == [None] * VOLUMES
        assert done.stderr == f'{VOLUMES} volumes: {VOLUMES} created\n'
        assert_told_the_truth(fleet, 'volume', done)
        there = by_id(fleet.cinder.listed('volume'))
        for row, entry in zip(done.json, entries, strict=True):
            assert there[row['ID']]['size'] == entry['size']
            assert there[row['ID']]['metadata'] == entry['property']
        assert len(posts(log)) == VOLUMES
        tokens = log.requests('identity', 'POST', '/auth/tokens$')
        assert len(tokens) == 1

    def test_snapshots(self, fleet: Project, log: AccessLog) -> None:
        names = [f'volume-{number:03}' for number in range(SNAPSHOTS)]
        ids = {one['name']: one['id'] for one in fleet.cinder.listed('volume')}
        given = [ids[one] if n % 2 else one for n, one in enumerate(names)]
        done = fleet(
            *('volume', 'snapshot', 'bulk', 'create', *given, '--wait'),
            *('--name', '{volume}-{date}-{n:02}', '--parallel', '8', *JSON),
            *('--property', 'a=b'),
        ).ok()
        assert column(done, 'Volume') == [ids[one] for one in names]
        assert column(done, 'Status') == ['available'] * SNAPSHOTS
        stem, date, number = column(done, 'Name')[11].rsplit('-', 2)
        assert (stem, number) == ('volume-011', '12')
        today = datetime.date.today()
        assert date in {
            day.strftime('%Y%m%d')
            for day in (today, today - datetime.timedelta(days=1))
        }
        assert_told_the_truth(fleet, 'snapshot', done)
        for record in fleet.cinder.listed('snapshot'):
            assert record['metadata'] == {'a': 'b'}
        assert len(posts(log)) == SNAPSHOTS
        tokens = log.requests('identity', 'POST', '/auth/tokens$')
        assert len(tokens) == 1

    def nightly(self, fleet: Project, *args: str) -> Result:
        return fleet(
            *('volume', 'backup', 'bulk', 'create', '--all'),
            *('--volume-property', 'backup=nightly', *args),
            *('--incremental-or-full', '--parallel', '4', '--wait', *JSON),
        ).ok()

    def test_backups(self, fleet: Project) -> None:
        """The first time all are full, from the second on incremental."""
        wanted = {
            one['id']
            for one in fleet.cinder.listed('volume')
            if one['metadata']['backup'] == 'nightly'
        }
        first = self.nightly(fleet, '--name', '{volume}-first')
        assert len(first.json) == NIGHTLY
        assert set(column(first, 'Volume')) == wanted
        assert column(first, 'Status') == ['available'] * NIGHTLY
        assert_told_the_truth(fleet, 'backup', first)
        assert totals(first) == (
            '20 volume backups: 20 created; 0 incremental, 20 full'
        )
        second = self.nightly(
            fleet,
            *('--volume-property', 'tier=gold'),
            *('--name', '{volume}-second'),
        )
        assert totals(second) == (
            '5 volume backups: 5 created; 5 incremental, 0 full'
        )
        there = by_id(fleet.cinder.listed('backup'))
        for done, incremental in ((first, False), (second, True)):
            for resource_id in column(done, 'ID'):
                assert there[resource_id]['is_incremental'] is incremental

    def test_backups_again_in_the_same_night(
        self, fleet: Project, log: AccessLog
    ) -> None:
        done = fleet(
            *('volume', 'backup', 'bulk', 'create', '--all'),
            *('--volume-property', 'backup=nightly', '--or-show'),
            *('--name', '{volume}-first', '--wait', *JSON),
        ).ok()
        assert column(done, 'Result') == ['exists'] * NIGHTLY
        assert posts(log) == []


def test_partial_failure(project: Project, api: Server, name: Name) -> None:
    """Each of what can go wrong in a row of its own; the rest is made."""
    source = project.cinder.volume(name('source'), size=2)
    snapshot = project.cinder.create(
        'snapshot', volume_id=source['id'], name=name('snap')
    )
    entries = [
        {'name': 'plain'},
        {'name': 'no-type', 'type': 'none-such'},
        {'name': 'broken', 'type': 'broken'},
        {'name': 'nowhere', 'type': 'nowhere'},
        {'name': 'no-snapshot', 'snapshot': 'none-such'},
        {'name': 'of-snapshot', 'snapshot': snapshot['name'], 'size': 2},
        {'name': 'clone', 'source': source['id'], 'size': 3},
        {'name': 'boot', 'image': 'tiny', 'bootable': False},
        {'name': 'locked', 'read_only': True, 'property': {'a': 'b'}},
        {'name': 'huge', 'size': 99999999},
    ]
    done = project(
        *('volume', 'bulk', 'create', '--from-file', '-', '--size', '1'),
        *('--wait', '--parallel', '4', *JSON),
        stdin=json.dumps(entries[:-1]),
    ).failed()
    rows = {row['Name']: row for row in done.json}
    assert list(rows) == [entry['name'] for entry in entries[:-1]]
    good = {'plain', 'of-snapshot', 'clone', 'boot', 'locked'}
    for row in done.json:
        assert row['Result'] == (
            'created' if row['Name'] in good else 'failed'
        )
        assert (row['Error'] is None) == (row['Name'] in good)
        assert row['Status'] == {
            'broken': 'error',
            'nowhere': 'error',
            'no-type': None,
            'no-snapshot': None,
        }.get(row['Name'], 'available')
    assert 'none-such could not be found' in rows['no-type']['Error']
    assert 'HTTP 404, Request-ID: req-' in rows['no-type']['Error']
    if api.has('3.64'):
        assert 'Driver failed to create the volume' in rows['broken']['Error']
        assert 'No weighed backend' in rows['nowhere']['Error'] or (
            'Could not find any available weighted backend'
            in rows['nowhere']['Error']
        )
    else:
        # Older ones record no reason, or have no API for it.
        for failed in ('broken', 'nowhere'):
            assert 'is in status error' in rows[failed]['Error']
            assert 'Request-ID: req-' in rows[failed]['Error']
    assert rows['no-snapshot']['Error'] == 'No snapshot found for none-such'
    assert totals(done) == '9 volumes: 5 created, 4 failed'
    there = {one['name']: one for one in project.cinder.listed('volume')}
    assert set(there) == {*good, 'broken', 'nowhere', source['name']}
    assert there['of-snapshot']['snapshot_id'] == snapshot['id']
    assert there['clone']['source_volid'] == source['id']
    assert there['clone']['size'] == 3
    assert there['boot']['bootable'] == 'false'
    assert there['locked']['metadata'] == {'a': 'b', 'readonly': 'True'}


def test_a_wrong_file_sends_nothing(project: Project, log: AccessLog) -> None:
    entries = [{'name': 'good', 'size': 1}, {'name': 'bad', 'size': 0}]
    done = project(
        *('volume', 'bulk', 'create', '--from-file', '-'),
        stdin=yaml.safe_dump(entries),
    ).failed()
    assert done.stdout == ''
    assert done.stderr.startswith('Entry 2, size: 0 is not a size')
    assert log.lines() == []


@pytest.mark.parametrize('parallel', ['1', '4'])
def test_quota_in_the_middle(
    project: Project, admin: Cinder, log: AccessLog, parallel: str
) -> None:
    project.set_quota(admin, volumes=3)
    log.mark()
    done = project(
        *('volume', 'bulk', 'create', 'v-{n}', '--count', '12'),
        *('--size', '1', '--wait', '--parallel', parallel, *JSON),
    ).failed()
    results = column(done, 'Result')
    assert results.count('created') == 3
    assert results.count('failed') >= 1
    assert results[-1] == 'skipped'
    assert_told_the_truth(project, 'volume', done)
    for row in done.json:
        if row['Result'] == 'failed':
            assert 'Maximum number of volumes allowed (3)' in row['Error']
        elif row['Result'] == 'skipped':
            assert row['Error'] == 'not sent: the quota is exceeded'
    sent = 3 + results.count('failed')
    assert len(posts(log)) == sent
    if parallel == '1':
        assert sent == 4
    else:
        assert sent <= 3 + 4


def test_stop_on_error(project: Project, log: AccessLog) -> None:
    entries = [
        {'name': 'a', 'size': 1},
        {'name': 'b', 'size': 1, 'type': 'broken'},
        {'name': 'c', 'size': 1},
        {'name': 'd', 'size': 1},
    ]
    done = project(
        *('volume', 'bulk', 'create', '--from-file', '-', '--wait'),
        *('--parallel', '1', '--stop-on-error', *JSON),
        stdin=json.dumps(entries),
    ).failed()
    assert column(done, 'Result') == [
        'created',
        'failed',
        'skipped',
        'skipped',
    ]
    assert column(done, 'Error')[2:] == ['not sent, because b failed'] * 2
    assert len(posts(log)) == 2


def test_time_out(project: Project) -> None:
    done = project(
        *('volume', 'bulk', 'create', 'v-{n}', '--count', '3', '--size', '1'),
        *('--type', 'slow', '--wait', '--wait-timeout', '1', *JSON),
    ).failed(3)
    assert column(done, 'Result') == ['timeout'] * 3
    assert column(done, 'Status') == ['creating'] * 3
    assert column(done, 'Error') == ['is still creating after 1 s'] * 3
    assert set(column(done, 'ID')) == set(
        by_id(project.cinder.listed('volume'))
    )


def test_killed_and_run_again(project: Project) -> None:
    """``kill -9``, the same again with ``--or-show``: no doubles."""
    line = [
        *project.options,
        *('volume', 'bulk', 'create', 'v-{n:02}', '--count', '30'),
        *('--size', '1', '--wait', '--or-show', '--parallel', '4', *JSON),
    ]
    with subprocess.Popen(
        [str(OPENSTACK), *line],
        env=project.openstack.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as killed:
        until(
            lambda: len(project.cinder.listed('volume')) >= 10,
            'a part of the volumes to be there',
        )
        killed.kill()
        assert killed.wait() == -9
    half = len(project.cinder.listed('volume'))
    assert 10 <= half < 30
    done = project(*line[2:]).ok()
    results = column(done, 'Result')
    assert results.count('exists') >= half
    assert results.count('exists') + results.count('created') == 30
    assert results.count('created') > 0
    assert len(project.cinder.listed('volume')) == 30
    assert column(done, 'Status') == ['available'] * 30
    assert_told_the_truth(project, 'volume', done)


@pytest.mark.parametrize('status', [429, 503])
def test_all_hold_back(
    project: Project, faults: Faults, log: AccessLog, status: int
) -> None:
    """A server that asks one for time gets none of the others' either."""
    rule = {
        'method': 'POST',
        'path': '/volumes$',
        **fault_matrix.fault(
            status, 'Busy.', **fault_matrix.CINDERS, **{'Retry-After': '3'}
        ),
        'skip': 6,
        'times': 1,
    }
    with faults(rule):
        done = project(
            *('volume', 'bulk', 'create', 'v-{n}', '--count', '24'),
            *('--size', '1', '--parallel', '4', *JSON),
        ).ok()
    assert column(done, 'Result') == ['created'] * 24
    assert len(project.cinder.listed('volume')) == 24
    sent = posts(log)
    assert len(sent) == 25
    (refused,) = (one for one in sent if one.fault)
    assert refused.status == status
    # What was on its way to the server by then cannot be held back.
    after = [
        (one.time - refused.time).total_seconds()
        for one in sent
        if one.time > refused.time
    ]
    early = [seconds for seconds in after if seconds < 2.9]
    assert len(early) <= 4
    assert len(after) - len(early) > 8


def test_few_connections(project: Project, log: AccessLog) -> None:
    project(
        *('volume', 'bulk', 'create', 'v-{n}', '--count', '24'),
        *('--size', '1', '--parallel', '6'),
    ).ok()
    sent = posts(log)
    assert len(sent) == 24
    assert 1 < len({one.client_port for one in sent}) <= 6


def test_dry_run(project: Project, api: Server, log: AccessLog) -> None:
    source = project.cinder.volume('source')
    log.mark()
    done = project(
        *('volume', 'bulk', 'create', 'v-{n}', '--count', '2'),
        *('--source', 'source', '--size', '1', '--dry-run', *JSON),
    ).ok()
    body = {'size': 1, 'source_volid': source['id']}
    assert column(done, 'Body') == [
        {'volume': api.named(name=f'v-{n}', **body)} for n in (1, 2)
    ]
    done = project(
        *('volume', 'backup', 'bulk', 'create', '--all'),
        *('--name', '{volume}', '--incremental-or-full', '--dry-run', *JSON),
    ).ok()
    (body,) = column(done, 'Body')
    assert body['backup']['volume_id'] == source['id']
    assert body['backup']['incremental'] is False
    assert posts(log) == []
    assert len(project.cinder.listed('volume')) == 1


def test_of_the_volumes_of_a_server(
    project: Project, log: AccessLog, name: Name
) -> None:
    """By its ID, no Compute service is needed: this cloud has none."""
    volumes = [project.cinder.volume(f'v{n}') for n in range(3)]
    for volume in volumes[:2]:
        project.cinder.attach(volume['id'])
    server = '11111111-2222-3333-4444-555555555555'
    log.mark()
    done = project(
        *('volume', 'snapshot', 'bulk', 'create', '--server', server),
        *('--name', '{volume}-snap', '--force', '--wait', *JSON),
    ).ok()
    assert set(column(done, 'Volume')) == {one['id'] for one in volumes[:2]}
    assert set(column(done, 'Name')) == {'v0-snap', 'v1-snap'}
    done = project(
        *('volume', 'backup', 'bulk', 'create', '--server', server),
        *('--force', '--wait', *JSON),
    ).ok()
    assert set(column(done, 'Volume')) == {one['id'] for one in volumes[:2]}
    assert column(done, 'Status') == ['available'] * 2


def test_a_server_by_name_without_compute(
    project: Project, log: AccessLog
) -> None:
    done = project(
        *('volume', 'backup', 'bulk', 'create', '--server', 'web-1')
    ).failed()
    (line,) = done.stderr.splitlines()
    assert 'compute' in line.lower()
    assert done.stdout == ''
    assert log.lines() == []


def test_attached_volumes_without_force(project: Project) -> None:
    volume = project.cinder.volume('v')
    project.cinder.attach(volume['id'])
    done = project(
        *('volume', 'backup', 'bulk', 'create', '--all', *JSON)
    ).failed()
    (row,) = done.json
    assert row['Result'] == 'failed'
    assert row['Error'].endswith('; --force backs up an attached volume')


def test_by_status(project: Project) -> None:
    attached = project.cinder.volume('attached')
    project.cinder.attach(attached['id'])
    project.cinder.volume('idle')
    done = project(
        *('volume', 'snapshot', 'bulk', 'create', '--volume-status'),
        *('in-use', '--name', '{volume}', '--force', *JSON),
    ).ok()
    assert column(done, 'Name') == ['attached']


def test_nothing_to_do(project: Project) -> None:
    done = project(
        *('volume', 'backup', 'bulk', 'create', '--all', *JSON)
    ).ok()
    assert done.json == []
    assert done.stderr == '0 volume backups: nothing to do\n'


def test_formats_say_the_same(project: Project) -> None:
    line = (
        *('volume', 'bulk', 'create', 'v-{n}', '--count', '3'),
        *('--size', '1', '--or-show', '--wait'),
    )
    project(*line).ok()
    as_json, as_yaml, as_csv, as_value, as_table = (
        project(*line, '-f', formatter).ok()
        for formatter in ('json', 'yaml', 'csv', 'value', 'table')
    )
    rows = as_json.json
    assert column(as_json, 'Result') == ['exists'] * 3
    assert yaml.safe_load(as_yaml.stdout) == rows
    assert list(csv.DictReader(io.StringIO(as_csv.stdout))) == [
        {key: value or '' for key, value in row.items()} for row in rows
    ]
    assert as_value.stdout.splitlines() == [
        ' '.join(value or '' for value in row.values()) for row in rows
    ]
    cells = [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in as_table.stdout.splitlines()
        if line.startswith('|')
    ]
    assert cells == [
        list(rows[0]),
        *([value or '' for value in row.values()] for row in rows),
    ]


@pytest.mark.parametrize('redirection', ['| head -1', '> /dev/full'])
def test_output_that_breaks_off(project: Project, redirection: str) -> None:
    """What was asked for is made all the same, and no ID is lost."""
    program = ' '.join([str(OPENSTACK), *project.options])
    done = subprocess.run(
        f"{program} volume bulk create --count 8 --size 1 'v-{{n}}' "
        f'-f value {redirection}; exit ${{PIPESTATUS[0]}}',
        shell=True,
        executable='/bin/bash',
        env=project.openstack.environment(),
        capture_output=True,
        text=True,
    )
    there = by_id(project.cinder.listed('volume'))
    assert len(there) == 8
    assert '8 volumes: 8 created' in done.stderr
    if done.returncode == 0:
        # ``head`` was slow to end, and the pipe took all of it.
        assert redirection == '| head -1'
        return
    assert done.returncode == (141 if redirection == '| head -1' else 1)
    assert len(done.stderr.splitlines()) == 2
    assert 'Volumes exist, but cannot be shown' in done.stderr
    assert all(one in done.stderr for one in there)


def test_in_the_interactive_shell(project: Project, log: AccessLog) -> None:
    """Two runs, one token, and the second finds the connections open."""
    lines = [
        f"volume bulk create --count 3 --size 1 '{stem}-{{n}}' -f value"
        for stem in 'ab'
    ]
    done = project.openstack.process(*project.options, stdin='\n'.join(lines))
    assert done.stderr.count('3 volumes: 3 created') == 2
    names = sorted(one['name'] for one in project.cinder.listed('volume'))
    assert names == ['a-1', 'a-2', 'a-3', 'b-1', 'b-2', 'b-3']
    assert len(log.requests('identity', 'POST', '/auth/tokens$')) == 1
