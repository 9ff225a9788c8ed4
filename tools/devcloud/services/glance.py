# SPDX-License-Identifier: Apache-2.0

"""Glance."""

from __future__ import annotations

from . import server


def main() -> None:
    state, port = server.arguments()
    from glance.common import wsgi_app

    for name in ('images', 'staging', 'tasks'):
        (state / 'glance' / name).mkdir(parents=True, exist_ok=True)
    server.serve(wsgi_app.init_app(), 'image', state, port)


if __name__ == '__main__':
    main()
