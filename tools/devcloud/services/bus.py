# SPDX-License-Identifier: Apache-2.0

"""The in-memory message bus, without its polling."""

from __future__ import annotations

import threading
import time
from typing import Any

from oslo_messaging._drivers import base, impl_fake

_arrived = threading.Condition()

_deliver = impl_fake.FakeExchange.deliver_message
_stop = impl_fake.FakeListener.stop


def deliver(self: impl_fake.FakeExchange, *args: Any, **kwargs: Any) -> None:
    _deliver(self, *args, **kwargs)
    with _arrived:
        _arrived.notify_all()


def take(
    self: impl_fake.FakeListener,
) -> impl_fake.FakeIncomingMessage | None:
    for target in self._targets:
        exchange = self._exchange_manager.get_exchange(target.exchange)
        ctxt, message, *rest = exchange.poll(target, self._pool)
        if message is not None:
            return impl_fake.FakeIncomingMessage(ctxt, message, *rest)
    return None


@base.batch_poll_helper
def poll(
    self: impl_fake.FakeListener, timeout: float | None = None
) -> impl_fake.FakeIncomingMessage | None:
    deadline = time.monotonic() + (timeout or 3600)
    with _arrived:
        while not self._stopped.is_set():
            if message := take(self):
                return message
            left = deadline - time.monotonic()
            if left <= 0:
                break
            _arrived.wait(left)
    return None


def stop(self: impl_fake.FakeListener) -> None:
    _stop(self)
    with _arrived:
        _arrived.notify_all()


def wake_on_arrival() -> None:
    impl_fake.FakeExchange.deliver_message = deliver
    impl_fake.FakeListener.poll = poll
    impl_fake.FakeListener.stop = stop
