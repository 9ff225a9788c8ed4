# SPDX-License-Identifier: Apache-2.0

"""Backups in files, with failures on demand by the container's name."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import time
import types
from typing import Any

from cinder import exception
from cinder.backup import chunkeddriver
from cinder.backup.drivers import posix

# A volume is 1 GiB at least and nearly all hole: to read, hash and compress
# its zeros takes seconds of CPU, so that is done once for one such chunk.
ZEROS = bytes(64 * 1024 * 1024)
ZEROS_MD5 = hashlib.md5(ZEROS, usedforsecurity=False)


def _md5(data: bytes, **options: Any) -> Any:
    return ZEROS_MD5 if data is ZEROS else hashlib.md5(data, **options)


chunkeddriver.hashlib = types.SimpleNamespace(md5=_md5, sha256=hashlib.sha256)
# In Cinder 18 it comes from here.
chunkeddriver.secretutils = types.SimpleNamespace(md5=_md5)


class SparseFile(io.FileIO):
    """A file that reads ZEROS itself where it has a hole, and keeps holes.

    It is not synced to the disk for each chunk: it has no fd.
    """

    def fileno(self) -> int:
        raise OSError('not to be synced')

    def read(self, size: int | None = -1) -> bytes:
        stop = self.tell() + len(ZEROS)
        is_inside = stop <= os.fstat(super().fileno()).st_size
        if size == len(ZEROS) and is_inside and self._skips_to(stop):
            return ZEROS
        return super().read(size)

    def write(self, data: Any) -> int:
        if data is ZEROS and self._skips_to(self.tell() + len(ZEROS)):
            return len(ZEROS)
        return super().write(data)

    def _skips_to(self, stop: int) -> bool:
        """Go there if there is no data before it."""
        start = self.tell()
        try:
            is_hole = os.lseek(super().fileno(), start, os.SEEK_DATA) >= stop
        except OSError:
            is_hole = True  # No data any more.
        self.seek(stop if is_hole else start)
        return is_hole


class Compressor:
    """Compresses ZEROS once, and decompresses nothing for them."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._zeros: bytes = inner.compress(ZEROS)

    def compress(self, data: bytes) -> bytes:
        return self._zeros if data is ZEROS else self._inner.compress(data)

    def decompress(self, data: bytes) -> bytes:
        return ZEROS if data == self._zeros else self._inner.decompress(data)


# There is a driver for each backup.
COMPRESSORS: dict[str, Compressor | None] = {}


@functools.cache
def _zeros_sha(block: int) -> list[str]:
    sha = hashlib.sha256(ZEROS[:block]).hexdigest()
    return [sha] * (len(ZEROS) // block)


class ContainerError(exception.BackupDriverException):
    # In Cinder 11 the text of the base class has no place for a reason.
    message = (
        'Backup driver reported an error: the container is named %(name)s'
    )


def _fail_in(backup: Any, container: str) -> None:
    if backup.container == container:
        raise ContainerError(name=container)


class BackupDriver(posix.PosixBackupDriver):
    def backup(self, backup: Any, volume_file: Any, **kwargs: Any) -> Any:
        if backup.container == 'slow':
            time.sleep(5)
        _fail_in(backup, 'fail')
        with SparseFile(volume_file.name) as file:
            return super().backup(backup, file, **kwargs)

    def restore(
        self, backup: Any, volume_id: str, volume_file: Any, *is_new: bool
    ) -> None:
        if backup.container == 'slow':
            time.sleep(5)
        _fail_in(backup, 'fail-restore')
        # As into an old volume: Cinder would look for zeros in each chunk.
        with SparseFile(volume_file.name, 'r+b') as file:
            super().restore(backup, volume_id, file, *(False for _ in is_new))

    def delete_backup(self, backup: Any) -> None:
        _fail_in(backup, 'fail-delete')
        super().delete_backup(backup)

    def delete(self, backup: Any) -> None:
        """What Cinder 10 calls instead of `delete_backup`."""
        _fail_in(backup, 'fail-delete')
        super().delete(backup)

    def _get_compressor(self, algorithm: str) -> Any:
        if algorithm not in COMPRESSORS:
            inner = super()._get_compressor(algorithm)
            COMPRESSORS[algorithm] = inner and Compressor(inner)
        return COMPRESSORS[algorithm]

    def _calculate_sha(self, data: bytes) -> Any:
        if data is ZEROS:
            return _zeros_sha(self.sha_block_size_bytes)
        return super()._calculate_sha(data)


def get_backup_driver(context: Any) -> BackupDriver:
    """Until Cinder 12 the configuration names this module."""
    return BackupDriver(context)
