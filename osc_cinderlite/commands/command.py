# SPDX-License-Identifier: Apache-2.0

"""Base classes of the create commands.

OSC imports the commands of all plugins for each command that it runs: what
only a create needs is imported when it is run.
"""

import abc
import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from osc_lib.command import command

from osc_cinderlite.commands.noun import Noun
from osc_cinderlite.i18n import _

if TYPE_CHECKING:
    from osc_cinderlite.commands.driver import Driver


class _CreateCommand(command.Command):
    """A command that creates resources of one kind.

    :cvar noun: what it creates, at which version of the API
    :cvar bulk: whether it creates many
    """

    noun: ClassVar[Noun]
    bulk: ClassVar[bool]

    @abc.abstractmethod
    def driver_class(self) -> 'type[Driver]':
        """Return the class of its driver."""

    def get_description(self) -> str:
        noun = self.noun
        return noun.bulk_description if self.bulk else noun.description

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        parser = super().get_parser(prog_name)
        self.noun.add_options(parser, bulk=self.bulk)
        return parser

    def run(self, parsed_args: argparse.Namespace) -> int:
        self.driver = self.driver_class()(self.app, self.noun, parsed_args)
        carry_out = super().run
        return self.driver.status_of(lambda: carry_out(parsed_args))

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Any]]:
        return self.driver.create()

    def get_epilog(self) -> str:
        """Name the plugin, as cliff does in the help of others' commands.

        cliff finds its name by reading the metadata of all distributions,
        for each command that runs.
        """
        hooks = [hook.obj for hook in self._hooks if hook.obj is not None]
        return '\n\n'.join(
            (
                self._epilog or '',
                *filter(None, (hook.get_epilog() for hook in hooks)),
                _('This command is provided by the osc-cinderlite plugin.'),
            )
        )


class CreateOne(_CreateCommand, command.ShowOne):
    """A command that creates one resource and shows it."""

    bulk = False

    def driver_class(self) -> 'type[Driver]':
        from osc_cinderlite.commands.single import SingleDriver

        return SingleDriver

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Sequence[Any],
    ) -> int:
        with self.driver.printing():
            row = self.driver.for_output(list(data))
            super().produce_output(parsed_args, column_names, row)
        return 0


class CreateMany(_CreateCommand, command.Lister):
    """A command that creates many resources and lists what became of them.

    Its table is in the order of the input, not sorted.
    """

    bulk = True

    def driver_class(self) -> 'type[Driver]':
        from osc_cinderlite.commands.bulk import BulkDriver

        return BulkDriver

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Any,
    ) -> int:
        with self.driver.printing():
            rows = (self.driver.for_output(list(row)) for row in data)
            try:
                super().produce_output(parsed_args, column_names, rows)
            finally:
                # What was requested is done, even if it cannot be printed.
                for _row in data:
                    pass
        return 0
