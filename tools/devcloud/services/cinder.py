# SPDX-License-Identifier: Apache-2.0

"""Cinder, on native threads."""

# ruff: noqa: E402

from __future__ import annotations

from cinder import monkey_patch

monkey_patch.patch()  # To native threads, by the environment.

import types
from typing import Any

from cinder.compute import nova
from cinder.db import api as db
from cinder.image import image_utils

from . import one_process, sqlite


def without_eventlet() -> None:
    """Image uploads still hand their file to its pool, and hang there."""
    image_utils.tpool = types.SimpleNamespace(
        Proxy=lambda file: file,
        execute=lambda function, *args: function(*args),
    )


def without_nova() -> None:
    """No server has any volume, so an attachment to one can be deleted."""

    def get_server_volume(*args: Any) -> None:
        raise nova.API.NotFound(404)

    nova.API.get_server_volume = staticmethod(get_server_volume)


def with_many_threads_on_sqlite() -> None:
    sqlite.keep_connections()
    db.main_context_manager.configure(synchronous_reader=False)
    sqlite.queue_writers(db.main_context_manager.writer.get_engine())


def adapt() -> None:
    without_eventlet()
    without_nova()
    with_many_threads_on_sqlite()


if __name__ == '__main__':
    one_process.run(adapt)
