# SPDX-License-Identifier: Apache-2.0

"""Requests of a create: how many, at which version, to which service."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from urllib import parse

import pytest
import yaml

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'))


@pytest.fixture(scope='module')
def snapshot(demo: Cinder, volume: Record, name: Name) -> Record:
    return demo.create('snapshot', volume_id=volume['id'], name=name('snap'))


@pytest.fixture(scope='module')
def backup(demo: Cinder, volume: Record, name: Name) -> Record:
    return demo.create('backup', volume_id=volume['id'], name=name('backup'))


def assert_one_token(log: AccessLog) -> None:
    tokens = log.requests('identity', 'POST', '/auth/tokens$')
    assert len(tokens) == 1
    assert log.requests('image') == []


@pytest.mark.each_server
def test_blank(
    openstack: Openstack, api: Server, log: AccessLog, name: Name
) -> None:
    """The program itself: nothing but Keystone's two and the create."""
    openstack.process('volume', 'create', name('blank'), '--size', '1').ok()
    assert log.lines(None) == [
        'GET /v3',
        'POST /v3/auth/tokens',
        f'POST {api.path("/volumes")}',
    ]
    assert log.requests()[0].microversion == api.microversion


@pytest.mark.each_server
@pytest.mark.needs('2.0')
def test_by_image_name(
    openstack: Openstack, api: Server, log: AccessLog, name: Name
) -> None:
    command = ['volume', 'create', name('v'), '--size', '1', '--image', 'tiny']
    openstack(*command).ok()
    assert log.lines() == [f'POST {api.path("/volumes")}']
    assert log.body()['volume']['imageRef'] == 'tiny'
    assert_one_token(log)


@dataclasses.dataclass(frozen=True)
class Creates:
    """Runs commands that name a resource, and checks what they send."""

    openstack: Openstack
    api: Server
    log: AccessLog
    demo: Cinder

    def assert_few_requests(
        self, command: list[str], kind: str, record: Record, by: str, to: str
    ) -> None:
        """Check that only a name costs a request beside the create.

        At API v1, another one finds that there is no second page.

        :param kind: of what is named
        :param by: ``id`` or ``name``
        :param to: the collection that the create is sent to
        """
        self.demo.at_rest(kind, record['id'])
        self.log.mark()
        self.openstack(*command, record[by]).ok()
        create = f'POST {self.api.path(f"/{to}")}'
        looked_up = [self._look_up(kind, record)] if by == 'name' else []
        lines = self.log.lines()
        if self.api.major == 1:
            lines = [one for one in lines if '&offset=' not in one]
        assert lines == [*looked_up, create]
        assert_one_token(self.log)

    def _look_up(self, kind: str, record: Record) -> str:
        named = {'name': record['name']}
        if kind != 'backup':
            named = self.api.named(**named)
        path = self.api.path(f'/{kind}s/detail')
        return f'GET {path}?{parse.urlencode(named)}'


@pytest.fixture
def creates(
    openstack: Openstack, api: Server, log: AccessLog, demo: Cinder
) -> Creates:
    return Creates(openstack, api, log, demo)


@pytest.mark.each_server
@pytest.mark.parametrize('by', ['id', 'name'])
@pytest.mark.parametrize(
    ('option', 'source'), [('--source', 'volume'), ('--snapshot', 'snapshot')]
)
def test_volume_of_a_source(
    creates: Creates,
    log: AccessLog,
    name: Name,
    request: pytest.FixtureRequest,
    option: str,
    source: str,
    by: str,
) -> None:
    record = request.getfixturevalue(source)
    command = ['volume', 'create', name('v'), option]
    creates.assert_few_requests(command, source, record, by, 'volumes')
    if by == 'id':
        assert 'size' not in log.body()['volume']


@pytest.mark.each_server
@pytest.mark.needs('3.47')
@pytest.mark.parametrize('by', ['id', 'name'])
def test_volume_of_a_backup(
    creates: Creates, log: AccessLog, name: Name, backup: Record, by: str
) -> None:
    command = ['volume', 'create', name('v'), '--backup']
    creates.assert_few_requests(command, 'backup', backup, by, 'volumes')
    if by == 'id':
        assert 'size' not in log.body()['volume']


@pytest.mark.each_server
@pytest.mark.parametrize('by', ['id', 'name'])
@pytest.mark.parametrize(
    ('command', 'to'),
    [
        (['volume', 'snapshot', 'create', 'snap', '--volume'], 'snapshots'),
        (['volume', 'backup', 'create'], 'backups'),
    ],
    ids=['snapshot', 'backup'],
)
def test_snapshot_and_backup(
    creates: Creates, volume: Record, command: list[str], to: str, by: str
) -> None:
    creates.assert_few_requests(command, 'volume', volume, by, to)


@pytest.mark.parametrize('newest', ['3.70', '3.42', '3.0'])
def test_an_older_cloud(
    openstack: Openstack,
    log: AccessLog,
    faults: Faults,
    name: Name,
    newest: str,
) -> None:
    """Refused once, it reads the newest version and sends it again."""
    one, two = name('v'), name('v')
    with faults(max_microversion=newest):
        openstack(
            stdin=f'volume create {one} --size 1\nvolume create {two} --size 1'
        )
    assert [(r.method, r.status, r.microversion) for r in log.requests()] == [
        ('POST', 406, 'volume 3.71'),
        ('POST', 202, f'volume {newest}'),
        ('POST', 202, f'volume {newest}'),
    ]


def test_an_option_that_an_older_cloud_lacks(
    openstack: Openstack, faults: Faults, log: AccessLog, volume: Record
) -> None:
    with faults(max_microversion='3.42'):
        done = openstack(
            'volume', 'backup', 'create', volume['id'], '--property', 'a=b'
        ).failed()
    assert done.stderr.splitlines() == [
        '--property needs volume API version 3.43 or later, '
        'and this cloud has at most 3.42'
    ]
    assert 202 not in [one.status for one in log.requests()]


@pytest.mark.parametrize('version', ['3.0', '3.27', '3.71'])
def test_the_version_asked_for(
    openstack: Openstack, log: AccessLog, name: Name, version: str
) -> None:
    openstack(
        '--os-volume-api-version',
        version,
        'volume',
        'create',
        name('v'),
        '--size',
        '1',
        '--wait',
    ).ok()
    assert {one.microversion for one in log.requests()} == {
        f'volume {version}'
    }


def test_the_version_from_the_environment(
    openstack: Openstack, log: AccessLog, name: Name
) -> None:
    variable = {'OS_VOLUME_API_VERSION': '3.44'}
    command = ['volume', 'create', name('v'), '--size', '1']
    openstack(*command, env=variable).ok()
    assert log.requests()[0].microversion == 'volume 3.44'


def test_the_version_from_clouds_yaml(
    openstack: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    name: Name,
    tmp_path: Path,
) -> None:
    cloud = {**devcloud.clouds['dev-demo'], 'volume_api_version': '3.44'}
    config = tmp_path / 'clouds.yaml'
    config.write_text(yaml.safe_dump({'clouds': {'dev-demo': cloud}}))
    command = ['volume', 'create', name('v'), '--size', '1']
    openstack(*command, env={'OS_CLIENT_CONFIG_FILE': str(config)}).ok()
    assert log.requests()[0].microversion == 'volume 3.44'


def test_a_version_newer_than_the_cloud(
    openstack: Openstack, faults: Faults, log: AccessLog, name: Name
) -> None:
    with faults(max_microversion='3.59'):
        done = openstack(
            '--os-volume-api-version',
            '3.60',
            'volume',
            'create',
            name('v'),
            '--size',
            '1',
        ).failed()
    (line,) = done.stderr.splitlines()
    assert '3.60' in line
    assert '3.59' in line
    assert [one.status for one in log.requests(method='POST')] == [406]


@pytest.mark.each_server
@pytest.mark.parametrize('version', ['4', '3.x', '0'])
def test_a_version_that_is_none(
    openstack: Openstack, log: AccessLog, version: str
) -> None:
    done = openstack(
        '--os-volume-api-version',
        version,
        'volume',
        'create',
        'unwanted',
        '--size',
        '1',
    )
    assert done.status != 0
    assert 'Traceback' not in done.stderr
    assert log.lines() == []
