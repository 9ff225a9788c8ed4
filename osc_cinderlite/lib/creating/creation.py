# SPDX-License-Identifier: Apache-2.0

"""Resources to create, by names or IDs.

People name what they create from; the API wants IDs. A :class:`Creation`
holds both, and finds what has to be found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import copy
import logging
from typing import Any, Literal, NamedTuple

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.references import Reference
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.base import Manager
from osc_cinderlite.lib.resources.requests import CreateRequest
from osc_cinderlite.lib.resources.validators import is_uuid
from osc_cinderlite.lib.resources.waiting import Source
from osc_cinderlite.lib.text import printable

LOG = logging.getLogger(__name__)

FollowUp = Callable[[str], None]


class Skip(NamedTuple):
    """A reason not to create a resource at all.

    :param result: ``recent`` (a good one is young enough) or ``skipped``
    :param resource: the one that there is, or None
    :param why: the reason, or None if ``resource`` says it
    """

    result: Literal['recent', 'skipped']
    resource: Resource | None = None
    why: exceptions.ClientException | None = None


class Creation:
    """A resource that is to be created.

    :param manager: the manager of what is created
    :param values: fields of the create, except those given as references
    :param references: fields whose values are IDs that may still be names
    :param follow_ups: what is to be done, in this order, once the new
        resource is available; each is called with its ID

    :ivar chosen: whether it was left open if it is incremental, and chosen
    :ivar skip: why it is not to be created, or None
    :ivar parent: the backup that an incremental one was chosen to build on
    """

    chosen = False
    parent: Resource | None = None
    skip: Skip | None = None

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
        """Its source, if that may fail instead of it."""
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
                look_up(reference, refusal)
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

    def existing(self) -> Resource | None:
        """Return what has the wanted name, and volume, already, or None.

        A failed one does not count; a good one wins. A warning names what it
        has otherwise than wanted.

        :raises exceptions.InvalidInput: if no name is wanted
        :raises exceptions.MultipleMatches: if several good ones have it
        :raises exceptions.ResourceFailed: if a failed one has it that must
            not be replaced
        """
        if not self.name:
            raise exceptions.InvalidInput(
                f'a {self.manager.kind} without a name cannot be looked for'
            )
        found = self._of_volume(self.manager.named(self.name))
        good = [one for one in found if one.status in self.manager.succeeded]
        there = good or [one for one in found if not one.has_failed]
        if len(there) > 1:
            raise self.manager.several(self.name, there)
        if there:
            self._compare(there[0])
            return there[0]
        for failed in found[:1]:
            self._replace(failed)
        return None

    def _of_volume(self, found: Sequence[Resource]) -> Sequence[Resource]:
        """Return the resources that are of the wanted volume."""
        if not found or self._volume is None:
            return found
        volume = self._resolved().get('volume_id')
        return [one for one in found if one.get('volume_id') == volume]

    def _replace(self, failed: Resource) -> None:
        """Allow a new resource with the name of a failed one, or refuse it."""
        kind, status = self.manager.kind, printable(str(failed.status))
        if not self.manager.replaceable:
            raise exceptions.ResourceFailed(
                f'{kind} {failed.id} is in status {status}; delete it to '
                'create a new one',
                failed,
            )
        LOG.warning(
            "The %s '%s' (%s) is in status %s; a new one is made.",
            kind,
            printable(str(self.name)),
            failed.id,
            status,
        )

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


def look_up(reference: Reference, refusal: exceptions.ClientException) -> None:
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
