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


class Numbered:
    """The volumes of ``--count`` or ``--from-file``.

    :param driver: the run that they are for
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._args = driver.args

    def creations(self) -> tuple[Iterator[Creation], int]:
        """Return what is to be created, one after the other, and how many.

        All of it has been checked when this returns.

        :raises osc_lib.exceptions.CommandError: if something is refused
        """
        args, total = self._args, self._args.count
        if total is not None:
            wanted = self._numbered()
            self._creation(args).check()
        else:
            if args.name is not None:
                raise UsageError(
                    _('A name template goes with --count, not --from-file')
                )
            listed = from_file.load(args.from_file, self._driver.app.stdin)
            self._check(self._of_entries(listed))
            wanted, total = self._of_entries(listed), len(listed)
        return (self._creation(one) for one in wanted), total

    def _creation(self, args: argparse.Namespace) -> Creation:
        return self._driver.creation(args, {'name': args.name})

    def _numbered(self) -> Iterator[argparse.Namespace]:
        """Return the arguments of each of ``--count`` volumes."""
        args = self._args
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
        stamps = self._driver.stamps
        template.fill({**stamps, 'n': args.count})
        return (
            argparse.Namespace(
                **{**vars(args), 'name': template.fill({**stamps, 'n': n})}
            )
            for n in range(1, args.count + 1)
        )

    def _of_entries(
        self, listed: Sequence[Mapping[str, Any]]
    ) -> Iterator[argparse.Namespace]:
        noun = self._driver.noun
        return entries.namespaces(
            listed,
            self._args,
            noun.options_of(bulk=True),
            noun.newer_options(bulk=True),
        )

    def _check(self, wanted: Iterator[argparse.Namespace]) -> None:
        """Refuse a file with a wrong entry before the first request."""
        for number, one in enumerate(wanted, 1):
            try:
                made = self._creation(one)
                made.check()
            except osc_exceptions.CommandError as error:
                why = str(error)
            except exceptions.ClientException as error:
                why = self._driver.explain(error)
            else:
                if made.name or not self._args.or_show:
                    continue
                why = _('--or-show needs a name')
            raise osc_exceptions.CommandError(
                _('Entry %(number)d: %(why)s') % {'number': number, 'why': why}
            )
