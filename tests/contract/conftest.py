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
