# SPDX-License-Identifier: Apache-2.0

"""Entry point of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from keystoneauth1 import session as ksa_session

from osc_cinderlite.lib.resources.lookups import (
    ConsistencyGroupManager,
    GroupManager,
    ImageManager,
    ServerManager,
)
from osc_cinderlite.lib.resources.messages import MessageManager
from osc_cinderlite.lib.transport import http

if TYPE_CHECKING:
    from osc_cinderlite.lib.resources.backups import VolumeBackupManager
    from osc_cinderlite.lib.resources.snapshots import SnapshotManager
    from osc_cinderlite.lib.resources.volumes import VolumeManager

T = TypeVar('T')

#: options that hold for other services than Cinder, too
_OF_ALL_SERVICES = (
    'interface',
    'region_name',
    'timeout',
    'patience',
    'client_version',
)


class Client:
    """The managers of one cloud's block storage.

    Each is made when it is first used. The modules of those that create are
    imported then, too: a command pays for one, not for all.

    :param session: a keystoneauth1 session
    :param options: see :class:`osc_cinderlite.lib.transport.http.HTTPClient`
    """

    def __init__(self, session: ksa_session.Session, **options: Any) -> None:
        self._session = session
        self._options = options
        self._managers: dict[object, Any] = {}
        self.http = http.HTTPClient(session, **options)

    def _only(self, make: Callable[[http.HTTPClient], T]) -> T:
        """Return the one object of a kind, made at its first use."""
        if make not in self._managers:
            # Of two threads that come here, both get the first one's.
            self._managers.setdefault(make, make(self.http))
        made: T = self._managers[make]
        return made

    @property
    def volumes(self) -> VolumeManager:
        """Creates, finds and follows volumes."""
        from osc_cinderlite.lib.resources.volumes import VolumeManager

        return self._only(VolumeManager)

    @property
    def snapshots(self) -> SnapshotManager:
        """Creates, finds and follows snapshots."""
        from osc_cinderlite.lib.resources.snapshots import SnapshotManager

        return self._only(SnapshotManager)

    @property
    def backups(self) -> VolumeBackupManager:
        """Creates, finds and follows backups."""
        from osc_cinderlite.lib.resources.backups import VolumeBackupManager

        return self._only(VolumeBackupManager)

    @property
    def groups(self) -> GroupManager:
        """Finds groups."""
        return self._only(GroupManager)

    @property
    def consistency_groups(self) -> ConsistencyGroupManager:
        """Finds consistency groups."""
        return self._only(ConsistencyGroupManager)

    @property
    def messages(self) -> MessageManager:
        """Reads what Cinder told the user about failures."""
        return MessageManager(self.http)

    @property
    def servers(self) -> ServerManager:
        """Finds servers; the Compute service is asked only if it is used."""
        return ServerManager(self._of_service('compute'))

    @property
    def images(self) -> ImageManager:
        """Finds images; the Image service is asked only if it is used."""
        return ImageManager(
            self._of_service('image'),
            known_by_name=self.http.asked.major > 1,
        )

    def _of_service(self, service_type: str) -> http.HTTPClient:
        """Return a client of another service of the cloud, version 2."""
        options = {
            key: value
            for key, value in self._options.items()
            if key in _OF_ALL_SERVICES
        }
        return http.HTTPClient(
            self._session,
            api_version='2',
            service_type=service_type,
            **options,
        )
