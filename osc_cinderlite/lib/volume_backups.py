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

"""Backups of volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, TypedDict, Unpack

from osc_cinderlite.lib import accepted, base, comparison
from osc_cinderlite.lib.body import Field
from osc_cinderlite.lib.resource import Resource


class BackupCreate(TypedDict, total=False):
    """The fields of a backup create.

    https://docs.openstack.org/api-ref/block-storage/v3/#create-a-backup
    """

    #: UUID
    volume_id: str
    name: accepted.Text
    description: accepted.Printable
    container: accepted.Text
    incremental: bool | None
    #: needed for an attached volume
    force: bool | None
    #: UUID of a snapshot of the volume
    snapshot_id: str | None
    metadata: Annotated[
        Mapping[str, str] | None,
        Field(since='3.43', accepts=accepted.metadata),
    ]
    availability_zone: Annotated[
        str | None, Field(since='3.51', accepts=accepted.text)
    ]


class VolumeBackupManager(base.Manager):
    """Creates backups and follows them."""

    kind: ClassVar[str] = 'backup'
    noun: ClassVar[str] = 'volume backup'
    key: ClassVar[str] = 'backup'
    collection: ClassVar[str] = 'backups'
    wait_timeout: ClassVar[float] = 86400.0
    comparisons = (
        comparison.exactly('volume_id'),
        comparison.exactly('snapshot_id'),
        comparison.exactly('description'),
        comparison.if_given('container'),
        comparison.if_given('availability_zone'),
        comparison.incremental,
        comparison.properties,
    )

    def request(self, values: base.Values) -> base.Create:
        """Return the request that a create with ``values`` sends."""
        return base.Create(
            self.http, self.collection, self.key, BackupCreate, values
        )

    def create(self, **values: Unpack[BackupCreate]) -> Resource:
        """Create a backup.

        :param values: see :class:`BackupCreate`; ``volume_id`` is required
        :return: the backup's ID and name; the server tells no more, get the
            rest by :meth:`get` or :meth:`wait`
        :raises exceptions.UnsupportedVersion: for a field that is newer
            than the API version; nothing was sent
        :raises exceptions.UnknownOutcome: if the answer was lost
        :raises exceptions.ClientException: if it was refused
        """
        return self._create(self.request(values))

    def parent(
        self,
        volume: Resource,
        snapshot: Resource | None = None,
    ) -> Resource | None:
        """Return the backup that an incremental one would build upon.

        Cinder takes, of the volume's available backups, the one with the
        newest data; for a backup of a snapshot only those with data older
        than the snapshot count. It is usable if the volume has not been
        resized since.

        :param volume: the full record of the volume
        :param snapshot: the full record of its snapshot to be backed up
        :return: the usable parent, or None
        """
        latest: Resource | None = None
        for backup in self.list(volume_id=volume.id, status='available'):
            if backup.get('volume_id') != volume.id:
                continue
            if backup.status != 'available':
                continue
            taken = _data_of(backup)
            if snapshot is not None and taken >= str(
                snapshot.get('created_at')
            ):
                continue
            if latest is None or taken > _data_of(latest):
                latest = backup
        if latest is None or latest.size != volume.size:
            return None
        return latest


def _data_of(backup: Resource) -> str:
    return str(backup.get('data_timestamp') or backup.get('created_at'))
