# SPDX-License-Identifier: Apache-2.0

"""One create, from what a person gives to what the server made."""

from __future__ import annotations

from collections.abc import Callable
import logging
from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.job import Job, Step
from osc_cinderlite.lib.creating.kinds import BackupCreation, VolumeCreation
from osc_cinderlite.lib.creating.references import Reference, References
from osc_cinderlite.lib.resource import Resource
from tests.unit.cloud import (
    REQUEST_ID,
    Answer,
    Cloud,
    accepted,
    backup,
    fault,
    good,
    page,
    snapshot,
    uuid,
    volume,
)

LIST = 'GET /volumes/detail?name='


def not_found(number: int) -> dict[str, Any]:
    return fault(404, f'Volume {uuid(number)} could not be found.')


def clone(client: Client, source: str, **values: Any) -> VolumeCreation:
    return VolumeCreation(
        client.volumes,
        {'name': 'copy', **values},
        {'source_volid': Reference(client.volumes, source)},
    )


def run(creation: Creation, *, or_show: bool = False) -> Job:
    """Carry out the first step of a job."""
    job = Job(creation, or_show=or_show)
    assert job.next == Step.CREATE
    job.take(job.act())
    return job


def made_by(creation: Creation) -> str:
    """Return the ID of what a creation makes."""
    made = run(creation).resource
    assert made is not None
    return made.id


class TestRun:
    def test_by_id_is_one_request(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', accepted('volume', volume(2)))
        job = run(clone(cloud.client(), uuid(1)))
        assert job.resource == Resource(volume(2))
        assert job.result().result == 'created'
        assert cloud.sent == ['POST /volumes']
        assert cloud.posted == [
            {'volume': {'name': 'copy', 'source_volid': uuid(1)}}
        ]

    def test_by_name_is_two(self, cloud: Cloud) -> None:
        cloud.answers(
            'GET', '/volumes/detail', good({'volumes': [volume(1, size=5)]})
        )
        cloud.answers('POST', '/volumes', accepted('volume', volume(2)))
        run(clone(cloud.client(), 'data'))
        assert cloud.sent == [LIST + 'data', 'POST /volumes']
        assert cloud.posted[0]['volume']['source_volid'] == uuid(1)

    def test_uuid_that_is_a_name(self, cloud: Cloud) -> None:
        cloud.answers(
            'POST', '/volumes', not_found(1), accepted('volume', volume(3))
        )
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [volume(2, name=uuid(1))]}),
        )
        assert made_by(clone(cloud.client(), uuid(1))) == uuid(3)
        assert cloud.sent == [
            'POST /volumes',
            LIST + uuid(1),
            'POST /volumes',
        ]
        assert [b['volume']['source_volid'] for b in cloud.posted] == [
            uuid(1),
            uuid(2),
        ]

    def test_uuid_that_is_nothing(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', not_found(1))
        cloud.answers('GET', '/volumes/detail', good({'volumes': []}))
        with pytest.raises(exceptions.ResourceNotFound) as e:
            run(clone(cloud.client(), uuid(1)))
        assert str(e.value) == (
            f'No volume found for {uuid(1)} '
            f'(HTTP 404, Request-ID: {REQUEST_ID})'
        )
        assert cloud.sent == ['POST /volumes', LIST + uuid(1)]

    def test_something_else_is_not_found(self, cloud: Cloud) -> None:
        """The type, for example: no reference is looked up for that."""
        cloud.answers('POST', '/volumes', fault(404, 'No volume type x.'))
        with pytest.raises(exceptions.NotFound, match='No volume type x'):
            run(clone(cloud.client(), uuid(1)))
        assert cloud.sent == ['POST /volumes']

    def test_not_found_after_it_was_looked_up(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/volumes/detail', good({'volumes': [volume()]}))
        cloud.answers('POST', '/volumes', not_found(1))
        with pytest.raises(exceptions.NotFound, match='could not be found'):
            run(clone(cloud.client(), 'data'))
        assert cloud.sent == [LIST + 'data', 'POST /volumes']

    def test_nothing_is_created_for_a_name_that_is_none(
        self, cloud: Cloud
    ) -> None:
        cloud.answers('GET', '/volumes/detail', good({'volumes': []}))
        with pytest.raises(
            exceptions.ResourceNotFound, match='No volume found for data'
        ):
            run(clone(cloud.client(), 'data'))
        assert cloud.sent == [LIST + 'data']

    @pytest.mark.parametrize('or_show', [True, False])
    def test_not_found_because_the_server_is_older(
        self, cloud: Cloud, or_show: bool
    ) -> None:
        cloud.has_at_most('3.12')
        cloud.answers('GET', '/groups/detail', fault(406), fault(404))
        cloud.answers('GET', '/volumes/detail', good({'volumes': [volume()]}))
        client = cloud.client()
        create = Creation(
            client.volumes,
            {'name': 'data', 'size': 1},
            {'group_id': Reference(client.groups, 'together')},
        )
        with pytest.raises(exceptions.UnsupportedVersion) as caught:
            run(create, or_show=or_show)
        assert caught.value.field == 'group_id'
        assert str(caught.value.has) == '3.12'

    def test_check_sends_nothing(self, cloud: Cloud) -> None:
        client = cloud.client('3.46')
        restore = VolumeCreation(
            client.volumes, {}, {'backup_id': Reference(client.backups, 'x')}
        )
        with pytest.raises(exceptions.UnsupportedVersion):
            restore.check()
        clone(client, 'data').check()
        assert cloud.sent == []

    def test_source_that_may_fail(self, cloud: Cloud) -> None:
        client = cloud.client()
        restore = VolumeCreation(
            client.volumes,
            {},
            {'backup_id': Reference(client.backups, uuid(3))},
        )
        source = restore.source
        assert source is not None
        assert (source.finder.kind, source.id) == ('backup', uuid(3))
        assert clone(client, uuid(1)).source is None


class TestSize:
    """A size below the source's is raised to it, and that is said."""

    @pytest.mark.parametrize(
        ('given', 'source', 'sent', 'warned'),
        [
            (1, 5, 5, True),
            (5, 5, 5, False),
            (9, 5, 9, False),
            (None, 5, 5, False),
            (1, None, 1, False),
        ],
    )
    def test_of_a_source_by_name(
        self,
        cloud: Cloud,
        caplog: pytest.LogCaptureFixture,
        given: int | None,
        source: int | None,
        sent: int,
        warned: bool,
    ) -> None:
        caplog.set_level(logging.WARNING)
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [volume(1, size=source)]}),
        )
        cloud.answers('POST', '/volumes', accepted('volume', volume(2)))
        run(clone(cloud.client(), 'data', size=given))
        assert cloud.posted[0]['volume']['size'] == sent
        assert caplog.messages == (
            [
                'The size of 1 GiB is below that of its source; the volume '
                'is made with 5 GiB.'
            ]
            if warned
            else []
        )

    @pytest.mark.parametrize(
        ('field', 'collection', 'make'),
        [
            ('source_volid', 'volumes', volume),
            ('snapshot_id', 'snapshots', snapshot),
            ('backup_id', 'backups', backup),
        ],
    )
    def test_of_a_source_by_id(
        self,
        cloud: Cloud,
        caplog: pytest.LogCaptureFixture,
        field: str,
        collection: str,
        make: Callable[..., dict[str, Any]],
    ) -> None:
        """The source is only looked at once the server refuses."""
        caplog.set_level(logging.WARNING)
        cloud.answers(
            'POST',
            '/volumes',
            fault(400, 'Volume size 1GB cannot be smaller'),
            accepted('volume', volume(8)),
        )
        cloud.answers(
            'GET',
            f'/{collection}/{uuid(7)}',
            good({collection[:-1]: make(7, size=5)}),
        )
        client = cloud.client()
        reference = Reference(getattr(client, collection), uuid(7))
        create = VolumeCreation(
            client.volumes, {'size': 1}, {field: reference}
        )
        assert made_by(create) == uuid(8)
        assert [b['volume']['size'] for b in cloud.posted] == [1, 5]
        assert len(cloud.sent) == 3
        assert 'is made with 5 GiB' in caplog.text

    def test_of_a_source_by_a_name_like_an_id(self, cloud: Cloud) -> None:
        cloud.answers(
            'POST', '/volumes', not_found(1), accepted('volume', volume(3))
        )
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [volume(2, name=uuid(1), size=5)]}),
        )
        run(clone(cloud.client(), uuid(1), size=1))
        assert [b['volume']['size'] for b in cloud.posted] == [1, 5]

    def test_refused_for_another_reason(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', fault(400, 'Volume is not ready'))
        cloud.answers(
            'GET', f'/volumes/{uuid(1)}', good({'volume': volume(size=1)})
        )
        with pytest.raises(exceptions.BadRequest, match='not ready'):
            run(clone(cloud.client(), uuid(1), size=1))
        assert cloud.sent == ['POST /volumes', f'GET /volumes/{uuid(1)}']

    @pytest.mark.parametrize('size', [None, 1])
    def test_refused_without_a_source(
        self, cloud: Cloud, size: int | None
    ) -> None:
        cloud.answers('POST', '/volumes', fault(400, 'No'))
        client = cloud.client()
        with pytest.raises(exceptions.BadRequest):
            run(VolumeCreation(client.volumes, {'size': size}))
        assert cloud.sent == ['POST /volumes']


class TestExisting:
    def existing(
        self, cloud: Cloud, *records: dict[str, Any], **values: Any
    ) -> Job:
        cloud.answers(
            'GET', '/volumes/detail', good({'volumes': list(records)})
        )
        cloud.answers('POST', '/volumes', accepted('volume', volume(9)))
        client = cloud.client()
        create = VolumeCreation(client.volumes, {'name': 'data', **values})
        return run(create, or_show=True)

    def test_none(self, cloud: Cloud) -> None:
        job = self.existing(cloud, volume(1, name='other'))
        assert job.result().result == 'created'
        assert cloud.sent == [LIST + 'data', 'POST /volumes']

    def test_one(self, cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        job = self.existing(
            cloud, volume(1), size=1, volume_type='fast', description='other'
        )
        assert job.resource == Resource(volume(1))
        assert job.result().result == 'exists'
        assert cloud.sent == [LIST + 'data']
        assert caplog.messages == []

    def test_several(self, cloud: Cloud) -> None:
        with pytest.raises(exceptions.MultipleMatches, match=uuid(2)):
            self.existing(cloud, volume(1), volume(2))
        assert cloud.sent == [LIST + 'data']

    def test_contradictions_are_said(
        self, cloud: Cloud, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        self.existing(
            cloud,
            volume(1, snapshot_id=uuid(5)),
            size=2,
            volume_type='sl\x1bow',
            snapshot_id=uuid(6),
        )
        assert caplog.messages == [
            "The volume 'data' exists, but its size is 1, not 2.",
            "The volume 'data' exists, but its volume_type is fast, not "
            r'sl\x1bow.',
            f"The volume 'data' exists, but its snapshot_id is {uuid(5)}, "
            f'not {uuid(6)}.',
        ]

    def test_source_by_name_is_compared_by_id(
        self, cloud: Cloud, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        client = cloud.client()
        cloud.answers(
            'GET',
            '/volumes/detail?name=copy',
            good({'volumes': [volume(2, name='copy', source_volid=uuid(4))]}),
        )
        cloud.answers(
            'GET', '/volumes/detail?name=data', good({'volumes': [volume(1)]})
        )
        run(clone(client, 'data'), or_show=True)
        assert f'source_volid is {uuid(4)}, not {uuid(1)}' in caplog.text

    def test_snapshot_of_another_volume(
        self, cloud: Cloud, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        client = cloud.client()
        cloud.answers(
            'GET', '/snapshots/detail', good({'snapshots': [snapshot()]})
        )
        create = Creation(
            client.snapshots,
            {'name': 'snap'},
            {'volume_id': Reference(client.volumes, uuid(9))},
        )
        assert create.existing() is None
        assert caplog.messages == []

    def test_without_a_name(self, cloud: Cloud) -> None:
        create = VolumeCreation(cloud.client().volumes, {'size': 1})
        with pytest.raises(exceptions.InvalidInput, match='without a name'):
            create.existing()
        assert cloud.sent == []


class TestBackup:
    def create(self, client: Client, **references: str) -> BackupCreation:
        managers = {
            'volume_id': client.volumes,
            'snapshot_id': client.snapshots,
        }
        return BackupCreation(
            client.backups,
            {'name': 'copy', 'incremental_or_full': True},
            {
                field: Reference(managers[field], given)
                for field, given in references.items()
            },
        )

    @pytest.mark.parametrize('size', [1, 2])
    def test_incremental_if_it_can_be(self, cloud: Cloud, size: int) -> None:
        parent = backup(5, status='available', size=1)
        cloud.answers('GET', '/backups/detail', good({'backups': [parent]}))
        cloud.answers(
            'GET', f'/volumes/{uuid(1)}', good({'volume': volume(size=size)})
        )
        cloud.answers('POST', '/backups', accepted('backup', {'id': uuid(6)}))
        create = self.create(cloud.client(), volume_id=uuid(1))
        run(create)
        usable = size == 1
        assert create.chosen
        assert create.parent == (parent if usable else None)
        assert cloud.posted == [
            {
                'backup': {
                    'name': 'copy',
                    'volume_id': uuid(1),
                    'incremental': usable,
                }
            }
        ]

    def test_by_names(self, cloud: Cloud) -> None:
        """What was looked up is not asked for again."""
        cloud.answers('GET', '/volumes/detail', good({'volumes': [volume()]}))
        cloud.answers(
            'GET', '/snapshots/detail', good({'snapshots': [snapshot()]})
        )
        cloud.answers('GET', '/backups/detail', good({'backups': []}))
        cloud.answers('POST', '/backups', accepted('backup', {'id': uuid(6)}))
        run(self.create(cloud.client(), volume_id='data', snapshot_id='snap'))
        assert [request.split('?')[0] for request in cloud.sent] == [
            'GET /volumes/detail',
            'GET /snapshots/detail',
            'GET /backups/detail',
            'POST /backups',
        ]

    def test_volume_that_is_not_there(self, cloud: Cloud) -> None:
        cloud.answers('GET', f'/volumes/{uuid(1)}', fault(404))
        cloud.answers('GET', '/volumes/detail', good({'volumes': []}))
        with pytest.raises(exceptions.ResourceNotFound):
            run(self.create(cloud.client(), volume_id=uuid(1)))
        assert 'POST /backups' not in cloud.sent

    def test_chosen_once(self, cloud: Cloud) -> None:
        cloud.answers('GET', f'/volumes/{uuid(1)}', good({'volume': volume()}))
        cloud.answers('GET', '/backups/detail', good({'backups': []}))
        create = self.create(cloud.client(), volume_id=uuid(1))
        create.prepare()
        create.prepare()
        assert create.chosen
        assert create.parent is None
        assert len(cloud.sent) == 2

    def test_contradictions(
        self, cloud: Cloud, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        client = cloud.client()
        cloud.answers('GET', '/backups/detail', good({'backups': [backup()]}))
        create = BackupCreation(
            client.backups,
            {'name': 'copy', 'incremental': True, 'container': 'other'},
            {
                'volume_id': Reference(client.volumes, uuid(1)),
                'snapshot_id': Reference(client.snapshots, uuid(9)),
            },
        )
        run(create, or_show=True)
        assert [m.partition('its ')[2] for m in caplog.messages] == [
            'container is volumebackups, not other.',
            'is_incremental is False, not True.',
            f'snapshot_id is None, not {uuid(9)}.',
        ]


def test_each_follow_up_is_tried(cloud: Cloud) -> None:
    cloud.answers(
        'POST',
        f'/volumes/{uuid(1)}/action',
        fault(403, 'not for you'),
        page(202, ''),
    )
    client = cloud.client()
    create = VolumeCreation(
        client.volumes,
        {},
        follow_ups=(
            lambda v: client.volumes.set_bootable(v, True),
            lambda v: client.volumes.set_readonly(v, True),
        ),
    )
    with pytest.raises(exceptions.Forbidden, match='not for you'):
        create.follow_up(uuid(1))
    assert cloud.posted == [
        {'os-set_bootable': {'bootable': True}},
        {'os-update_readonly_flag': {'readonly': True}},
    ]


class TestImage:
    """Cinder finds no hidden images by name."""

    UNKNOWN = fault(
        400,
        'Invalid image identifier or unable to access requested image.',
    )

    def images(self, *found: dict[str, Any]) -> Answer:
        return good({'images': list(found)})

    def create(self, cloud: Cloud, image: str = 'hidden') -> Job:
        return run(self.creation(cloud.client(), image))

    def creation(
        self,
        client: Client,
        image: str,
        references: References | None = None,
    ) -> VolumeCreation:
        find = references or References()
        return VolumeCreation(
            client.volumes,
            {'name': 'data', 'size': 1},
            {'image': find(client.images, image)},
        )

    def test_known_to_cinder(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', accepted('volume', volume()))
        self.create(cloud, 'cirros')
        assert cloud.sent == ['POST /volumes']

    def test_hidden(self, cloud: Cloud) -> None:
        cloud.answers(
            'POST', '/volumes', self.UNKNOWN, accepted('volume', volume())
        )
        image = {'id': uuid(5), 'name': 'hidden'}
        glance = cloud.glance_answers(self.images(), self.images(image))
        assert made_by(self.creation(cloud.client(), 'hidden')) == uuid(1)
        assert [one['volume']['imageRef'] for one in cloud.posted] == [
            'hidden',
            uuid(5),
        ]
        assert [one.qs['os_hidden'] for one in glance.request_history] == [
            ['false'],
            ['true'],
        ]

    def test_looked_up_once_for_many(self, cloud: Cloud) -> None:
        cloud.answers(
            'POST',
            '/volumes',
            self.UNKNOWN,
            accepted('volume', volume()),
            accepted('volume', volume()),
        )
        image = {'id': uuid(5), 'name': 'hidden'}
        glance = cloud.glance_answers(self.images(), self.images(image))
        client, references = cloud.client(), References()
        for _n in range(2):
            run(self.creation(client, 'hidden', references))
        assert len(cloud.posted) == 3
        assert len(glance.request_history) == 2

    def test_none_is_not_asked_for_again(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', self.UNKNOWN)
        cloud.glance_answers(self.images(), self.images())
        client, references = cloud.client(), References()
        told = []
        for _n in range(2):
            with pytest.raises(exceptions.ResourceNotFound) as e:
                run(self.creation(client, 'nosuch', references))
            told.append(e.value.request_id)
        assert told == [REQUEST_ID, None]
        assert cloud.sent == ['POST /volumes']

    def test_none(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', self.UNKNOWN)
        cloud.glance_answers(self.images({'id': uuid(5), 'name': 'other'}))
        with pytest.raises(exceptions.ResourceNotFound) as e:
            self.create(cloud, 'nosuch')
        assert e.value.message == "No image found for 'nosuch'"
        assert cloud.sent == ['POST /volumes']

    def test_several(self, cloud: Cloud) -> None:
        twins = [{'id': uuid(n), 'name': 'hidden'} for n in (5, 6)]
        cloud.answers('POST', '/volumes', self.UNKNOWN)
        cloud.glance_answers(self.images(*twins))
        with pytest.raises(exceptions.MultipleMatches, match=uuid(6)):
            self.create(cloud)

    @pytest.mark.parametrize('answer', [fault(403), page(200, 'no')])
    def test_glance_does_not_tell(self, cloud: Cloud, answer: Answer) -> None:
        cloud.answers('POST', '/volumes', self.UNKNOWN)
        cloud.glance_answers(answer)
        with pytest.raises(exceptions.BadRequest, match='Invalid image'):
            self.create(cloud)

    def test_refused_for_another_reason(self, cloud: Cloud) -> None:
        cloud.answers('POST', '/volumes', fault(400, 'Image is not active.'))
        with pytest.raises(exceptions.BadRequest, match='not active'):
            self.create(cloud)
