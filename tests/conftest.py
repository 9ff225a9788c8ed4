# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import os
import re

from hypothesis import is_hypothesis_test, settings
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.functional.servers import old_release

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> ByCloud:
    return ByCloud(config, log)


class ByCloud(LoadScopeScheduling):  # type: ignore[misc]
    """Gives all tests on one old release to one process, else a file.

    To start a cloud takes long.
    """

    def _split_scope(self, nodeid: str) -> str:
        return old_release(nodeid) or nodeid.partition('::')[0]


def pytest_make_parametrize_id(
    config: pytest.Config, val: object, argname: str
) -> str | None:
    """Name a case by what it is about, not by ``args3``."""
    parts: list[str] = []
    if isinstance(getattr(val, '__name__', None), str):
        parts = [_named(val)]
    elif isinstance(val, BaseException):
        parts = [type(val).__name__, str(val)]
    elif isinstance(val, tuple | list):
        parts = [_named(one) for one in val]
    elif isinstance(val, dict):
        parts = [f'{key}={_named(one)}' for key, one in val.items()]
    else:
        return None
    words = ' '.join(parts)[:200] or f'no {argname}'
    # Two processes have to name it the same.
    words = re.sub('[0-9-]{10}T[0-9:.]+|0x[0-9a-f]+', '...', words)[:60]
    return words.encode('ascii', 'backslashreplace').decode()


def _named(value: object) -> str:
    name = getattr(value, '__name__', None)
    return name if isinstance(name, str) else str(value)
