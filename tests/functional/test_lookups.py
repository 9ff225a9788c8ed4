# SPDX-License-Identifier: Apache-2.0

"""Look-ups of names, and of what looks like an ID."""

from __future__ import annotations

from pathlib import Path
import uuid

import pytest

from tests.functional.access_log import AccessLog
from tests.functional.cinder import Cinder, Name
from tests.functional.devcloud import Devcloud
from tests.functional.faults import Faults
from tests.functional.projects import Project
from tests.functional.shell import Openstack

pytestmark = pytest.mark.each_server

_MISSING = '99999999-9999-4999-8999-999999999999'


@pytest.mark.parametrize(
    'odd',
    [
        'summary',
        'a/b?c#d',
        'a b&name=c%20+ü',
        ' padded? no',
        '-leading',
        '..',
    ],
)
def test_odd_names(project: Project, odd: str) -> None:
    volume = project.cinder.volume(odd)
    done = project(
        *('volume', 'snapshot', 'create', 'snap', '-f', 'json'),
        f'--volume={volume["name"]}',
    ).ok()
    assert done.json['volume_id'] == volume['id']


@pytest.mark.needs('2.0')
def test_a_volume_named_detail(project: Project, stock: Openstack) -> None:
    """The stock client takes the list of all volumes for it."""
    volume = project.cinder.volume('detail')
    command = ['volume', 'snapshot', 'create', 'snap', '--volume', 'detail']
    done = project(*command, '-f', 'json').ok()
    assert done.json['volume_id'] == volume['id']
    stock(*project.options, *command).failed()


@pytest.mark.parametrize(
    ('kind', 'command'),
    [
        ('volume', ['volume', 'snapshot', 'create', 's', '--volume']),
        ('volume', ['volume', 'backup', 'create']),
        ('volume', ['volume', 'create', 'v', '--source']),
        ('snapshot', ['volume', 'create', 'v', '--snapshot']),
    ],
)
@pytest.mark.parametrize('wanted', ['no-such-thing', _MISSING])
def test_what_does_not_exist(
    openstack: Openstack, kind: str, command: list[str], wanted: str
) -> None:
    done = openstack(*command, wanted).failed()
    (line,) = done.stderr.splitlines()
    assert line.startswith(f'No {kind} found for {wanted}')


@pytest.mark.needs('3.47')
@pytest.mark.parametrize('wanted', ['no-such-thing', _MISSING])
def test_backup_that_does_not_exist(openstack: Openstack, wanted: str) -> None:
    done = openstack('volume', 'create', 'v', '--backup', wanted).failed()
    assert done.stderr.startswith(f'No backup found for {wanted}')


def test_a_name_is_matched_whole(
    openstack: Openstack, demo: Cinder, name: Name
) -> None:
    stem = name('volume')
    demo.volume(f'{stem}-2')
    done = openstack('volume', 'backup', 'create', stem).failed()
    assert f'No volume found for {stem}' in done.stderr


def test_several_of_one_name(
    openstack: Openstack, log: AccessLog, demo: Cinder, name: Name
) -> None:
    new = name('twin')
    twins = [demo.volume(new, size=size) for size in (1, 2)]
    done = openstack('volume', 'backup', 'create', new).failed()
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"More than one volume is named '{new}'")
    for twin in twins:
        assert (
            f'{twin["id"]} (available, {twin["size"]} GiB, '
            f'created {twin["created_at"]})'
        ) in line
    assert log.bodies() == []


@pytest.mark.needs('2.0')
def test_all_pages_are_read(
    openstack: Openstack, faults: Faults, demo: Cinder, name: Name
) -> None:
    """A filter that the server ignores leaves the volume on a later page."""
    wanted = demo.volume(name('first'))
    other = demo.volume(name('second'))
    project = demo.project_id
    page = {
        'volumes': [other],
        'volumes_links': [
            {
                'rel': 'next',
                'href': f'http://unreachable.invalid/v3/{project}/volumes/'
                f'detail?limit=1000&marker={other["id"]}',
            }
        ],
    }
    first_page = {
        'method': 'GET',
        'path': '/volumes/detail$',
        'query': f'name={wanted["name"]}',
        'status': 200,
        'body': page,
    }
    with faults(first_page):
        made = openstack.json('volume', 'backup', 'create', wanted['name'])
    assert made['volume_id'] == wanted['id']


@pytest.mark.needs('2.0')
def test_a_name_that_looks_like_an_id(
    openstack: Openstack, log: AccessLog, demo: Cinder
) -> None:
    volume = demo.volume(str(uuid.uuid4()))
    made = openstack.json(
        'volume', 'snapshot', 'create', 'snap', '--volume', volume['name']
    )
    assert made['volume_id'] == volume['id']
    assert [(r.method, r.status) for r in log.requests()] == [
        ('POST', 404),
        ('GET', 200),
        ('POST', 202),
    ]


@pytest.mark.needs('2.0')
def test_nothing_is_looked_up_twice(
    openstack: Openstack, log: AccessLog, demo: Cinder, name: Name
) -> None:
    volume = demo.volume(name('source'), size=2)
    openstack(
        'volume',
        'create',
        name('clone'),
        '--source',
        volume['name'],
        '--size',
        '1',
    ).ok()
    assert len(log.requests()) == 2


def test_a_refused_look_up_is_not_a_missing_volume(
    openstack: Openstack, faults: Faults, name: Name
) -> None:
    body = {'forbidden': {'code': 403, 'message': 'not for you'}}
    rule = {
        'method': 'GET',
        'path': '/volumes/detail$',
        'status': 403,
        'body': body,
    }
    with faults(rule):
        done = openstack('volume', 'backup', 'create', name('any')).failed()
    assert 'not for you (HTTP 403' in done.stderr
    assert 'found' not in done.stderr


@pytest.mark.needs('2.0')
def test_hidden_image(
    openstack: Openstack,
    stock: Openstack,
    devcloud: Devcloud,
    log: AccessLog,
    name: Name,
    tmp_path: Path,
) -> None:
    """Cinder does not find it by name; the stock client does, by Glance."""
    image, file = name('hidden'), tmp_path / 'image'
    file.write_bytes(b'hidden')
    admin = 'dev-admin'
    stock(
        *('image', 'create', image, '--file', str(file), '--public'),
        *('--disk-format', 'raw', '--container-format', 'bare'),
        cloud=admin,
    ).ok()
    stock('image', 'set', '--hidden', image, cloud=admin).ok()
    create = ('volume', 'create', '--size', '1', '--image', image)
    theirs = stock(*create, name('v'), '-f', 'json').ok()
    log.mark()
    ours = openstack(*create, name('v'), '--wait', '-f', 'json').ok()
    assert devcloud.read(ours.id, 0, 6) == b'hidden'
    posts = log.requests(method='POST')
    assert [one.status for one in posts] == [400, 202]
    assert theirs.json['size'] == ours.json['size'] == 1


@pytest.mark.needs('2.0')
def test_image_that_does_not_exist(
    openstack: Openstack, log: AccessLog, name: Name
) -> None:
    done = openstack(
        *('volume', 'create', '--size', '1', '--image', 'nosuch', name('v'))
    ).failed()
    (line,) = done.stderr.splitlines()
    assert line.startswith("No image found for 'nosuch' (HTTP 400, Request-ID")
    assert len(log.requests(method='POST')) == 1


def test_images_of_many_rows(
    openstack: Openstack, log: AccessLog, name: Name
) -> None:
    """Glance is asked once for all of them: hidden ones, and others."""
    log.mark()
    done = openstack(
        *('volume', 'bulk', 'create', '--count', '3', '--size', '1'),
        *('--image', 'nosuch', name('v') + '-{n}', '-f', 'json'),
    ).failed()
    errors = [row['Error'] for row in done.json]
    assert len(errors) == 3
    for error in errors:
        assert error.startswith("No image found for 'nosuch'")
    assert len(log.requests('image', path='/images')) == 2
