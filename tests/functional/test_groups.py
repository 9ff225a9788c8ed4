# SPDX-License-Identifier: Apache-2.0

"""``--group`` and ``--consistency-group``."""

from __future__ import annotations

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name, Record
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = [pytest.mark.each_server, pytest.mark.needs('2.0')]


@pytest.fixture(scope='module')
def group(demo: Cinder, admin: Cinder, name: Name) -> Record:
    return demo.create(
        'group',
        name=name('group'),
        group_type=admin.group_type(name('group-type')),
        volume_types=[demo.type_id('standard')],
    )


def create(openstack: Openstack, name: Name, *options: str) -> Record:
    made: Record = openstack.json(
        'volume',
        'create',
        name('grouped'),
        '--size',
        '1',
        '--type',
        'standard',
        *options,
    )
    return made


@pytest.mark.needs('3.13')
@pytest.mark.parametrize('by', ['id', 'name'])
def test_group(
    openstack: Openstack,
    api: Server,
    demo: Cinder,
    log: AccessLog,
    group: Record,
    name: Name,
    by: str,
) -> None:
    made = create(openstack, name, '--group', group[by])
    assert log.bodies()[-1]['volume']['group_id'] == group['id']
    if api.has('3.64'):
        # Cinder 11 refuses to filter groups by name, so all are listed.
        assert len(log.requests()) == (1 if by == 'id' else 2)
    volume = demo.wait('volume', made['id'])
    assert volume['group_id'] == made['group_id'] == group['id']


@pytest.mark.parametrize('by', ['id', 'name'])
def test_consistency_group(
    openstack: Openstack,
    api: Server,
    demo: Cinder,
    group: Record,
    name: Name,
    by: str,
) -> None:
    line = ('--consistency-group', group[by], '--wait')
    if api.release == 'ocata' and by == 'name':
        # Its policy lets nobody list them.
        pytest.skip('consistencygroup:get_all is forbidden')
    made = create(openstack, name, *line)
    assert demo.get('volume', made['id'])['group_id'] == group['id']


@pytest.mark.needs('3.43')
@pytest.mark.parametrize('option', ['--group', '--consistency-group'])
def test_no_such_group(
    openstack: Openstack, log: AccessLog, name: Name, option: str
) -> None:
    missing = name('group')
    done = openstack(
        'volume', 'create', 'unwanted', '--size', '1', option, missing
    ).failed()
    (line,) = done.stderr.splitlines()
    assert line.startswith('No ')
    assert line.endswith(f'group found for {missing}')
    assert log.bodies() == []
