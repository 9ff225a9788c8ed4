# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

from tests.functional.cinder import Cinder, Name, Record
from tests.functional.shell import Openstack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All tests beside this file run on the last release with API v2."""
    metafunc.parametrize(
        'devcloud', ['wallaby'], indirect=True, scope='session'
    )


@pytest.fixture(scope='session')
def v2(openstack: Openstack) -> Openstack:
    """``openstack`` with the plugin, asking for API v2."""
    return openstack.at('2')


@pytest.fixture(scope='session')
def stock_v2(stock: Openstack) -> Openstack:
    """``openstack`` without the plugin, asking for API v2."""
    return stock.at('2')


@pytest.fixture(scope='module')
def volume(demo: Cinder, name: Name) -> Record:
    """A volume for a whole module: no test changes it."""
    return demo.volume(name('volume'))


@pytest.fixture(scope='module')
def attached(demo: Cinder, name: Name) -> Record:
    """A volume that is attached to a server."""
    volume = demo.volume(name('attached'))
    demo.attach(volume['id'])
    return volume
