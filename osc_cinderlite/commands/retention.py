# SPDX-License-Identifier: Apache-2.0

"""Deletion of old snapshots and backups after a bulk run."""

from collections.abc import Callable, Iterator, Mapping

from osc_cinderlite.commands.driver import Driver
from osc_cinderlite.commands.volume_selection import VolumeSelection
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.control import Control
from osc_cinderlite.lib.creating.deleting import Deletion, deletions
from osc_cinderlite.lib.creating.retention import Plan, Policy, plan
from osc_cinderlite.lib.resource import Resource

_WAITING = _('it stays until all backups that build on it have expired')


class Retention:
    """The old resources of a run's volumes.

    :param driver: the run
    :param selection: the volumes
    """

    def __init__(self, driver: Driver, selection: VolumeSelection) -> None:
        self._driver = driver
        self._selection = selection
        args = driver.args
        self._policy = Policy(args.keep, args.keep_for)

    @property
    def is_wanted(self) -> bool:
        """True if old ones are to be deleted."""
        return any(rule is not None for rule in self._policy)

    def planned(self, new: Mapping[str, int]) -> Iterator[Deletion]:
        """Return what would be deleted, and what would stay.

        :param new: how many would be created, by the volume's ID
        """
        for one in self._plans(new):
            for group in one.groups:
                for resource in group:
                    yield Deletion(resource, 'to delete')
            yield from _waiting(one)

    def carried_out(
        self,
        volumes: Mapping[str, int],
        control: Control,
        is_stopped: Callable[[], bool],
    ) -> Iterator[Deletion]:
        """Delete what has expired and return the outcomes.

        :param volumes: the IDs of volumes whose new resource is good
        :param is_stopped: returns whether the user has interrupted the run
        """
        plans = list(self._plans(volumes))
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

    def _plans(self, volumes: Mapping[str, int]) -> Iterator[Plan]:
        existing: dict[str, list[Resource]] = {}
        for one in self._driver.existing():
            existing.setdefault(str(one.get('volume_id')), []).append(one)
        series_of = self._selection.series
        for volume_id, ahead in volumes.items():
            names = series_of[volume_id]
            series: list[Resource] = []
            foreign: list[Resource] = []
            for one in existing.get(volume_id, ()):
                mine = names.fullmatch(one.name or '') is not None
                (series if mine else foreign).append(one)
            yield plan(
                series, foreign, self._policy, self._driver.now, ahead=ahead
            )


def _waiting(of: Plan) -> Iterator[Deletion]:
    for resource in of.waiting:
        why = exceptions.ClientException(_WAITING)
        yield Deletion(resource, 'kept', why)
