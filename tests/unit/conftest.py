# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path

import pytest
import requests_mock

from osc_cinderlite.lib.creating import deleting
from osc_cinderlite.lib.resources import creates, lost_responses
from osc_cinderlite.lib.transport import http, retry, wire
from tests.unit.clock import Clock
from tests.unit.cloud import Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        yield Cloud(mocker)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Between requests the library does not really sleep."""
    made = Clock()
    for module in (creates, deleting, http, lost_responses, retry, wire):
        monkeypatch.setattr(module, 'time', made)
    monkeypatch.setattr(retry, 'JITTER', 0)
    return made


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own clouds out of it."""
    for name in os.environ:
        if name.startswith('OS_'):
            monkeypatch.delenv(name)
    clouds = tmp_path / 'clouds.yaml'
    clouds.write_text('clouds: {}')
    monkeypatch.setenv('OS_CLIENT_CONFIG_FILE', str(clouds))
    monkeypatch.setenv('HOME', str(tmp_path))
    monkeypatch.chdir(tmp_path)
