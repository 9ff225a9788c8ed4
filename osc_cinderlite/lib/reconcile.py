# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""What became of a create whose answer was lost.

Sending it again blindly could make a second resource. Where the create had a
name, the server is asked: if the one resource of that name was made since
the request went out, it is ours; if there is none, the create is sent once
more; anything else is left to a person.
"""

from __future__ import annotations

from collections.abc import Callable
import datetime
import logging
import shlex
import time
from typing import TYPE_CHECKING

from osc_cinderlite.lib import exceptions

if TYPE_CHECKING:
    from osc_cinderlite.lib.base import Create, Manager
    from osc_cinderlite.lib.resource import Resource

LOG = logging.getLogger(__name__)

#: seconds between the looks for a resource that is not there (yet)
LOOKS = (0.5, 1.5, 3.0)

#: what the server's clock may be off by within one answer: ``Date`` has no
#: fractions of a second
_SLACK = datetime.timedelta(seconds=2)


def create(
    manager: Manager, request: Create, post: Callable[[Create], Resource]
) -> Resource:
    """Send ``request`` by ``post``; if its answer is lost, look for it.

    :return: the new resource
    :raises exceptions.UnknownOutcome: if it may or may not exist
    """
    sent = time.monotonic()
    try:
        return post(request)
    except (exceptions.UnknownOutcome, exceptions.InvalidResponse) as lost:
        found = _look(manager, request.name, sent, lost)
    if found is not None:
        return found
    LOG.warning(
        "The answer to the create of %s '%s' was lost; the server has not "
        'carried it out, so it is sent again.',
        manager.kind,
        exceptions.printable(str(request.name)),
    )
    try:
        return post(request)
    except (exceptions.UnknownOutcome, exceptions.InvalidResponse) as lost:
        raise _open(manager, request.name, lost) from lost


def _look(
    manager: Manager,
    name: str | None,
    sent: float,
    lost: exceptions.ClientException,
) -> Resource | None:
    """Return what the create made, or None if it surely made nothing."""
    if not name:
        raise _open(manager, name, lost) from lost
    for pause in LOOKS:
        time.sleep(pause)
        try:
            found = manager.named(name)
            now = manager.http.clock()
        except exceptions.ClientException as error:
            raise _open(manager, name, lost) from error
        if not found:
            continue
        since = now - datetime.timedelta(seconds=time.monotonic() - sent)
        if len(found) > 1 or not _made_since(found[0], since - _SLACK):
            raise _open(manager, name, lost) from lost
        found[0].request_id = lost.request_id
        LOG.warning(
            "The answer to the create of %s '%s' was lost; it was carried "
            'out: %s.',
            manager.kind,
            exceptions.printable(name),
            found[0].id,
        )
        return found[0]
    return None


def _made_since(resource: Resource, since: datetime.datetime) -> bool:
    made = resource.created_at
    return made is not None and made >= since


def _open(
    manager: Manager, name: str | None, lost: exceptions.ClientException
) -> exceptions.UnknownOutcome:
    if name:
        what = f"the {manager.kind} '{name}'"
        look = f'{manager.noun} list --name {shlex.quote(name)}'
    else:
        what = f'the new {manager.kind}'
        look = f'{manager.noun} list'
    return exceptions.UnknownOutcome(
        f'{lost.message.rstrip(".")}; {what} may exist or not: look with '
        f"'openstack {look}' before you create it again",
        status=lost.status,
        request_id=lost.request_id,
    )
