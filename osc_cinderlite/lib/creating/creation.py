# SPDX-License-Identifier: Apache-2.0

"""What is to be created, from what a person gives to what the API wants.

People name what they create from; the API wants IDs. A :class:`Creation`
holds both, and finds what has to be found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import copy
import logging
import re
from typing import Any, ClassVar

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.references import Reference
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.backups import VolumeBackupManager
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.resources.validators import is_uuid
from osc_cinderlite.lib.resources.volumes import VolumeManager
from osc_cinderlite.lib.resources.watched import Source
from osc_cinderlite.lib.text import printable

LOG = logging.getLogger(__name__)

FollowUp = Callable[[str], None]

#: what Cinder says of an image that it does not find
_NO_IMAGE = re.compile(r'\bInvalid\simage\sidentifier\b')


class Creation:
    """A resource that is to be created.

    :param manager: the manager of what is created
    :param values: fields of the create, except those given as references
    :param references: fields whose values are IDs that may still be names
    :param follow_ups: what is to be done, in this order, once the new
        resource is available; each is called with its ID

    :ivar chosen: whether it was left open if it is incremental, and chosen
    :ivar parent: the backup that an incremental one was chosen to build on
    """

    chosen = False
    parent: Resource | None = None

    def __init__(
        self,
        manager: Manager,
        values: Mapping[str, Any],
        references: Mapping[str, Reference] | None = None,
        follow_ups: tuple[FollowUp, ...] = (),
    ) -> None:
        self.manager = manager
        self.values = dict(values)
        self.references = dict(references or {})
        self.follow_ups = follow_ups

    @property
    def name(self) -> str | None:
        """The name of what is created."""
        return self.values.get('name')

    @property
    def source(self) -> Source | None:
        """What it is made from, if that may fail instead of it."""
        return None

    def may_be_same(self, other: Creation) -> bool:
        """Return whether another creation may be of the same resource.

        That is one of the same name and volume; a volume that is given by
        name may be the one that is given by ID.
        """
        if self.name != other.name:
            return False
        mine, others = self._volume, other._volume
        if mine is None or others is None or mine == others:
            return True
        return is_uuid(mine) != is_uuid(others)

    @property
    def _volume(self) -> str | None:
        volume_id: str | None = self._filled().get('volume_id')
        return volume_id

    def check(self) -> None:
        """Refuse, without a request, what the API version lacks.

        :raises exceptions.UnsupportedVersion: for a field that is newer
        """
        self.manager.check(self._filled())

    def prepare(self) -> None:
        """Find everything that is given by name.

        :raises exceptions.ClientException: for what cannot be found
        """
        try:
            for reference in self.references.values():
                reference.resolve()
        except exceptions.ClientException:
            # Before a field came, there was nothing that it could name.
            self.check()
            raise

    def request(self) -> CreateRequest:
        """Return the request as it would be sent now."""
        return self.manager.request(self._filled())

    def amend(self, refusal: exceptions.ClientException) -> bool:
        """Change what a refusal says is wrong.

        :return: whether there is something else to send now
        :raises exceptions.ClientException: if it turned out why not
        """
        if not isinstance(refusal, exceptions.NotFound):
            return False
        for reference in self.references.values():
            if (
                reference.known is None
                and not reference.manager.known_by_name
                and reference.given in refusal.message
            ):
                # A UUID that the server does not know may be a name.
                _look_up(reference, refusal)
                self.prepare()
                return True
        return False

    def follow_up(self, resource_id: str) -> None:
        """Do what is to be done once the resource is available.

        Each is tried, whatever becomes of those before it.

        :raises exceptions.ClientException: the first that was refused
        """
        refused: list[exceptions.ClientException] = []
        for act in self.follow_ups:
            try:
                act(resource_id)
            except exceptions.ClientException as error:
                refused.append(error)
        if refused:
            raise refused[0]

    def existing(self, *, of_volume: bool = False) -> Resource | None:
        """Return what has the wanted name already, or None.

        A warning names what it has otherwise than wanted.

        :param of_volume: whether only what is of the same volume counts
        :raises exceptions.InvalidInput: if no name is wanted
        :raises exceptions.MultipleMatches: if several have it
        """
        if not self.name:
            raise exceptions.InvalidInput(
                f'a {self.manager.kind} without a name cannot be looked for'
            )
        found = self.manager.named(self.name)
        if found and of_volume:
            volume = self._resolved().get('volume_id')
            found = [one for one in found if one.get('volume_id') == volume]
        if not found:
            return None
        if len(found) > 1:
            raise exceptions.MultipleMatches(
                self.manager.kind, self.name, found
            )
        self._compare(found[0])
        return found[0]

    def _filled(self) -> dict[str, Any]:
        ids = {field: ref.id for field, ref in self.references.items()}
        return {**self.values, **ids}

    def _resolved(self) -> dict[str, Any]:
        """Return the fields, with what is given by name looked up."""
        Creation.prepare(self)
        return self._filled()

    def _compare(self, existing: Resource) -> None:
        """Warn of what was requested and is not so."""
        for key, has, wanted in self.manager.differences(
            self._resolved(), existing
        ):
            LOG.warning(
                "The %s '%s' exists, but its %s is %s, not %s.",
                self.manager.kind,
                printable(str(self.name)),
                key,
                printable(str(has)),
                printable(str(wanted)),
            )


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
        if not isinstance(refusal, exceptions.BadRequest):
            return super().amend(refusal)
        image = self.references.get('image')
        if image and not image.known and _NO_IMAGE.search(refusal.message):
            # Cinder finds no hidden images by name; Glance does.
            _look_up(image, refusal)
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
        whether it is to be incremental if there is a usable parent
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

    def prepare(self) -> None:
        super().prepare()
        if not self._choose or self.chosen:
            return
        self.chosen = True
        snapshot = self.references.get('snapshot_id')
        self.parent = self._backups.parent(
            self.references['volume_id'].record_or_named(),
            snapshot.record_or_named() if snapshot else None,
        )
        self.values['incremental'] = self.parent is not None


_KINDS: Mapping[type[Manager], Callable[..., Creation]] = {
    VolumeManager: VolumeCreation,
    VolumeBackupManager: BackupCreation,
    Manager: Creation,
}


def creation_of(
    manager: Manager,
    values: Mapping[str, Any],
    references: Mapping[str, Reference] | None = None,
    follow_ups: tuple[FollowUp, ...] = (),
) -> Creation:
    """Return what is to be created by a manager; see :class:`Creation`."""
    make = next(
        make for kind, make in _KINDS.items() if isinstance(manager, kind)
    )
    return make(manager, values, references, follow_ups)


def _look_up(
    reference: Reference, refusal: exceptions.ClientException
) -> None:
    """Find what Cinder did not find.

    Where nobody can tell, Cinder's refusal counts. A look-up may be shared by
    many creates; the refusal is of one.
    """
    try:
        reference.look_up()
    except exceptions.ResourceNotFound as missing:
        told = copy.copy(missing)
        told.status = refusal.status
        told.request_id = refusal.request_id
        raise told from refusal
    except exceptions.MultipleMatches:
        raise
    except exceptions.ClientException as error:
        LOG.debug('cannot look for %s: %s', reference.given, error)
        raise refusal from error
