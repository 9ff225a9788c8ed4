# SPDX-License-Identifier: Apache-2.0

"""Secrets that servers echo, kept out of errors and logs."""

from __future__ import annotations

from collections.abc import Iterator
import logging
import re
from typing import Any

from keystoneauth1 import session as ksa_session

_MASK = '***'

#: shorter values are words that any text may have
_SHORTEST = 6

_SECRET = re.compile(r'password|passcode|secret|token$|auth_token')
_USER_OF_URL = re.compile(r'(?<=://)[^/?#\s"\']*@')


class Masker:
    """Replaces the secrets of a session in texts.

    :param session: a keystoneauth1 session
    """

    def __init__(self, session: ksa_session.Session) -> None:
        self._session = session

    def __call__(self, text: str) -> str:
        """Return ``text`` without secrets, and URLs without users."""
        for secret in self._secrets():
            if isinstance(secret, str) and len(secret) >= _SHORTEST:
                text = text.replace(secret, _MASK)
        return _USER_OF_URL.sub(f'{_MASK}@', text)

    def _secrets(self) -> Iterator[Any]:
        auth: Any = self._session.auth
        for holder in (auth, *(getattr(auth, 'auth_methods', None) or ())):
            for name, value in getattr(holder, '__dict__', {}).items():
                if _SECRET.search(name):
                    yield value
        yield getattr(getattr(auth, 'auth_ref', None), 'auth_token', None)


def _handlers(logger: logging.Logger) -> Iterator[logging.Handler]:
    """Return the handlers that get the messages of a logger."""
    of: logging.Logger | None = logger
    while of is not None:
        yield from of.handlers
        of = of.parent if of.propagate else None


class MaskedLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose messages have no secrets.

    :param mask: the function that removes them
    """

    def __init__(self, logger: logging.Logger, mask: Masker) -> None:
        super().__init__(logger, {})
        self._mask = mask

    def isEnabledFor(self, level: int) -> bool:
        """Return whether messages of a level are written anywhere.

        OpenStackClient sets its loggers to DEBUG and leaves the choice to the
        handlers. keystoneauth would format each request and response in vain.
        """
        if not super().isEnabledFor(level):
            return False
        levels = [handler.level for handler in _handlers(self.logger)]
        if not levels and logging.lastResort is not None:
            levels = [logging.lastResort.level]
        return any(one <= level for one in levels)

    def log(self, level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
        if self.isEnabledFor(level):
            record = logging.LogRecord('', level, '', 0, msg, args, None)
            self.logger.log(level, self._mask(record.getMessage()), **kwargs)
