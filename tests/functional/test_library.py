# SPDX-License-Identifier: Apache-2.0

"""The library by itself: what the commands do, for Python programs."""

from __future__ import annotations

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.servers import Server

pytestmark = pytest.mark.each_server


@pytest.fixture(scope='module')
def client(demo: Cinder, api: Server) -> Client:
    return Client(demo.session, api_version=str(api.major))


def test_create_and_wait(client: Client, demo: Cinder, name: Name) -> None:
    volume = client.volumes.create(size=1, name=name('volume'))
    assert volume.status == 'creating'
    seen: list[str | None] = []
    volume = client.volumes.wait(
        volume, on_state=lambda record: seen.append(record.status)
    )
    assert volume.status == 'available'
    assert set(seen) <= {'creating'}
    assert client.volumes.find(str(volume.name)).id == volume.id
    assert demo.get('volume', volume.id)['name'] == volume.name

    snapshot = client.snapshots.wait(
        client.snapshots.create(volume_id=volume.id, name=name('snap'))
    )
    assert snapshot.status == 'available'
    backup = client.backups.wait(
        client.backups.create(volume_id=volume.id, snapshot_id=snapshot.id)
    )
    assert backup['snapshot_id'] == snapshot.id


@pytest.mark.needs('3.47')
def test_restore(
    client: Client, devcloud: Devcloud, demo: Cinder, name: Name
) -> None:
    volume = demo.volume(name('volume'))
    devcloud.write(volume['id'], 0, b'by the library')
    backup = client.backups.wait(client.backups.create(volume_id=volume['id']))
    restored = client.volumes.create(backup_id=backup.id)
    client.volumes.wait(restored, restored_from=backup.id)
    assert devcloud.read(restored.id, 0, 14) == b'by the library'


@pytest.mark.needs('3.64')
def test_a_failure_and_its_reason(client: Client, name: Name) -> None:
    volume = client.volumes.create(
        size=1, name=name('volume'), volume_type='broken'
    )
    with pytest.raises(exceptions.ResourceFailed) as failed:
        client.volumes.wait(volume)
    assert failed.value.resource.status == 'error'
    assert failed.value.reason is not None
    assert 'Driver failed to create the volume' in failed.value.reason
    assert failed.value.request_id == volume.request_id


def test_a_time_out(client: Client, name: Name) -> None:
    volume = client.volumes.create(
        size=1, name=name('volume'), volume_type='slow'
    )
    with pytest.raises(exceptions.WaitTimeout) as late:
        client.volumes.wait(volume, timeout=0.5)
    assert late.value.resource.status == 'creating'


def test_refusals(client: Client, demo: Cinder, name: Name) -> None:
    with pytest.raises(exceptions.NotFound) as missing:
        client.snapshots.create(
            volume_id='99999999-9999-4999-8999-999999999999'
        )
    assert missing.value.status == 404
    assert missing.value.code == 'itemNotFound'
    assert str(missing.value.request_id).startswith('req-')
    with pytest.raises(exceptions.ResourceNotFound):
        client.volumes.find(name('volume'))
    new = name('twin')
    twins = {demo.volume(new)['id'] for _ in range(2)}
    with pytest.raises(exceptions.MultipleMatches) as several:
        client.volumes.find(new)
    assert {one.id for one in several.value.candidates} == twins
