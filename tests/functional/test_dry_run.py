# SPDX-License-Identifier: Apache-2.0

"""``--dry-run``: the request that would be sent, and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.faults import Faults
from tests.functional.servers import CURRENT, Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    return demo.volume(name('volume'), size=2)


def command_lines(
    volume: Record, api: Server = CURRENT
) -> dict[str, list[str]]:
    hint = ['--hint', f'same_host={volume["id"]}']
    zone = ['--availability-zone', 'nova']
    return {
        'volumes': [
            'volume',
            'create',
            'v',
            '--source',
            volume['name'],
            '--property',
            'a=b',
            *(hint if api.has('2.0') else []),
        ],
        'snapshots': [
            'volume',
            'snapshot',
            'create',
            's',
            '--volume',
            volume['name'],
            '--force',
        ],
        'backups': [
            'volume',
            'backup',
            'create',
            volume['name'],
            '--incremental-or-full',
            *(zone if api.has('3.51') else []),
        ],
    }


@pytest.mark.basic
@pytest.mark.parametrize('collection', ['volumes', 'snapshots', 'backups'])
def test_it_is_what_would_be_sent(
    openstack: Openstack,
    api: Server,
    log: AccessLog,
    demo: Cinder,
    volume: Record,
    collection: str,
) -> None:
    command = command_lines(volume, api)[collection]
    shown = openstack.json(*command, '--dry-run')
    assert log.bodies() == []
    assert list(shown) == ['method', 'path', 'microversion', 'body']
    assert shown['method'] == 'POST'
    assert shown['path'] == (f'/v{api.major}/{demo.project_id}/{collection}')
    assert shown['microversion'] == (api.newest if api.major > 2 else None)

    made = openstack.json(*command)
    sent = log.requests(method='POST')[-1]
    assert sent.path == api.path(f'/{collection}')
    assert sent.body == shown['body']
    demo.wait(collection.removesuffix('s'), made['id'])


@pytest.mark.needs('3.66')
@pytest.mark.parametrize('form', ['yaml', 'table'])
def test_formats(openstack: Openstack, volume: Record, form: str) -> None:
    command = command_lines(volume)['snapshots']
    done = openstack(*command, '--dry-run', '-f', form).ok()
    body = {'snapshot': {'name': 's', 'volume_id': volume['id']}}
    assert read(done.stdout, form) == body
    assert done.stderr == ''


def read(text: str, form: str) -> Any:
    """Return the body that is shown."""
    if form == 'yaml':
        return yaml.safe_load(text)['body']
    text = ''.join(
        line.split('|')[2] for line in text.splitlines() if '|' in line
    )
    return json.loads(text[text.index('{') :])


@pytest.mark.needs('3.0')
def test_manage(openstack: Openstack, log: AccessLog, admin: Cinder) -> None:
    """Paths of an administrator's, and no look-up."""
    shown = openstack.json(
        'volume',
        'create',
        'v',
        '--remote-source',
        'source-name=x',
        '--host',
        'h',
        '--dry-run',
        cloud='dev-admin',
    )
    assert shown['path'] == f'/v3/{admin.project_id}/os-volume-manage'
    assert shown['body'] == {
        'volume': {'name': 'v', 'ref': {'source-name': 'x'}, 'host': 'h'}
    }
    assert log.bodies() == []


@pytest.mark.needs('3.71')
@pytest.mark.parametrize(
    ('newest', 'forced'), [('3.70', False), ('3.65', True)]
)
def test_on_an_older_cloud(
    openstack: Openstack,
    faults: Faults,
    volume: Record,
    newest: str,
    forced: bool,
) -> None:
    command = command_lines(volume)['snapshots']
    with faults(max_microversion=newest):
        shown = openstack.json(*command, '--dry-run')
    assert shown['microversion'] == newest
    assert ('force' in shown['body']['snapshot']) == forced


@pytest.mark.needs('3.27')
def test_at_a_version(openstack: Openstack, volume: Record) -> None:
    command = command_lines(volume)['snapshots']
    shown = openstack.json(
        '--os-volume-api-version', '3.27', *command, '--dry-run'
    )
    assert shown['microversion'] == '3.27'


@pytest.mark.needs('3.13')
@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--source', 'no-such-volume'], 'No volume found for no-such-volume'),
        (['--group', 'no-such-group', '--size', '1'], 'No group found for'),
        ([], '--size is a required option'),
    ],
)
def test_it_checks(
    openstack: Openstack,
    log: AccessLog,
    options: list[str],
    message: str,
) -> None:
    done = openstack('volume', 'create', 'v', *options, '--dry-run').failed()
    assert message in done.stderr
    assert done.stdout == ''
    assert log.bodies() == []


@pytest.mark.needs('3.71')
def test_what_the_cloud_lacks(
    openstack: Openstack, faults: Faults, volume: Record
) -> None:
    command = command_lines(volume)['backups']
    with faults(max_microversion='3.50'):
        done = openstack(*command, '--dry-run').failed()
    assert '--availability-zone needs volume API version 3.51' in done.stderr
    assert 'this cloud has at most 3.50' in done.stderr
