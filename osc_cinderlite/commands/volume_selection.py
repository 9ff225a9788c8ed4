# SPDX-License-Identifier: Apache-2.0

"""Snapshots and backups to create, of the selected volumes."""

from collections.abc import Iterator, Mapping, Sequence
import logging
import re

from osc_lib import exceptions as osc_exceptions

from osc_cinderlite.commands import name_template, volume_filter
from osc_cinderlite.commands.driver import Driver
from osc_cinderlite.commands.options import UsageError
from osc_cinderlite.commands.selection import FILTERS
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating import workers
from osc_cinderlite.lib.creating.creation import Creation, Skip
from osc_cinderlite.lib.creating.references import Reference
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.validators import is_uuid
from osc_cinderlite.lib.text import one_line

LOG = logging.getLogger(__name__)

_FIELDS = ('volume', 'volume_id', 'server', 'date', 'time', 'n')


class VolumeSelection:
    """The volumes that the options of a bulk command select.

    :param driver: the run that they are for
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._args = driver.args
        self._template: name_template.Template | None = None
        self._servers: dict[str, str] = {}
        self._names: dict[Reference, re.Pattern[str]] = {}

    @property
    def series(self) -> Mapping[str, re.Pattern[str]]:
        """The names of each volume's series, by the volume's ID."""
        return {volume.id: names for volume, names in self._names.items()}

    def creations(self) -> Sequence[Creation]:
        """Return what is to be created.

        :raises osc_lib.exceptions.CommandError: if something is refused, or
            no volume passes the filters
        """
        self._check()
        if self._args.name is not None:
            self._template = name_template.Template(self._args.name, _FIELDS)
        self._creation(Reference(self._driver.client.volumes, ''), None)
        try:
            volumes = list(self._selected())
            self._look_up(volumes)
        except exceptions.ClientException as error:
            raise osc_exceptions.CommandError(
                self._driver.explain(error, doing=_('list the volumes'))
            ) from error
        filters = volume_filter.given(self._args)
        if not volumes and filters:
            raise osc_exceptions.CommandError(
                _('No volume passes %s') % ', '.join(filters)
            )
        made = [
            self._creation(volume, self._name(volume, n))
            for n, volume in enumerate(volumes, 1)
        ]
        self._skip_recent(made)
        return made

    def _check(self) -> None:
        args = self._args
        names = ', '.join(('--all', *(one.flag for one in FILTERS)))
        chosen = args.all or args.all_projects or volume_filter.given(args)
        if args.volumes and chosen:
            raise UsageError(_('Give either volumes, or some of %s') % names)
        if not args.volumes and not chosen:
            raise UsageError(_('Give volumes, or some of %s') % names)
        if args.or_show and not args.name:
            raise UsageError(_('--or-show needs --name'))
        retention = args.keep is not None or args.keep_for is not None
        if retention and not (args.name and (args.wait or args.dry_run)):
            raise UsageError(_('--keep and --keep-for need --name and --wait'))

    def _selected(self) -> Iterator[Reference]:
        manager = self._driver.client.volumes
        if self._args.volumes:
            for given in self._args.volumes:
                yield self._driver.references(manager, given)
            return
        servers = [self._server_id(one) for one in self._args.server or ()]
        unseen = set(self._args.exclude or ())
        for found in manager.list(**volume_filter.query(self._args)):
            unseen -= {
                one for one in unseen if volume_filter.is_named_by(found, one)
            }
            if volume_filter.is_taken(found, self._args, servers):
                yield Reference(manager, found.id, found)
        for one in sorted(unseen):
            LOG.warning(
                _("No volume is named '%s', which --exclude names"),
                one_line(one),
            )

    def _server_id(self, given: str) -> str:
        server = Reference(self._driver.client.servers, given)
        server.resolve()
        return server.id

    def _look_up(self, volumes: Sequence[Reference]) -> None:
        """Find what is to be known of volumes, and of their servers."""
        template = self._template or ()
        wanted = [
            volume
            for volume in volumes
            if volume.known is None
            and (
                self._args.skip_if_newer_than is not None
                or 'server' in template
                or ('volume' if is_uuid(volume.given) else 'volume_id')
                in template
            )
        ]
        parallel = self._args.parallel
        workers.each(list(dict.fromkeys(wanted)), parallel, _look_up)
        if 'server' in template:
            servers = {
                server
                for volume in volumes
                for server in volume_filter.servers_of(volume.known or _NONE)
            }
            workers.each(sorted(servers), parallel, self._look_up_server)

    def _look_up_server(self, server_id: str) -> None:
        name = None
        try:
            name = self._driver.client.servers.get(server_id).name
        except exceptions.NotFound as error:
            LOG.debug('%s', error)
        self._servers[server_id] = name or server_id

    def _name(self, volume: Reference, n: int) -> str | None:
        """Return the name of the n-th new resource."""
        if self._template is None:
            return None
        known = volume.known or _NONE
        servers = volume_filter.servers_of(known)
        fields = {
            **self._driver.stamps,
            'n': n,
            'volume': known.name or (volume.id if known else volume.given),
            'volume_id': volume.id,
            'server': self._server_of(servers),
        }
        self._names[volume] = self._template.pattern(fields)
        return self._template.fill(fields)

    def _server_of(self, ids: Sequence[str]) -> str:
        """Return the name of the first server of a volume, for names."""
        return self._servers.get(ids[0], ids[0]) if ids else 'unattached'

    def _creation(self, volume: Reference, name: str | None) -> Creation:
        """Return what is to be created of a volume.

        :raises exceptions.UnsupportedVersion: for an option that is newer
        """
        of = {'name': name, 'volume_id': volume}
        made = self._driver.creation(self._args, of)
        made.check()
        return made

    def _skip_recent(self, made: list[Creation]) -> None:
        """Skip volumes that have a good one that is young enough."""
        limit = self._args.skip_if_newer_than
        if limit is None:
            return
        newest: dict[str, Resource] = {}
        for one in self._driver.manager.list():
            if one.status in self._driver.manager.succeeded and (
                self._driver.age(one) < limit
            ):
                newest.setdefault(str(one.get('volume_id')), one)
        for creation in made:
            volume = creation.references['volume_id']
            if volume.id in newest:
                creation.skip = Skip('recent', newest[volume.id])
            elif volume.known and volume.known.status == 'backing-up':
                why = exceptions.ClientException(
                    _('the volume is being backed up'), code='busy'
                )
                creation.skip = Skip('skipped', None, why)


#: a volume of which nothing is known
_NONE = Resource()


def _look_up(volume: Reference) -> None:
    """Find a volume; if it is missing, its creation will fail."""
    try:
        volume.record_or_named()
    except exceptions.ClientException as error:
        LOG.debug('%s', error)
