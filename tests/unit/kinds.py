# SPDX-License-Identifier: Apache-2.0

"""The three commands, as far as tests treat them alike."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.unit.cloud import (
    Answer,
    Cloud,
    accepted,
    backup,
    good,
    now,
    snapshot,
    uuid,
    volume,
)


@dataclasses.dataclass(frozen=True)
class Kind:
    """What one of the commands creates.

    :param argv: the least that the command needs
    :param name: what it is named by ``argv``
    :param record: the record of a create
    """

    noun: str
    key: str
    argv: tuple[str, ...]
    name: str
    record: dict[str, Any]

    def __str__(self) -> str:
        return self.key

    @property
    def path(self) -> str:
        """The path of all, below the endpoint."""
        return f'/{self.key}s'

    @property
    def id(self) -> str:
        """The ID of the new one."""
        return str(self.record['id'])

    def is_created(self, cloud: Cloud, *answers: Answer) -> None:
        """Answer the create: with the record, unless told otherwise."""
        created = answers or (accepted(self.key, self.record),)
        for major in (2, 3):
            cloud.answers('POST', self.path, *created, major=major)

    def is_then(self, cloud: Cloud, *states: str | Answer) -> None:
        """Answer the looks at it: with a record in a state, or an answer."""
        answers = [
            good({self.key: {**self.record, 'status': state}})
            if isinstance(state, str)
            else state
            for state in states
        ]
        for major in (2, 3):
            cloud.answers(
                'GET', f'{self.path}/{self.id}', *answers, major=major
            )

    def is_listed(self, cloud: Cloud, *records: dict[str, Any]) -> None:
        """Answer the search for a name."""
        for major in (2, 3):
            cloud.answers(
                'GET',
                f'{self.path}/detail',
                good({f'{self.key}s': list(records)}, Date=now()),
                major=major,
            )


VOLUME = Kind(
    'volume',
    'volume',
    ('volume', 'create', 'data', '--size=1'),
    'data',
    volume(1),
)
SNAPSHOT = Kind(
    'volume snapshot',
    'snapshot',
    ('volume', 'snapshot', 'create', 'snap', f'--volume={uuid(1)}'),
    'snap',
    snapshot(2),
)
BACKUP = Kind(
    'volume backup',
    'backup',
    ('volume', 'backup', 'create', uuid(1), '--name=copy'),
    'copy',
    backup(3),
)

KINDS = (VOLUME, SNAPSHOT, BACKUP)
