# SPDX-License-Identifier: Apache-2.0

"""A deprecation that our modules meet fails the test that meets it."""

from __future__ import annotations

import warnings

import pytest

CATEGORIES = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)


def deprecated(category: type[Warning], stacklevel: int) -> None:
    warnings.warn('use another one', category, stacklevel)


def call(module: str, category: type[Warning], stacklevel: int) -> None:
    """Call a deprecated function from a module of this name."""
    exec(
        'deprecated(category, stacklevel)',
        {
            '__name__': module,
            'deprecated': deprecated,
            'category': category,
            'stacklevel': stacklevel,
        },
    )


@pytest.mark.parametrize('category', CATEGORIES)
@pytest.mark.parametrize(
    'module',
    (
        'osc_cinderlite',
        'osc_cinderlite.lib.transport.http',
        'osc_lib.utils',
        'keystoneauth1.session',
        'urllib3',
        'cliff.columns',
    ),
)
def test_is_an_error(module: str, category: type[Warning]) -> None:
    with pytest.raises(category, match='use another one'):
        call(module, category, stacklevel=2)


@pytest.mark.parametrize('module', ('osc_cinderlite_other', 'openstack.proxy'))
def test_of_others_is_a_warning(module: str) -> None:
    with warnings.catch_warnings(record=True) as met:
        call(module, DeprecationWarning, stacklevel=2)

    assert [str(one.message) for one in met] == ['use another one']
