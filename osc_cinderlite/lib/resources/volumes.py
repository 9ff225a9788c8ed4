# SPDX-License-Identifier: Apache-2.0

"""Volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypedDict, Unpack
from urllib import parse

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import base, comparison, validators
from osc_cinderlite.lib.resources.fields import Field

#: the key of the hints at the top level of a create
_HINTS = 'OS-SCH-HNT:scheduler_hints'


class VolumeCreate(TypedDict, total=False):
    """The fields of a volume create.

    https://docs.openstack.org/api-ref/block-storage/v3/#create-a-volume
    """

    #: GiB; the server takes the source's size if it is left out
    size: int | None
    name: validators.Trimmed
    description: validators.Trimmed
    #: name or ID
    volume_type: validators.Text
    availability_zone: validators.Zone
    metadata: validators.Metadata
    #: UUID of an available snapshot
    snapshot_id: str | None
    #: UUID of a volume to clone
    source_volid: str | None
    #: ID, URL or name; Cinder asks Glance itself
    image: Annotated[
        str | None, Field(wire='imageRef', accepts=validators.text)
    ]
    #: UUID of a consistency group
    consistencygroup_id: str | None
    #: UUID of a group
    group_id: Annotated[str | None, Field(since='3.13')]
    #: UUID of an available backup
    backup_id: Annotated[str | None, Field(since='3.47')]


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
    noun: ClassVar[str] = 'volume'
    key: ClassVar[str] = 'volume'
    collection: ClassVar[str] = 'volumes'
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

    def request(self, values: base.Values) -> base.Create:
        """Return the request that a create, or a manage, sends.

        :param values: the fields of :class:`VolumeCreate` and perhaps
            ``scheduler_hints``, or with ``ref`` those of
            :class:`VolumeManage`
        :raises exceptions.InvalidValue: for hints that Cinder refuses
        """
        if 'ref' in values:
            return base.Create(
                self.http, 'os-volume-manage', self.key, VolumeManage, values
            )
        fields = dict(values)
        hints = fields.pop('scheduler_hints', None)
        if hints and (problem := validators.scheduler_hints(hints)):
            raise exceptions.InvalidValue('scheduler_hints', problem)
        beside = {_HINTS: hints} if hints else None
        return base.Create(
            self.http,
            self.collection,
            self.key,
            VolumeCreate,
            fields,
            beside,
        )

    def create(
        self,
        *,
        scheduler_hints: Mapping[str, Any] | None = None,
        **values: Unpack[VolumeCreate],
    ) -> Resource:
        """Create a volume.

        :param scheduler_hints: such as ``{'different_host': [UUID, ...]}``
        :param values: see :class:`VolumeCreate`
        :return: the volume, most likely still ``creating``
        :raises exceptions.UnsupportedVersion: for a field that is newer
            than the API version; nothing was sent
        :raises exceptions.UnknownOutcome: if the answer was lost
        :raises exceptions.ClientException: if it was refused
        """
        return self._create(
            self.request({**values, 'scheduler_hints': scheduler_hints})
        )

    def manage(self, **values: Unpack[VolumeManage]) -> Resource:
        """Bring a volume that a storage backend already has under Cinder.

        Needs the rights of an administrator.

        :param values: see :class:`VolumeManage`; ``ref`` and one of
            ``host`` and ``cluster`` are required
        :return: the volume, most likely still ``creating``
        :raises: as :meth:`create`
        """
        return self._create(self.request(values))

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
        quoted = parse.quote(volume_id, safe='')
        self.http.post(
            f'/{self.collection}/{quoted}/action',
            lambda version: action,
            action=True,
        )
