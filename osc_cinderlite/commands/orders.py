# SPDX-License-Identifier: Apache-2.0

"""Creations from the options of a command line."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from osc_cinderlite.commands.noun import Noun
from osc_cinderlite.lib.client import Client
from osc_cinderlite.lib.creating.creation import Creation, FollowUp
from osc_cinderlite.lib.creating.kinds import creation_of
from osc_cinderlite.lib.creating.references import Reference, References
from osc_cinderlite.lib.resources.base import Manager


def creation(
    noun: Noun,
    given: argparse.Namespace,
    client: Client,
    references: References,
    of: Mapping[str, Any] | None = None,
) -> Creation:
    """Return the creation that a command line describes; send nothing.

    A given option is a field, or a reference, if what is created has the
    field; else what is to be done once it is available; else a misfit.

    :param given: the values of the noun's options
    :param of: in bulk, the fields that differ; a :class:`.Reference` among
        them is one
    :raises osc_lib.exceptions.CommandError: if options contradict
    """
    noun.complete(given)
    manager: Manager = getattr(client, noun.manager)
    values = {dest: getattr(given, dest) for dest in noun.choices}
    values.update(of or {})
    follow_ups: list[FollowUp] = []
    misfits = []
    is_managed = getattr(given, 'remote_source', None) is not None
    form = manager.manage_form if is_managed else manager.form
    assert form is not None
    for option in noun.options_of(bulk=of is not None):
        value = getattr(given, option.dest, None)
        if value is None or option.field is None:
            continue
        if option.field in form.fields:
            if option.finds is not None:
                value = references(getattr(client, option.finds), value)
            values[option.field] = value
        elif option.then is not None and not is_managed:
            follow_ups.append(_follow_up(manager, option.then, value))
        else:
            misfits.append(option.named(value))
    if misfits:
        noun.misfits(misfits)
    found = {k: v for k, v in values.items() if isinstance(v, Reference)}
    rest = {k: v for k, v in values.items() if k not in found}
    return creation_of(manager, rest, found, tuple(follow_ups))


def _follow_up(manager: Manager, method: str, value: Any) -> FollowUp:
    act: Callable[[str, Any], None] = getattr(manager, method)
    return lambda resource_id: act(resource_id, value)
