#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Backups in files, with failures on demand by the container's name."""

from __future__ import annotations

import time
from typing import Any

from cinder import exception
from cinder.backup.drivers import posix


def _fail_in(backup: Any, container: str) -> None:
    if backup.container == container:
        raise exception.BackupDriverException(
            reason=f"the container is named {container}"
        )


class BackupDriver(posix.PosixBackupDriver):
    def backup(self, backup: Any, volume_file: Any, **kwargs: Any) -> Any:
        if backup.container == "slow":
            time.sleep(5)
        _fail_in(backup, "fail")
        return super().backup(backup, volume_file, **kwargs)

    def restore(self, backup: Any, *args: Any) -> None:
        if backup.container == "slow":
            time.sleep(5)
        _fail_in(backup, "fail-restore")
        super().restore(backup, *args)

    def delete_backup(self, backup: Any) -> None:
        _fail_in(backup, "fail-delete")
        super().delete_backup(backup)
