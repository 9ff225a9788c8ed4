# SPDX-License-Identifier: Apache-2.0

"""Versions of the Block Storage API."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from osc_cinderlite.lib import exceptions

_SERVICE_TYPES = {1: 'volume', 2: 'volumev2', 3: 'block-storage'}

_MAXIMUM = re.compile(r'\bmaximum\sis\s([0-9]{1,4})\.([0-9]{1,4})\b')


class APIVersion(NamedTuple):
    """A version such as 3.47; ordered as the API orders them."""

    major: int
    minor: int = 0

    def __str__(self) -> str:
        return f'{self.major}.{self.minor}'

    @classmethod
    def parse(cls, text: str) -> APIVersion:
        """Read a version written as ``3.47``.

        :raises exceptions.InvalidInput: if it is not one
        """
        found = re.fullmatch(r'([0-9]{1,4})\.([0-9]{1,4})', text)
        if found is None:
            raise exceptions.InvalidInput(
                f"'{text}' is not a version of the Block Storage API"
            )
        return cls(int(found[1]), int(found[2]))


#: of requests that are sent at no version
NONE = APIVersion(0)

#: API v1 and v2 have no microversions.
V1 = APIVersion(1, 0)
V2 = APIVersion(2, 0)

#: The first and the last microversion whose meaning this library knows.
MIN = APIVersion(3, 0)
MAX = APIVersion(3, 71)


def maximum_in(message: str) -> APIVersion | None:
    """Return the newest version that a refusal (HTTP 406) names, or None.

    Cinder's is: "Version 3.71 is not supported by the API. Minimum is 3.0
    and maximum is 3.50."
    """
    named = _MAXIMUM.search(message)
    return APIVersion(int(named[1]), int(named[2])) if named else None


def newest_in(document: Any) -> APIVersion:
    """Return the newest microversion that a document of versions names.

    :raises exceptions.InvalidInput: if it names none
    """
    listed = document.get('versions') if isinstance(document, dict) else None
    for version in listed if isinstance(listed, list) else ():
        if isinstance(version, dict) and version.get('id') == 'v3.0':
            return APIVersion.parse(str(version.get('version')))
    return APIVersion.parse('')


class Asked(NamedTuple):
    """Requested version: a major version, perhaps an exact one."""

    major: int
    exact: APIVersion | None = None

    @property
    def service_type(self) -> str:
        """The type under which a catalog has this major version."""
        return _SERVICE_TYPES[self.major]

    @classmethod
    def parse(cls, text: str) -> Asked:
        """Read ``1``, ``2``, ``3``, ``3.latest`` or ``3.N``.

        :raises exceptions.InvalidInput: for anything else
        """
        for old in (V1, V2):
            if text in (str(old.major), str(old)):
                return cls(old.major, old)
        if text in ('3', '3.latest'):
            return cls(3)
        if re.fullmatch(r'3\.[0-9]{1,4}', text):
            return cls(3, APIVersion.parse(text))
        raise exceptions.InvalidInput(
            f"'{text}' is not a volume API version; give 1, 2, 3, 3.latest "
            'or a microversion such as 3.47'
        )
