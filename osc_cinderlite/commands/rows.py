# SPDX-License-Identifier: Apache-2.0

"""Rows of the table of a bulk command."""

from collections.abc import Mapping, Sequence
from typing import Any

from osc_cinderlite.commands import columns, errors, output, terminal
from osc_cinderlite.commands.driver import Driver
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.creating.deleting import Deletion
from osc_cinderlite.lib.creating.job import Result
from osc_cinderlite.lib.resource import Resource

Row = Sequence[Any]


class Rows:
    """The rows of one run, and what they have no room for.

    :param driver: the run
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._noun = driver.noun
        self._is_plan = bool(driver.args.dry_run)
        self._request_ids: list[str] = []
        self._ids_apart = (
            driver.args.formatter == 'table'
            and terminal.is_terminal(driver.app.stdout)
        )

    @property
    def columns(self) -> list[str]:
        """The names of all columns."""
        middle = (
            ['Result', 'Body']
            if self._is_plan
            else ['Status', *self._noun.bulk_columns, 'Result']
        )
        volume = ['Volume'] if self._noun.of_volumes else []
        return ['Name', 'ID', *volume, *middle, 'Error']

    def of_result(self, result: Result) -> Row:
        """Return the row of a create."""
        wanted, resource = result.creation, result.resource
        return self._row(
            wanted.name,
            resource,
            self.volume_of(wanted),
            result.result,
            self._why(result),
            {'is_incremental': wanted.values.get('incremental')},
        )

    def of_plan(
        self,
        wanted: Creation,
        result: str,
        resource: Resource | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        error: exceptions.ClientException | None = None,
    ) -> Row:
        """Return the row of a create that is not sent."""
        return self._row(
            wanted.name,
            resource,
            self.volume_of(wanted),
            result,
            None if error is None else self.reason(error),
            body=body,
        )

    def of_deletion(self, deletion: Deletion) -> Row:
        """Return the row of a deletion."""
        old, error = deletion.resource, deletion.error
        return self._row(
            old.name,
            old,
            [str(old.get('volume_id'))],
            deletion.result,
            None if error is None else self.reason(error),
        )

    def _row(
        self,
        name: str | None,
        resource: Resource | None,
        volume: Sequence[str],
        result: str,
        error: str | None,
        asked: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Row:
        record: Mapping[str, Any] = resource or {}
        middle = (
            [
                result,
                None if body is None else columns.JSONLineColumn(dict(body)),
            ]
            if self._is_plan
            else [
                record.get('status'),
                *(
                    record.get(key, (asked or {}).get(key))
                    for key in self._noun.bulk_columns.values()
                ),
                result,
            ]
        )
        return (name, record.get('id'), *volume, *middle, error)

    def volume_of(self, wanted: Creation) -> Sequence[str]:
        """Return the ID of the volume, if the noun is of volumes."""
        if not self._noun.of_volumes:
            return []
        return [wanted.references['volume_id'].id]

    def _why(self, result: Result) -> str | None:
        """Return what the row does not say anyway."""
        if result.error is None:
            return None
        reason = self.reason(result.error)
        if result.resource is None:
            return reason
        kind = self._driver.manager.kind
        reason = reason.removeprefix(f'{kind} {result.resource.id} ')
        if result.existed and isinstance(
            result.error, exceptions.ResourceFailed
        ):
            reason += _('; it already existed; delete it to create a new one')
        return reason

    def reason(self, error: exceptions.ClientException) -> str:
        """Return an error as a row tells it."""
        reason = errors.explain(error, self._noun, None, self._driver.commands)
        if not self._ids_apart:
            return reason
        for label, found in (
            ('Request-ID', error.request_id),
            ('Global-Request-ID', error.global_request_id),
        ):
            if found:
                self._request_ids.append(found)
                for text in (f', {label}: {found}', f' ({label}: {found})'):
                    reason = reason.replace(text, '')
        return reason

    def tell_request_ids(self) -> None:
        """Print the request IDs below a table, which has no room for them."""
        ids = list(dict.fromkeys(self._request_ids))
        if ids:
            output.say(
                _('Request IDs: %s') % ' '.join(ids), self._driver.quiet
            )
