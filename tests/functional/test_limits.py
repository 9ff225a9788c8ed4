# SPDX-License-Identifier: Apache-2.0

"""Values at the limits of what may be requested arrive as requested."""

from __future__ import annotations

import pytest

from tests.functional.cinder import Cinder, Name
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = [pytest.mark.each_server, pytest.mark.basic]

LONGEST = 255

#: letters of all lengths in UTF-8 that MySQL's old utf8 has, too
LETTERS = 'aé☃'


def longest(stem: str) -> str:
    return (stem + LETTERS * LONGEST)[:LONGEST]


def test_volume(openstack: Openstack, demo: Cinder, name: Name) -> None:
    new, description = longest(name('v')), longest('described ')
    properties = {'k' * LONGEST: longest('v'), 'empty': '', 'a:b/c d': '=='}
    made = openstack.json(
        *('volume', 'create', new, '--size', '1024'),
        *('--description', description, '--availability-zone', 'nova'),
        *(f'--property={key}={value}' for key, value in properties.items()),
        '--wait',
    )
    volume = demo.get('volume', made['id'])
    assert volume['name'] == made['name'] == new
    assert volume['description'] == description
    assert volume['metadata'] == made['properties'] == properties
    assert volume['size'] == made['size'] == 1024


def test_empty_description(
    openstack: Openstack, api: Server, demo: Cinder, name: Name
) -> None:
    made = openstack.json(
        *('volume', 'create', name('v'), '--size', '1', '--description', '')
    )
    assert made[api.description] == ''
    assert demo.get('volume', made['id'])['description'] == ''


def test_snapshot(openstack: Openstack, demo: Cinder, name: Name) -> None:
    volume = demo.volume(name('volume'))
    new, description = longest(name('s')), longest('described ')
    properties = {'k' * LONGEST: longest('v')}
    made = openstack.json(
        *('volume', 'snapshot', 'create', new, '--volume', volume['id']),
        *('--description', description),
        *(f'--property={key}={value}' for key, value in properties.items()),
        '--wait',
    )
    snapshot = demo.get('snapshot', made['id'])
    assert snapshot['name'] == new
    assert snapshot['description'] == description
    assert snapshot['metadata'] == properties


def test_backup(openstack: Openstack, demo: Cinder, name: Name) -> None:
    volume = demo.volume(name('volume'))
    new, description = longest(name('b')), longest('described ')
    made = openstack.json(
        *('volume', 'backup', 'create', volume['id'], '--name', new),
        *('--description', description, '--wait'),
    )
    backup = demo.get('backup', made['id'])
    assert backup['name'] == new
    assert backup['description'] == description


@pytest.mark.needs('3.71')
@pytest.mark.parametrize(
    'option', ['--description', '--availability-zone', '--type', '--image']
)
def test_too_long(openstack: Openstack, name: Name, option: str) -> None:
    done = openstack(
        *('volume', 'create', name('v'), '--size', '1', option, 'x' * 256)
    ).failed()
    assert done.stderr.startswith(f'{option}: it has 256 characters')
