# SPDX-License-Identifier: Apache-2.0

"""One create from what a person gives to what the server made.

People name what they create from; the API wants IDs. A :class:`Creation`
holds both, finds what has to be found, and sends the create. Single commands
and bulk ones run the same creations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import copy
import logging
import re
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.references import Reference
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources import base

if TYPE_CHECKING:
    from osc_cinderlite.lib.resources.backups import VolumeBackupManager
    from osc_cinderlite.lib.resources.volumes import VolumeManager

LOG = logging.getLogger(__name__)


#: what Cinder says of an image that it does not find
_NO_IMAGE = re.compile(r'\bInvalid\simage\sidentifier\b')


class Outcome(NamedTuple):
    """What a creation came to.

    :param resource: what exists now
    :param result: whether it was made now or was there before
    """

    resource: Resource
    result: Literal['created', 'exists']


class Creation:
    """A create that is still to be carried out.

    :param manager: the manager of what is created
    :param values: fields of the create, except those given as references
    :param references: fields whose values are IDs that may be names yet
    :param follow_ups: what is to be done, in this order, once the new
        resource is available; each is called with its ID

    :cvar contradictory: for a resource that exists already: what to compare
        of its record with the create's fields (by the record's key)
    """

    contradictory: ClassVar[Mapping[str, str]] = {'volume_id': 'volume_id'}

    def __init__(
        self,
        manager: base.Manager,
        values: Mapping[str, Any],
        references: Mapping[str, Reference] | None = None,
        follow_ups: tuple[Callable[[str], None], ...] = (),
    ) -> None:
        self.manager = manager
        self.values = dict(values)
        self.references = dict(references or {})
        self.follow_ups = follow_ups
        self._sent: base.Create | None = None

    @property
    def sent(self) -> base.Create | None:
        """The request that may have been carried out, if there is one."""
        sent = self._sent
        return sent if sent is not None and sent.once.maybe_done else None

    @property
    def name(self) -> str | None:
        """The name of what is created."""
        return self.values.get('name')

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
        return base.is_uuid(mine) != base.is_uuid(others)

    @property
    def _volume(self) -> str | None:
        volume = self.references.get('volume_id')
        return volume.id if volume else self.values.get('volume_id')

    @property
    def restored_from(self) -> str | None:
        """The UUID of the backup that a new volume is restored from."""
        backup = self.references.get('backup_id')
        return backup.id if backup else self.values.get('backup_id')

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

    def request(self) -> base.Create:
        """Return the request as it would be sent now."""
        return self.manager.request(self._filled())

    def run(
        self, *, or_show: bool = False, of_volume: bool = False
    ) -> Outcome:
        """Carry it out.

        :param or_show: take a resource of that name that exists already
        :param of_volume: but only one of the same volume
        :raises exceptions.MultipleMatches: if there are several
        :raises exceptions.ClientException: if nothing was created
        """
        if or_show:
            existing = self.existing(of_volume=of_volume)
            if existing is not None:
                return Outcome(existing, 'exists')
        self.prepare()
        return Outcome(self._send(), 'created')

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

    def _filled(self) -> dict[str, Any]:
        ids = {field: ref.id for field, ref in self.references.items()}
        return {**self.values, **ids}

    def _send(self) -> Resource:
        try:
            return self._create()
        except exceptions.NotFound as error:
            self._names_after_all(error)
        self.prepare()
        return self._create()

    def _create(self) -> Resource:
        self._sent = self.request()
        return self.manager.create_from(self._sent)

    def _names_after_all(self, error: exceptions.NotFound) -> None:
        """Take the UUID that the server does not know for a name."""
        for reference in self.references.values():
            if (
                reference.known is None
                and not reference.manager.known_by_name
                and reference.given in error.message
            ):
                try:
                    reference.look_up()
                except exceptions.ResourceNotFound as missing:
                    raise _answered(missing, error) from error
                return
        raise error

    def existing(self, *, of_volume: bool = False) -> Resource | None:
        """Return what has the wanted name already, or None.

        What it has otherwise than wanted is warned of.

        :param of_volume: whether what is of another volume does not count
        :raises exceptions.InvalidInput: if no name is wanted
        :raises exceptions.MultipleMatches: if several have it
        """
        if not self.name:
            raise exceptions.InvalidInput(
                _('a %(kind)s without a name cannot be looked for')
                % {'kind': self.manager.kind}
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

    def _resolved(self) -> dict[str, Any]:
        """Return the fields, with what is given by name looked up."""
        Creation.prepare(self)
        return self._filled()

    def _compare(self, existing: Resource) -> None:
        """Warn of what was asked for and is not so."""
        wanted = self._resolved()
        for key, field in self.contradictory.items():
            value = wanted.get(field)
            if value is not None and existing.get(key) != value:
                LOG.warning(
                    _(
                        "The %(kind)s '%(name)s' exists, but its %(key)s is "
                        '%(has)s, not %(wanted)s.'
                    ),
                    {
                        'kind': self.manager.kind,
                        'name': exceptions.printable(str(self.name)),
                        'key': key,
                        'has': exceptions.printable(str(existing.get(key))),
                        'wanted': exceptions.printable(str(value)),
                    },
                )


class VolumeCreation(Creation):
    """The create of a volume, which may have a source with a size."""

    contradictory = {
        'size': 'size',
        'volume_type': 'volume_type',
        'snapshot_id': 'snapshot_id',
        'source_volid': 'source_volid',
    }
    _sources: ClassVar = ('snapshot_id', 'source_volid', 'backup_id')

    @property
    def _source(self) -> Reference | None:
        for field in self._sources:
            if field in self.references:
                return self.references[field]
        return None

    def prepare(self) -> None:
        super().prepare()
        source = self._source
        if source is not None and source.known is not None:
            self._fit(source.known)

    def _send(self) -> Resource:
        try:
            return super()._send()
        except exceptions.BadRequest as error:
            if self._has_no_such_image(error):
                self._find_image(error)
                return super()._send()
            source = self._source
            if source is None or source.known or not self.values.get('size'):
                raise
            if not self._fit(source.record()):
                raise
        return super()._send()

    def _has_no_such_image(self, error: exceptions.BadRequest) -> bool:
        image = self.references.get('image')
        return (
            image is not None
            and image.known is None
            and _NO_IMAGE.search(error.message) is not None
        )

    def _find_image(self, error: exceptions.BadRequest) -> None:
        """Look in Glance for an image that Cinder has not found.

        :raises exceptions.ResourceNotFound: if there is none
        :raises exceptions.MultipleMatches: if several have the name
        :raises exceptions.BadRequest: Cinder's, if Glance does not tell
        """
        try:
            self.references['image'].look_up()
        except exceptions.ResourceNotFound as missing:
            raise _answered(missing, error) from error
        except exceptions.MultipleMatches:
            raise
        except exceptions.ClientException as failure:
            LOG.debug('Glance does not tell: %s', failure)
            raise error from failure

    def _fit(self, source: Resource) -> bool:
        """Raise the size to the source's; return whether it was below."""
        given = self.values.get('size')
        if source.size is None or (given or 0) >= source.size:
            return False
        self.values['size'] = source.size
        if given is not None:
            LOG.warning(
                _(
                    'The size of %(given)d GiB is below that of its source; '
                    'the volume is made with %(size)d GiB.'
                ),
                {'given': given, 'size': source.size},
            )
        return True


class BackupCreation(Creation):
    """The create of a backup, which may be incremental if it can.

    :param incremental_or_full: incremental if there is a usable parent
    :param chosen: called with the parent that was found, or None
    """

    contradictory = {
        'volume_id': 'volume_id',
        'snapshot_id': 'snapshot_id',
        'is_incremental': 'incremental',
        'container': 'container',
    }

    def __init__(
        self,
        manager: VolumeBackupManager,
        values: Mapping[str, Any],
        references: Mapping[str, Reference],
        *,
        incremental_or_full: bool = False,
        chosen: Callable[[Resource | None], None] | None = None,
    ) -> None:
        super().__init__(manager, values, references)
        self.backups = manager
        self._choose = incremental_or_full
        self._chosen = chosen

    def prepare(self) -> None:
        super().prepare()
        if not self._choose:
            return
        self._choose = False
        snapshot = self.references.get('snapshot_id')
        parent = self.backups.parent(
            self.references['volume_id'].record_or_named(),
            snapshot.record_or_named() if snapshot else None,
        )
        self.values['incremental'] = parent is not None
        if self._chosen is not None:
            self._chosen(parent)


def _answered(
    missing: exceptions.ResourceNotFound, refusal: exceptions.HTTPError
) -> exceptions.ResourceNotFound:
    """Return a failed look-up with what identifies Cinder's refusal.

    A look-up may be shared by many creates; the refusal is of one.
    """
    told = copy.copy(missing)
    told.status = refusal.status
    told.request_id = refusal.request_id
    return told


def volume_follow_ups(
    manager: VolumeManager, bootable: bool | None, read_only: bool | None
) -> tuple[Callable[[str], None], ...]:
    """Return what a volume create cannot do in its one request.

    :param bootable: the boot flag to set, or None
    :param read_only: the access mode to set, or None
    """
    acts: list[Callable[[str], None]] = []
    if bootable is not None:
        acts.append(lambda v: manager.set_bootable(v, bootable))
    if read_only is not None:
        acts.append(lambda v: manager.set_readonly(v, read_only))
    return tuple(acts)
