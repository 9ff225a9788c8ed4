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

"""Platforms that lack what POSIX has."""

from __future__ import annotations

from collections.abc import Iterator
import importlib
import os
import signal

import pytest

from osc_cinderlite import signals
from tests.unit import stub as stub_module
from tests.unit.stub import Stub

#: what Windows does not have
_LACKING = (
    *((signal, name) for name in ('SIGHUP', 'SIGALRM', 'SIGWINCH')),
    *((os, name) for name in ('tcgetpgrp', 'getpgrp', 'fork', 'mkfifo')),
)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    for module, name in _LACKING:
        monkeypatch.delattr(module, name)
    importlib.reload(signals)
    with stub_module.running() as started:
        yield started
    monkeypatch.undo()
    importlib.reload(signals)


@pytest.mark.parametrize(
    'args',
    [
        ('volume', 'create', 'data'),
        ('volume', 'create', 'data', '--wait'),
        ('volume', 'bulk', 'create', '--count', '2', '--wait', 'data-{n}'),
    ],
)
def test_create(stub: Stub, args: tuple[str, ...]) -> None:
    assert signals.ENDING == (signal.SIGTERM,)
    done = stub.openstack(*args, '--size', '1', '-f', 'json')
    assert done.status == 0, done
    assert len(stub.posted) == (2 if 'bulk' in args else 1)
