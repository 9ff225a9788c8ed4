# SPDX-License-Identifier: Apache-2.0

"""Snapshots and backups to create, of the selected volumes."""

import argparse
from collections.abc import Iterator
import logging
from typing import Any

from osc_lib import exceptions as osc_exceptions

from osc_cinderlite.commands import name_template, orders
from osc_cinderlite.commands.driver import Driver
from osc_cinderlite.commands.options import UsageError
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating import workers
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.references import Reference, References
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.validators import is_uuid

LOG = logging.getLogger(__name__)

_FIELDS = ('volume', 'volume_id', 'date', 'time', 'n')


class VolumeSelection:
    """The volumes that the options of a bulk command select.

    :param driver: the run that they are for
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._args = driver.args
        self._references = References()
        self._volumes: list[Reference] = []

    @property
    def total(self) -> int:
        """The number of selected volumes."""
        return len(self._volumes)

    def creations(self) -> Iterator[Creation]:
        """Return what is to be created, one after the other.

        All volumes have been listed, and named, when this returns.

        :raises osc_lib.exceptions.CommandError: if something is refused
        """
        self._check()
        template = None
        if self._args.name is not None:
            template = name_template.Template(self._args.name, _FIELDS)
        try:
            self._volumes = list(self._selected())
        except exceptions.ClientException as error:
            raise osc_exceptions.CommandError(
                self._driver.explain(error, doing=_('list the volumes'))
            ) from error
        if template is not None:
            self._look_up(template)
        return self._creations(template)

    def _check(self) -> None:
        args = self._args
        chosen = (
            args.all
            or args.server
            or args.volume_property
            or args.volume_status
        )
        if args.volumes and chosen:
            raise UsageError(
                _(
                    'Give either volumes, or --all, --server, '
                    '--volume-property and --volume-status'
                )
            )
        if not args.volumes and not chosen:
            raise UsageError(
                _(
                    'Give volumes, --all, --server, --volume-property or '
                    '--volume-status'
                )
            )
        if args.or_show and not args.name:
            raise UsageError(_('--or-show needs --name'))

    def _selected(self) -> Iterator[Reference]:
        manager = self._driver.client.volumes
        if self._args.volumes:
            for given in self._args.volumes:
                yield self._references(manager, given)
            return
        server = self._server()
        for found in manager.list():
            if _is_taken(found, self._args, server):
                yield Reference(manager, found.id, found)

    def _server(self) -> str | None:
        """Return the ID of the server whose volumes are wanted."""
        if self._args.server is None:
            return None
        server = Reference(self._driver.client.servers, self._args.server)
        server.resolve()
        return server.id

    def _look_up(self, template: name_template.Template) -> None:
        """Find the volumes whose name or ID the template wants."""
        wanted = [
            volume
            for volume in self._volumes
            if volume.known is None
            and ('volume' if is_uuid(volume.given) else 'volume_id')
            in template
        ]
        workers.each(
            list(dict.fromkeys(wanted)), self._args.parallel, _look_up
        )

    def _creations(
        self, template: name_template.Template | None
    ) -> Iterator[Creation]:
        driver, stamps = self._driver, name_template.stamps()
        for n, volume in enumerate(self._volumes, 1):
            name = None
            if template is not None:
                known = volume.known
                named = volume.given if known is None else known.name
                name = template.fill(
                    {
                        **stamps,
                        'n': n,
                        'volume': named or volume.id,
                        'volume_id': volume.id,
                    }
                )
            yield orders.creation(
                driver.noun,
                self._args,
                driver.client,
                self._references,
                driver.major,
                {'name': name, 'volume_id': volume},
            )


def _look_up(volume: Reference) -> None:
    """Find a volume; if it is missing, its creation will fail."""
    try:
        volume.record_or_named()
    except exceptions.ClientException as error:
        LOG.debug('%s', error)


def _is_taken(
    volume: Resource, parsed_args: argparse.Namespace, server: str | None
) -> bool:
    """Return whether a volume fits the options.

    Servers filter too, but not all clouds let them, and one that does not
    ignores the filter.
    """
    metadata = volume.get('metadata')
    properties = metadata.items() if isinstance(metadata, dict) else ()
    wanted = parsed_args.volume_property or {}
    return (
        all(one in properties for one in wanted.items())
        and parsed_args.volume_status in (None, volume.status)
        and (server is None or server in _servers_of(volume))
    )


def _servers_of(volume: Resource) -> list[Any]:
    """Return the IDs of the servers that have a volume attached."""
    attachments = volume.get('attachments')
    if not isinstance(attachments, list):
        return []
    return [
        attachment.get('server_id')
        for attachment in attachments
        if isinstance(attachment, dict)
    ]
