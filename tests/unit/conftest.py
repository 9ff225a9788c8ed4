# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path

import pytest
import requests_mock

from osc_cinderlite.lib import http, reconcile, resend
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
    for module in (http, reconcile, resend):
        monkeypatch.setattr(module, 'time', made)
    monkeypatch.setattr(resend, 'JITTER', 0)
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
