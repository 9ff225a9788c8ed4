# SPDX-License-Identifier: Apache-2.0

"""``--bootable``, ``--read-only``: what follows the create of a volume."""

from __future__ import annotations

import pytest

from tests.functional.cinder import Cinder, Name
from tests.functional.faults import Faults
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server


def volume_create(name: str, *options: str) -> list[str]:
    return ['volume', 'create', name, '--size', '1', '-f', 'json', *options]


@pytest.mark.parametrize(
    ('options', 'bootable', 'readonly'),
    [
        (['--bootable'], True, None),
        (['--non-bootable'], False, None),
        (['--read-only'], False, 'True'),
        (['--read-write'], False, 'False'),
        (['--bootable', '--read-only'], True, 'True'),
    ],
)
def test_the_record_shows_it(
    openstack: Openstack,
    api: Server,
    demo: Cinder,
    name: Name,
    options: list[str],
    bootable: bool,
    readonly: str | None,
) -> None:
    made = openstack(*volume_create(name('flagged'), *options)).ok().json
    assert made['status'] == 'available'
    assert made['bootable'] == api.bootable(bootable)
    assert made['properties'].get('readonly') == readonly
    volume = demo.get('volume', made['id'])
    assert volume['bootable'] == str(bootable).lower()
    assert volume['metadata'].get('readonly') == readonly


def test_an_image_need_not_be_bootable(
    openstack: Openstack, api: Server, name: Name
) -> None:
    """Cinder marks it while it downloads, so it is done afterwards."""
    made = openstack(
        *volume_create(name('of-image'), '--image', 'tiny', '--non-bootable')
    ).ok()
    assert made.json['bootable'] == api.bootable(False)


@pytest.mark.needs('2.0')
def test_a_volume_that_fails(
    openstack: Openstack, stock: Openstack, api: Server, name: Name
) -> None:
    command = volume_create(name('flagged'), '--bootable', '--type', 'broken')
    done = openstack(*command).failed()
    assert done.json['status'] == 'error'
    assert done.json['bootable'] is False
    reason = done.stderr.splitlines()[-1]
    assert 'is in status error' in reason
    if api.has('3.64'):
        assert 'Driver failed to create the volume' in reason

    unheeded = stock(*command).ok()
    assert unheeded.json['status'] == 'creating'


@pytest.mark.parametrize('option', ['--bootable', '--read-only'])
def test_a_refused_action(
    openstack: Openstack, faults: Faults, name: Name, option: str
) -> None:
    fault = {'forbidden': {'code': 403, 'message': 'you may not do this'}}
    rule = {
        'method': 'POST',
        'path': '/action$',
        'status': 403,
        'body': fault,
    }
    with faults(rule):
        done = openstack(*volume_create(name('flagged'), option)).failed()
    assert done.json['status'] == 'available'
    reason = done.stderr.splitlines()[-1]
    assert done.id in reason
    assert 'you may not do this (HTTP 403' in reason


def test_it_is_bounded(openstack: Openstack, name: Name) -> None:
    done = openstack(
        *volume_create(
            name('flagged'),
            '--bootable',
            '--type',
            'slow',
            '--wait-timeout',
            '1',
        )
    ).failed(3)
    assert done.json['status'] == 'creating'
    assert 'is still creating after 1 s' in done.stderr


@pytest.mark.needs('3.47')
def test_an_error_in_the_restore_ends_it(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    """The stock client waits for ever for a volume in error_restoring."""
    volume = demo.volume(name('source'))
    backup = demo.create(
        'backup', volume_id=volume['id'], container='fail-restore'
    )
    done = openstack(
        'volume',
        'create',
        name('flagged'),
        '--backup',
        backup['id'],
        '--bootable',
        '-f',
        'json',
    ).failed()
    assert done.json['status'] == 'error_restoring'
    assert 'is in status error_restoring' in done.stderr
