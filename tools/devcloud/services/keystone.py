# SPDX-License-Identifier: Apache-2.0

"""Keystone."""

from __future__ import annotations

from . import server, sqlite


def main() -> None:
    state, port = server.arguments()
    sqlite.keep_connections()
    from keystone.server import wsgi

    app = wsgi.initialize_public_application()
    server.serve(app, 'identity', state, port)


if __name__ == '__main__':
    main()
