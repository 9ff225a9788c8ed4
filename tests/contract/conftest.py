# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import schemas
from tests.contract.schemas import Cinder
from tests.unit.conftest import cloud, home

__all__ = ['cloud', 'home']


@pytest.fixture(scope='session')
def cinder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cinder]:
    """Cinder's schemas, for the whole session."""
    with schemas.running(tmp_path_factory.mktemp('cinder')) as started:
        yield started
