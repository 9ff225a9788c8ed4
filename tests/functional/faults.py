# SPDX-License-Identifier: Apache-2.0

"""Rules for the fault layer of the devcloud."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import json
import os
from pathlib import Path
from typing import Any

Rule = dict[str, Any]


class Faults:
    """The file that the fault layer reads; see tools/devcloud/README.md."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextlib.contextmanager
    def __call__(
        self, *rules: Rule, max_microversion: str | None = None
    ) -> Iterator[None]:
        """Apply the rules to the requests that are sent meanwhile."""
        self._write(
            {'max_microversion': max_microversion, 'rules': list(rules)}
        )
        try:
            yield
        finally:
            self.clear()

    def clear(self) -> None:
        """Play no faults any more."""
        self._write({'max_microversion': None, 'rules': []})

    def _write(self, document: dict[str, Any]) -> None:
        new = self._path.with_name(f'{self._path.name}.{os.getpid()}')
        new.write_text(json.dumps(document))
        new.replace(self._path)
