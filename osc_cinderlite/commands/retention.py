# SPDX-License-Identifier: Apache-2.0

"""Deletion of old snapshots and backups after a bulk run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from osc_cinderlite.commands.driver import Driver
from osc_cinderlite.commands.volume_selection import VolumeSelection
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.control import Control
from osc_cinderlite.lib.creating.deleting import Deletion, deletions
from osc_cinderlite.lib.creating.retention import Plan, Policy, plan
from osc_cinderlite.lib.resource import Resource

#: what a request to create has
Fields: TypeAlias = Mapping[str, Any]

_WAITING = _('it stays until all backups that build on it have expired')


class Retention:
    """The old resources of a run's volumes.

    :param driver: the run
    :param selection: the volumes
    """

    def __init__(self, driver: Driver, selection: VolumeSelection) -> None:
        self._driver = driver
        self._selection = selection
        self._policy = Policy(driver.args.keep, driver.args.keep_for)

    def planned(self, new: Mapping[str, Fields | None]) -> Iterator[Deletion]:
        """Return what would be deleted, and what would stay.

        :param new: the request by the volume's ID; None if what it asks for
            exists
        """
        expected = {
            volume_id: [] if fields is None else [self._expected(fields)]
            for volume_id, fields in new.items()
        }
        for one in self._plans(expected):
            for group in one.groups:
                for resource in group:
                    yield Deletion(resource, 'to delete')
            yield from _waiting(one)

    def carried_out(
        self,
        volumes: Iterable[str],
        control: Control,
        is_stopped: Callable[[], bool],
    ) -> Iterator[Deletion]:
        """Delete what has expired and return the outcomes.

        :param volumes: the IDs of volumes whose new resource is good
        :param is_stopped: returns whether the user has interrupted the run
        """
        plans = list(self._plans({one: [] for one in volumes}))
        yield from deletions(
            self._driver.manager,
            [group for one in plans for group in one.groups],
            parallel=self._driver.args.parallel,
            timeout=self._driver.args.wait_timeout,
            control=control,
            is_stopped=is_stopped,
        )
        for one in plans:
            yield from _waiting(one)

    def _expected(self, fields: Fields) -> Resource:
        """Return the record that a create will have made."""
        now = self._driver.now.replace(tzinfo=None)
        return Resource(
            id='',
            status='available',
            created_at=now.isoformat(),
            is_incremental=fields.get('incremental'),
        )

    def _plans(self, volumes: Mapping[str, list[Resource]]) -> Iterator[Plan]:
        """Return the plan of each volume.

        :param volumes: what is still to come of each
        """
        existing: dict[str, list[Resource]] = {}
        # Those of the caller's project, whatever project the volumes are of.
        for one in self._driver.manager.list():
            existing.setdefault(str(one.get('volume_id')), []).append(one)
        series_of = self._selection.series
        for volume_id, expected in volumes.items():
            names = series_of[volume_id]
            series = [*expected]
            foreign: list[Resource] = []
            for one in existing.get(volume_id, ()):
                mine = names.fullmatch(one.name or '') is not None
                (series if mine else foreign).append(one)
            yield plan(series, foreign, self._policy, self._driver.now)


def _waiting(of: Plan) -> Iterator[Deletion]:
    for resource in of.waiting:
        why = exceptions.ClientException(_WAITING)
        yield Deletion(resource, 'kept', why)
