# SPDX-License-Identifier: Apache-2.0

"""Requests of creates."""

from __future__ import annotations

from typing import Any

from osc_cinderlite.lib.resources import fields
from osc_cinderlite.lib.resources.conventions import Conventions
from osc_cinderlite.lib.resources.fields import Form, Values
from osc_cinderlite.lib.transport import retry, versions
from osc_cinderlite.lib.transport.http import HTTPClient


class CreateRequest:
    """The request of a create, sent or not.

    :param form: the fields that it has
    :param key: the key of the object in the body
    :param values: the fields' values
    :param conventions: how the API version treats the resource

    :ivar once: what became of the requests that were sent for it
    """

    def __init__(
        self,
        http: HTTPClient,
        form: Form,
        key: str,
        values: Values,
        conventions: Conventions,
    ) -> None:
        self.http = http
        self.form = form
        self.key = key
        self.values = values
        self.conventions = conventions
        self.once = retry.Once()

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
            asked=self.http.exact,
            key=self.key,
            names=self.conventions.names,
        )
