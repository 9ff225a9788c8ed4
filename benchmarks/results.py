# SPDX-License-Identifier: Apache-2.0

"""Results of the benchmarks, as they are written to the results file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Budget:
    """A promise, and whether it is kept.

    :param figure: what was measured
    :param note: how it was measured; or why it is not met
    """

    what: str
    budget: str
    figure: str
    met: bool
    note: str = ''


@dataclasses.dataclass(frozen=True)
class Table:
    """Figures behind the budgets of a part.

    :param note: a sentence that says what they are
    """

    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclasses.dataclass(frozen=True)
class Part:
    """The results of one benchmark, a section of the documentation.

    :param samples: every single measurement that the figures come from
    """

    title: str
    budgets: Sequence[Budget] = ()
    tables: Sequence[Table] = ()
    samples: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Results:
    """Results of all benchmarks.

    :param machine: what it ran on: processor, memory, versions
    :param parts: by the names of the benchmarks
    """

    date: str
    machine: Mapping[str, str]
    parts: Mapping[str, Part]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Results:
        """Return what :func:`dataclasses.asdict` made a document of."""
        parts = {
            name: Part(
                part['title'],
                [Budget(**budget) for budget in part['budgets']],
                [Table(**table) for table in part['tables']],
                part['samples'],
            )
            for name, part in document['parts'].items()
        }
        return cls(document['date'], document['machine'], parts)
