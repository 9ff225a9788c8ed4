# SPDX-License-Identifier: Apache-2.0

"""Names from templates such as ``{volume}-{date}`` or ``data-{n:03}``."""

from collections.abc import Mapping, Sequence
import re
import string

from osc_cinderlite.commands import options
from osc_cinderlite.i18n import _
from osc_cinderlite.lib.text import one_line

#: patterns of fields that differ from one run to the next
_ANY = {'date': '[0-9]{8}', 'time': '[0-9]{6}', 'n': '[0-9]+'}


class Template:
    """A name with fields in braces.

    :param text: the template; ``{{`` and ``}}`` are literal braces
    :param known: the fields that there are
    :raises options.UsageError: if it has others, or is broken
    """

    def __init__(self, text: str, known: Sequence[str]) -> None:
        self.text = text
        try:
            self._parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise self._wrong(str(error)) from error
        for _literal, field, spec, conversion in self._parts:
            if field is None:
                continue
            if field not in known:
                raise self._wrong(
                    _('{%(field)s} is not one of %(known)s')
                    % {
                        'field': field,
                        'known': ', '.join(f'{{{name}}}' for name in known),
                    }
                )
            if conversion or not re.fullmatch(
                r'0?[0-9]{0,2}' if field == 'n' else '', spec or ''
            ):
                raise self._wrong(_('{%s} cannot have this format') % field)

    def __contains__(self, field: str) -> bool:
        return any(part[1] == field for part in self._parts)

    def fill(self, fields: Mapping[str, object]) -> str:
        """Return the name."""
        return ''.join(
            literal
            + ('' if field is None else format(fields[field], spec or ''))
            for literal, field, spec, _conversion in self._parts
        )

    def pattern(self, fields: Mapping[str, object]) -> re.Pattern[str]:
        """Return a pattern of the names that it has made, or will make.

        Dates, times and numbers may be any.

        :param fields: what the other fields are
        """
        return re.compile(
            ''.join(
                re.escape(literal)
                + (
                    ''
                    if field is None
                    else _ANY.get(field) or re.escape(str(fields[field]))
                )
                for literal, field, _spec, _conversion in self._parts
            )
        )

    def _wrong(self, why: str) -> options.UsageError:
        return options.UsageError(
            _("The name template '%(text)s' is wrong: %(why)s")
            % {'text': one_line(self.text), 'why': one_line(why)}
        )
