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

"""The way in."""

from __future__ import annotations

from typing import Any

from keystoneauth1 import session as ksa_session

from osc_cinderlite.lib import (
    groups,
    http,
    messages,
    servers,
    volume_backups,
    volume_snapshots,
    volumes,
)


class Client:
    """The managers of one cloud's block storage.

    :param session: a keystoneauth1 session
    :param options: see :class:`osc_cinderlite.lib.http.HTTPClient`

    :ivar volumes: :class:`~.volumes.VolumeManager`
    :ivar snapshots: :class:`~.volume_snapshots.SnapshotManager`
    :ivar backups: :class:`~.volume_backups.VolumeBackupManager`
    :ivar messages: :class:`~.messages.MessageManager`
    """

    def __init__(self, session: ksa_session.Session, **options: Any) -> None:
        self._session = session
        self._options = options
        self.http = http.HTTPClient(session, **options)
        self.volumes = volumes.VolumeManager(self)
        self.snapshots = volume_snapshots.SnapshotManager(self)
        self.backups = volume_backups.VolumeBackupManager(self)
        self.groups = groups.GroupManager(self)
        self.consistency_groups = groups.ConsistencyGroupManager(self)
        self.messages = messages.MessageManager(self.http)

    @property
    def servers(self) -> servers.ServerManager:
        """Finds servers; the Compute service is asked only if it is used."""
        options = {
            key: value
            for key, value in self._options.items()
            if key in ('interface', 'region_name', 'timeout', 'client_version')
        }
        compute = http.HTTPClient(
            self._session, api_version='2', service_type='compute', **options
        )
        return servers.ServerManager(self, compute)
