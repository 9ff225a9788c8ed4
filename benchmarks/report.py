# SPDX-License-Identifier: Apache-2.0

"""The results, for a terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
import re

from benchmarks.results import Budget, Results

_HEADER = ('What', 'Budget', 'Figure', 'Met')


def text(results: Results) -> str:
    """Return what ``make bench`` prints."""
    lines: list[str] = []
    for part in results.parts.values():
        lines += [
            part.title,
            '=' * len(part.title),
            *_table(_HEADER, [_cells(budget) for budget in part.budgets]),
            '',
        ]
        for table in part.tables:
            lines += [table.note, *_table(table.columns, table.rows), '']
    lines += [f'{key}: {value}' for key, value in _where(results)]
    return '\n'.join(lines)


def rst(results: Results) -> str:
    """Return what the documentation includes: a section for each part."""
    lines = ['.. Written by `make bench`; do not edit.', '']
    for part in results.parts.values():
        lines += [
            *_title(part.title),
            *_list_table(
                (*_HEADER, 'How'),
                [(*_cells(b), b.note) for b in part.budgets],
            ),
        ]
        for table in part.tables:
            lines += [
                _with_literals(table.note),
                '',
                *_list_table(table.columns, table.rows),
            ]
    lines += [
        *_title('Machine and versions'),
        *_list_table((), list(_where(results))),
    ]
    return '\n'.join(lines)


def _title(text: str) -> Iterator[str]:
    """Return a title of the page's only level of sections."""
    yield from (text, '=' * len(text), '')


def _where(results: Results) -> Iterator[tuple[str, str]]:
    yield 'date', results.date
    yield from results.machine.items()


def _cells(budget: Budget) -> tuple[str, ...]:
    met = 'yes' if budget.met else 'NO'
    return (budget.what, budget.budget, budget.figure, met)


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    lines = [columns, *rows]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        yield '  '.join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        if number == 0:
            yield '  '.join('-' * width for width in widths)


def _list_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    yield '.. list-table::'
    if columns:
        yield '   :header-rows: 1'
    yield ''
    head = [f'{column[:1].upper()}{column[1:]}' for column in columns]
    for row in [head, *rows] if columns else rows:
        for number, cell in enumerate(map(_with_literals, row)):
            yield f'   {" " if number else "*"} - {cell}'.rstrip()
    yield ''


def _with_literals(text: str) -> str:
    """Mark options, with their commands, and give figures a minus sign."""
    command = r'(?:openstack |volume (?:\w+ )*create )?'
    text = re.sub(command + r'--[a-z-]+(?: \d+)?', r'``\g<0>``', text)
    return re.sub(r'(?<![\w-])-(?=\d)', '−', text)  # noqa: RUF001
