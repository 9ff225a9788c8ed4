# SPDX-License-Identifier: Apache-2.0

"""Entry point of the library."""

from __future__ import annotations

from typing import Any

from keystoneauth1 import session as ksa_session

from osc_cinderlite.lib.resources.backups import VolumeBackupManager
from osc_cinderlite.lib.resources.lookups import (
    ConsistencyGroupManager,
    GroupManager,
    ImageManager,
    ServerManager,
)
from osc_cinderlite.lib.resources.messages import MessageManager
from osc_cinderlite.lib.resources.snapshots import SnapshotManager
from osc_cinderlite.lib.resources.volumes import VolumeManager
from osc_cinderlite.lib.transport import http

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

    :param session: a keystoneauth1 session
    :param options: see :class:`~.transport.http.HTTPClient`
    """

    def __init__(self, session: ksa_session.Session, **options: Any) -> None:
        self._session = session
        self._options = options
        self.http = http.HTTPClient(session, **options)
        #: Creates, finds and follows volumes.
        self.volumes = VolumeManager(self.http)
        #: Creates, finds and follows snapshots.
        self.snapshots = SnapshotManager(self.http)
        #: Creates, finds and follows backups.
        self.backups = VolumeBackupManager(self.http)
        #: Finds groups.
        self.groups = GroupManager(self.http)
        #: Finds consistency groups.
        self.consistency_groups = ConsistencyGroupManager(self.http)
        #: Reads what Cinder told the user about failures.
        self.messages = MessageManager(self.http)

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
