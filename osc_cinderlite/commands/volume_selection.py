# SPDX-License-Identifier: Apache-2.0

"""Selection of the volumes to snapshot or back up."""

import abc
import argparse
from collections.abc import Iterator
import logging
from typing import TYPE_CHECKING, Any

from osc_lib import exceptions as osc_exceptions
from osc_lib.cli import parseractions

from osc_cinderlite.commands import bulk, name_template, options
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.lib.creating import job, references
    from osc_cinderlite.lib.resource import Resource

LOG = logging.getLogger(__name__)

_FIELDS = ('volume', 'volume_id', 'date', 'time', 'n')


class OfVolumes(bulk.CreateMany):
    """A bulk command that makes something of each of some volumes."""

    or_show_help = _(
        'Show the resource of this name and volume, if the project has one, '
        'instead of creating another one'
    )

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            'volumes',
            metavar='<volume>',
            nargs='*',
            type=options.not_empty,
            help=_('Volume(s) to take (name or ID)'),
        )
        parser.add_argument(
            '--all',
            action='store_true',
            help=_('Take all volumes of the project'),
        )
        parser.add_argument(
            '--volume-property',
            metavar='<key=value>',
            action=parseractions.KeyValueAction,
            dest='volume_properties',
            help=_(
                'Take only volumes with this property '
                '(repeat option: all must hold)'
            ),
        )
        parser.add_argument(
            '--server',
            metavar='<server>',
            type=options.not_empty,
            help=_(
                'Take the volumes attached to this server (name or ID; a '
                'name is looked up in the Compute service)'
            ),
        )
        parser.add_argument(
            '--volume-status',
            metavar='<status>',
            type=options.not_empty,
            help=_('Take only volumes in this status'),
        )
        parser.add_argument(
            '--name',
            metavar='<name-template>',
            type=options.not_empty,
            help=_(
                'Name of the new resources, with {volume}, {volume_id}, '
                "{date} (YYYYMMDD), {time} and {n} (or as in {n:03}), such "
                "as '{volume}-{date}'"
            ),
        )
        return parser

    def creations(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
    ) -> 'Iterator[job.Creation]':
        from osc_cinderlite.lib.creating.references import Reference

        self._check(parsed_args)
        template = None
        if parsed_args.name is not None:
            template = name_template.Template(parsed_args.name, _FIELDS)
        server = None
        if parsed_args.server is not None:
            named = Reference(self.client.servers, parsed_args.server)
            named.resolve()
            server = named.id
        self._selected = self._select(parsed_args, references, server)
        return self._generate(parsed_args, self._selected, template)

    def _select(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
        server: str | None,
    ) -> 'list[references.Reference]':
        """Return all the volumes, before anything is made of the first."""
        from osc_cinderlite.lib import exceptions

        try:
            return list(self._volumes(parsed_args, references, server))
        except exceptions.ClientException as error:
            doing = _('list the volumes')
            raise osc_exceptions.CommandError(
                self.explain(error, doing=doing)
            ) from error

    def _check(self, parsed_args: argparse.Namespace) -> None:
        chosen = (
            parsed_args.all
            or parsed_args.server
            or parsed_args.volume_properties
            or parsed_args.volume_status
        )
        if parsed_args.volumes and chosen:
            raise options.UsageError(
                _(
                    'Give either volumes, or --all, --server, '
                    '--volume-property and --volume-status'
                )
            )
        if not parsed_args.volumes and not chosen:
            raise options.UsageError(
                _(
                    'Give volumes, --all, --server, --volume-property or '
                    '--volume-status'
                )
            )
        if parsed_args.or_show and not parsed_args.name:
            raise options.UsageError(_('--or-show needs --name'))

    def total(self, parsed_args: argparse.Namespace) -> int | None:
        return len(self._selected)

    def _generate(
        self,
        parsed_args: argparse.Namespace,
        volumes: 'list[references.Reference]',
        template: name_template.Template | None,
    ) -> 'Iterator[job.Creation]':
        stamps = bulk.stamps()
        for n, volume in enumerate(volumes, 1):
            name = None
            if template is not None:
                name = template.fill(
                    {**stamps, **self._names(volume, template), 'n': n}
                )
            yield self.one(volume, name, parsed_args)

    def _names(
        self, volume: 'references.Reference', template: name_template.Template
    ) -> dict[str, str]:
        if self._signals.count > 1:
            # What is not begun any more is not looked up either.
            return {'volume': volume.given, 'volume_id': volume.given}
        return _names(volume, template)

    @abc.abstractmethod
    def one(
        self,
        volume: 'references.Reference',
        name: str | None,
        parsed_args: argparse.Namespace,
    ) -> 'job.Creation':
        """Return the creation for one volume."""

    def _volumes(
        self,
        parsed_args: argparse.Namespace,
        references: 'references.References',
        server: str | None,
    ) -> 'Iterator[references.Reference]':
        from osc_cinderlite.lib.creating.references import Reference

        manager = self.client.volumes
        if parsed_args.volumes:
            for given in parsed_args.volumes:
                yield references(manager, given)
            return
        for found in manager.list():
            if _is_taken(found, parsed_args, server):
                yield Reference(manager, found.id, found)


def _is_taken(
    volume: 'Resource', parsed_args: argparse.Namespace, server: str | None
) -> bool:
    """Return whether a volume fits the options.

    Servers filter too, but not all clouds let them, and one that does not
    ignores the filter.
    """
    metadata = volume.get('metadata')
    properties = metadata.items() if isinstance(metadata, dict) else ()
    wanted = parsed_args.volume_properties or {}
    return (
        all(one in properties for one in wanted.items())
        and parsed_args.volume_status in (None, volume.status)
        and (server is None or server in _servers_of(volume))
    )


def _servers_of(volume: 'Resource') -> list[Any]:
    """Return the IDs of the servers that have a volume attached."""
    attachments = volume.get('attachments')
    if not isinstance(attachments, list):
        return []
    return [
        attachment.get('server_id')
        for attachment in attachments
        if isinstance(attachment, dict)
    ]


def _names(
    volume: 'references.Reference', template: name_template.Template
) -> dict[str, str]:
    """Return name and ID of a volume, as far as ``template`` has them.

    One that cannot be found goes by what it was given as: its creation will
    fail for it.
    """
    from osc_cinderlite.lib import exceptions
    from osc_cinderlite.lib.resources import base

    known = volume.known
    try:
        if known is None and base.is_uuid(volume.given):
            if 'volume' in template:
                known = volume.record_or_named()
        elif 'volume_id' in template:
            volume.resolve()
    except exceptions.ClientException as error:
        LOG.debug('%s', error)
    name = volume.given if known is None else known.name
    return {'volume': name or volume.id, 'volume_id': volume.id}
