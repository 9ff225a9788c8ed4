# SPDX-License-Identifier: Apache-2.0

"""Cinder 11, the last one with API v1."""

from __future__ import annotations

from typing import Any

from . import on_eventlet

# isort: split

from cinder import context, keymgr, service
from cinder.keymgr import conf_key_mgr
from cinder.scheduler import manager


def let_services_remember_their_ids() -> None:
    """As they do later: `one_process` has each use its own."""
    init, start = service.Service.__init__, service.Service.start

    def init_and_remember(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self.origin_service_id = service.Service.service_id

    def start_as_itself(self: Any) -> None:
        service.Service.service_id = self.origin_service_id
        start(self)

    service.Service.__init__ = init_and_remember
    service.Service.start = start_as_itself


def start_scheduler_at_once() -> None:
    """It sleeps for a minute, so that the backends can have reported."""

    def ask_for_reports(self: Any) -> None:
        self.request_service_capabilities(context.get_admin_context())
        self._startup_delay = False

    manager.SchedulerManager.init_host_with_rpc = ask_for_reports


def with_the_key_manager_of_cinder() -> None:
    """The option that names it has another name in this castellan."""
    keymgr.API = conf_key_mgr.ConfKeyManager


def adapt() -> None:
    let_services_remember_their_ids()
    start_scheduler_at_once()
    with_the_key_manager_of_cinder()


if __name__ == '__main__':
    on_eventlet.run(adapt, new_backup=False)
