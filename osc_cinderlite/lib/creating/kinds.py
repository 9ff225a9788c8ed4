# SPDX-License-Identifier: Apache-2.0

"""Creations of the kinds that have rules of their own."""

from __future__ import annotations

from collections.abc import Mapping
import logging
import re
from typing import Any, ClassVar

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.creation import Creation, FollowUp, look_up
from osc_cinderlite.lib.creating.references import Reference
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.backups import VolumeBackupManager
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.volumes import VolumeManager
from osc_cinderlite.lib.resources.waiting import Source

LOG = logging.getLogger(__name__)

#: statuses of a refused value; at API v1, Cinder 11 may respond 422
_WRONG_VALUE = (400, 422)

#: what Cinder says of an image that it does not find
_NO_IMAGE = re.compile(r'\bInvalid\simage\sidentifier\b')


class VolumeCreation(Creation):
    """A volume that is to be created; its source may have a size."""

    _with_size: ClassVar = ('snapshot_id', 'source_volid', 'backup_id')

    @property
    def source(self) -> Source | None:
        backup_id = self._filled().get('backup_id')
        if backup_id is None:
            return None
        return Source(VolumeBackupManager(self.manager.http), backup_id)

    @property
    def _source_with_size(self) -> Reference | None:
        for field in self._with_size:
            if field in self.references:
                return self.references[field]
        return None

    def prepare(self) -> None:
        super().prepare()
        source = self._source_with_size
        if source is not None and source.known is not None:
            self._fit(source.known)

    def amend(self, refusal: exceptions.ClientException) -> bool:
        if refusal.status not in _WRONG_VALUE:
            return super().amend(refusal)
        image = self.references.get('image')
        if image and not image.known and _NO_IMAGE.search(refusal.message):
            # Cinder finds no hidden images by name; Glance does.
            look_up(image, refusal)
            return True
        source = self._source_with_size
        if source is None or source.known or not self.values.get('size'):
            return False
        return self._fit(source.record())

    def _fit(self, source: Resource) -> bool:
        """Raise the size to the source's; return whether it was below."""
        given = self.values.get('size')
        if source.size is None or (given or 0) >= source.size:
            return False
        self.values['size'] = source.size
        if given is not None:
            LOG.warning(
                'The size of %d GiB is below that of its source; the volume '
                'is made with %d GiB.',
                given,
                source.size,
            )
        return True


class BackupCreation(Creation):
    """A backup that is to be created, incremental if it can be.

    :param values: as of any creation, and ``incremental_or_full`` (bool):
        whether it is to be incremental if there is a usable parent, and
        ``full_after`` (timedelta): the age of a full one that is not usable
    """

    def __init__(
        self,
        manager: VolumeBackupManager,
        values: Mapping[str, Any],
        references: Mapping[str, Reference] | None = None,
        follow_ups: tuple[FollowUp, ...] = (),
    ) -> None:
        super().__init__(manager, values, references, follow_ups)
        self._backups = manager
        self._choose = bool(self.values.pop('incremental_or_full', False))
        self._full_after = self.values.pop('full_after', None)

    def prepare(self) -> None:
        super().prepare()
        if not self._choose or self.chosen:
            return
        self.chosen = True
        snapshot = self.references.get('snapshot_id')
        self.parent = self._backups.parent(
            self.references['volume_id'].record_or_named(),
            snapshot.record_or_named() if snapshot else None,
            full_after=self._full_after,
        )
        self.values['incremental'] = self.parent is not None


def creation_of(
    manager: Manager,
    values: Mapping[str, Any],
    references: Mapping[str, Reference] | None = None,
    follow_ups: tuple[FollowUp, ...] = (),
) -> Creation:
    """Return what is to be created by a manager; see :class:`Creation`."""
    if isinstance(manager, VolumeManager):
        return VolumeCreation(manager, values, references, follow_ups)
    if isinstance(manager, VolumeBackupManager):
        return BackupCreation(manager, values, references, follow_ups)
    return Creation(manager, values, references, follow_ups)
