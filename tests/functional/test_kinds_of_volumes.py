# SPDX-License-Identifier: Apache-2.0

"""Encrypted volumes, and volumes attached to several servers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.cinder import Cinder, Name, Record
from tests.functional.devcloud import Devcloud
from tests.functional.servers import Server
from tests.functional.shell import Openstack

pytestmark = [
    pytest.mark.each_server,
    pytest.mark.needs('2.0'),
]

#: columns that differ from one create to the next
_OWN = frozenset({'id', 'name', 'created_at', 'updated_at', 'status'})


def shown(openstack: Openstack, *args: str) -> dict[str, Any]:
    """Return what a create shows, less what is its own."""
    record = openstack(*args, '-f', 'json').ok().json
    return {key: record[key] for key in record.keys() - _OWN}


@pytest.fixture(scope='module', params=['encrypted', 'multiattach'])
def volume(
    request: pytest.FixtureRequest,
    devcloud: Devcloud,
    openstack: Openstack,
    api: Server,
    name_of_module: str,
) -> Record:
    if request.param == 'multiattach' and not api.has('3.50'):
        pytest.skip('before 3.50 the type does not decide it')
    made: Record = (
        openstack(
            *('volume', 'create', '--size', '1', '--type', request.param),
            *('--wait', '-f', 'json', f'{request.param}-{name_of_module}'),
        )
        .ok()
        .json
    )
    assert made['encrypted'] is (request.param == 'encrypted')
    assert made['multiattach'] is (request.param == 'multiattach')
    devcloud.write(made['id'], 0, b'kind of volume')
    return made


@pytest.fixture(scope='module')
def name_of_module(name: Name) -> str:
    return name('kind')


@pytest.mark.parametrize('source', ['blank', 'clone', 'snapshot', 'backup'])
def test_create(
    openstack: Openstack,
    stock: Openstack,
    devcloud: Devcloud,
    demo: Cinder,
    api: Server,
    volume: Record,
    name: Name,
    source: str,
) -> None:
    """As the stock client's, and with the bytes of its source."""
    if source == 'backup' and not api.has('3.47'):
        pytest.skip('before 3.47 a backup is no source')
    options: list[str] = ['--size', '1', '--type', volume['type']]
    if source == 'clone':
        options = ['--source', volume['id']]
    elif source in ('snapshot', 'backup'):
        about = {
            'snapshot': ['--volume', volume['id'], name('s')],
            'backup': ['--name', name('b'), volume['id']],
        }[source]
        made = openstack(
            *('volume', source, 'create', '--wait', '-f', 'json', *about)
        ).ok()
        options = [f'--{source}', made.id, '--type', volume['type']]
    create = ('volume', 'create', *options)
    theirs = shown(stock, *create, name('stock'))
    if source == 'backup':
        demo.at_rest('backup', made.id)
    ours = shown(openstack, *create, name('ours'))
    assert ours == theirs
    if source == 'backup':
        demo.at_rest('backup', made.id)
    waited = openstack(*create, '--wait', '-f', 'json', name('v')).ok().json
    for key in ('encrypted', 'multiattach', 'type'):
        assert waited[key] == volume[key]
    if source != 'blank':
        assert devcloud.read(waited['id'], 0, 14) == b'kind of volume'


@pytest.mark.parametrize('noun', ['snapshot', 'backup'])
def test_made_of_it(
    openstack: Openstack,
    stock: Openstack,
    demo: Cinder,
    volume: Record,
    name: Name,
    noun: str,
) -> None:
    """Snapshots and backups are shown as the stock client shows them."""

    def create(who: str) -> list[str]:
        about = {
            'snapshot': ['--volume', volume['id'], name(who)],
            'backup': ['--name', name(who), volume['id']],
        }[noun]
        return ['volume', noun, 'create', *about]

    theirs = stock(*create('stock'), '-f', 'json').ok()
    demo.at_rest(noun, theirs.id)
    ours = openstack(*create('ours'), '-f', 'json').ok()
    demo.at_rest(noun, ours.id)
    assert list(ours.json) == list(theirs.json)
    differing = {
        key for key in ours.json if ours.json[key] != theirs.json[key]
    }
    assert differing <= _OWN
    assert demo.get(noun, ours.id)['status'] == 'available'


@pytest.mark.needs('3.50')
def test_attached_to_several_servers(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    made = openstack(
        *('volume', 'create', '--size', '1', '--type', 'multiattach'),
        *('--wait', '-f', 'json', name('shared')),
    ).ok()
    for n in range(2):
        demo.attach(made.id, f'1111111{n}-2222-3333-4444-555555555555')
    record = demo.get('volume', made.id)
    assert record['status'] == 'in-use'
    assert len(record['attachments']) == 2
    snapshot = openstack(
        *('volume', 'snapshot', 'create', '--volume', made.id, '--wait'),
        *('-f', 'json', name('s')),
    ).ok()
    assert snapshot.json['status'] == 'available'
    backup = openstack(
        *('volume', 'backup', 'create', '--force', '--wait', '-f', 'json'),
        made.id,
    ).ok()
    assert backup.json['status'] == 'available'
    clone = openstack(
        *('volume', 'create', '--source', made.id, '--wait', '-f', 'json'),
        name('clone'),
    ).ok()
    assert clone.json['multiattach'] is True
    assert clone.json['attachments'] == []
