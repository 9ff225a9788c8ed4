# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.references import Reference, References
from osc_cinderlite.lib.resource import Resource
from tests.unit.cloud import Cloud, fault, good, uuid, volume

LIST = 'GET /volumes/detail?name='


class TestReference:
    def test_uuid_needs_no_request(self, cloud: Cloud) -> None:
        reference = Reference(cloud.client().volumes, uuid(1))
        reference.resolve()
        assert (reference.id, reference.known) == (uuid(1), None)
        assert cloud.sent == []

    def test_name_is_looked_up_once(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/volumes/detail', good({'volumes': [volume()]}))
        reference = Reference(cloud.client().volumes, 'data')
        for _ in range(3):
            reference.resolve()
        assert reference.id == uuid(1)
        assert reference.known == volume()
        assert reference.record() == volume()
        assert cloud.sent == [LIST + 'data']

    def test_what_is_not_there_is_looked_for_once(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/volumes/detail', good({'volumes': []}))
        reference = Reference(cloud.client().volumes, 'data')
        for _ in range(3):
            with pytest.raises(exceptions.ResourceNotFound):
                reference.resolve()
        assert cloud.sent == [LIST + 'data']

    def test_record_of_a_uuid(self, cloud: Cloud) -> None:
        cloud.answers('GET', f'/volumes/{uuid(1)}', good({'volume': volume()}))
        reference = Reference(cloud.client().volumes, uuid(1))
        assert reference.record() == reference.record() == volume()
        assert len(cloud.sent) == 1

    def test_record_at_hand(self, cloud: Cloud) -> None:
        reference = Reference(
            cloud.client().volumes, 'data', Resource(volume())
        )
        reference.resolve()
        reference.look_up()
        assert reference.record() == volume()
        assert reference.id == uuid(1)
        assert cloud.sent == []

    def test_record_of_a_name(self, cloud: Cloud) -> None:
        cloud.answers('GET', '/volumes/detail', good({'volumes': [volume()]}))
        reference = Reference(cloud.client().volumes, 'data')
        assert reference.record_or_named() == volume()
        assert cloud.sent == [LIST + 'data']

    def test_name_that_is_like_a_uuid(self, cloud: Cloud) -> None:
        cloud.answers('GET', f'/volumes/{uuid(1)}', fault(404))
        cloud.answers(
            'GET',
            '/volumes/detail',
            good({'volumes': [volume(2, name=uuid(1))]}),
        )
        reference = Reference(cloud.client().volumes, uuid(1))
        assert reference.record_or_named().id == uuid(2)
        assert reference.record_or_named().id == uuid(2)
        assert len(cloud.sent) == 2

    def test_refused(self, cloud: Cloud) -> None:
        """What failed once is not asked for again."""
        cloud.answers('GET', f'/volumes/{uuid(1)}', fault(403))
        reference = Reference(cloud.client().volumes, uuid(1))
        with pytest.raises(exceptions.Forbidden):
            reference.record_or_named()
        with pytest.raises(exceptions.Forbidden):
            reference.resolve()
        assert len(cloud.sent) == 1

    def test_equal_ones_are_the_same(self, cloud: Cloud) -> None:
        client = cloud.client()
        references = References()
        assert references(client.volumes, 'a') is references(
            client.volumes, 'a'
        )
        assert references(client.volumes, 'a') is not references(
            client.snapshots, 'a'
        )
