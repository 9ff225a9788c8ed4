# SPDX-License-Identifier: Apache-2.0

"""Snapshots of volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypedDict, Unpack

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import (
    base,
    comparison,
    conventions,
    validators,
)
from osc_cinderlite.lib.resources.fields import Field, Form


class SnapshotCreate(TypedDict, total=False):
    """The fields of a snapshot create.

    https://docs.openstack.org/api-ref/block-storage/v3/#create-a-snapshot
    """

    #: UUID
    volume_id: Annotated[str, Field(shown='volume_id')]
    name: validators.Text
    description: validators.Printable
    metadata: validators.Metadata
    #: needed for an attached volume before 3.66; since then the server
    #: snapshots one without, and refuses false
    force: Annotated[Literal[True] | None, Field(until='3.65')]


class SnapshotManage(TypedDict, total=False):
    """The fields of managing an existing snapshot.

    https://docs.openstack.org/api-ref/block-storage/v3/#manage-an-existing-snapshot
    """

    #: UUID
    volume_id: str
    #: how the storage backend knows it, such as ``{'source-name': ...}``
    ref: Mapping[str, str]
    name: validators.Text
    description: validators.Printable
    metadata: validators.Metadata


class SnapshotManager(base.Manager):
    """Creates snapshots and follows them."""

    kind: ClassVar[str] = 'snapshot'
    key: ClassVar[str] = 'snapshot'
    collection: ClassVar[str] = 'snapshots'
    at_v1: ClassVar = conventions.V1
    form = Form('snapshots', SnapshotCreate)
    manage_form = Form('os-snapshot-manage', SnapshotManage)
    comparisons = (
        comparison.exactly('volume_id'),
        comparison.exactly('description'),
        comparison.properties,
    )

    def create(self, **values: Unpack[SnapshotCreate]) -> Resource:
        """Create a snapshot.

        :param values: see :class:`SnapshotCreate`; ``volume_id`` is required
        :return: the snapshot, most likely still ``creating``
        :raises exceptions.UnknownOutcome: if the response was lost
        :raises exceptions.ClientException: if it was refused
        """
        return self._create(self.request(values))

    def manage(self, **values: Unpack[SnapshotManage]) -> Resource:
        """Bring a snapshot that a storage backend already has under Cinder.

        Needs the rights of an administrator.

        :param values: see :class:`SnapshotManage`; ``volume_id`` and ``ref``
            are required
        :return: the snapshot, most likely still ``creating``
        :raises: as :meth:`create`
        """
        return self._create(self.request(values))
