# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import os

from hypothesis import is_hypothesis_test, settings
import pytest

# The long form is `make soak`.
settings.register_profile('short', max_examples=200, deadline=None)
settings.register_profile('long', max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get('HYPOTHESIS_PROFILE', 'short'))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under the long profile, tests of properties are soak tests."""
    if settings.get_current_profile_name() != 'long':
        return
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker('soak')
