# SPDX-License-Identifier: Apache-2.0

"""Errors of the library, as a person is told of them."""

from __future__ import annotations

import pytest

from osc_cinderlite.commands import errors
from osc_cinderlite.commands.backup import Backup
from osc_cinderlite.commands.noun import Noun
from osc_cinderlite.commands.snapshot import Snapshot
from osc_cinderlite.commands.volume import Volume
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.resource import Resource

#: of an OpenStackClient as it is
COMMANDS = ('volume list', 'volume snapshot list', 'volume backup list')


@pytest.mark.parametrize(
    ('noun', 'name', 'look'),
    [
        (Volume(), 'data', 'openstack volume list --name data'),
        (Volume(), None, 'openstack volume list'),
        (Volume(), "it's", """openstack volume list --name 'it'"'"'s'"""),
        (Snapshot(), 'a b', "openstack volume snapshot list --name 'a b'"),
        (Backup(), 'x\x1b[2J', r"volume backup list --name 'x\x1b[2J'"),
    ],
    ids=['plain', 'nameless', 'quote', 'space', 'escape'],
)
def test_unknown_outcome(noun: Noun, name: str | None, look: str) -> None:
    error = exceptions.UnknownOutcome(
        'lost. It may or may not exist', name=name
    )
    line = errors.explain(error, noun, 'create it', COMMANDS)
    assert line.startswith('Lost. It may or may not exist; check with ')
    assert line.endswith(f"{look}' before retrying")


def test_incremental_backup_of_an_extended_volume() -> None:
    """Cinder refuses it only after it has accepted it."""
    error = exceptions.ResourceFailed(
        'backup x is in status error: Volume size increased since the last '
        'backup. Do a full backup.',
        Resource(id='x'),
    )
    assert errors.explain(
        error, Backup(), 'create volume backup', COMMANDS
    ) == (
        'backup x is in status error: Volume size increased since the last '
        'backup. Do a full backup; --incremental-or-full makes a full one in '
        'this case'
    )


def test_created_twice() -> None:
    error = exceptions.CreatedTwice('created twice; delete one of them', [])
    assert errors.explain(error, Volume(), 'create it', COMMANDS) == (
        'Created twice; delete one of them'
    )
