# SPDX-License-Identifier: Apache-2.0

"""Parsers of command lines: options in them, and what they refuse."""

import argparse
from collections.abc import Iterable, Mapping
import re
from typing import Any, NoReturn

from osc_cinderlite.commands.options import Option
from osc_cinderlite.i18n import _


def add(
    parser: argparse.ArgumentParser,
    options: Iterable[Option],
    since: Mapping[str, str],
) -> None:
    """Add options to a parser.

    Options of a group exclude one another, and so do the two of a switch.

    :param since: the first version of fields that not every version has
    """
    groups: dict[str, argparse._ActionsContainer] = {}
    for option in options:
        group = option.group
        if group is not None and group not in groups:
            groups[group] = parser.add_mutually_exclusive_group(
                required=group.endswith('!')
            )
        help, version = option.help, since.get(option.field or '')
        if version is not None and not version.endswith('.0'):
            supported = _('(supported by --os-volume-api-version %s or later)')
            help += f' {supported % version}'
        option.add_to(groups[group] if group else parser, help)
    prefer_stock(parser, {one.dest for one in options if one.ours})


def needs(version: str) -> str:
    """Return the words for what needs a version of the API."""
    return _('needs --os-volume-api-version %s or later') % version


def tell_versions(
    parser: argparse.ArgumentParser, first: Mapping[str, str]
) -> None:
    """Let the refusal of an option say which version of the API has it.

    :param first: the first version with each option that the parser lacks
    """
    refuse = parser.error

    def error(message: str) -> NoReturn:
        words = re.split(r'[\s=]', message)
        for flag, version in first.items():
            if flag in words and words[0] == 'unrecognized':
                message += f'; {flag} {needs(version)}'
        refuse(message)

    parser.error = error  # type: ignore[method-assign]


def prefer_stock(parser: argparse.ArgumentParser, ours: set[str]) -> None:
    """Let an abbreviation mean the stock option, where there is just one.

    What scripts have always typed is not ambiguous because of new options.

    :param ours: destinations of the options that the stock commands lack
    """
    all_candidates = parser._get_option_tuples

    def candidates(option_string: str) -> list[Any]:
        found = list(all_candidates(option_string))
        stock = [one for one in found if one[0].dest not in ours]
        return stock if len(stock) == 1 else found

    parser._get_option_tuples = candidates  # type: ignore[method-assign]
