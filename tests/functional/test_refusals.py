# SPDX-License-Identifier: Apache-2.0

"""Input that is refused before any request."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name
from tests.functional.shell import Openstack

pytestmark = [
    pytest.mark.each_server,
    pytest.mark.needs('3.0'),
]

_VOLUME = ['volume', 'create', 'unwanted', '--size', '1']
_SNAPSHOT = ['volume', 'snapshot', 'create', 'unwanted']
_BACKUP = ['volume', 'backup', 'create', 'unwanted']


@pytest.mark.parametrize(
    ('command', 'option'),
    [
        *(
            (_VOLUME, option)
            for option in (
                '--image',
                '--source',
                '--snapshot',
                '--backup',
                '--type',
                '--group',
                '--consistency-group',
            )
        ),
        (_SNAPSHOT, '--volume'),
        (_BACKUP, '--snapshot'),
    ],
)
def test_empty_values(
    openstack: Openstack,
    log: AccessLog,
    command: list[str],
    option: str,
) -> None:
    done = openstack(*command, option, '').failed(2)
    assert f'argument {option}: the value is empty' in done.stderr
    assert log.lines() == []


def test_an_empty_source_is_a_blank_volume_in_the_stock_client(
    stock: Openstack, name: Name
) -> None:
    stock('volume', 'create', name('blank'), '--size', '1', '--image', '').ok()


def test_an_empty_snapshot_backs_up_the_volume_in_the_stock_client(
    stock: Openstack, demo: Cinder, name: Name
) -> None:
    volume = demo.volume(name('volume'))
    stock('volume', 'backup', 'create', volume['id'], '--snapshot', '').ok()


@pytest.mark.parametrize(
    ('command', 'message'),
    [
        (
            [*_VOLUME, '--image', 'a', '--source', 'b'],
            'argument --source: not allowed with argument --image',
        ),
        (
            [*_VOLUME, '--snapshot', 'a', '--backup', 'b'],
            'argument --backup: not allowed with argument --snapshot',
        ),
        (
            [*_VOLUME, '--bootable', '--non-bootable'],
            'not allowed with argument --bootable',
        ),
        (
            [*_VOLUME, '--read-only', '--read-write'],
            'not allowed with argument --read-only',
        ),
        (
            [*_BACKUP, '--incremental', '--no-incremental'],
            'not allowed with argument --incremental',
        ),
        (
            [*_BACKUP, '--no-incremental', '--incremental-or-full'],
            'not allowed with argument --no-incremental',
        ),
        (
            [*_VOLUME, '--source-replicated', 'x'],
            'Cinder no longer has replicated volumes as sources',
        ),
        (
            [*_VOLUME, '--property', 'x'],
            "Expected 'key=value' type, but got: x",
        ),
        (
            [*_SNAPSHOT, '--property', 'x'],
            "Expected 'key=value' type, but got: x",
        ),
        (
            [*_BACKUP, '--property', 'x'],
            "Expected 'key=value' type, but got: x",
        ),
        (
            [*_VOLUME, '--hint', 'x'],
            "Expected 'key=value' type, but got: x",
        ),
        ([*_VOLUME, '--hint', 'query=[broken'], 'the query is not JSON'),
        (['volume', 'create', '--size', '0'], 'not a size from 1'),
        (['volume', 'create', '--size', '-1'], 'argument --size'),
        (['volume', 'create', '--size', '1.5'], 'is not a size'),
        (['volume', 'create', '--size', '1P'], 'is not a size'),
        ([*_VOLUME, '--wait-timeout', '0'], 'seconds above 0'),
    ],
)
def test_usage(
    openstack: Openstack, log: AccessLog, command: list[str], message: str
) -> None:
    done = openstack(*command).failed(2)
    assert message in done.stderr
    assert done.stdout == ''
    assert log.lines() == []


def test_replicated_sources_are_ignored_by_the_stock_client(
    stock: Openstack, demo: Cinder, name: Name
) -> None:
    done = stock(
        'volume',
        'create',
        name('blank'),
        '--size',
        '1',
        '--source-replicated',
        'no-such-volume',
        '-f',
        'json',
    ).ok()
    assert demo.get('volume', done.id)['source_volid'] is None


@pytest.mark.parametrize(
    ('version', 'command', 'message'),
    [
        (
            '3.42',
            [*_BACKUP, '--property', 'a=b'],
            '--property needs volume API version 3.43 or later, '
            'and 3.42 was requested',
        ),
        (
            '3.50',
            [*_BACKUP, '--availability-zone', 'nova'],
            '--availability-zone needs volume API version 3.51 or later, '
            'and 3.50 was requested',
        ),
        (
            '3.46',
            ['volume', 'create', '--backup', 'unwanted'],
            '--backup needs volume API version 3.47 or later, '
            'and 3.46 was requested',
        ),
        (
            '3.12',
            [*_VOLUME, '--group', 'unwanted'],
            '--group needs volume API version 3.13 or later, '
            'and 3.12 was requested',
        ),
    ],
)
def test_options_newer_than_the_version_asked_for(
    openstack: Openstack,
    log: AccessLog,
    version: str,
    command: list[str],
    message: str,
) -> None:
    """No look-up comes before: a volume `unwanted` does not exist."""
    done = openstack('--os-volume-api-version', version, *command).failed()
    assert done.stderr.splitlines() == [message]
    assert log.lines() == []


@pytest.mark.parametrize(
    ('command', 'message'),
    [
        (
            ['volume', 'create', 'unwanted'],
            '--size is a required option if none of --snapshot, --backup, '
            '--source, or --remote-source are provided.',
        ),
        (
            ['volume', 'create', '--size', '1', '--or-show'],
            '--or-show needs the name of the volume',
        ),
    ],
)
def test_contradictions(
    openstack: Openstack, log: AccessLog, command: list[str], message: str
) -> None:
    done = openstack(*command).failed(2 if '--or-show' in command else 1)
    assert done.stderr.splitlines() == [message]
    assert log.lines() == []


def test_wrong_columns_are_refused_before_the_create(
    openstack: Openstack, log: AccessLog
) -> None:
    done = openstack(*_VOLUME, '-c', 'no-such-column').failed(2)
    assert 'no-such-column' in done.stderr
    assert log.lines() == []
