# SPDX-License-Identifier: Apache-2.0

"""Table of faults between client and Cinder, and of their outcomes.

Each row is played by test_fault_matrix.py. Run as a program, this module
writes doc/source/reliability-matrix.rst.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
import dataclasses
import itertools
from pathlib import Path
from typing import Any

from tests.functional import raw_server
from tests.functional.raw_server import Act
from tests.functional.servers import CURRENT, Server

PAGE = Path(__file__).parents[2] / 'doc/source/reliability-matrix.rst'

#: the commands that create one resource: how people call it, how Cinder does
NOUNS = {
    'volume': 'volume',
    'volume snapshot': 'snapshot',
    'volume backup': 'backup',
}
CREATES = tuple(NOUNS)
#: a snapshot always has a name
NAMELESS = ('volume', 'volume backup')

#: a time-out and a patience that a test can wait for, in seconds
HASTE = {'OSC_CINDERLITE_TIMEOUT': '2', 'OSC_CINDERLITE_PATIENCE': '2'}
LITTLE_PATIENCE = {'OSC_CINDERLITE_PATIENCE': '1'}


@dataclasses.dataclass(frozen=True)
class Row:
    """A fault, the commands that meet it, and what comes of it.

    In texts, ``…`` stands for anything, and ``{noun}``, ``{kind}``,
    ``{name}``, ``{id}`` for what the command is about.

    :param fault: what goes wrong, for people
    :param commands: those that create one resource, or ``wait`` or ``bulk``
    :param rule: what the fault layer of the devcloud plays
    :param act: what a server before Cinder plays
    :param through: the ways on which the row is played
    :param endpoint: where Cinder is said to be
    :param newest: the highest microversion that the server has
    :param method: of the requests that the fault meets
    :param skip: so many of them are spared
    :param times: so many meet it; all if None
    :param named: whether the resource is given a name
    :param options: of the command, beside what it needs
    :param env: its environment variables
    :param meanwhile: what a server before Cinder plays to requests of another
        method
    :param exists: how many resources there are afterwards
    :param status: the exit status
    :param says: the lines on standard error
    :param results: of a bulk command, in the order of its rows
    """

    fault: str
    commands: tuple[str, ...] = CREATES
    rule: Mapping[str, Any] | None = None
    act: Act | None = None
    through: tuple[str, ...] = ('direct',)
    endpoint: str | None = None
    newest: str | None = None
    method: str = 'POST'
    skip: int = 0
    times: int | None = 1
    named: bool = True
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    meanwhile: Mapping[str, Act] = dataclasses.field(default_factory=dict)
    exists: int = 1
    status: int = 0
    says: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The rules for the fault layer."""
        if self.rule is None:
            return []
        one = r'/[^/]+' if self.method == 'GET' else ''
        return [
            {
                'method': self.method,
                'path': rf'/(volumes|snapshots|backups){one}$',
                'skip': self.skip,
                'times': self.times,
                **self.rule,
            }
        ]

    @property
    def acts(self) -> dict[str, Iterable[Act]]:
        """The acts for a server before Cinder."""
        if self.act is None:
            return {}
        spared = itertools.repeat(raw_server.pass_on, self.skip)
        played = (
            itertools.repeat(self.act)
            if self.times is None
            else itertools.repeat(self.act, self.times)
        )
        others = {
            method: itertools.repeat(act)
            for method, act in self.meanwhile.items()
        }
        return {self.method: itertools.chain(spared, played), **others}


def failed(why: str, hint: str = '') -> tuple[str, ...]:
    return (f"Could not create {{noun}} '{{name}}': {why}{hint}",)


AGAIN = (
    "Lost the response to creating {kind} '{name}'. No such {kind} was found; "
    'retrying (Global-Request-ID: req-…)'
)
FOUND = (
    "Lost the response to creating {kind} '{name}'. It was found: {id} "
    '(Global-Request-ID: req-…)'
)
OPEN = (
    "Lost the response to creating {kind} '{name}' (…). It may or may not "
    'exist… (…Global-Request-ID: req-…); check with '
    "'openstack {noun} list --name {name}' before retrying"
)
OPEN_NAMELESS = (
    'Lost the response to creating a {kind} (…). It may or may not exist '
    "(…Global-Request-ID: req-…); check with 'openstack {noun} list' before "
    'retrying'
)
WAITING = '{Noun} {id} ({name}) created; waiting for it'

LATER = '; try again later'
OPERATOR = (
    f'{LATER}; if it persists, report the request ID to the cloud operator'
)
ENDPOINT = '; check the endpoint URL: it is not the Block Storage service'
NETWORK = '; check the network and the endpoint, then try again'
QUOTA = (
    "; delete resources or request a larger quota; 'openstack quota show "
    "--usage' shows it"
)


def fault(
    status: int, message: str, name: str = 'fault', **headers: str
) -> dict[str, Any]:
    """Return a rule that responds in Cinder's envelope, but has no ID."""
    body = {name: {'code': status, 'message': message}}
    return {'status': status, 'body': body, 'headers': headers}


#: by which a response is Cinder's
CINDERS = {
    'X-OpenStack-Request-ID': 'req-11111111-2222-3333-4444-555555555555'
}
REQUEST_ID = f'Request-ID: {CINDERS["X-OpenStack-Request-ID"]}'
ENVOY = 'upstream connect error or disconnect/reset before headers'

#: ways on which a lost response could look like one that was never sent
EVERY_WAY = ('direct', 'HTTP proxy', 'CONNECT', 'SOCKS')


BAD_GATEWAY = (
    '<html><head><title>502 Bad Gateway</title></head>\n<body>\n'
    '<h1>Bad Gateway</h1><hr>proxy/1.0</body></html>\n'
)
CONTROLS = '\x1b]0;title\x07\x1b[2J\x9b31m\r\nno\u202e'
SHOWN_CONTROLS = r'\x1b]0;title\x07\x1b[2J\x9b31m no\u202e'

CONNECTIONS = [
    Row(
        'Connection refused',
        endpoint='http://127.0.0.1:9',
        env=LITTLE_PATIENCE,
        exists=0,
        status=1,
        says=failed(
            '127.0.0.1:9 cannot be reached: Connection refused', NETWORK
        ),
    ),
    Row(
        'Name of the host not resolved',
        endpoint='http://cinder.invalid',
        env=LITTLE_PATIENCE,
        exists=0,
        status=1,
        says=failed('cinder.invalid cannot be reached: …', NETWORK),
    ),
    Row(
        'Connection reset before the body was read',
        ('volume',),
        act=raw_server.reset_before_the_body,
        says=(AGAIN,),
    ),
    Row(
        'Connection reset within the body',
        ('volume snapshot',),
        act=raw_server.reset_in_the_body,
        says=(AGAIN,),
    ),
    Row(
        'Connection reset after the body',
        ('volume backup',),
        act=raw_server.reset_after_the_body,
        through=EVERY_WAY,
        says=(AGAIN,),
    ),
    Row(
        'Connection reset after the body, no name',
        NAMELESS,
        act=raw_server.reset_after_the_body,
        named=False,
        exists=0,
        status=1,
        says=(OPEN_NAMELESS,),
    ),
    Row(
        'Response lost',
        act=raw_server.lose_the_answer,
        through=EVERY_WAY,
        says=(FOUND,),
    ),
    Row(
        'Every response lost',
        ('volume',),
        act=raw_server.lose_the_answer,
        through=EVERY_WAY,
        times=None,
        says=(FOUND,),
    ),
    Row(
        'Closed without a response',
        ('volume',),
        act=raw_server.close_without_an_answer,
        through=EVERY_WAY,
        says=(FOUND,),
    ),
    Row(
        'Two unlike Content-Length headers',
        ('volume',),
        act=raw_server.two_lengths,
        through=EVERY_WAY,
        says=(FOUND,),
    ),
    Row(
        "Response lost, and the server's clock an hour behind its database",
        ('volume',),
        act=raw_server.lose_the_answer,
        meanwhile={'GET': raw_server.date_off(-1)},
        status=1,
        says=(OPEN,),
    ),
    Row(
        "Response lost, and the server's clock an hour ahead of its database",
        ('volume',),
        act=raw_server.lose_the_answer,
        meanwhile={'GET': raw_server.date_off(1)},
        status=1,
        says=(OPEN,),
    ),
    Row(
        'Response lost, no name',
        NAMELESS,
        act=raw_server.lose_the_answer,
        named=False,
        status=1,
        says=(OPEN_NAMELESS,),
    ),
    Row(
        'Response cut off',
        act=raw_server.cut_the_answer,
        through=EVERY_WAY,
        says=(FOUND,),
    ),
    Row('Slow headers', act=raw_server.slow_headers),
    Row('Slow body', act=raw_server.slow_body),
    Row(
        'Headers that trickle for ever',
        ('volume',),
        act=raw_server.endless_headers,
        env=HASTE,
        says=(FOUND,),
    ),
    Row(
        'Body that trickles for ever',
        ('volume backup',),
        act=raw_server.endless_body,
        env=HASTE,
        says=(FOUND,),
    ),
    Row(
        'Carried out, but stuck for ever',
        act=raw_server.stuck_with_the_answer,
        env=HASTE,
        says=(FOUND,),
    ),
    Row(
        'Stuck for ever, not carried out (yet)',
        ('volume',),
        act=raw_server.stuck,
        env=HASTE,
        exists=0,
        status=1,
        says=(OPEN,),
    ),
    Row(
        'Stuck for ever, no name',
        NAMELESS,
        act=raw_server.stuck,
        env=HASTE,
        named=False,
        exists=0,
        status=1,
        says=(OPEN_NAMELESS,),
    ),
]

ANSWERS = [
    Row(
        '300',
        rule={'status': 300, 'body': {'versions': []}},
        exists=0,
        status=1,
        says=failed('the server redirects to nowhere (HTTP 300)', ENDPOINT),
    ),
    Row(
        '302 to the same host',
        rule={'status': 302, 'headers': {'Location': '{cinder}/{path}'}},
    ),
    Row(
        '302 to the same host, for ever',
        rule={'status': 302, 'headers': {'Location': '{cinder}/{path}'}},
        times=None,
        exists=0,
        status=1,
        says=failed('the server redirects to …/… (HTTP 302)', ENDPOINT),
    ),
    Row(
        '302 to another host, which never gets the token',
        rule={'status': 302, 'headers': {'Location': '{elsewhere}/{path}'}},
        exists=0,
        status=1,
        says=failed('the server redirects to …/… (HTTP 302)', ENDPOINT),
    ),
    Row(
        '302 without a location',
        rule={'status': 302},
        exists=0,
        status=1,
        says=failed('the server redirects to nowhere (HTTP 302)', ENDPOINT),
    ),
    Row(
        '400',
        rule=fault(400, 'Not like this.'),
        exists=0,
        status=1,
        says=failed('Not like this (HTTP 400)'),
    ),
    Row(
        '400 with terminal controls in its message',
        rule=fault(400, CONTROLS),
        exists=0,
        status=1,
        says=failed(f'{SHOWN_CONTROLS} (HTTP 400)'),
    ),
    Row(
        '400 with 10 MB of message',
        rule=fault(400, '10 MB' * 2_000_000),
        exists=0,
        status=1,
        says=failed('10 MB10 MB…...'),
    ),
    Row('Token expired', act=raw_server.stale_token),
    Row(
        'Token expired, and Keystone gives no new one',
        act=raw_server.stale_token,
        rule={
            'service': 'identity',
            'path': '/auth/tokens$',
            'status': 500,
            'skip': 1,
            'times': None,
        },
        env=LITTLE_PATIENCE,
        times=None,
        exists=0,
        status=1,
        says=failed('Keystone gave no token: …', NETWORK),
    ),
    Row(
        '401 always',
        rule=fault(401, 'Who are you?'),
        times=None,
        exists=0,
        status=1,
        says=failed('Who are you? (HTTP 401)', '; check the credentials'),
    ),
    Row(
        '403',
        rule=fault(403, "Policy doesn't allow it."),
        exists=0,
        status=1,
        says=failed(
            "Policy doesn't allow it (HTTP 403)",
            '; ask the administrator of the project for the right to do it',
        ),
    ),
    Row(
        "Cinder's own 404",
        rule=fault(404, 'Volume type fast could not be found.', **CINDERS),
        exists=0,
        status=1,
        says=failed(
            f'Volume type fast could not be found (HTTP 404, {REQUEST_ID})'
        ),
    ),
    Row(
        '404 of somebody else, with markup',
        rule={
            'status': 404,
            'body': {
                'message': 'The resource could not be found.<br /><br />\n\n',
                'code': '404 Not Found',
                'title': 'Not Found',
            },
        },
        exists=0,
        status=1,
        says=failed('The resource could not be found (HTTP 404)', ENDPOINT),
    ),
    Row('406, from a server whose newest version is 3.60', newest='3.60'),
    Row(
        '406 at each version',
        rule=fault(406, 'Version is not supported.'),
        times=None,
        exists=0,
        status=1,
        says=failed(
            'Version is not supported (HTTP 406)',
            '; leave --os-volume-api-version out to use what the cloud has',
        ),
    ),
    Row(
        '409',
        rule=fault(409, 'It is in use.'),
        exists=0,
        status=1,
        says=failed('It is in use (HTTP 409)'),
    ),
    Row(
        '413',
        rule=fault(413, 'Quota exceeded.'),
        exists=0,
        status=1,
        says=failed('Quota exceeded (HTTP 413)', QUOTA),
    ),
    Row(
        '429, wait for 1 second',
        rule={'status': 429, 'headers': {'Retry-After': '1'}},
    ),
    Row(
        '429, wait until a time',
        rule={
            'status': 429,
            'headers': {
                'Date': 'Mon, 05 Jan 2026 10:00:00 GMT',
                'Retry-After': 'Mon, 05 Jan 2026 10:00:01 GMT',
            },
        },
    ),
    Row('429 without a time', rule={'status': 429}),
    Row(
        '429 always',
        ('volume',),
        rule=fault(429, 'Too fast.'),
        times=None,
        env=LITTLE_PATIENCE,
        exists=0,
        status=1,
        says=failed('Too fast (HTTP 429)', '; try again later'),
    ),
    Row(
        '429, wait for an hour',
        rule={**fault(429, 'Too fast.'), 'headers': {'Retry-After': '3600'}},
        exists=0,
        status=1,
        says=failed('Too fast (HTTP 429)', '; try again in 3600 seconds'),
    ),
    Row(
        '500, carried out',
        rule={**fault(500, 'Oops.'), 'after': True},
        says=(FOUND,),
    ),
    Row(
        '500, not carried out',
        ('volume',),
        rule=fault(500, 'Oops.'),
        says=(AGAIN,),
    ),
    Row(
        '500 always',
        ('volume',),
        rule=fault(500, 'Oops.'),
        times=None,
        exists=0,
        status=1,
        says=(AGAIN, *failed('Oops (HTTP 500)', LATER)),
    ),
    Row(
        '500, no name',
        NAMELESS,
        rule=fault(500, 'Oops.'),
        named=False,
        exists=0,
        status=1,
        says=(OPEN_NAMELESS,),
    ),
    Row(
        '502 with a page of HTML, carried out',
        rule={'status': 502, 'body': BAD_GATEWAY, 'after': True},
        says=(FOUND,),
    ),
    Row(
        '502 with a page of HTML, no name',
        NAMELESS,
        rule={'status': 502, 'body': BAD_GATEWAY},
        named=False,
        exists=0,
        status=1,
        says=(OPEN_NAMELESS.replace('…', '502 Bad Gateway', 1),),
    ),
    Row(
        "Cinder's own 503, wait for 1 second",
        rule=fault(503, 'Busy.', **CINDERS, **{'Retry-After': '1'}),
    ),
    Row(
        "Cinder's own 503",
        rule=fault(503, 'Down for maintenance.', **CINDERS),
        exists=0,
        status=1,
        says=failed(
            f'Down for maintenance (HTTP 503, {REQUEST_ID})', OPERATOR
        ),
    ),
    Row(
        '503 of a mesh, not carried out',
        rule={'status': 503, 'body': ENVOY},
        says=(AGAIN,),
    ),
    Row(
        '503 of a mesh, carried out',
        rule={'status': 503, 'body': ENVOY, 'after': True},
        says=(FOUND,),
    ),
    Row(
        '503 of a mesh, carried out, wait for 1 second',
        rule={
            'status': 503,
            'body': ENVOY,
            'headers': {'Retry-After': '1'},
            'after': True,
        },
        through=EVERY_WAY,
        says=(FOUND,),
    ),
    Row(
        '413 with Retry-After, which is a limit of the rate',
        ('volume',),
        rule=fault(413, 'Too fast.', **{'Retry-After': '1'}),
    ),
    Row(
        '504, carried out',
        rule={'status': 504, 'after': True},
        says=(FOUND,),
    ),
    Row(
        'Empty response',
        rule={'status': 202, 'body': '', 'after': True},
        says=(FOUND,),
    ),
    Row(
        'Response that is not JSON',
        rule={'status': 202, 'body': '<p>Welcome!', 'after': True},
        says=(FOUND,),
    ),
    Row(
        'JSON of another shape',
        rule={'status': 202, 'body': {'volumes': []}, 'after': True},
        says=(FOUND,),
    ),
    Row(
        'JSON of another shape, no name',
        NAMELESS,
        rule={'status': 202, 'body': [1], 'after': True},
        named=False,
        status=1,
        says=(f'{OPEN_NAMELESS}…',),
    ),
    Row(
        'Wrong content type',
        rule={'headers': {'Content-Type': 'text/html'}},
    ),
    Row(
        'Response that cannot be read, not carried out (yet)',
        rule={'status': 202, 'body': '<p>Welcome!'},
        exists=0,
        status=1,
        says=(OPEN,),
    ),
    Row(
        '10 MB of response',
        act=raw_server.answer('202 Accepted', b'10 MB' * 2_000_000),
        says=(FOUND,),
    ),
    Row(
        '100 MB of response',
        ('volume',),
        act=raw_server.answer('202 Accepted', b'10 MB' * 20_000_000),
        says=(FOUND,),
    ),
    Row(
        'Response that inflates to 1 GB',
        ('volume',),
        act=raw_server.bomb,
        says=(FOUND,),
    ),
    Row(
        'Response of the year 9999',
        ('volume',),
        act=raw_server.lose_the_answer,
        meanwhile={'GET': raw_server.date_off(69_000_000)},
        status=1,
        says=(OPEN,),
    ),
]

WAITS = [
    Row(
        f'{what}, while waiting',
        ('wait',),
        rule=rule,
        act=act,
        method='GET',
        says=(WAITING,),
    )
    for what, rule, act in (
        ('Connection broken off', None, raw_server.reset_after_the_body),
        ('Response cut off', None, raw_server.cut_the_answer),
        ('429', {'status': 429}, None),
        ('500', {'status': 500}, None),
        (
            '502 with a page of HTML',
            {'status': 502, 'body': BAD_GATEWAY},
            None,
        ),
        ('503', {'status': 503}, None),
        ('504', {'status': 504}, None),
        ('Response that is not JSON', {'status': 200, 'body': '<p>Hi'}, None),
        ('JSON of another shape', {'status': 200, 'body': [1]}, None),
        ('Empty response', {'status': 200, 'body': ''}, None),
        ('Token expired', None, raw_server.stale_token),
        ('401', fault(401, 'Who are you?'), None),
        ('403', fault(403, "Policy doesn't allow it.", **CINDERS), None),
        (
            '404 of a load balancer',
            {'status': 404, 'body': '<title>Not Found</title>'},
            None,
        ),
        (
            "Cinder's own 404, once",
            fault(404, 'Volume could not be found.', **CINDERS),
            None,
        ),
    )
] + [
    Row(
        'Stuck for ever, once, while waiting',
        ('wait',),
        act=raw_server.stuck,
        method='GET',
        env=HASTE,
        says=(WAITING,),
    ),
    Row(
        "Cinder's own 404, twice, while waiting",
        ('wait',),
        rule=fault(404, 'Volume could not be found.', **CINDERS),
        method='GET',
        times=2,
        status=1,
        says=(WAITING, 'volume {id} is gone; it was deleted…'),
    ),
    Row(
        '401 while waiting, until the time is over',
        ('wait',),
        rule=fault(401, 'Who are you?'),
        method='GET',
        times=None,
        options=('--wait-timeout', '2'),
        status=3,
        says=(
            WAITING,
            'volume {id} is still creating after 2 s (the last look failed: '
            'Who are you? (HTTP 401)); volume {id} is left as it is; look '
            "again with 'openstack volume show {id}'",
        ),
    ),
    Row(
        'Token expired while waiting, and Keystone hangs',
        ('wait',),
        act=raw_server.stale_token,
        rule={
            'service': 'identity',
            'path': '/auth/tokens$',
            'delay': 8,
            'skip': 1,
            'times': 2,
        },
        method='GET',
        times=None,
        options=('--wait-timeout', '2'),
        env=HASTE,
        status=3,
        says=(
            WAITING,
            'volume {id} is still creating after 2 s (the last look failed: '
            '… did not respond in time); volume {id} is left as it is; look '
            "again with 'openstack volume show {id}'",
        ),
    ),
    Row(
        '503 while waiting, until the time is over',
        ('wait',),
        rule={'status': 503},
        method='GET',
        times=None,
        options=('--wait-timeout', '2'),
        env=LITTLE_PATIENCE,
        status=3,
        says=(
            WAITING,
            'volume {id} is still creating after 2 s (the last look failed: '
            '…); volume {id} is left as it is; look again with '
            "'openstack volume show {id}'",
        ),
    ),
]

THREE = ('created', 'created', 'created')
ALL_MADE = '3 volumes: 3 created'

BULKS = [
    Row(
        'Response to the second of three lost',
        ('bulk',),
        act=raw_server.lose_the_answer,
        through=EVERY_WAY,
        skip=1,
        exists=3,
        says=(FOUND.replace('{name}', '{name}-2'), ALL_MADE),
        results=THREE,
    ),
    Row(
        'Connection reset at the second of three',
        ('bulk',),
        act=raw_server.reset_after_the_body,
        skip=1,
        exists=3,
        says=(AGAIN.replace('{name}', '{name}-2'), ALL_MADE),
        results=THREE,
    ),
    Row(
        '504 for the second of three, not carried out (yet)',
        ('bulk',),
        rule={'status': 504},
        skip=1,
        exists=2,
        status=1,
        says=('3 volumes: 2 created, 1 unknown',),
        results=('created', 'unknown', 'created'),
    ),
    Row(
        '400 for the second of three',
        ('bulk',),
        rule=fault(400, 'Not like this.'),
        skip=1,
        exists=2,
        status=1,
        says=('3 volumes: 2 created, 1 failed',),
        results=('created', 'failed', 'created'),
    ),
    Row(
        'Token expired at the second of three',
        ('bulk',),
        act=raw_server.stale_token,
        skip=1,
        exists=3,
        says=(ALL_MADE,),
        results=THREE,
    ),
    Row(
        '413 for the second of three',
        ('bulk',),
        rule=fault(
            413,
            'Maximum number of volumes allowed (1) exceeded for quota '
            "'volumes'.",
        ),
        skip=1,
        exists=1,
        status=1,
        says=('3 volumes: 1 created, 1 failed, 1 skipped',),
        results=('created', 'failed', 'skipped'),
    ),
    Row(
        '413 for the second of three, for its size',
        ('bulk',),
        rule=fault(413, 'Requested volume exceeds allowed gigabytes quota.'),
        skip=1,
        exists=2,
        status=1,
        says=('3 volumes: 2 created, 1 failed',),
        results=('created', 'failed', 'created'),
    ),
    Row(
        '429 for the second of three, wait for 1 second',
        ('bulk',),
        rule={'status': 429, 'headers': {'Retry-After': '1'}},
        skip=1,
        exists=3,
        says=(ALL_MADE,),
        results=THREE,
    ),
    Row(
        'Every response lost',
        ('bulk',),
        act=raw_server.lose_the_answer,
        through=EVERY_WAY,
        times=None,
        exists=3,
        says=(
            *(
                FOUND.replace('{name}', f'{{name}}-{n}').replace('{id}', '…')
                for n in (1, 2, 3)
            ),
            ALL_MADE,
        ),
        results=THREE,
    ),
    Row(
        "Cinder's own 503, for the second of three",
        ('bulk',),
        rule=fault(503, 'Down.', **CINDERS),
        skip=1,
        exists=2,
        status=1,
        says=('3 volumes: 2 created, 1 failed',),
        results=('created', 'failed', 'created'),
    ),
    Row(
        'Connection refused',
        ('bulk',),
        endpoint='http://127.0.0.1:9',
        env=LITTLE_PATIENCE,
        exists=0,
        status=1,
        says=('3 volumes: 3 failed',),
        results=('failed', 'failed', 'failed'),
    ),
]

#: what is not played by one command line; test_fault_matrix.py has a test
#: for each
EVENTS = {
    'kill': Row(
        'Killed (``kill -9``) while Cinder was at it; the same again with '
        '``--or-show``',
        ('volume',),
        act=raw_server.stuck_with_the_answer,
    ),
    'interrupt': Row(
        'Ctrl-C while Cinder was at it',
        ('volume',),
        act=raw_server.stuck_with_the_answer,
        status=130,
        says=(
            'Interrupted: the volume may or may not exist; check with '
            "'openstack volume list' before retrying (Global-Request-ID: …)",
        ),
    ),
    'interrupt-wait': Row(
        'Ctrl-C while waiting',
        ('wait',),
        act=raw_server.stuck,
        method='GET',
        status=130,
        says=(
            WAITING,
            'Interrupted: volume {id} is left as it is; look again with '
            "'openstack volume show {id}'",
        ),
    ),
    'SIGTERM': Row(
        'SIGTERM (``timeout``, systemd, containers) while Cinder was at it',
        ('volume',),
        act=raw_server.stuck_with_the_answer,
        status=143,
        says=(
            'Interrupted: the volume may or may not exist; check with '
            "'openstack volume list' before retrying (Global-Request-ID: …)",
        ),
    ),
    'SIGHUP': Row(
        'SIGHUP (a closed terminal) while waiting',
        ('wait',),
        act=raw_server.stuck,
        method='GET',
        status=129,
        says=(
            WAITING,
            'Interrupted: volume {id} is left as it is; look again with '
            "'openstack volume show {id}'",
        ),
    ),
    'SIGTERM-bulk': Row(
        'SIGTERM at the second of three',
        ('bulk',),
        act=raw_server.stuck_with_the_answer,
        skip=1,
        exists=2,
        status=143,
        says=('3 volumes: 1 created, 1 skipped, 1 unknown',),
        results=('created', 'unknown', 'skipped'),
    ),
    'SIGHUP-bulk': Row(
        'SIGHUP at the second of three',
        ('bulk',),
        act=raw_server.stuck_with_the_answer,
        skip=1,
        exists=2,
        status=129,
        says=('3 volumes: 1 created, 1 skipped, 1 unknown',),
        results=('created', 'unknown', 'skipped'),
    ),
    'stderr-full': Row(
        'Standard error that cannot be written (``2>/dev/full``)',
        ('wait',),
    ),
    'interrupt-bulk': Row(
        'Ctrl-C at the first of three',
        ('bulk',),
        act=raw_server.late,
        status=130,
        says=(
            'Interrupted: nothing more will be started. Finishing requests in '
            'progress; press Ctrl-C again to stop waiting',
            '3 volumes: 1 created, 2 skipped',
        ),
        results=('created', 'skipped', 'skipped'),
    ),
    'head': Row('``| head -1``', ('volume',)),
    'pipe': Row(
        'Nobody reads the pipe any more (SIGPIPE)',
        ('volume',),
        status=141,
        says=('Volume {id} exists, but cannot be shown',),
    ),
    'pipe-bulk': Row(
        'Nobody reads the pipe any more (SIGPIPE)',
        ('bulk',),
        exists=3,
        status=141,
        says=(
            'Volumes exist, but cannot be shown: {ids}',
            ALL_MADE,
        ),
    ),
    'closed': Row(
        'Standard output closed (``>&-``)',
        ('volume',),
        exists=0,
        status=1,
        says=('Standard output is closed; nothing was created',),
    ),
    'full': Row(
        'Disk full',
        ('volume',),
        status=1,
        says=(
            'Volume {id} exists, but cannot be shown (No space left on '
            'device)',
        ),
    ),
    'encoding': Row(
        'Name that cannot be encoded for the output',
        ('volume',),
        status=1,
        says=('Volume {id} exists, but cannot be shown (…)',),
    ),
    'terminal': Row(
        'Terminal controls in the name, on a terminal: shown escaped',
        ('wait',),
        says=(WAITING,),
    ),
    'data': Row(
        'Terminal controls in the name, in a pipe: passed on as data',
        ('volume',),
    ),
    'quota': Row(
        'Quota of two volumes used up at the third of four',
        ('bulk',),
        exists=2,
        status=1,
        says=('4 volumes: 2 created, 1 failed, 1 skipped',),
        results=('created', 'created', 'failed', 'skipped'),
    ),
    'older': Row(
        'Connection reset, not carried out; an older volume has the name',
        ('volume',),
        act=raw_server.reset_after_the_body,
        exists=0,
        status=1,
        says=(OPEN,),
    ),
    'older-lost': Row(
        'Response lost; an older volume has the name',
        ('volume',),
        act=raw_server.lose_the_answer,
        says=(FOUND,),
    ),
    'foreign': Row(
        'Connection reset, not carried out; meanwhile another user of the '
        'project created a volume of the name',
        ('volume',),
        exists=0,
        status=1,
        says=(OPEN,),
    ),
    'twins': Row(
        'Connection reset, not carried out; meanwhile another row of the name '
        'was created',
        ('bulk',),
        status=1,
        says=('2 volumes: 1 created, 1 unknown',),
        results=('unknown', 'created'),
    ),
    'idle-closed': Row(
        'Connection closed by the server between two commands in the '
        'interactive shell',
        ('volume',),
        act=raw_server.close_when_idle,
        exists=2,
    ),
    'idle-forgotten': Row(
        'Connection forgotten by the server between two commands, five '
        'seconds apart, in the interactive shell',
        ('volume',),
        act=raw_server.reset_when_used_again,
        exists=2,
    ),
}

CHAPTERS: dict[str, list[Row]] = {
    'Connections': CONNECTIONS,
    'Responses': ANSWERS,
    'While waiting': WAITS,
    'Many at once': BULKS,
    'Interrupts, output, and equal names': [*EVENTS.values()],
}


def rows() -> Iterator[tuple[str, Row, str]]:
    """Return each row that is one command line.

    :return: with each of its commands, and each way on which it is played;
        the ways differ below the commands, so one command goes them all
    """
    for row in itertools.chain(CONNECTIONS, ANSWERS, WAITS, BULKS):
        for command in row.commands:
            yield command, row, row.through[0]
        for way in row.through[1:]:
            yield row.commands[0], row, way


def of(command: str, row: Row, api: Server) -> Row:
    """Return a row as it is for a command, at a version of the API.

    What does not show its user cannot be taken for what was lost: a snapshot
    before 3.41, and a backup, whose user Cinder shows only administrators.
    """
    has_no_user = command == 'volume backup' or (
        command == 'volume snapshot' and not api.has('3.41')
    )
    if has_no_user and row.says == (FOUND,):
        return dataclasses.replace(row, status=1, says=(OPEN,))
    return row


_COMMANDS = {
    CREATES: 'all three',
    NAMELESS: 'volume, backup',
    ('volume', 'volume snapshot'): 'volume, snapshot',
    ('volume',): 'volume',
    ('volume snapshot',): 'snapshot',
    ('volume backup',): 'backup',
    ('wait',): '``--wait``',
    ('bulk',): 'bulk',
}


def page() -> str:
    """Return the table as a page of the documentation."""
    return '\n'.join([*_INTRODUCTION, *_tables()])


_INTRODUCTION = (
    '.. Written by tests/functional/fault_matrix.py; edit that.',
    '',
    '================',
    'The fault matrix',
    '================',
    '',
    'What goes wrong, and what comes of it. Each row is a test that runs the',
    'command against a real Cinder, and checks how many resources there are',
    'afterwards, the exit status, each line on standard error, that the ID is',
    'on standard output wherever Cinder has given one, and that the fault was',
    'really met. In the column *Commands*, *all three* stands for a test each',
    'of ``volume create``, ``volume snapshot create`` and ``volume backup',
    'create``; *bulk* is ``volume bulk create`` of three volumes. ``…`` is',
    'anything, ``NAME`` and ``ID`` are those of the resource; where several',
    'commands share a row, the lines are those of a volume. Request IDs are',
    'missing unless the fault imitates a response of Cinder.',
    '',
    'A star marks a fault that the first of its commands also meets through',
    'an HTTP proxy, a CONNECT tunnel and a SOCKS proxy.',
    '',
    'A backup that is found is not taken for the lost one: Cinder shows only',
    'administrators whose it is. The command ends with status 1 and names it.',
)


def _tables() -> Iterator[str]:
    for title, chapter in CHAPTERS.items():
        yield from ('', title, '-' * len(title), '')
        yield from (
            '.. list-table::',
            '   :header-rows: 1',
            '   :widths: 30 14 6 6 44',
            '',
        )
        head = (
            'Fault',
            'Commands',
            'Exist',
            'Status',
            'Standard error',
        )
        yield from _cells(*head)
        for row in itertools.chain.from_iterable(map(_outcomes, chapter)):
            yield from _cells(
                row.fault if len(row.through) == 1 else rf'{row.fault} \*',
                _COMMANDS[row.commands],
                str(row.exists),
                str(row.status),
                *([f'``{_shown(line, row)}``' for line in row.says] or ['']),
            )
    yield ''


def _outcomes(row: Row) -> Iterator[Row]:
    """Return a row once for the commands that have the same outcome."""
    through = row.through
    for same, commands in itertools.groupby(
        row.commands, lambda command: of(command, row, CURRENT)
    ):
        yield dataclasses.replace(
            same, commands=tuple(commands), through=through
        )
        through = ('direct',)


def _cells(*cells: str) -> Iterator[str]:
    """Return a row; what is beyond its columns goes on in the last one."""
    for number, cell in enumerate(cells):
        start = '* -' if number == 0 else '  -'
        if number < 5:
            yield f'   {start} {cell}'.rstrip()
        else:
            yield from ('', f'       {cell}')


def _shown(line: str, row: Row) -> str:
    noun = row.commands[0] if row.commands[0] in NOUNS else 'volume'
    for field, words in (
        ('{noun}', noun),
        ('{kind}', NOUNS[noun]),
        ('{Noun}', noun.capitalize()),
        ('{name}', 'NAME'),
        ('{ids}', 'ID ID ID'),
        ('{id}', 'ID'),
    ):
        line = line.replace(field, words)
    return line


if __name__ == '__main__':
    PAGE.write_text(page())
