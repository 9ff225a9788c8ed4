# SPDX-License-Identifier: Apache-2.0

"""Releases of OpenStack that a devcloud can consist of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parents[1]


@dataclass(frozen=True)
class Release:
    """One release.

    :param suffix: of its constraints.txt, and of default directories
    :param from_sdist: files of Cinder that only its sdist has
    :param modules: those in services/, where they are not named like the
        programs
    :param borrowed: programs of the current release, in its environment
    :param python_path: a directory of modules that its programs need
    :param volume_endpoints: names, types and paths of Cinder's
    :param new_policies: whether policies have scopes and the reader role
    :param before_queens: whether Cinder's configuration is of the time when
        it served API v1
    """

    name: str
    suffix: str
    volume_endpoints: Mapping[str, tuple[str, str]]
    modules: Mapping[str, str] = field(default_factory=dict)
    borrowed: frozenset[str] = frozenset()
    python_path: Path | None = None
    new_policies: bool = True
    from_sdist: tuple[str, ...] = ()
    before_queens: bool = False

    @property
    def constraints(self) -> Path:
        return PACKAGE / f'constraints{self.suffix}.txt'

    @property
    def default_venv(self) -> Path:
        return CHECKOUT / '.venvs' / f'devcloud{self.suffix}'

    @property
    def default_state(self) -> Path:
        return CHECKOUT / f'.devcloud{self.suffix}'


V3 = {
    'cinder': ('block-storage', 'v3/%(project_id)s'),
    'cinderv3': ('volumev3', 'v3/%(project_id)s'),
}
V2 = {'cinderv2': ('volumev2', 'v2/%(project_id)s')}
V1 = {'cinderv1': ('volume', 'v1/%(project_id)s')}

CURRENT = Release(name='current', suffix='', volume_endpoints=V3)

# The last one with API v2. Its own Glance would tell nothing more.
WALLABY = Release(
    name='wallaby',
    suffix='-wallaby',
    volume_endpoints=V3 | V2,
    modules={'cinder': 'cinder_wallaby'},
    borrowed=frozenset({'glance'}),
    python_path=PACKAGE / 'python39',
    new_policies=False,
)

# The last one with API v1, which it translates to v2.
PIKE = replace(
    WALLABY,
    name='pike',
    suffix='-pike',
    volume_endpoints=V3 | V2 | V1,
    modules={'cinder': 'cinder_pike'},
    from_sdist=(
        'etc/cinder/api-paste.ini',
        'etc/cinder/policy.json',
        'etc/cinder/resource_filters.json',
    ),
    before_queens=True,
)

# The last one whose API v1 has code of its own.
OCATA = replace(
    PIKE,
    name='ocata',
    suffix='-ocata',
    modules={'cinder': 'cinder_ocata'},
    from_sdist=('etc/cinder/api-paste.ini', 'etc/cinder/policy.json'),
)

RELEASES = {one.name: one for one in (CURRENT, WALLABY, PIKE, OCATA)}
