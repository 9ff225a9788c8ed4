# SPDX-License-Identifier: Apache-2.0

"""Cinder 18, the last one with API v2, on eventlet."""

from __future__ import annotations

from cinder.cmd import volume  # noqa: F401  Patches the standard library.

# isort: split

from os_brick.privileged import nvmeof

from . import one_process, sqlite


def without_dmidecode() -> None:
    """os-brick asks for the machine's UUID, for a driver that is not here."""
    nvmeof.get_system_uuid = lambda: ''


def adapt() -> None:
    without_dmidecode()
    sqlite.keep_connections()


if __name__ == '__main__':
    one_process.run(adapt, threads=64)
