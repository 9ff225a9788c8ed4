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

"""The directive ``microversions``: which options need which version."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from osc_cinderlite.lib import body, volume_backups, volume_snapshots, volumes
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
        volume_snapshots.SnapshotCreate,
    ),
    (
        'volume backup create',
        volume_backup.CreateVolumeBackup,
        volume_backups.BackupCreate,
    ),
)


def rows() -> list[tuple[str, str, str]]:
    """Return command, option and versions of each field that has some."""
    found = []
    for line, command, declared in _COMMANDS:
        for name, field in body.fields(declared).items():
            option = command.fields.get(name, f'--{name.replace("_", "-")}')
            if field.since:
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
