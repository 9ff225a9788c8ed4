# SPDX-License-Identifier: Apache-2.0

"""One line of JSON for each request, before its answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
import contextlib
import datetime
import io
import json
import os
from pathlib import Path
from typing import Any

from .faults import Dropped, Environ, WSGIApp


class AccessLog:
    def __init__(self, app: WSGIApp, path: Path, service: str) -> None:
        self._app = app
        self._path = path
        self._service = service

    def __call__(
        self, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        # Identity and image bodies hold passwords, and images.
        body = None
        if self._service == 'block-storage':
            raw = environ['wsgi.input'].read()
            environ['wsgi.input'] = io.BytesIO(raw)
            with contextlib.suppress(ValueError):
                body = json.loads(raw)
        asked = {
            'time': datetime.datetime.now(datetime.UTC).isoformat(),
            'service': self._service,
            'method': environ['REQUEST_METHOD'],
            'path': environ['PATH_INFO'],
            'query': environ.get('QUERY_STRING', ''),
            'microversion': environ.get('HTTP_OPENSTACK_API_VERSION'),
        }

        def log(status: int | None, request_id: str | None) -> None:
            line = asked | {
                'status': status,
                'fault': environ.get('devcloud.fault', False),
                'user_agent': environ.get('HTTP_USER_AGENT'),
                'body': body,
                'request_id': request_id,
                'client_port': int(environ['REMOTE_PORT']),
            }
            # One write in append mode: whole lines from three processes.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            file = os.open(self._path, flags, 0o600)
            try:
                os.write(file, json.dumps(line).encode() + b'\n')
            finally:
                os.close(file)

        def logged_start_response(
            status: str, headers: list[tuple[str, str]], *exc_info: Any
        ) -> Any:
            found = {name.lower(): value for name, value in headers}
            log(int(status.split()[0]), found.get('x-openstack-request-id'))
            return start_response(status, headers, *exc_info)

        try:
            return self._app(environ, logged_start_response)
        except Dropped:
            log(None, None)
            raise
