# SPDX-License-Identifier: Apache-2.0

"""Platforms that lack what POSIX has."""

from __future__ import annotations

from collections.abc import Iterator
import importlib
import os
import signal

import pytest

from osc_cinderlite.commands import signals
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
