# SPDX-License-Identifier: Apache-2.0

"""Judges request bodies by Cinder's own schemas; run by Cinder's Python.

Reads lines of JSON, each with the keys ``call``, ``microversion`` and
``body``; writes for each a line with the key ``refused``: Cinder's message,
or null for what passes.

Each controller's create is called as Cinder's WSGI layer calls it. Its
decorators choose the schemas for the microversion and apply them; what they
let through asks the request for its context first. That there is none ends
the call.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from typing import Any, NoReturn

HINTS = 'OS-SCH-HNT:scheduler_hints'

# What else is imported needs them, as it does in cinder-api.
pkgutil.resolve_name('cinder.objects:register_all')()

CALLS = {
    call: pkgutil.resolve_name(f'cinder.api.{where}')
    for call, where in {
        'volumes': 'v3.volumes:VolumeController.create',
        'snapshots': 'v3.snapshots:SnapshotsController.create',
        'backups': 'v3.backups:BackupsController.create',
        'os-volume-manage': (
            'contrib.volume_manage:VolumeManageController.create'
        ),
        'os-snapshot-manage': (
            'contrib.snapshot_manage:SnapshotManageController.create'
        ),
        'os-set_bootable': (
            'contrib.volume_actions:VolumeActionsController._set_bootable'
        ),
        'os-update_readonly_flag': (
            'contrib.volume_actions:VolumeActionsController'
            '._volume_readonly_update'
        ),
    }.items()
}
ACTIONS = ('os-set_bootable', 'os-update_readonly_flag')

REFUSALS = (
    pkgutil.resolve_name('cinder.exception:Invalid'),
    pkgutil.resolve_name('webob.exc:HTTPBadRequest'),
)

hints_of = pkgutil.resolve_name('cinder.api.contrib.scheduler_hints:create')
version_of = pkgutil.resolve_name(
    'cinder.api.openstack.api_version_request:APIVersionRequest'
)


class Passed(Exception):
    """The schemas have let a body through."""


class Request:
    """As much of a request as the schemas' decorators look at."""

    def __init__(self, microversion: str) -> None:
        self.api_version_request = version_of(microversion)

    @property
    def environ(self) -> NoReturn:
        raise Passed


def judge(call: str, microversion: str, body: Any) -> str | None:
    request = Request(microversion)
    arguments = {'id': None} if call in ACTIONS else {}
    try:
        if call == 'volumes' and HINTS in body:
            # The controller's own next step: hints have a schema of theirs.
            hints_of(request, {'volume': {}, HINTS: body[HINTS]})
        CALLS[call](None, request, body=body, **arguments)
    except Passed:
        return None
    except REFUSALS as error:
        return str(error)
    raise AssertionError('neither passed nor refused')


def main() -> None:
    print(json.dumps({'ready': True}), flush=True)
    for line in sys.stdin:
        refused = judge(**json.loads(line))
        print(json.dumps({'refused': refused}), flush=True)


main()
