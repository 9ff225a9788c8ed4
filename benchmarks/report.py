# SPDX-License-Identifier: Apache-2.0

"""The results, for a terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.results import Budget, Results, Table

_HEADER = ('what', 'budget', 'figure', 'met')


def text(results: Results) -> str:
    """Return what ``make bench`` prints."""
    return '\n'.join(
        [
            *_table(_HEADER, [_cells(b) for b in _budgets(results)]),
            *(
                line
                for table in _tables(results)
                for line in (
                    f'\n{table.title}',
                    *_table(table.columns, table.rows),
                )
            ),
            '',
            *(f'{key}: {value}' for key, value in _where(results)),
        ]
    )


def rst(results: Results) -> str:
    """Return what the documentation includes."""
    return '\n'.join(
        [
            '.. Written by `make bench`; do not edit.',
            '',
            'Budgets',
            '-------',
            '',
            *_list_table(
                (*_HEADER, 'how'),
                [(*_cells(b), b.note) for b in _budgets(results)],
            ),
            *(
                line
                for table in _tables(results)
                for line in (
                    table.title,
                    '-' * len(table.title),
                    '',
                    table.note,
                    '',
                    *_list_table(table.columns, table.rows),
                )
            ),
            'Machine and versions',
            '--------------------',
            '',
            *_list_table((), list(_where(results))),
        ]
    )


def _budgets(results: Results) -> list[Budget]:
    return [b for part in results.parts.values() for b in part.budgets]


def _tables(results: Results) -> list[Table]:
    return [t for part in results.parts.values() for t in part.tables]


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
    for row in [columns, *rows] if columns else rows:
        for number, cell in enumerate(row):
            yield f'   {" " if number else "*"} - {cell}'.rstrip()
    yield ''
