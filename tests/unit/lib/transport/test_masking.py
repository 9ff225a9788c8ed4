# SPDX-License-Identifier: Apache-2.0

"""Secrets that a server echoes."""

from __future__ import annotations

import logging

from keystoneauth1 import noauth, session
from keystoneauth1.identity import generic, v3
import pytest

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.transport import masking
from tests.unit.cloud import ENDPOINTS, Cloud, fault, good, page

PASSWORD = 'correct horse'


@pytest.mark.parametrize(
    ('auth', 'secret'),
    [
        (v3.Password('http://k', username='u', password=PASSWORD), PASSWORD),
        (
            generic.Password('http://k', username='u', password=PASSWORD),
            PASSWORD,
        ),
        (v3.Token('http://k', token='gAAAAAB-token'), 'gAAAAAB-token'),
        (
            v3.ApplicationCredential(
                'http://k',
                application_credential_id='x',
                application_credential_secret='of the application',
            ),
            'of the application',
        ),
    ],
)
def test_secrets(auth: v3.Password, secret: str) -> None:
    mask = masking.Masker(session.Session(auth))
    assert mask(f'No {secret}, no {secret}!') == 'No ***, no ***!'


@pytest.mark.parametrize('password', ['', 'a', 'error'])
def test_words_of_any_text(password: str) -> None:
    """A password so short is in many texts by chance."""
    auth = v3.Password('http://k', username='u', password=password)
    mask = masking.Masker(session.Session(auth))
    assert mask('An error of a server') == 'An error of a server'


def test_no_secrets() -> None:
    mask = masking.Masker(session.Session(noauth.NoAuth()))
    assert mask('Nothing to mask') == 'Nothing to mask'


@pytest.mark.parametrize(
    ('text', 'masked'),
    [
        ('to http://me:pw@host/v3', 'to http://***@host/v3'),
        ('to https://me@host:1/a@b', 'to https://***@host:1/a@b'),
        ('http://host/a?b=c@d', 'http://host/a?b=c@d'),
        ('me@example.org', 'me@example.org'),
    ],
)
def test_users_of_urls(text: str, masked: str) -> None:
    assert masking.Masker(session.Session())(text) == masked


def test_echo_of_a_server(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the error nor the debug log has token and password."""
    caplog.set_level(logging.DEBUG)
    echo = 'Token secret, "password": "secret"'
    cloud.answers('GET', '/x', fault(400, echo))
    with pytest.raises(exceptions.BadRequest) as e:
        cloud.client().http.get('/x')
    assert 'secret' not in str(e.value)
    assert '***' in str(e.value)
    written = [
        record.getMessage()
        for record in caplog.records
        if record.name == 'keystoneauth.session'
        and '/auth/tokens' not in record.getMessage()
    ]
    assert any(echo.partition(' ')[0] in line for line in written)
    assert not any('secret' in line for line in written)


def test_redirect_with_a_password(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there = f'{ENDPOINTS[3]}/y'.replace('//', '//me:hunter2@')
    cloud.answers('GET', '/x', page(302, '', Location=there))
    cloud.answers('GET', '/y', good({}))
    cloud.client().http.get('/x')
    assert 'http://***@cinder.test/' in caplog.text
    assert 'hunter2' not in caplog.text


@pytest.mark.parametrize(
    ('levels', 'level', 'enabled'),
    [
        ([logging.DEBUG], logging.DEBUG, True),
        ([logging.WARNING], logging.DEBUG, False),
        ([logging.WARNING, logging.DEBUG], logging.DEBUG, True),
        ([logging.WARNING], logging.WARNING, True),
        # Python itself writes warnings if there is no handler.
        ([], logging.WARNING, True),
        ([], logging.DEBUG, False),
    ],
)
def test_only_what_is_written_is_formatted(
    levels: list[int], level: int, enabled: bool
) -> None:
    logger = logging.Logger('of a test', logging.DEBUG)
    for one in levels:
        handler = logging.NullHandler(one)
        logger.addHandler(handler)
    masked = masking.MaskedLogger(logger, masking.Masker(session.Session()))
    assert masked.isEnabledFor(level) is enabled


def test_handlers_of_parents_count() -> None:
    parent = logging.Logger('parent', logging.DEBUG)
    parent.addHandler(logging.NullHandler(logging.DEBUG))
    child = logging.Logger('child', logging.DEBUG)
    child.parent = parent
    masked = masking.MaskedLogger(child, masking.Masker(session.Session()))
    assert masked.isEnabledFor(logging.DEBUG)
    child.propagate = False
    assert not masked.isEnabledFor(logging.DEBUG)
