# SPDX-License-Identifier: Apache-2.0

"""volume create, as API v1 has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osc_cinderlite.lib.resources import waiting
from tests.api_v1 import at_v1
from tests.unit.cloud import Cloud, fault, good, page, uuid, volume
from tests.unit.shell import Result, openstack

RECORD = at_v1(volume(image_id=uuid(7)))

#: what the last client with API v1 shows
COLUMNS = [
    'attachments',
    'availability_zone',
    'bootable',
    'created_at',
    'display_description',
    'encrypted',
    'id',
    'multiattach',
    'name',
    'properties',
    'size',
    'snapshot_id',
    'source_volid',
    'status',
    'type',
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, 'SHORTEST', 0.001)


def create(*args: str) -> Result:
    return openstack('volume', 'create', *args, '-f', 'json', version='1')


def answers(cloud: Cloud, method: str, path: str, *answers: Any) -> None:
    cloud.answers(method, path, *answers, major=1)


def is_created(cloud: Cloud, **fields: Any) -> None:
    answers(cloud, 'POST', '/volumes', good({'volume': {**RECORD, **fields}}))


@pytest.mark.parametrize(
    ('args', 'body'),
    [
        (['--size=1'], {'size': 1}),
        (['data', '--size=10G'], {'display_name': 'data', 'size': 10}),
        (
            ['--size=1', '--description=a b'],
            {'size': 1, 'display_description': 'a b'},
        ),
        (['--size=1', '--type=fast'], {'size': 1, 'volume_type': 'fast'}),
        (
            ['--size=1', '--availability-zone=nova', '--property=a=b'],
            {'size': 1, 'availability_zone': 'nova', 'metadata': {'a': 'b'}},
        ),
        (
            ['--size=1', f'--image={uuid(7)}'],
            {'size': 1, 'imageRef': uuid(7)},
        ),
        ([f'--source={uuid(4)}'], {'source_volid': uuid(4)}),
        ([f'--snapshot={uuid(4)}'], {'snapshot_id': uuid(4)}),
        ([f'--snapshot-id={uuid(4)}'], {'snapshot_id': uuid(4)}),
    ],
)
def test_options(cloud: Cloud, args: list[str], body: dict[str, Any]) -> None:
    is_created(cloud)
    result = create(*args)
    assert (result.status, result.stderr) == (0, '')
    assert cloud.sent == ['POST /volumes']
    assert cloud.posted == [{'volume': body}]
    (request,) = cloud.requests
    assert 'OpenStack-API-Version' not in request.headers


def test_columns(cloud: Cloud) -> None:
    """They, and their values, are those of the last client with API v1."""
    is_created(cloud, display_description='mine', bootable='false')
    result = create('data', '--size=1')
    assert list(result.json) == sorted([*COLUMNS, 'image_id'])
    assert result.json['name'] == 'data'
    assert result.json['display_description'] == 'mine'
    assert result.json['bootable'] == 'false'


def test_column_of_before_that(cloud: Cloud) -> None:
    is_created(cloud)
    result = openstack(
        *('volume', 'create', 'data', '--size=1', '-f', 'value'),
        *('-c', 'size', '-c', 'display_name'),
        version='1',
    )
    assert result.stdout == 'data\n1\n'


def test_image_by_name(cloud: Cloud) -> None:
    """Glance is asked: Cinder knows IDs only."""
    is_created(cloud)
    images = cloud.glance_answers(
        good({'images': [{'id': uuid(7), 'name': 'cirros'}]})
    )
    assert create('--size=1', '--image=cirros').status == 0
    assert images.call_count == 1
    assert cloud.posted == [{'volume': {'size': 1, 'imageRef': uuid(7)}}]


def test_source_by_name(cloud: Cloud) -> None:
    """All are compared here, and all pages asked for."""
    listed = '/volumes/detail?display_name=old'
    others = [at_v1(volume(n, name='other')) for n in (4, 5)]
    answers(cloud, 'GET', listed, good({'volumes': others}))
    answers(
        cloud,
        'GET',
        f'{listed}&offset=2',
        good({'volumes': [at_v1(volume(6, name='old'))]}),
    )
    answers(cloud, 'GET', f'{listed}&offset=3', good({'volumes': []}))
    is_created(cloud)
    assert create('--source=old').status == 0
    assert cloud.posted == [{'volume': {'source_volid': uuid(6), 'size': 1}}]


@pytest.mark.parametrize('name', ['None', '1', "'a'", '[]'])
def test_source_by_a_name_that_is_no_filter(cloud: Cloud, name: str) -> None:
    """Cinder reads filters as Python reads literals."""
    answers(
        cloud,
        'GET',
        '/volumes/detail',
        good({'volumes': [at_v1(volume(6, name=name))]}),
        good({'volumes': []}),
    )
    is_created(cloud)
    assert create(f'--source={name}').status == 0
    assert cloud.sent == [
        'GET /volumes/detail',
        'GET /volumes/detail?offset=1',
        'POST /volumes',
    ]


@pytest.mark.parametrize(
    ('option', 'needs'),
    [
        ('--hint=a=b', '2'),
        ('--consistency-group=g', '2'),
        ('--remote-source=a=b', '3'),
        ('--group=g', '3.13'),
        ('--backup=b', '3.47'),
    ],
)
def test_what_v1_lacks(cloud: Cloud, option: str, needs: str) -> None:
    result = create('data', '--size=1', option)
    assert result.status == 2
    name = option.partition('=')[0]
    assert result.stderr.splitlines()[-1].endswith(
        f'unrecognized arguments: {option}; {name} needs '
        f'--os-volume-api-version {needs} or later'
    )
    assert cloud.sent == []


@pytest.mark.parametrize('option', ['--user', '--project'])
def test_what_cinder_ignores(cloud: Cloud, option: str) -> None:
    result = create('data', '--size=1', option, 'other')
    assert result.status == 2
    assert f'{option}: Cinder makes a volume for the user' in result.stderr
    assert cloud.sent == []


def test_size_is_needed(cloud: Cloud) -> None:
    result = create('data', f'--image={uuid(7)}')
    assert result.status == 1
    assert result.complaint == (
        '--size is a required option if snapshot or source volume is not '
        'specified.'
    )


def test_wait_and_follow_ups(cloud: Cloud) -> None:
    is_created(cloud)
    available = {**RECORD, 'status': 'available'}
    answers(
        cloud, 'GET', f'/volumes/{RECORD["id"]}', good({'volume': available})
    )
    answers(cloud, 'POST', f'/volumes/{RECORD["id"]}/action', page(200, ''))
    result = create('data', '--size=1', '--wait', '--bootable')
    assert result.status == 0, result
    assert result.json['status'] == 'available'
    assert cloud.posted[1:] == [{'os-set_bootable': {'bootable': True}}]


def test_or_show(cloud: Cloud) -> None:
    there = {**RECORD, 'status': 'available', 'display_description': 'other'}
    answers(
        cloud,
        'GET',
        '/volumes/detail?display_name=data',
        good({'volumes': [there]}),
        good({'volumes': []}),
    )
    result = create('data', '--size=1', '--or-show')
    assert result.status == 0
    assert result.json['id'] == RECORD['id']
    assert cloud.posted == []


def test_dry_run(cloud: Cloud) -> None:
    result = create('data', '--size=1', '--description=a', '--dry-run')
    assert result.json['microversion'] is None
    assert result.json['body'] == {
        'volume': {
            'size': 1,
            'display_name': 'data',
            'display_description': 'a',
        }
    }


def test_refusal_without_a_reason(cloud: Cloud) -> None:
    """So does the last release with API v1."""
    answers(
        cloud,
        'POST',
        '/volumes',
        fault(422, 'Unable to process the contained instructions'),
    )
    result = create('data', '--size=1')
    assert result.status == 1
    assert result.complaint.endswith(
        '; a value is wrong, and this API version does not say which'
    )


def test_hints_name_commands_that_exist(cloud: Cloud) -> None:
    """OpenStackClient has no other volume command at API v1 any more."""
    is_created(cloud)
    answers(cloud, 'GET', f'/volumes/{RECORD["id"]}', good({'volume': RECORD}))
    result = create('data', '--size=1', '--wait', '--wait-timeout=0.01')
    assert result.status == 3
    assert result.stderr.rstrip().endswith(
        'is left as it is; repeat it with --or-show to look again'
    )


@pytest.mark.parametrize(
    ('key', 'needs'), [('hint', '2'), ('group', '3.13'), ('backup', '3.47')]
)
def test_file_with_what_v1_lacks(
    cloud: Cloud, tmp_path: Path, key: str, needs: str
) -> None:
    file = tmp_path / 'volumes.yaml'
    file.write_text(f'[{{name: a, size: 1}}, {{size: 1, {key}: {{a: b}}}}]')
    result = openstack(
        *('volume', 'bulk', 'create', '--from-file', str(file)), version='1'
    )
    assert result.status == 1
    assert result.complaint == (
        f'Entry 2, {key}: needs --os-volume-api-version {needs} or later'
    )
    assert cloud.sent == []


def test_bulk(cloud: Cloud) -> None:
    is_created(cloud)
    records = [{**RECORD, 'status': 'available'}]
    answers(
        cloud,
        'GET',
        f'/volumes/{RECORD["id"]}',
        good({'volume': records[0]}),
    )
    result = openstack(
        *('volume', 'bulk', 'create', 'data', '--count=1', '--size=1'),
        *('--wait', '-f', 'json'),
        version='1',
    )
    assert result.status == 0, result
    assert [(one['Name'], one['Status']) for one in result.json] == [
        ('data', 'available')
    ]


def test_size_below_the_source(cloud: Cloud) -> None:
    """Cinder 11 refuses it without saying why: the source is looked at."""
    answers(
        cloud,
        'POST',
        '/volumes',
        fault(422, 'Unable to process the contained instructions'),
        good({'volume': RECORD}),
    )
    source = at_v1(volume(4, size=3))
    answers(cloud, 'GET', f'/volumes/{uuid(4)}', good({'volume': source}))
    result = create(f'--source={uuid(4)}', '--size=1')
    assert result.status == 0
    assert '1 GiB is below' in result.stderr
    assert cloud.posted[1] == {'volume': {'source_volid': uuid(4), 'size': 3}}
