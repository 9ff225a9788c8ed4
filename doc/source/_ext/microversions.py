# SPDX-License-Identifier: Apache-2.0

"""The directive ``microversions``: which options need which version."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from osc_cinderlite.lib.resources import backups, fields, snapshots, volumes
from osc_cinderlite.v3 import volume, volume_backup, volume_snapshot

_COMMANDS = (
    ('volume create', volume.CreateVolume, volumes.VolumeCreate),
    (
        'volume create --remote-source',
        volume.CreateVolume,
        volumes.VolumeManage,
    ),
    (
        'volume snapshot create',
        volume_snapshot.CreateVolumeSnapshot,
        snapshots.SnapshotCreate,
    ),
    (
        'volume backup create',
        volume_backup.CreateVolumeBackup,
        backups.BackupCreate,
    ),
)


def rows() -> list[tuple[str, str, str]]:
    """Return command, option and versions of each field that has some."""
    found = []
    for line, command, declared in _COMMANDS:
        for name, field in fields.fields(declared).items():
            option = command.noun.names.get(
                name, f'--{name.replace("_", "-")}'
            )
            if field.since and not field.since.startswith('2.'):
                when = f'{field.since} or later'
            elif field.until:
                when = f'up to {field.until}; later not needed and not sent'
            else:
                continue
            found.append((line, option, when))
    return found


class Microversions(SphinxDirective):
    """A table of :func:`rows`."""

    def run(self) -> list[Any]:
        lines = ['.. list-table::', '   :header-rows: 1', '']
        for row in (('Command', 'Option', 'Volume API version'), *rows()):
            header = row[0] == 'Command'
            cells = [
                cell if header or n == 2 else f'``{cell}``'
                for n, cell in enumerate(row)
            ]
            lines.append('   * - ' + '\n     - '.join(cells))
        return list(self.parse_text_to_nodes('\n'.join(lines)))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive('microversions', Microversions)
    return {'parallel_read_safe': True}
