# SPDX-License-Identifier: Apache-2.0

"""Rows of the table of a bulk command."""

from collections.abc import Mapping, Sequence
from typing import Any

from osc_cinderlite.commands import columns, errors, output
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

    :ivar columns: the names of all columns
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._noun = noun = driver.noun
        self._request_ids: list[str] = []
        self._ids_apart = (
            driver.args.formatter == 'table'
            and output.is_terminal(driver.app.stdout)
        )
        volume = ['Volume'] if noun.of_volumes else []
        middle = (
            ['Result', 'Body']
            if driver.args.dry_run
            else ['Status', *noun.bulk_columns, 'Result']
        )
        self.columns = ['Name', 'ID', *volume, *middle, 'Error']

    def of_result(
        self, result: Result, body: Mapping[str, Any] | None = None
    ) -> Row:
        """Return the row of a create.

        :param body: of the request that would be sent
        """
        wanted = result.creation
        return self._row(
            wanted.name,
            result.resource,
            self.volume_of(wanted),
            result.result,
            self._why(result),
            {'is_incremental': wanted.values.get('incremental')},
            body,
        )

    def of_deletion(self, deletion: Deletion) -> Row:
        """Return the row of a deletion."""
        old = deletion.resource
        return self._row(
            old.name,
            old,
            str(old.get('volume_id')),
            deletion.result,
            self._reason(deletion.error),
        )

    def _row(
        self,
        name: str | None,
        resource: Resource | None,
        volume: str,
        result: str,
        error: str | None,
        asked: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Row:
        record: Mapping[str, Any] = resource or {}
        cells = {
            'Name': name,
            'ID': record.get('id'),
            'Volume': volume,
            'Status': record.get('status'),
            'Result': result,
            'Body': None
            if body is None
            else columns.JSONLineColumn(dict(body)),
            'Error': error,
        }
        for column, key in self._noun.bulk_columns.items():
            cells[column] = record.get(key, (asked or {}).get(key))
        return [cells[column] for column in self.columns]

    def volume_of(self, wanted: Creation) -> str:
        """Return the ID of the volume, if the noun is of volumes."""
        volume = wanted.references.get('volume_id')
        return '' if volume is None else volume.id

    def _why(self, result: Result) -> str | None:
        """Return what the row does not say anyway."""
        reason = self._reason(result.error)
        if reason is None or result.resource is None:
            return reason
        kind = self._driver.manager.kind
        reason = reason.removeprefix(f'{kind} {result.resource.id} ')
        if result.existed and isinstance(
            result.error, exceptions.ResourceFailed
        ):
            reason += _('; it already existed; delete it to create a new one')
        return reason

    def _reason(self, error: exceptions.ClientException | None) -> str | None:
        """Return an error as a row tells it."""
        if error is None:
            return None
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
