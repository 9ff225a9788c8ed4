# SPDX-License-Identifier: Apache-2.0

"""Cinder 10, the last one whose API v1 has code of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import cinder_pike, on_eventlet

# isort: split

import oslo_messaging


def without_transport_aliases() -> None:
    """Drop an argument that a later oslo.messaging does not take."""

    def without(make: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, aliases, **kwargs: make(*args, **kwargs)

    oslo_messaging.get_transport = without(oslo_messaging.get_rpc_transport)
    oslo_messaging.get_notification_transport = without(
        oslo_messaging.get_notification_transport
    )


def adapt() -> None:
    cinder_pike.adapt()
    without_transport_aliases()


if __name__ == '__main__':
    on_eventlet.run(adapt, new_backup=False)
