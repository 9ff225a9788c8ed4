# SPDX-License-Identifier: Apache-2.0

"""Serve one of the services over HTTP."""

from __future__ import annotations

from collections.abc import Callable
import gc
from pathlib import Path
import select
import sys

import waitress

from ..access_log import AccessLog
from ..faults import Faults, Rules, WSGIApp


def arguments() -> tuple[Path, int]:
    """Take ours away: the services read sys.argv, too."""
    state, port = sys.argv[1:]
    del sys.argv[1:]
    return Path(state), int(port)


def keep_what_start_up_made() -> None:
    """Let no collection look at it again: a tenth of a create's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def serve(
    app: WSGIApp,
    service: str,
    state: Path,
    port: int,
    threads: int = 16,
    set_max_microversion: Callable[[str | None], None] | None = None,
) -> None:
    keep_what_start_up_made()
    rules = Rules(state / 'faults.json', service, set_max_microversion)
    waitress.serve(
        AccessLog(Faults(app, rules), state / 'access.log', service),
        host='127.0.0.1',
        port=port,
        threads=threads,
        connection_limit=1000,
        # An uploaded volume is an image of some GiB.
        max_request_body_size=1 << 40,
        # Or a client's idle connection is closed under its next request.
        channel_timeout=3600,
        # faults.Dropped is an OSError and no error.
        log_socket_errors=False,
        asyncore_use_poll=hasattr(select, 'poll'),  # Not with eventlet.
    )
