# SPDX-License-Identifier: Apache-2.0

"""Negotiation of the API version with a cloud."""

from __future__ import annotations

import logging
import threading

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import errors, versions
from osc_cinderlite.lib.transport.wire import Call, Wire

LOG = logging.getLogger(__name__)


class Negotiation:
    """The API version of a client: as requested, or the highest common one.

    :param asked: the version that the user requested
    """

    def __init__(self, wire: Wire, asked: versions.Asked) -> None:
        self._wire = wire
        self._asked = asked
        self._lock = threading.Lock()
        self._settled = asked.exact is not None
        self.version = asked.exact or versions.MAX

    def settle(self) -> versions.APIVersion:
        """Return the highest version that both sides know.

        Costs one request, once.

        :raises exceptions.ClientException: if the server does not tell
        """
        with self._lock:
            if not self._settled:
                self._lower_to(self._newest())
            return self.version

    def lower(
        self, refused: versions.APIVersion, message: str
    ) -> versions.APIVersion | None:
        """Return a lower version than the refused one, or None.

        The nodes of a cloud that is being upgraded have several maximums.

        :param message: Cinder's, which names its maximum
        """
        if self._asked.exact is not None:
            return None
        with self._lock:
            newest = versions.maximum_in(message)
            if newest is None and self.version >= refused:
                try:
                    newest = self._newest()
                except exceptions.ClientException as error:
                    LOG.debug('No version to be had: %s', error)
            if newest is not None:
                self._lower_to(newest)
            return self.version if self.version < refused else None

    def _lower_to(self, newest: versions.APIVersion) -> None:
        self.version = min(self.version, newest)
        self._settled = True

    def _newest(self) -> versions.APIVersion:
        """Ask for the newest version of the server.

        Where its document of versions is out of reach, it is named by the
        refusal of one that is too new.
        """
        root = f'{self._wire.root}/'
        LOG.debug('Asking for the versions of %s', root)
        try:
            response = self._wire.exchange(Call('GET', root, versions.NONE))
            return versions.newest_in(errors.decode(response))
        except exceptions.ClientException as error:
            LOG.debug('No versions at %s: %s', root, error)
        response = self._wire.exchange(
            Call('GET', f'{self._wire.endpoint}/limits', versions.MAX)
        )
        if response.ok:
            return versions.MAX
        message = errors.from_response(response).message
        return versions.maximum_in(message) or versions.MIN
