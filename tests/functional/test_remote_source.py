# SPDX-License-Identifier: Apache-2.0

"""``--remote-source``: what a storage backend has comes under Cinder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.faults import Faults
from tests.functional.shell import Openstack

pytestmark = [pytest.mark.each_server, pytest.mark.needs('3.0')]

_HOST = 'devcloud@standard#standard'

Existing = Callable[[], str]


@pytest.fixture
def existing(devcloud: Devcloud, demo: Cinder, name: Name) -> Existing:
    """Makes a file on the backend that Cinder knows nothing of."""
    directory = devcloud.file('volume', demo.volume(name('any'))['id']).parent

    def make() -> str:
        path = Path(directory, name('legacy'))
        with open(path, 'wb') as file:
            file.write(path.name.encode())
            file.truncate(2 * GIB)
        return path.name

    return make


def volume_create(name: str, legacy: str, *options: str) -> list[str]:
    return [
        'volume',
        'create',
        name,
        '--remote-source',
        f'source-name={legacy}',
        '--host',
        _HOST,
        *options,
    ]


@pytest.mark.parametrize(
    ('options', 'bootable'),
    [([], False), (['--bootable'], True), (['--non-bootable'], False)],
)
def test_volume(
    openstack: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    existing: Existing,
    name: Name,
    options: list[str],
    bootable: bool,
) -> None:
    legacy = existing()
    made = openstack.json(
        *volume_create(
            name('managed'),
            legacy,
            '--type',
            'standard',
            '--description',
            'moved in',
            '--property',
            'from=old',
            '--wait',
            *options,
        ),
        cloud='dev-admin',
    )
    assert made['status'] == 'available'
    assert made['size'] == 2
    assert made['bootable'] is bootable
    assert made['description'] == 'moved in'
    assert made['properties'] == {'from': 'old'}
    content = devcloud.read(made['id'], 0, len(legacy))
    assert content == legacy.encode()
    assert ('bootable' in log.body()['volume']) == bool(options)


@pytest.mark.needs('3.71')
def test_volume_fails_in_the_stock_client(
    stock: Openstack, existing: Existing, name: Name
) -> None:
    done = stock(
        *volume_create(name('managed'), existing()), cloud='dev-admin'
    ).failed()
    assert "None is not of type 'boolean', 'string'" in done.stderr


@pytest.mark.needs('3.71')
@pytest.mark.parametrize('newest', ['3.70', '3.42', '3.7'])
def test_on_an_older_cloud(
    openstack: Openstack,
    faults: Faults,
    log: AccessLog,
    existing: Existing,
    name: Name,
    newest: str,
) -> None:
    volume, snapshot = name('managed'), name('managed-snap')
    with faults(max_microversion=newest):
        made = openstack.json(
            *volume_create(volume, existing(), '--wait'), cloud='dev-admin'
        )
        assert made['status'] == 'available'
        assert {one.microversion for one in log.requests(method='POST')} == {
            'volume 3.71',
            f'volume {newest}',
        }
        made = openstack.json(
            'volume',
            'snapshot',
            'create',
            snapshot,
            '--volume',
            volume,
            '--remote-source',
            f'source-name={existing()}',
            '--wait',
            cloud='dev-admin',
        )
    assert made['status'] == 'available'
    assert made['size'] == 2


@pytest.mark.needs('3.71')
def test_on_an_older_cloud_it_fails_in_the_stock_client(
    stock: Openstack, faults: Faults, existing: Existing, name: Name
) -> None:
    with faults(max_microversion='3.70'):
        done = stock(
            *volume_create(name('managed'), existing(), '--bootable'),
            cloud='dev-admin',
        ).failed()
    assert '406' in done.stderr


def test_the_version_asked_for_is_used(
    openstack: Openstack, log: AccessLog, existing: Existing, name: Name
) -> None:
    openstack(
        '--os-volume-api-version',
        '3.20',
        *volume_create(name('managed'), existing()),
        cloud='dev-admin',
    ).ok()
    (request,) = log.requests()
    assert request.microversion == 'volume 3.20'


@pytest.mark.needs('3.64')
def test_cluster(openstack: Openstack, log: AccessLog, name: Name) -> None:
    """There is none here: that the server looks for it is the proof."""
    command = [
        'volume',
        'create',
        name('managed'),
        '--remote-source',
        'source-name=x',
        '--cluster',
        'one@standard#standard',
    ]
    done = openstack(*command, cloud='dev-admin').failed()
    assert 'one@standard' in done.stderr
    assert 'HTTP 40' in done.stderr
    assert log.body()['volume']['cluster'] == 'one@standard#standard'
    assert 'host' not in log.body()['volume']

    log.mark()
    done = openstack(
        '--os-volume-api-version', '3.15', *command, cloud='dev-admin'
    ).failed()
    assert '--cluster needs volume API version 3.16' in done.stderr
    assert '3.15 was requested' in done.stderr
    assert log.lines() == []


def test_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    admin: Cinder,
    existing: Existing,
    name: Name,
) -> None:
    volume = admin.volume(name('of-old'), size=2)
    legacy = existing()
    made = openstack.json(
        'volume',
        'snapshot',
        'create',
        name('managed-snap'),
        '--volume',
        volume['id'],
        '--remote-source',
        f'source-name={legacy}',
        '--wait',
        cloud='dev-admin',
    )
    assert made['status'] == 'available'
    content = devcloud.read(made['id'], 0, len(legacy), kind='snapshot')
    assert content == legacy.encode()


def test_snapshot_with_force_is_warned_about(
    openstack: Openstack, admin: Cinder, existing: Existing, name: Name
) -> None:
    volume = admin.volume(name('of-old'), size=2)
    done = openstack(
        'volume',
        'snapshot',
        'create',
        name('managed-snap'),
        '--volume',
        volume['id'],
        '--remote-source',
        f'source-name={existing()}',
        '--force',
        cloud='dev-admin',
    ).ok()
    assert "'--force' option will not work" in done.stderr


def test_what_the_backend_does_not_have(
    openstack: Openstack, name: Name
) -> None:
    """Cinder refuses it only later, and keeps no reason."""
    done = openstack(
        *volume_create(
            name('managed'), 'no-such-file', '--wait', '-f', 'json'
        ),
        cloud='dev-admin',
    ).failed()
    assert done.json['status'] == 'error'
    assert 'Cinder recorded no reason' in done.stderr


def test_without_the_right(openstack: Openstack, name: Name) -> None:
    done = openstack(*volume_create(name('managed'), 'x')).failed()
    assert "Policy doesn't allow volume_extension:volume_manage" in done.stderr


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--host', 'a'], 'only supported with --remote-source'),
        (
            ['--remote-source', 'a=b', '--host', 'c', '--cluster', 'd'],
            'Only one of --host or --cluster',
        ),
        (['--remote-source', 'a=b'], 'One of --host or --cluster'),
        (
            ['--remote-source', 'a=b', '--host', 'c', '--read-only'],
            '--read-only cannot be given with --remote-source',
        ),
        (
            ['--remote-source', 'a=b', '--host', 'c', '--hint', 'd=e'],
            '--hint cannot be given with --remote-source',
        ),
        (
            ['--remote-source', 'a=b', '--host', 'c', '--group', 'd'],
            '--group cannot be given with --remote-source',
        ),
    ],
)
def test_contradictions(
    openstack: Openstack,
    log: AccessLog,
    name: Name,
    options: list[str],
    message: str,
) -> None:
    if '--remote-source' not in options:
        options = ['--size', '1', *options]
    done = openstack(
        'volume', 'create', name('managed'), *options, cloud='dev-admin'
    ).failed()
    assert message in done.stderr
    assert log.lines() == []
