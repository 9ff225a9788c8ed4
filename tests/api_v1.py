# SPDX-License-Identifier: Apache-2.0

"""API v1, as its servers write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: names of keys of volumes and snapshots, by those of later versions
_NAMES = {'name': 'display_name', 'description': 'display_description'}


def at_v1(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a volume or snapshot under their names at API v1."""
    return {_NAMES.get(key, key): value for key, value in record.items()}
