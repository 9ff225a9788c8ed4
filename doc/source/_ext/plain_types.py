# SPDX-License-Identifier: Apache-2.0

"""Show a field of a create with its type alone.

Its declaration also has functions, which are not for readers.
"""

from typing import get_type_hints

from sphinx.application import Sphinx

from osc_cinderlite.lib.resources import backups, fields, snapshots, volumes

_FORMS = (
    volumes.VolumeCreate,
    volumes.VolumeManage,
    snapshots.SnapshotCreate,
    snapshots.SnapshotManage,
    backups.BackupCreate,
)


def strip(app: Sphinx) -> None:
    for form in _FORMS:
        # It is remembered, for the table of microversions.
        fields.fields(form)
        form.__annotations__ = get_type_hints(form)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect('builder-inited', strip)
    return {'parallel_read_safe': True}
