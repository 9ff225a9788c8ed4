# SPDX-License-Identifier: Apache-2.0

"""Volumes and snapshots as sparse files in a directory."""

from __future__ import annotations

import os
from pathlib import Path
import time
from typing import Any

from cinder import exception, interface
from cinder.volume import driver
from oslo_config import cfg

GIB = 1024**3


def copy_sparse(source: Path, target: Path) -> None:
    """Copy what is data and leave the holes."""
    with open(source, 'rb') as old, open(target, 'r+b') as new:
        end = os.fstat(old.fileno()).st_size
        position = 0
        while position < end:
            try:
                position = os.lseek(old.fileno(), position, os.SEEK_DATA)
            except OSError:
                return  # No data any more.
            hole = os.lseek(old.fileno(), position, os.SEEK_HOLE)
            while position < hole:
                position += os.copy_file_range(
                    old.fileno(),
                    new.fileno(),
                    hole - position,
                    position,
                    position,
                )


@interface.volumedriver
class StandardDriver(driver.VolumeDriver):
    """<state>/volumes/<backend>/volume-<id> and snapshot-<id>."""

    VERSION = '1.0'

    def _path(self, name: str) -> Path:
        # cinder's state_path is <state>/cinder.
        state = Path(cfg.CONF.state_path).parent
        return state / 'volumes' / self.configuration.config_group / name

    def _make(self, name: str, gib: int, source: str | None = None) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, 'wb') as file:
            file.truncate(gib * GIB)
        if source:
            copy_sparse(self._path(source), path)

    def before_create(self) -> None:
        """For the slow and the broken below."""

    def do_setup(self, context: Any) -> None:
        pass

    def check_for_setup_error(self) -> None:
        pass

    def get_volume_stats(self, refresh: bool = False) -> dict[str, Any]:
        name = self.configuration.volume_backend_name
        return {
            'volume_backend_name': name,
            'vendor_name': 'devcloud',
            'driver_version': self.VERSION,
            'storage_protocol': 'local',
            'pools': [
                {
                    'pool_name': name,
                    'total_capacity_gb': 1000000,
                    'free_capacity_gb': 1000000,
                    'reserved_percentage': 0,
                    'multiattach': True,
                }
            ],
        }

    def create_volume(self, volume: Any) -> None:
        self.before_create()
        self._make(volume.name, volume.size)

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:
        self.before_create()
        self._make(volume.name, volume.size, snapshot.name)

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:
        self.before_create()
        self._make(volume.name, volume.size, src_vref.name)

    def clone_image(
        self,
        context: Any,
        volume: Any,
        image_location: Any,
        image_meta: dict[str, Any],
        image_service: Any,
    ) -> tuple[dict[str, Any] | None, bool]:
        """Stream a raw image into the file.

        The way of the base class asks qemu-img, which a raw image does not
        need and a machine may not have. Other formats still go that way.
        """
        if image_meta.get('disk_format') != 'raw':
            return None, False
        if image_meta['size'] > volume.size * GIB:
            raise exception.ImageUnacceptable(
                image_id=image_meta['id'],
                reason='the image is larger than the volume',
            )
        self.create_volume(volume)
        volume.status = 'downloading'
        volume.save()
        with open(self._path(volume.name), 'r+b') as file:
            image_service.download(context, image_meta['id'], file)
        return {}, True

    def delete_volume(self, volume: Any) -> None:
        self._path(volume.name).unlink(missing_ok=True)

    def extend_volume(self, volume: Any, new_size: int) -> None:
        os.truncate(self._path(volume.name), new_size * GIB)

    def create_snapshot(self, snapshot: Any) -> None:
        self._make(snapshot.name, snapshot.volume_size, snapshot.volume_name)

    def delete_snapshot(self, snapshot: Any) -> None:
        self._path(snapshot.name).unlink(missing_ok=True)

    def revert_to_snapshot(
        self, context: Any, volume: Any, snapshot: Any
    ) -> None:
        self._make(volume.name, volume.size, snapshot.name)

    def snapshot_revert_use_temp_snapshot(self) -> bool:
        return False

    def manage_existing(
        self, volume: Any, existing_ref: dict[str, str]
    ) -> None:
        """Take over the file that `source-name` names in this directory."""
        self._existing(existing_ref).rename(self._path(volume.name))

    def manage_existing_get_size(
        self, volume: Any, existing_ref: dict[str, str]
    ) -> int:
        return -(-self._existing(existing_ref).stat().st_size // GIB)

    def manage_existing_snapshot(
        self, snapshot: Any, existing_ref: dict[str, str]
    ) -> None:
        self.manage_existing(snapshot, existing_ref)

    def manage_existing_snapshot_get_size(
        self, snapshot: Any, existing_ref: dict[str, str]
    ) -> int:
        return self.manage_existing_get_size(snapshot, existing_ref)

    def _existing(self, existing_ref: dict[str, str]) -> Path:
        path = self._path(existing_ref.get('source-name', ''))
        if not path.is_file():
            raise exception.ManageExistingInvalidReference(
                existing_ref=existing_ref, reason='there is no such file'
            )
        return path

    def ensure_export(self, context: Any, volume: Any) -> None:
        pass

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:
        pass

    def remove_export(self, context: Any, volume: Any) -> None:
        pass

    def initialize_connection(
        self, volume: Any, connector: Any, **kwargs: Any
    ) -> dict[str, Any]:
        path = self._path(volume.name)
        return {
            'driver_volume_type': 'local',
            'data': {'device_path': str(path)},
        }

    def terminate_connection(
        self, volume: Any, connector: Any, **kwargs: Any
    ) -> None:
        # A restore opens the file anew, and does not write zeros at its end.
        if self._path(volume.name).exists():
            os.truncate(self._path(volume.name), volume.size * GIB)

    create_export_snapshot = create_export
    remove_export_snapshot = remove_export
    initialize_connection_snapshot = initialize_connection

    def terminate_connection_snapshot(
        self, snapshot: Any, connector: Any, **kwargs: Any
    ) -> None:
        pass


class SlowDriver(StandardDriver):
    def before_create(self) -> None:
        time.sleep(5)


class BrokenDriver(StandardDriver):
    def before_create(self) -> None:
        raise exception.VolumeBackendAPIException(
            data="the backend 'broken' creates nothing"
        )
