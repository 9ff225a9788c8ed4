# SPDX-License-Identifier: Apache-2.0

"""Whose the time of one ``volume create`` is, as cProfile sees it."""

from __future__ import annotations

import pstats
import statistics

from benchmarks.bench import SIDES, Bench
from benchmarks.results import Part, Table

_OURS = 'this plugin'
_OSC = 'OpenStackClient, osc-lib, cliff, stevedore'
_SDK = 'openstacksdk'
_HTTP = 'keystoneauth1, requests, urllib3'
_OTHERS = 'other libraries'
_IMPORT = 'Python: finding and reading modules'
_PYTHON = 'Python: everything else'
_SERVERS = 'waiting for Keystone, Cinder and Glance'

_PACKAGES = {
    'osc_cinderlite': _OURS,
    'openstackclient': _OSC,
    'osc_lib': _OSC,
    'cliff': _OSC,
    'stevedore': _OSC,
    'openstack': _SDK,
    'keystoneauth1': _HTTP,
    'requests': _HTTP,
    'urllib3': _HTTP,
}

_OWNERS = (_SERVERS, _OURS, _OSC, _SDK, _HTTP, _OTHERS, _IMPORT, _PYTHON)

#: file, line and name of a function, as pstats keeps them
_Function = tuple[str, int, str]


def measure(bench: Bench) -> Part:
    shares: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for _ in range(1 if bench.quick else 5):
        for side, plugin in SIDES.items():
            stats = bench.programs.profile(
                *('volume', 'create', bench.name(), '--size', '1'),
                credentials=bench.cloud.credentials,
                plugin=plugin,
            )
            shares[side].append(_shares(stats))
    bench.cloud.clear()
    return Part(tables=[_table(shares)], samples=shares)


def _shares(stats: pstats.Stats) -> dict[str, float]:
    """Return the seconds of each owner; built-in functions are the callers'.

    Without what they called, so that each second has one owner.
    """
    seconds = dict.fromkeys(_OWNERS, 0.0)
    functions = stats.stats  # type: ignore[attr-defined]
    for function, (_, _, own, _, callers) in functions.items():
        owner = _owner(function)
        if owner is not None:
            seconds[owner] += own
            continue
        for caller, (_, _, own_from_there, _) in callers.items():
            seconds[_owner(caller) or _PYTHON] += own_from_there
    return seconds


def _owner(function: _Function) -> str | None:
    """Return whose a function is, or None if it is built in."""
    path, _, name = function
    if '_socket.socket' in name or '_ssl._SSLSocket' in name:
        return _SERVERS
    if path == '~':
        return None
    if path.startswith('<frozen importlib'):
        return _IMPORT
    for marker in ('site-packages/', 'with-plugin/'):
        _, found, inner = path.partition(marker)
        if found:
            return _PACKAGES.get(inner.partition('/')[0], _OTHERS)
    return _PYTHON


def _table(shares: dict[str, list[dict[str, float]]]) -> Table:
    medians = {
        side: {
            owner: statistics.median(share[owner] for share in found) * 1000
            for owner in _OWNERS
        }
        for side, found in shares.items()
    }
    return Table(
        'Whose it is',
        'cProfile of the whole program: milliseconds in functions of each, '
        'without what these call. Profiling makes Python code look slower '
        'than it is. Medians.',
        ('owner', *SIDES),
        [
            (owner, *(f'{medians[side][owner]:.0f}' for side in SIDES))
            for owner in _OWNERS
        ],
    )
