# SPDX-License-Identifier: Apache-2.0

"""All of Cinder in one process: scheduler, backends, backup and API.

Who imports this has patched threads as that Cinder wants it before.
"""

# ruff: noqa: E402

from __future__ import annotations

from collections.abc import Callable
import re
import threading
import time
from typing import Any

from cinder import objects

objects.register_all()  # Before cinder.api, which needs them at its import.

from cinder import context, coordination, rpc, service, utils, version
from cinder.api import versions
from cinder.api.openstack import api_version_request
from cinder.cmd import backup as backup_cmd  # noqa: F401
from cinder.cmd import volume as volume_cmd
from cinder.common import config
import os_brick
from oslo_config import cfg
from oslo_log import log as logging
from oslo_privsep import priv_context
from oslo_service import wsgi

from . import bus, server

CONF = cfg.CONF


def without_root() -> None:
    """Everything runs as the user, in this process."""
    utils.get_root_helper = lambda: 'env'
    # Whatever a context asks for: a client would start a server as root.
    priv_context.PrivContext.client_mode = property(
        lambda self: False, lambda self, wanted: None
    )


def let_services_share_the_process() -> None:
    """Cinder keeps the id of *the* service in the class: one heartbeat."""
    report_state = service.Service.report_state
    lock = threading.Lock()

    def report_own_state(self: Any) -> None:
        with lock:
            service.Service.service_id = self.origin_service_id
            report_state(self)

    service.Service.report_state = report_own_state


def start_services(new_backup: bool) -> None:
    """All of them, until the scheduler knows that each can work."""
    scheduler = service.Service.create(binary='cinder-scheduler')
    # It waits for a backend's first report.
    thread = threading.Thread(target=scheduler.start)
    thread.start()
    volumes = [start_volume(backend) for backend in CONF.enabled_backends]
    backup = service.Service.create(
        binary='cinder-backup',
        coordination=True,
        **(one_of_many() if new_backup else {}),
    )
    backup.start()
    thread.join()
    for one in (scheduler, *volumes, backup):
        one.report_state()
    known = scheduler.manager.driver.host_manager

    def can_back_up() -> bool:
        if not new_backup:
            return backup.manager.is_working()
        # Its first report may say that its driver is not ready.
        states = known.backup_service_states.values()
        return any(state['backend_state'] for state in states)

    # The regular reports come once a minute.
    reporting = [*volumes, backup] if new_backup else volumes
    while len(known.service_states) < len(volumes) or not can_back_up():
        for one in reporting:
            one.manager.publish_service_capabilities(
                context.get_admin_context()
            )
        time.sleep(0.1)


def start_volume(backend: str) -> Any:
    CONF.register_opt(volume_cmd.host_opt, group=backend)
    volume = service.Service.create(
        host=f'{CONF.host}@{backend}',
        service_name=backend,
        binary='cinder-volume',
        coordination=True,
    )
    volume.start()
    return volume


def one_of_many() -> dict[str, Any]:
    """The backup service has many processes, and here one."""
    return {
        'service_name': 'backup',
        'process_number': 1,
        'semaphore': utils.semaphore_factory(CONF.backup_max_operations, 1),
    }


def set_max_microversion(wanted: str | None) -> None:
    value = wanted or MAX_MICROVERSION
    if not re.fullmatch(r'3\.\d+', value):
        raise ValueError(f'max_microversion {value!r}')
    api_version_request._MAX_API_VERSION = value
    versions._KNOWN_VERSIONS['v3.0']['version'] = value


MAX_MICROVERSION = api_version_request._MAX_API_VERSION


def run(adapt: Callable[[], None], new_backup: bool = True) -> None:
    """Serve, for ever.

    :param adapt: patches what this release wants patched
    :param new_backup: whether its backup service can have many processes,
        and reports to the scheduler
    """
    state, port = server.arguments()
    CONF(
        [f'--config-file={state}/etc/cinder.conf'],
        project='cinder',
        version=version.version_string(),
    )
    logging.setup(CONF, 'cinder')
    config.set_middleware_defaults()
    without_root()
    let_services_share_the_process()
    bus.wake_on_arrival()
    adapt()
    coordination.COORDINATOR.start()
    rpc.init(CONF)
    os_brick.setup(CONF)
    app = wsgi.Loader(CONF).load_app(name='osapi_volume')
    start_services(new_backup)
    server.serve(
        app,
        'block-storage',
        state,
        port,
        threads=64,
        set_max_microversion=set_max_microversion,
    )
