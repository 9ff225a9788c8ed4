# SPDX-License-Identifier: Apache-2.0

"""Volumes to create, by number or from a file."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from osc_lib import exceptions as osc_exceptions

from osc_cinderlite.commands import entries, from_file, name_template
from osc_cinderlite.commands.driver import Driver
from osc_cinderlite.commands.options import UsageError
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.creation import Creation


def creations(driver: Driver) -> tuple[Iterator[Creation], int]:
    """Return the volumes of ``--count`` or ``--from-file``, and how many.

    All of them have been checked when this returns.

    :param driver: the run that they are for
    :raises osc_lib.exceptions.CommandError: if something is refused
    """
    args, total = driver.args, driver.args.count
    if total is not None:
        wanted = _numbered(args, driver.stamps)
        _creation(driver, args).check()
    else:
        if args.name is not None:
            raise UsageError(
                _('A name template goes with --count, not --from-file')
            )
        listed = from_file.load(args.from_file, driver.app.stdin)
        _check(driver, _of_entries(driver, listed))
        wanted, total = _of_entries(driver, listed), len(listed)
    return (_creation(driver, one) for one in wanted), total


def _creation(driver: Driver, args: argparse.Namespace) -> Creation:
    return driver.creation(args, {'name': args.name})


def _numbered(
    args: argparse.Namespace, stamps: Mapping[str, str]
) -> Iterator[argparse.Namespace]:
    """Return the arguments of each of ``--count`` volumes."""
    if args.name is None:
        if args.or_show:
            raise UsageError(_('--or-show needs a name template'))
        return (args for _n in range(args.count))
    template = name_template.Template(args.name, ('n', 'date', 'time'))
    if 'n' not in template and args.count > 1:
        raise UsageError(
            _(
                "The name template '%s' has no {n}; all volumes would get "
                'the same name'
            )
            % args.name
        )
    template.fill({**stamps, 'n': args.count})
    return (
        argparse.Namespace(
            **{**vars(args), 'name': template.fill({**stamps, 'n': n})}
        )
        for n in range(1, args.count + 1)
    )


def _of_entries(
    driver: Driver, listed: Sequence[Mapping[str, Any]]
) -> Iterator[argparse.Namespace]:
    return entries.namespaces(
        listed,
        driver.args,
        driver.noun.options_of(bulk=True),
        driver.noun.newer_options(bulk=True),
    )


def _check(driver: Driver, wanted: Iterator[argparse.Namespace]) -> None:
    """Refuse a file with a wrong entry before the first request."""
    for number, one in enumerate(wanted, 1):
        try:
            made = _creation(driver, one)
            made.check()
        except osc_exceptions.CommandError as error:
            why = str(error)
        except exceptions.ClientException as error:
            why = driver.explain(error)
        else:
            if made.name or not driver.args.or_show:
                continue
            why = _('--or-show needs a name')
        raise osc_exceptions.CommandError(
            _('Entry %(number)d: %(why)s') % {'number': number, 'why': why}
        )
