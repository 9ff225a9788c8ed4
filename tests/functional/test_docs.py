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

"""The documentation says what is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.devcloud import Devcloud
from tools import examples

_PAGES = [page for page in examples.PAGES if examples.read(page)]


@pytest.mark.parametrize(
    'page', _PAGES, ids=lambda page: str(page.relative_to(examples.CHECKOUT))
)
def test_examples_print_what_the_page_says(
    devcloud: Devcloud, page: Path
) -> None:
    ran = examples.run(page, devcloud.state)

    assert ran
    assert not [str(one) for one in ran if not one.matches]
