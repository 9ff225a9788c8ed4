# SPDX-License-Identifier: Apache-2.0

"""Play the broken proxy: faults by the rules in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
import json
import os
from pathlib import Path
import random
import re
import sys
import threading
import time
from typing import Any

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Dropped(OSError):
    """Close the connection: waitress does so on an OSError."""


@dataclass
class Rule:
    """One rule; the names are those in the file."""

    service: str = 'block-storage'
    method: str | None = None
    path: str = ''
    query: str = ''
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    delay: float = 0
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    after: bool = False
    drop: bool = False
    matched: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        re.compile(self.path), re.compile(self.query)

    def fires(self, environ: Environ) -> bool:
        if self.method not in (None, environ['REQUEST_METHOD']):
            return False
        if not re.search(self.path, environ['PATH_INFO']):
            return False
        if not re.search(self.query, environ.get('QUERY_STRING', '')):
            return False
        self.matched += 1
        if self.matched <= self.skip:
            return False
        if self.times is not None and self.fired >= self.times:
            return False
        if random.random() >= self.probability:
            return False
        self.fired += 1
        return True

    @property
    def only_delays(self) -> bool:
        return not (
            self.status
            or self.headers
            or self.body is not None
            or self.after
            or self.drop
        )


class Rules:
    """The file, read again when it changes."""

    def __init__(
        self,
        path: Path,
        service: str,
        set_max_microversion: Callable[[str | None], None] | None = None,
    ) -> None:
        self._path = path
        self._service = service
        self._set_max_microversion = set_max_microversion
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._rules: list[Rule] = []
        self._error = ''

    def firing(self, environ: Environ) -> list[Rule]:
        """Those for this request: delays, and at the end what else."""
        with self._lock:
            self._read()
            if self._error:
                return [Rule(status=500, body=self._error)]
            found = []
            for rule in self._rules:
                if rule.fires(environ):
                    found.append(rule)
                    if not rule.only_delays:
                        break
            return found

    def _read(self) -> None:
        try:
            stat = os.stat(self._path)
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if seen == self._seen:
                return
            text = self._path.read_text()
        except FileNotFoundError:
            seen, text = (0, 0, 0), '{}'
            if seen == self._seen:
                return
        try:
            data = json.loads(text)
        except ValueError as error:
            # Perhaps it is being written: look again at the next request.
            print(f'{self._path}: {error}', file=sys.stderr)
            return
        self._seen = seen
        self._error = ''
        try:
            if unknown := set(data) - {'max_microversion', 'rules'}:
                raise ValueError(f'unknown keys {sorted(unknown)}')
            rules = [Rule(**one) for one in data.get('rules', ())]
            if self._set_max_microversion:
                self._set_max_microversion(data.get('max_microversion'))
        except (TypeError, ValueError, re.error) as error:
            self._error = f'{self._path}: {error}\n'
            return
        self._rules = [one for one in rules if one.service == self._service]


class Faults:
    """The WSGI layer."""

    def __init__(self, app: WSGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    def __call__(
        self, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        rules = self._rules.firing(environ)
        if not rules:
            return self._app(environ, start_response)
        environ['devcloud.fault'] = True
        for rule in rules:
            time.sleep(rule.delay)
        rule = rules[-1]
        if rule.only_delays:
            return self._app(environ, start_response)
        answered = not (rule.status or rule.drop or rule.after)
        if answered or rule.after:
            # What the service really answers: used, or lost.
            status, headers, body = _run(self._app, environ)
        if rule.drop or (rule.after and not rule.status):
            raise Dropped('dropped by a rule')
        if not answered:
            code = rule.status or 500
            known = code in HTTPStatus._value2member_map_
            phrase = HTTPStatus(code).phrase if known else 'Unknown'
            status, headers, body = f'{code} {phrase}', [], b''
        if rule.body is not None:
            text = isinstance(rule.body, str)
            body = (rule.body if text else json.dumps(rule.body)).encode()
            kind = 'text/html; charset=utf-8' if text else 'application/json'
            headers = _set(headers, 'Content-Type', kind)
        for name, value in rule.headers.items():
            headers = _set(headers, name, str(value))
        if not known_empty(status):
            headers = _set(headers, 'Content-Length', str(len(body)))
        start_response(status, headers)
        return [body]


def known_empty(status: str) -> bool:
    return status.startswith(('1', '204', '304'))


def _set(
    headers: list[tuple[str, str]], name: str, value: str
) -> list[tuple[str, str]]:
    others = [one for one in headers if one[0].lower() != name.lower()]
    return [*others, (name, value)]


def _run(
    app: WSGIApp, environ: Environ
) -> tuple[str, list[tuple[str, str]], bytes]:
    answer: list[Any] = []
    parts: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], None]:
        answer[:] = [status, headers]
        return parts.append

    chunks = app(environ, start_response)
    try:
        parts.extend(chunks)
    finally:
        if close := getattr(chunks, 'close', None):
            close()
    return answer[0], answer[1], b''.join(parts)
