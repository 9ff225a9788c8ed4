# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from collections.abc import Iterator
import itertools
from pathlib import Path
import uuid

import pytest

from tests.functional import devcloud as devcloud_module
from tests.functional import servers
from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.projects import Project, new_project
from tests.functional.servers import Server
from tests.functional.shell import Openstack

PLUGIN = 'osc-cinderlite'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    servers.parametrize(metafunc)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is long and cannot be shared out to processes."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.path.name == 'test_fault_matrix.py':
        return 0
    return 1 if servers.old_release(item.nodeid) else 2


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what compares with the stock client."""
    if isinstance(item, pytest.Function) and 'stock' in item.fixturenames:
        item.add_marker('stock')


@pytest.fixture(scope='session')
def devcloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Devcloud]:
    """The cloud: of the current release, or of the one that is asked for.

    There is one at a time.
    """
    release = getattr(request, 'param', 'current')
    state = tmp_path_factory.mktemp('state')
    with devcloud_module.running(state, release) as cloud:
        if cloud.ours:
            yield cloud
            return
        admin = Cinder(cloud, 'dev-admin')
        before = admin.all_kinds()
        yield cloud
        admin.sweep(keep=before)


@pytest.fixture(scope='session')
def api(request: pytest.FixtureRequest) -> Server:
    """The release, and the version of its API that is asked for."""
    found: Server = getattr(request, 'param', servers.CURRENT)
    return found


@pytest.fixture(scope='session')
def any_openstack(
    devcloud: Devcloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Openstack]:
    directory = tmp_path_factory.mktemp('shell') / 'openstack'
    made = Openstack(devcloud.config, directory)
    yield made
    made.close()


@pytest.fixture(scope='session')
def any_stock(
    devcloud: Devcloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Openstack]:
    directory = tmp_path_factory.mktemp('shell') / 'stock'
    made = Openstack(devcloud.config, directory, hide=PLUGIN)
    yield made
    made.close()


@pytest.fixture(scope='session')
def openstack(any_openstack: Openstack, api: Server) -> Openstack:
    """``openstack`` with the plugin."""
    return any_openstack.at(None if api.major == 3 else str(api.major))


@pytest.fixture(scope='session')
def stock(any_stock: Openstack, api: Server) -> Openstack:
    """The same ``openstack`` without the plugin."""
    return any_stock.at(None if api.major == 3 else str(api.major))


@pytest.fixture(scope='session')
def demo(devcloud: Devcloud) -> Cinder:
    """The API as the ordinary user sees it."""
    return Cinder(devcloud, 'dev-demo')


@pytest.fixture(scope='session')
def admin(devcloud: Devcloud) -> Cinder:
    """The API as the administrator sees it."""
    return Cinder(devcloud, 'dev-admin')


@pytest.fixture
def faults(devcloud: Devcloud) -> Iterator[Faults]:
    yield devcloud.faults
    devcloud.faults.clear()


@pytest.fixture
def log(devcloud: Devcloud, api: Server) -> AccessLog:
    """The access log from the beginning of the test on.

    On an old server, without the refusals of a version that is too new.
    """
    return devcloud.access_log(negotiated=api != servers.CURRENT)


@pytest.fixture(scope='session')
def name() -> Name:
    """Returns a name that nothing has."""
    run = uuid.uuid4().hex[:6]
    count = itertools.count(1)

    def unique(stem: str) -> str:
        return f'{stem}-{run}-{next(count)}'

    return unique


@pytest.fixture
def project(
    devcloud: Devcloud, openstack: Openstack, admin: Cinder, name: Name
) -> Project:
    """A project of its own, so that its quotas are nobody else's."""
    return new_project(devcloud, openstack, admin, name)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own clouds and caches out of it."""
    monkeypatch.setenv('HOME', str(tmp_path))
