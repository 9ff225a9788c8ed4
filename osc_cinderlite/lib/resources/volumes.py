# SPDX-License-Identifier: Apache-2.0

"""Volumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, TypedDict, Unpack

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import (
    base,
    comparison,
    conventions,
    validators,
)
from osc_cinderlite.lib.resources.backups import VolumeBackupManager
from osc_cinderlite.lib.resources.fields import Field, Form
from osc_cinderlite.lib.resources.waiting import Source


class VolumeCreate(TypedDict, total=False):
    """The fields of a volume create.

    https://docs.openstack.org/api-ref/block-storage/v3/#create-a-volume
    """

    #: GiB; the server takes the source's size if it is left out
    size: Annotated[int | None, Field(shown='size')]
    name: validators.Trimmed
    description: validators.Trimmed
    #: name or ID
    volume_type: Annotated[validators.Text, Field(shown='volume_type')]
    availability_zone: validators.Zone
    metadata: validators.Metadata
    #: UUID of an available snapshot
    snapshot_id: Annotated[str | None, Field(shown='snapshot_id')]
    #: UUID of a volume to clone
    source_volid: Annotated[str | None, Field(shown='source_volid')]
    #: ID, URL or name, which Cinder finds itself; API v1 takes the ID only
    image: Annotated[
        str | None, Field(wire='imageRef', accepts=validators.text)
    ]
    #: UUID of a consistency group
    consistencygroup_id: Annotated[str | None, Field(since='2.0')]
    #: UUID of a group
    group_id: Annotated[str | None, Field(since='3.13')]
    #: UUID of an available backup
    backup_id: Annotated[str | None, Field(since='3.47')]
    #: such as ``{'different_host': [UUID, ...]}``
    scheduler_hints: Annotated[
        validators.Hints,
        Field(since='2.0', wire='OS-SCH-HNT:scheduler_hints', beside=True),
    ]


class VolumeManage(TypedDict, total=False):
    """The fields of managing an existing volume.

    https://docs.openstack.org/api-ref/block-storage/v3/#manage-an-existing-volume
    """

    #: how the storage backend knows it, such as ``{'source-name': ...}``
    ref: Mapping[str, str]
    #: ``host@backend#pool``
    host: validators.Host
    cluster: Annotated[
        str | None, Field(since='3.16', accepts=validators.text)
    ]
    name: validators.Text
    description: validators.Printable
    volume_type: validators.Text
    availability_zone: validators.Text
    metadata: validators.Metadata
    bootable: bool | None


class VolumeManager(base.Manager):
    """Creates volumes and follows them."""

    kind: ClassVar[str] = 'volume'
    key: ClassVar[str] = 'volume'
    collection: ClassVar[str] = 'volumes'
    at_v1: ClassVar = conventions.V1
    form = Form('volumes', VolumeCreate)
    replaceable: ClassVar[bool] = False
    manage_form = Form('os-volume-manage', VolumeManage)
    succeeded: ClassVar[frozenset[str]] = frozenset({'available', 'in-use'})
    comparisons = (
        comparison.if_given('size'),
        comparison.exactly('description'),
        comparison.volume_type,
        comparison.if_given('availability_zone'),
        comparison.properties,
        comparison.exactly('snapshot_id'),
        comparison.exactly('source_volid'),
        comparison.image,
        comparison.backup,
        comparison.group,
    )

    def create(self, **values: Unpack[VolumeCreate]) -> Resource:
        """Create a volume.

        :param values: see :class:`VolumeCreate`
        :return: the volume, most likely still ``creating``
        :raises exceptions.UnsupportedVersion: for a field that is newer
            than the API version; nothing was sent
        :raises exceptions.UnknownOutcome: if the response was lost
        :raises exceptions.ClientException: if it was refused
        """
        return self._create(self.request(values))

    def manage(self, **values: Unpack[VolumeManage]) -> Resource:
        """Bring a volume that a storage backend already has under Cinder.

        Needs the rights of an administrator.

        :param values: see :class:`VolumeManage`; ``ref`` and one of
            ``host`` and ``cluster`` are required
        :return: the volume, most likely still ``creating``
        :raises: as :meth:`create`
        """
        return self._create(self.request(values))

    def wait(
        self,
        resource: Resource,
        *,
        timeout: float | None = None,
        source: Source | None = None,
        restored_from: str | None = None,
        on_state: Callable[[Resource], None] | None = None,
    ) -> Resource:
        """Follow a volume to the end of its create.

        :param restored_from: the UUID of the backup it is restored from
        :raises: as :meth:`.Manager.wait`, which has the other parameters
        """
        if restored_from is not None:
            backups = VolumeBackupManager(self.http)
            source = Source(backups, restored_from)
        return super().wait(
            resource, timeout=timeout, source=source, on_state=on_state
        )

    def set_bootable(self, volume_id: str, bootable: bool) -> None:
        """Mark a volume as bootable or not.

        :raises exceptions.ClientException: if the server refuses
        """
        self._act(volume_id, {'os-set_bootable': {'bootable': bootable}})

    def set_readonly(self, volume_id: str, readonly: bool) -> None:
        """Let an available volume be attached read-only, or read-write.

        :raises exceptions.ClientException: if the server refuses
        """
        self._act(
            volume_id, {'os-update_readonly_flag': {'readonly': readonly}}
        )

    def _act(self, volume_id: str, action: Mapping[str, Any]) -> None:
        path = f'{self._path(volume_id)}/action'
        self.http.post(path, lambda version: action, action=True)
