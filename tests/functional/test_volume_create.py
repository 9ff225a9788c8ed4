# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""``volume create`` from every source, with the bytes in it."""

from __future__ import annotations

import pytest

from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import GIB, Devcloud
from tests.functional.shell import Openstack

_FIRST = b'first bytes of the volume'
_LAST = b'and its last'


@pytest.fixture(scope='module')
def source(devcloud: Devcloud, demo: Cinder, name: Name) -> Record:
    """A volume with something in it."""
    volume = demo.volume(name('source'))
    devcloud.write(volume['id'], 0, _FIRST)
    devcloud.write(volume['id'], GIB - len(_LAST), _LAST)
    return volume


@pytest.fixture(scope='module')
def snapshot(demo: Cinder, source: Record, name: Name) -> Record:
    return demo.create('snapshot', volume_id=source['id'], name=name('snap'))


@pytest.fixture(scope='module')
def backup(demo: Cinder, source: Record, name: Name) -> Record:
    return demo.create('backup', volume_id=source['id'], name=name('backup'))


def assert_has_the_bytes(devcloud: Devcloud, volume_id: str) -> None:
    assert devcloud.read(volume_id, 0, len(_FIRST)) == _FIRST
    assert devcloud.read(volume_id, GIB - len(_LAST), len(_LAST)) == _LAST


@pytest.mark.parametrize('cloud', ['dev-demo', 'dev-admin'])
def test_blank(
    openstack: Openstack, admin: Cinder, name: Name, cloud: str
) -> None:
    new = name('blank')
    made = openstack.json(
        'volume', 'create', new, '--size', '2', '--wait', cloud=cloud
    )
    assert made['status'] == 'available'
    volume = admin.get('volume', made['id'])
    assert volume['name'] == new
    assert volume['size'] == 2


@pytest.mark.parametrize('by', ['id', 'name'])
def test_of_a_snapshot(
    openstack: Openstack,
    devcloud: Devcloud,
    snapshot: Record,
    name: Name,
    by: str,
) -> None:
    made = openstack.json(
        'volume',
        'create',
        name('of-snapshot'),
        '--snapshot',
        snapshot[by],
        '--wait',
    )
    assert made['status'] == 'available'
    assert made['snapshot_id'] == snapshot['id']
    assert_has_the_bytes(devcloud, made['id'])
