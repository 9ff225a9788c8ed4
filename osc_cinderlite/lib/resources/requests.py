# SPDX-License-Identifier: Apache-2.0

"""Requests of creates."""

from __future__ import annotations

import dataclasses
from typing import Any

from osc_cinderlite.lib.resources import fields
from osc_cinderlite.lib.resources.conventions import Values
from osc_cinderlite.lib.resources.fields import Form
from osc_cinderlite.lib.resources.finder import Finder
from osc_cinderlite.lib.transport import retry, versions


@dataclasses.dataclass
class CreateRequest:
    """The request of a create, sent or not.

    :param finder: finds what it makes
    :param form: the fields that it has
    :param values: the fields' values

    :ivar once: what became of the requests that were sent for it
    """

    finder: Finder
    form: Form
    values: Values
    once: retry.Once = dataclasses.field(default_factory=retry.Once)

    @property
    def path(self) -> str:
        """The path below the endpoint, without its first slash."""
        return self.form.path

    @property
    def name(self) -> str | None:
        """The name the new resource is to have."""
        return self.values.get('name')

    def body(self, version: versions.APIVersion) -> dict[str, Any]:
        """Return the request's body at ``version``.

        :raises exceptions.UnsupportedVersion: for a field that is newer
        """
        return fields.build(
            self.form.declared,
            self.values,
            version,
            asked=self.finder.http.exact,
            key=self.finder.key,
            names=self.finder.conventions.names,
        )
