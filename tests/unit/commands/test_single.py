# SPDX-License-Identifier: Apache-2.0

"""Behavior that the three create commands share, on both API versions."""

from __future__ import annotations

import datetime
import io
import json
import os
from typing import Any

from osc_lib import exceptions as osc_exceptions
import pytest
import requests
import yaml

from osc_cinderlite.lib.resources import waiting
from tests.unit.cloud import (
    NO_CONNECTION,
    PROJECT,
    REQUEST_ID,
    Answer,
    Cloud,
    accepted,
    fault,
    good,
    not_sent,
    page,
    uuid,
)
from tests.unit.kinds import BACKUP, KINDS, SNAPSHOT, VOLUME, Kind
from tests.unit.shell import Terminal, openstack

NO_MESSAGES = good({'messages': []})

VERSIONS = ('2', '3')

each_kind = pytest.mark.parametrize('kind', KINDS, ids=str)
each_version = pytest.mark.parametrize('version', VERSIONS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, 'SHORTEST', 0.001)
    monkeypatch.setattr(waiting, 'LONGEST', 0.001)


@each_kind
@each_version
class TestCommandLine:
    @pytest.mark.parametrize(
        'option',
        [
            '--no-such-option',
            '--wait-timeout=0',
            '--wait-timeout=soon',
            '--format=odd',
        ],
    )
    def test_usage(
        self, cloud: Cloud, kind: Kind, version: str, option: str
    ) -> None:
        result = openstack(*kind.argv, option, version=version)
        assert result.status == 2
        assert 'usage: openstack ' in result.stderr
        assert 'error: ' in result.stderr.splitlines()[-1]
        assert result.stdout == ''
        assert cloud.sent == []

    def test_help(self, cloud: Cloud, kind: Kind, version: str) -> None:
        result = openstack(*kind.argv[:-1], '--help', version=version)
        assert (result.status, result.stderr) == (0, '')
        for option in ('--wait', '--wait-timeout', '--or-show', '--dry-run'):
            assert option in result.stdout
        timeout = {'backup': 86400}.get(kind.key, 3600)
        assert f'(default: {timeout})' in ' '.join(result.stdout.split())
        assert 'provided by the osc-cinderlite plugin.' in result.stdout

    def test_no_metadata_is_read(
        self,
        cloud: Cloud,
        kind: Kind,
        version: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """cliff reads that of all distributions to name one in the help."""

        def read() -> None:
            raise AssertionError

        monkeypatch.setattr('cliff.command._dists_by_mods', None)
        monkeypatch.setattr('cliff.command.packages_distributions', read)
        kind.is_created(cloud)
        assert openstack(*kind.argv, version=version).status == 0

    @pytest.mark.parametrize('also', [[], ['--dry-run']])
    def test_unknown_column(
        self, cloud: Cloud, kind: Kind, version: str, also: list[str]
    ) -> None:
        """Found before there is something that could not be shown."""
        result = openstack(*kind.argv, '-c', 'sise', *also, version=version)
        assert result.status == 2
        assert result.complaint.startswith("No column 'sise'; columns: ")
        assert cloud.sent == []

    @pytest.mark.parametrize('formatter', ['value', 'json', 'shell', 'yaml'])
    def test_columns_in_other_cases(
        self, cloud: Cloud, kind: Kind, version: str, formatter: str
    ) -> None:
        """The list commands write them in capitals; cliff takes both."""
        kind.is_created(cloud)
        lower, upper = (
            openstack(
                *(*kind.argv, '-f', formatter, '-c', id, '-c', name),
                version=version,
            )
            for id, name in (('id', 'name'), ('ID', 'Name'))
        )
        assert lower.status == upper.status == 0
        assert lower.stdout == upper.stdout
        assert 'None' not in upper.stdout

    def test_columns_of_a_plan(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        result = openstack(
            *(*kind.argv, '--dry-run', '-f', 'value', '-c', 'Method'),
            version=version,
        )
        assert (result.status, result.stdout) == (0, 'POST\n')

    def test_column_that_is_not_always_there(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        column = {
            'volume': 'consistencygroup_id',
            'snapshot': 'description',
            'backup': 'fail_reason',
        }[kind.key]
        kind.is_created(cloud)
        result = openstack(
            *kind.argv, '-f', 'json', '-c', column, version=version
        )
        assert (result.status, result.stderr) == (0, '')
        assert result.json == {column: None}

    def test_or_show_needs_a_name(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        nameless = {
            'volume': ('volume', 'create', '--size=1'),
            'backup': ('volume', 'backup', 'create', uuid(1)),
        }.get(kind.key)
        if nameless is None:
            result = openstack('volume', 'snapshot', 'create', '--or-show')
            assert result.status == 2
        else:
            result = openstack(*nameless, '--or-show', version=version)
            assert result.status == 2
            assert result.complaint == (
                f'--or-show needs the name of the {kind.noun}'
            )
        assert cloud.sent == []


@each_kind
@each_version
class TestOutput:
    def test_one_request(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_created(cloud)
        result = openstack(*kind.argv, '-f', 'json', version=version)
        assert (result.status, result.stderr) == (0, '')
        assert result.json['id'] == kind.id
        assert cloud.sent == [f'POST {kind.path}']

    def test_formats(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_created(cloud)
        shown = {
            name: openstack(*kind.argv, '-f', name, version=version).stdout
            for name in ('json', 'yaml', 'table', 'value', 'shell')
        }
        record = json.loads(shown['json'])
        assert yaml.safe_load(shown['yaml']) == record
        for text in ('table', 'value', 'shell'):
            assert kind.id in shown[text]
        assert len(shown['value'].splitlines()) == len(record)

    @pytest.mark.parametrize('format', ['table', 'value', 'shell'])
    def test_terminal_controls(
        self, cloud: Cloud, kind: Kind, version: str, format: str
    ) -> None:
        """What was put into a name does not act on a terminal."""
        evil = {
            **kind.record,
            'name': 'a\x1b[2J',
            'metadata': {'k\x1b': 'v\x1b'},
            'attachments': [{'device': '/dev/\x1b'}],
        }
        kind.is_created(cloud, accepted(kind.key, evil))
        result = openstack(
            *kind.argv, '-f', format, version=version, stdout=Terminal()
        )
        assert '\x1b' not in result.stdout
        assert r'\x1b[2J' in result.stdout
        if format == 'table' and kind is not BACKUP:
            assert r"k\x1b='v\x1b'" in result.stdout
        piped = openstack(*kind.argv, '-f', 'value', version=version)
        assert 'a\x1b[2J' in piped.stdout

    @pytest.mark.parametrize('format', ['table', 'value', 'shell'])
    def test_terminal_gets_what_a_pipe_gets(
        self, cloud: Cloud, kind: Kind, version: str, format: str
    ) -> None:
        kind.is_created(cloud)
        argv = (*kind.argv, '-f', format)
        piped = openstack(*argv, version=version)
        seen = openstack(*argv, version=version, stdout=Terminal())
        assert kind.id in piped.stdout
        assert seen.stdout == piped.stdout

    def test_disk_is_full(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        """The ID of what was made is told all the same."""
        kind.is_created(cloud)
        with open('/dev/full', 'w') as full:
            result = openstack(*kind.argv, version=version, stdout=full)
        assert result.status == 1
        assert result.complaint == (
            f'{kind.noun.capitalize()} {kind.id} exists, but cannot be shown '
            '(No space left on device)'
        )

    def test_output_fails(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        class Odd(io.StringIO):
            def write(self, text: str) -> int:
                raise ValueError('odd')

        kind.is_created(cloud)
        result = openstack(*kind.argv, version=version, stdout=Odd())
        assert result.status == 1
        assert result.complaint.endswith('exists, but cannot be shown (odd)')

    def test_nobody_reads_the_output(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        kind.is_created(cloud)
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, 'w') as pipe:
            result = openstack(*kind.argv, version=version, stdout=pipe)
        assert isinstance(result.error, BrokenPipeError)
        assert result.complaint == (
            f'{kind.noun.capitalize()} {kind.id} exists, but cannot be shown'
        )

    def test_output_is_closed(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        result = openstack(*kind.argv, version=version, closed=True)
        assert result.status == 1
        assert result.complaint == (
            'Standard output is closed; nothing was created'
        )
        assert cloud.sent == []

    def test_nobody_reads_the_dry_run(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, 'w') as pipe:
            result = openstack(
                *kind.argv, '--dry-run', version=version, stdout=pipe
            )
        assert isinstance(result.error, BrokenPipeError)
        assert result.stderr == ''

    def test_dry_run_that_cannot_be_shown(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        with open('/dev/full', 'w') as full:
            result = openstack(
                *kind.argv, '--dry-run', version=version, stdout=full
            )
        assert result.status == 1
        assert 'No space left on device' in result.complaint
        assert 'exists' not in result.complaint


@each_kind
class TestFaults:
    @pytest.mark.parametrize('version', VERSIONS)
    @pytest.mark.parametrize(
        ('answer', 'reason', 'advice'),
        [
            (fault(400, 'Bad thing.'), 'Bad thing (HTTP 400', None),
            (fault(401, 'Who?'), 'Who? (HTTP 401', 'check the credentials'),
            (
                fault(403, "Policy doesn't allow it."),
                "Policy doesn't allow it (HTTP 403",
                'ask the administrator',
            ),
            (fault(404, 'No such type.'), 'No such type (HTTP 404', None),
            (fault(409, 'Busy.'), 'Busy (HTTP 409', None),
            (
                fault(413, 'UnexpectedOverQuota: full'),
                'UnexpectedOverQuota: full (HTTP 413',
                'request a larger quota',
            ),
            (
                fault(503, 'Down.', **{'Retry-After': '3600'}),
                'Down (HTTP 503',
                'try again in 3600 seconds',
            ),
            (fault(501, 'Never.'), 'Never (HTTP 501', 'report the request ID'),
            (
                page(302, '', Location='http://elsewhere.test/'),
                'redirects to http://elsewhere.test/',
                'check the endpoint',
            ),
            (
                page(403, '<title>Login\x1b[2J</title>'),
                r'Login\x1b[2J (HTTP 403',
                'ask the administrator',
            ),
            (
                NO_CONNECTION,
                'cannot be reached',
                'check the network',
            ),
        ],
    )
    def test_one_line(
        self,
        cloud: Cloud,
        kind: Kind,
        version: str,
        answer: Answer,
        reason: str,
        advice: str | None,
    ) -> None:
        kind.is_created(cloud, answer)
        result = openstack(*kind.argv, version=version)
        assert (result.status, result.stdout) == (1, '')
        assert isinstance(result.error, osc_exceptions.CommandError)
        line = result.complaint
        assert line.startswith(f"Could not create {kind.noun} '{kind.name}': ")
        assert reason in line
        assert line.isprintable()
        if advice:
            assert advice in line
        else:
            assert line.endswith(f'Request-ID: {REQUEST_ID})')

    def test_version_that_the_cloud_has_not(
        self, cloud: Cloud, kind: Kind
    ) -> None:
        kind.is_created(cloud, fault(406, 'Version 3.99 is not supported.'))
        result = openstack(*kind.argv, version='3.99')
        assert result.status == 1
        assert 'Version 3.99 is not supported' in result.complaint
        assert 'leave --os-volume-api-version out' in result.complaint

    @pytest.mark.parametrize('version', ['3.x', '2.1', '3.1.2'])
    def test_version_that_is_none(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        result = openstack(*kind.argv, version=version)
        assert (result.status, result.stdout) == (1, '')
        assert result.complaint == (
            f"'{version}' is not a volume API version; give 1, 2, 3, 3.latest "
            'or a microversion such as 3.47'
        )
        assert cloud.sent == []

    def test_lost_answer(self, cloud: Cloud, kind: Kind) -> None:
        kind.is_created(cloud, {'exc': requests.exceptions.ReadTimeout()})
        kind.is_listed(cloud)
        result = openstack(*kind.argv)
        assert result.status == 1
        assert result.complaint.startswith(
            f"Lost the response to creating {kind.key} '{kind.name}' ("
        )
        assert f"'openstack {kind.noun} list --name" in result.complaint

    def test_lost_answer_found(self, cloud: Cloud, kind: Kind) -> None:
        kind.is_created(cloud, page(202, ''))
        now = datetime.datetime.now(datetime.UTC)
        found = {
            **kind.record,
            'created_at': now.isoformat(),
            'user_id': 'demo',
        }
        kind.is_listed(cloud, found)
        result = openstack(*kind.argv, '-f', 'json')
        assert result.status == 0
        assert result.json['id'] == kind.id
        assert f'It was found: {kind.id} (' in result.complaint

    def test_interrupted_while_creating(
        self, cloud: Cloud, kind: Kind
    ) -> None:
        kind.is_created(cloud, {'exc': KeyboardInterrupt()})
        result = openstack(*kind.argv)
        assert (result.status, result.stdout) == (130, '')
        assert result.complaint.startswith(
            f'Interrupted: the {kind.noun} may or may not exist; check with '
            f"'openstack {kind.noun} list' before retrying (Global-Request-ID"
        )

    def test_interrupted_before_the_create(
        self, cloud: Cloud, kind: Kind
    ) -> None:
        kind.is_created(cloud, not_sent(KeyboardInterrupt()))
        result = openstack(*kind.argv)
        assert (result.status, result.stdout) == (130, '')
        assert result.complaint == f'Interrupted: no {kind.noun} was created'


@each_kind
@each_version
class TestWait:
    def wait(self, cloud: Cloud, kind: Kind, version: str, *args: str) -> Any:
        kind.is_created(cloud)
        cloud.answers('GET', '/messages', NO_MESSAGES)
        return openstack(
            *kind.argv, '--wait', '-f', 'json', *args, version=version
        )

    def announced(self, kind: Kind) -> str:
        return (
            f'{kind.noun.capitalize()} {kind.id} ({kind.name}) created; '
            'waiting for it'
        )

    def test_ends_well(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_then(cloud, 'creating', 'downloading', 'available')
        result = self.wait(cloud, kind, version)
        assert result.status == 0
        assert result.json['id'] == kind.id
        assert result.json['status'] == 'available'
        assert result.complaint == self.announced(kind)
        assert cloud.sent == [
            f'POST {kind.path}',
            *3 * [f'GET {kind.path}/{kind.id}'],
        ]

    def test_quiet(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_created(cloud)
        kind.is_then(cloud, 'available')
        result = openstack(
            '-q', *kind.argv, '--wait', '-f', 'json', version=version
        )
        assert (result.status, result.stderr) == (0, '')
        assert result.json['status'] == 'available'

    def test_ends_badly(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_then(cloud, 'creating', 'error')
        result = self.wait(cloud, kind, version)
        assert result.status == 1
        assert result.json['status'] == 'error'
        first, last = result.stderr.splitlines()
        assert first == self.announced(kind)
        why = {
            '2': 'API version 2.0 has no messages',
            '3': 'Cinder recorded no reason',
        }
        assert last.startswith(
            f'{kind.key} {kind.id} is in status error; {why[version]}'
        )
        assert REQUEST_ID in last

    def test_reason(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_then(cloud, 'error')
        kind.is_created(cloud)
        cloud.answers(
            'GET',
            '/messages',
            good(
                {
                    'messages': [
                        {
                            'user_message': 'no backend',
                            'resource_uuid': kind.id,
                            'message_level': 'ERROR',
                        }
                    ]
                }
            ),
        )
        result = openstack(*kind.argv, '--wait', version=version)
        shown = 'error: no backend' in result.stderr
        assert shown is (version == '3')

    def test_vanishes(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_then(cloud, fault(404))
        result = self.wait(cloud, kind, version)
        assert result.status == 1
        assert f'{kind.key} {kind.id} is gone' in result.stderr
        assert result.json['id'] == kind.id

    def test_takes_too_long(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        kind.is_then(cloud, 'creating')
        result = self.wait(cloud, kind, version, '--wait-timeout=0.05')
        assert result.status == 3
        assert result.json['status'] == 'creating'
        assert result.stderr.splitlines()[1:] == [
            f'{kind.key} {kind.id} is still creating after 0.05 s; '
            f'{kind.noun} {kind.id} is left as it is; look again with '
            f"'openstack {kind.noun} show {kind.id}'"
        ]

    def test_interrupted(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_then(cloud, 'creating', {'exc': KeyboardInterrupt()})
        result = self.wait(cloud, kind, version)
        assert result.status == 130
        assert result.json['id'] == kind.id
        assert result.stderr.splitlines()[1:] == [
            f'Interrupted: {kind.noun} {kind.id} is left as it is; look '
            f"again with 'openstack {kind.noun} show {kind.id}'"
        ]
        assert all('DELETE' not in sent for sent in cloud.sent)

    def test_refused(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_then(cloud, fault(403, 'Policy says no'))
        result = self.wait(cloud, kind, version, '--wait-timeout=0.05')
        assert result.status == 3
        assert result.json['id'] == kind.id
        assert (
            'after 0.05 s (the last look failed: Policy says no (HTTP 403'
        ) in result.stderr

    def test_live_line(
        self,
        cloud: Cloud,
        kind: Kind,
        version: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv('TERM', 'xterm')
        monkeypatch.delenv('NO_COLOR', raising=False)
        kind.is_created(cloud)
        kind.is_then(cloud, *3 * ['creating'], 'available')
        terminal = Terminal()
        result = openstack(
            *kind.argv,
            '--wait',
            '-f',
            'json',
            version=version,
            stderr=terminal,
        )
        assert result.status == 0
        assert result.json['status'] == 'available'
        assert f'{kind.name}: creating' in result.stderr

    def test_plain_line(
        self,
        cloud: Cloud,
        kind: Kind,
        version: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv('TERM', 'dumb')
        kind.is_created(cloud)
        kind.is_then(cloud, 'available')
        result = openstack(
            *kind.argv, '--wait', version=version, stderr=Terminal()
        )
        assert result.complaint == self.announced(kind)


@each_kind
@pytest.mark.parametrize('formatter', ['table', 'value', 'shell'])
def test_record_that_is_nested_deeply(
    cloud: Cloud, kind: Kind, formatter: str
) -> None:
    """Its ID is shown all the same."""
    deep: Any = 'x'
    for _n in range(900):
        deep = [deep]
    record = {**kind.record, 'metadata': {'a': deep}, 'description': deep}
    kind.is_created(cloud, accepted(kind.key, record))
    out = Terminal()
    result = openstack(*kind.argv, '-f', formatter, stdout=out)
    assert result.status == 0
    assert kind.id in out.getvalue()


@each_kind
@pytest.mark.parametrize('seen', [True, False], ids=['terminal', 'pipe'])
def test_retries_are_told_in_a_terminal(
    cloud: Cloud, kind: Kind, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    monkeypatch.setenv('TERM', 'xterm')
    busy = fault(429, 'Busy.', **{'Retry-After': '9'})
    kind.is_created(cloud, busy, accepted(kind.key, kind.record))
    result = openstack(*kind.argv, stderr=Terminal() if seen else None)
    assert result.status == 0
    assert ('retrying in 9 s: Busy (HTTP 429' in result.stderr) is seen
    assert bool(result.stderr) is seen


@each_version
@pytest.mark.parametrize(
    ('kind', 'other', 'option'),
    [
        (VOLUME, {'size': 7}, []),
        (BACKUP, {'container': 'other'}, ['--container=x']),
    ],
    ids=['volume', 'backup'],
)
def test_existing_one_that_differs(
    cloud: Cloud,
    kind: Kind,
    version: str,
    other: dict[str, Any],
    option: list[str],
) -> None:
    kind.is_listed(cloud, {**kind.record, **other})
    result = openstack(*kind.argv, *option, '--or-show', version=version)
    assert result.status == 0
    assert result.complaint.startswith(
        f"The {kind.key} '{kind.name}' exists, but its "
    )


@each_version
@pytest.mark.parametrize('kind', [SNAPSHOT, BACKUP], ids=str)
def test_existing_one_of_another_volume(
    cloud: Cloud, kind: Kind, version: str
) -> None:
    """It is not the wanted one."""
    kind.is_listed(cloud, {**kind.record, 'volume_id': uuid(7)})
    kind.is_created(cloud)
    result = openstack(*kind.argv, '--or-show', version=version)
    assert result.status == 0
    assert len(cloud.posted) == 1


@each_kind
@each_version
class TestOrShow:
    def test_none(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_listed(cloud)
        kind.is_created(cloud)
        result = openstack(
            *kind.argv, '--or-show', '-f', 'json', version=version
        )
        assert (result.status, result.stderr) == (0, '')
        assert cloud.sent == [
            f'GET {kind.path}/detail?name={kind.name}',
            f'POST {kind.path}',
        ]

    def test_one(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_listed(cloud, {**kind.record, 'status': 'available'})
        result = openstack(
            *kind.argv, '--or-show', '-f', 'json', version=version
        )
        assert (result.status, result.stderr) == (0, '')
        assert result.json['id'] == kind.id
        assert cloud.sent == [f'GET {kind.path}/detail?name={kind.name}']

    def test_several(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_listed(cloud, kind.record, {**kind.record, 'id': uuid(99)})
        result = openstack(*kind.argv, '--or-show', version=version)
        assert (result.status, result.stdout) == (1, '')
        line = result.complaint
        assert line.startswith(
            f"More than one {kind.key} is named '{kind.name}': "
        )
        assert kind.id in line
        assert uuid(99) in line

    @pytest.mark.parametrize('status', ['error', 'error_deleting', 'deleting'])
    def test_failed_one(
        self, cloud: Cloud, kind: Kind, version: str, status: str
    ) -> None:
        """It is not there; but a volume's name must not be taken twice."""
        kind.is_listed(cloud, {**kind.record, 'status': status})
        kind.is_created(cloud)
        result = openstack(*kind.argv, '--or-show', version=version)
        if kind is VOLUME:
            assert result.status == 1
            assert result.complaint == (
                f'volume {kind.id} is in status {status}; delete it to '
                'create a new one'
            )
            assert cloud.posted == []
        else:
            assert result.status == 0
            assert result.complaint == (
                f"The {kind.key} '{kind.name}' ({kind.id}) is in status "
                f'{status}; a new one is made.'
            )
            assert len(cloud.posted) == 1

    def test_good_one_among_failed_ones(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        kind.is_listed(
            cloud,
            {**kind.record, 'id': uuid(98), 'status': 'error'},
            {**kind.record, 'status': 'available'},
            {**kind.record, 'id': uuid(99), 'status': 'creating'},
        )
        result = openstack(
            *kind.argv, '--or-show', '-f', 'json', version=version
        )
        assert result.status == 0
        assert result.json['id'] == kind.id
        assert cloud.posted == []

    def test_waits_for_that_one(
        self, cloud: Cloud, kind: Kind, version: str
    ) -> None:
        kind.is_listed(cloud, kind.record)
        kind.is_then(cloud, 'available')
        result = openstack(
            *kind.argv, '--or-show', '--wait', '-f', 'json', version=version
        )
        assert result.status == 0
        assert result.json['status'] == 'available'
        assert result.complaint == (
            f'{kind.noun.capitalize()} {kind.id} ({kind.name}) exists; '
            'waiting for it'
        )


@each_kind
class TestDryRun:
    @pytest.mark.parametrize(
        ('version', 'major', 'microversion'),
        [('2', 2, None), ('3.0', 3, '3.0'), ('3.71', 3, '3.71')],
    )
    def test_request(
        self,
        cloud: Cloud,
        kind: Kind,
        version: str,
        major: int,
        microversion: str | None,
    ) -> None:
        kind.is_created(cloud)
        result = openstack(
            *kind.argv, '--dry-run', '-f', 'json', version=version
        )
        assert (result.status, result.stderr) == (0, '')
        assert cloud.sent == []
        shown = result.json
        openstack(*kind.argv, version=version)
        assert shown == {
            'method': 'POST',
            'path': f'/v{major}/{PROJECT}{kind.path}',
            'microversion': microversion,
            'body': cloud.posted[0],
        }

    def test_version_of_the_cloud(self, cloud: Cloud, kind: Kind) -> None:
        cloud.has_at_most('3.40')
        result = openstack(*kind.argv, '--dry-run', '-f', 'yaml')
        assert yaml.safe_load(result.stdout)['microversion'] == '3.40'
        assert cloud.sent == ['GET /v3/']

    def test_table(self, cloud: Cloud, kind: Kind) -> None:
        result = openstack(*kind.argv, '--dry-run', version='3.0')
        assert f'"{kind.key}": {{' in result.stdout

    @pytest.mark.parametrize('version', ['2', '3.0'])
    def test_or_show(self, cloud: Cloud, kind: Kind, version: str) -> None:
        kind.is_listed(cloud, kind.record)
        result = openstack(
            *kind.argv,
            '--dry-run',
            '--or-show',
            '-f',
            'json',
            version=version,
        )
        shown = result.json
        assert (shown['method'], shown['body']) == ('GET', None)
        assert shown['path'].endswith(f'{kind.path}/{kind.id}')
        assert cloud.sent == [f'GET {kind.path}/detail?name={kind.name}']


class TestLookUps:
    @pytest.mark.parametrize('version', VERSIONS)
    @pytest.mark.parametrize(
        'argv',
        [
            ('volume', 'create', 'x', '--source=data'),
            ('volume', 'create', 'x', '--snapshot=data'),
            ('volume', 'snapshot', 'create', 'data'),
            ('volume', 'snapshot', 'create', 'x', '--volume=data'),
            ('volume', 'backup', 'create', 'data'),
        ],
    )
    def test_none(
        self, cloud: Cloud, version: str, argv: tuple[str, ...]
    ) -> None:
        for kind in (VOLUME, SNAPSHOT):
            kind.is_listed(cloud)
        result = openstack(*argv, version=version)
        assert (result.status, result.stdout) == (1, '')
        key = 'snapshot' if '--snapshot=data' in argv else 'volume'
        assert result.complaint == f'No {key} found for data'
        assert cloud.sent == [f'GET /{key}s/detail?name=data']

    def test_several(self, cloud: Cloud) -> None:
        VOLUME.is_listed(
            cloud, VOLUME.record, {**VOLUME.record, 'id': uuid(9)}
        )
        result = openstack('volume', 'backup', 'create', 'data')
        assert result.status == 1
        assert result.complaint == (
            "More than one volume is named 'data': "
            f'{uuid(1)} (creating, 1 GiB, created 2026-01-31T12:00:00.000000);'
            f' {uuid(9)} (creating, 1 GiB, created 2026-01-31T12:00:00.000000'
            '). Use an ID instead.'
        )

    @pytest.mark.parametrize(
        'name',
        [
            'detail',
            'a/b?c#d',
            '../../limits',
            'x?all_tenants=1',
            '%2e%2e',
        ],
    )
    def test_odd_names(self, cloud: Cloud, name: str) -> None:
        VOLUME.is_listed(cloud, {**VOLUME.record, 'name': name})
        BACKUP.is_created(cloud)
        result = openstack('volume', 'backup', 'create', name)
        assert result.status == 0
        look_up, _ = cloud.requests
        assert look_up.path == f'/v3/{PROJECT}/volumes/detail'
        assert look_up.qs == {'name': [name]}
        assert cloud.posted[0]['backup']['volume_id'] == uuid(1)
