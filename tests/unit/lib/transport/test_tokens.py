# SPDX-License-Identifier: Apache-2.0

"""One token for many threads."""

from __future__ import annotations

from concurrent import futures
import threading
from typing import Any

from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import plugin, session
import pytest

from osc_cinderlite.lib.transport import tokens

THREADS = 16


class Auth(plugin.BaseAuthPlugin):
    """Gives numbered tokens, or none.

    :ivar given: how many there were
    :ivar failing: what is raised instead
    """

    def __init__(self) -> None:
        super().__init__()
        self.given = 1
        self.failing: Exception | None = None
        self.asked = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.renews = True

    def get_headers(self, session: Any, **options: Any) -> dict[str, str]:
        self.asked += 1
        self.go_on.wait(20)
        if self.failing is not None:
            raise self.failing
        return {'X-Auth-Token': str(self.given)}

    def invalidate(self) -> bool:
        self.given += self.renews
        return self.renews


@pytest.fixture
def auth() -> Auth:
    return Auth()


@pytest.fixture
def shared(auth: Auth) -> tokens.Tokens:
    return tokens.Tokens(session.Session(auth))


def test_renewed_once_for_all(auth: Auth, shared: tokens.Tokens) -> None:
    old = shared.headers()
    with futures.ThreadPoolExecutor(THREADS) as pool:
        newer = list(pool.map(lambda n: shared.renewed(old), range(THREADS)))
    assert newer == [{'X-Auth-Token': '2'}] * THREADS
    assert auth.given == 2
    assert shared.headers() == {'X-Auth-Token': '2'}


def test_not_to_be_renewed(auth: Auth, shared: tokens.Tokens) -> None:
    auth.renews = False
    assert shared.renewed(shared.headers()) is None


def test_those_who_waited_share_the_failure(
    auth: Auth, shared: tokens.Tokens
) -> None:
    """Each would wait for a Keystone that hangs, one after the other."""
    auth.failing = ksa_exceptions.ConnectTimeout('hangs')
    auth.go_on.clear()
    waiting = threading.Barrier(THREADS + 1)

    def ask(n: int) -> BaseException | None:
        waiting.wait(20)
        try:
            shared.headers()
        except ksa_exceptions.ClientException as error:
            return error
        return None

    with futures.ThreadPoolExecutor(THREADS) as pool:
        asking = [pool.submit(ask, n) for n in range(THREADS)]
        waiting.wait(20)
        futures.wait(asking, timeout=0.2)
        auth.go_on.set()
        failures = {one.result() for one in asking}
    assert failures == {auth.failing}
    assert auth.asked == 1
    auth.failing = None
    assert shared.headers() == {'X-Auth-Token': '1'}


def test_none(auth: Auth) -> None:
    class Nothing(plugin.BaseAuthPlugin):
        def get_headers(self, session: Any, **options: Any) -> None:
            return None

    with pytest.raises(ksa_exceptions.AuthorizationFailure):
        tokens.Tokens(session.Session(Nothing())).headers()
