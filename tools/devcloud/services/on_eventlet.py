# SPDX-License-Identifier: Apache-2.0

"""Cinder on eventlet, which the old releases need."""

from __future__ import annotations

from collections.abc import Callable

from cinder.cmd import volume  # noqa: F401  Patches the standard library.

# isort: split

from os_brick.privileged import nvmeof

from . import one_process, sqlite


def without_dmidecode() -> None:
    """os-brick asks for the machine's UUID, for a driver that is not here."""
    nvmeof.get_system_uuid = lambda: ''


def run(
    adapt: Callable[[], None] = lambda: None, new_backup: bool = True
) -> None:
    """Serve, for ever; the parameters are those of `one_process.run`."""

    def adapt_all() -> None:
        without_dmidecode()
        sqlite.keep_connections()
        adapt()

    one_process.run(adapt_all, new_backup)
