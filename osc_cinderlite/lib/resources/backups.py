# SPDX-License-Identifier: Apache-2.0

"""Backups of volumes."""

from __future__ import annotations

import datetime
from typing import Annotated, ClassVar, TypedDict, Unpack

from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import base, comparison, validators
from osc_cinderlite.lib.resources.fields import Field, Form


class BackupCreate(TypedDict, total=False):
    """The fields of a backup create.

    https://docs.openstack.org/api-ref/block-storage/v3/#create-a-backup
    """

    #: UUID
    volume_id: Annotated[str, Field(shown='volume_id')]
    name: validators.Text
    description: validators.Printable
    container: Annotated[validators.Text, Field(shown='container')]
    incremental: Annotated[bool | None, Field(shown='is_incremental')]
    #: needed for an attached volume
    force: bool | None
    #: UUID of a snapshot of the volume
    snapshot_id: Annotated[str | None, Field(shown='snapshot_id')]
    metadata: Annotated[validators.Metadata, Field(since='3.43')]
    availability_zone: Annotated[validators.Text, Field(since='3.51')]


class VolumeBackupManager(base.Manager):
    """Creates backups and follows them."""

    kind: ClassVar[str] = 'backup'
    key: ClassVar[str] = 'backup'
    collection: ClassVar[str] = 'backups'
    wait_timeout: ClassVar[float] = 86400.0
    form = Form('backups', BackupCreate)
    comparisons = (
        comparison.exactly('volume_id'),
        comparison.exactly('snapshot_id'),
        comparison.exactly('description'),
        comparison.if_given('container'),
        comparison.if_given('availability_zone'),
        comparison.incremental,
        comparison.properties,
    )

    def create(self, **values: Unpack[BackupCreate]) -> Resource:
        """Create a backup.

        :param values: see :class:`BackupCreate`; ``volume_id`` is required
        :return: the backup's ID and name, all that Cinder returns; get the
            rest by :meth:`get` or :meth:`wait`
        :raises exceptions.UnsupportedVersion: for a field that is newer
            than the API version; nothing was sent
        :raises exceptions.UnknownOutcome: if the response was lost
        :raises exceptions.ClientException: if it was refused
        """
        return self._create(self.request(values))

    def parent(
        self,
        volume: Resource,
        snapshot: Resource | None = None,
        *,
        full_after: datetime.timedelta | None = None,
    ) -> Resource | None:
        """Return the backup that an incremental one would build upon.

        Cinder takes, of the volume's available backups, the one with the
        newest data; for a backup of a snapshot only those with data older
        than the snapshot count. It is usable if the volume has not been
        resized since.

        :param volume: the full record of the volume
        :param snapshot: the full record of its snapshot to be backed up
        :param full_after: the age from which on the full backup that it
            builds upon makes it unusable
        :return: the usable parent, or None
        """
        usable = [
            backup
            for backup in self.list(volume_id=volume.id, status='available')
            if backup.get('volume_id') == volume.id
            and backup.status == 'available'
            and (
                snapshot is None
                or data_of(backup) < str(snapshot.get('created_at'))
            )
        ]
        usable.sort(key=data_of)
        if not usable or usable[-1].size != volume.size:
            return None
        if full_after is not None and self._is_old(usable, full_after):
            return None
        return usable[-1]

    def _is_old(
        self, backups: list[Resource], full_after: datetime.timedelta
    ) -> bool:
        """Return whether the newest full backup is older than that."""
        full = [b for b in backups if not b.get('is_incremental')]
        made = full[-1].created_at if full else None
        now = self.http.server_clock.now()
        return made is None or now is None or now - made >= full_after


def data_of(backup: Resource) -> str:
    """Return the time of a backup's data, as Cinder writes it."""
    return str(backup.get('data_timestamp') or backup.get('created_at'))
