# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Names from templates such as ``{volume}-{date}`` or ``data-{n:03}``."""

from collections.abc import Iterable, Mapping
import re
import string

from osc_cinderlite import options
from osc_cinderlite.i18n import _


class Template:
    """A name with fields in braces.

    :param text: the template; ``{{`` and ``}}`` stand for braces
    :param known: the fields that there are
    :raises options.UsageError: if it has others, or is broken
    """

    def __init__(self, text: str, known: Iterable[str]) -> None:
        self.text = text
        try:
            self._parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise self._wrong(str(error)) from error
        known = tuple(known)
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

    def _wrong(self, why: str) -> options.UsageError:
        from osc_cinderlite.lib.exceptions import one_line

        return options.UsageError(
            _("The name template '%(text)s' is wrong: %(why)s")
            % {'text': one_line(self.text), 'why': one_line(why)}
        )
