# SPDX-License-Identifier: Apache-2.0

"""Run the benchmarks; see `make bench`."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import importlib.metadata
import json
import os
from pathlib import Path
import platform
import signal
import sys
import tempfile
import time
from typing import NoReturn

from benchmarks import (
    counts,
    creates,
    latency,
    many,
    plot,
    report,
    retention,
    selection,
    share,
    start,
    waiting,
)
from benchmarks.bench import Bench
from benchmarks.cloud import Cloud
from benchmarks.programs import CHECKOUT, STOCK, Programs
from benchmarks.results import Part, Results
from tests.functional import devcloud

_PARTS = {
    'counts': counts.measure,
    'start': start.measure,
    'latency': latency.measure,
    'many': many.measure,
    'share': share.measure,
    'creates': creates.measure,
    'selection': selection.measure,
    'retention': retention.measure,
    'waiting': waiting.measure,
}

_RESULTS = Path(__file__).with_name('results.json')
_DOCS = CHECKOUT / 'doc' / 'source' / 'user'

_CLIENTS = (
    'python-openstackclient',
    'openstacksdk',
    'keystoneauth1',
    'requests',
    'python-cinderclient',
)
_SERVICES = ('keystone', 'cinder')


def stop(signum: int, frame: object) -> NoReturn:
    sys.exit(128 + signum)


def main() -> int:
    signal.signal(signal.SIGTERM, stop)  # Or the cloud would be left behind.
    parser = argparse.ArgumentParser(prog='python -m benchmarks')
    parser.add_argument(
        'parts',
        nargs='*',
        choices=[*_PARTS, []],
        metavar='part',
        help=f'only these of {", ".join(_PARTS)}: writes no files',
    )
    parser.add_argument(
        '--quick',
        action='store_true',
        help='run everything as seldom as can be: writes no files',
    )
    parser.add_argument(
        '--render',
        action='store_true',
        help='measure nothing; write the documentation from the results file',
    )
    args = parser.parse_args()
    if args.render:
        _write_docs()
        return 0
    results = _measure(args.parts or list(_PARTS), args.quick)
    print(report.text(results))
    if not args.quick and not args.parts:
        document = json.dumps(dataclasses.asdict(results), indent=1)
        _RESULTS.write_text(document + '\n')
        _write_docs()
        print(f'\nwritten to {_RESULTS} and {_DOCS}')
    return 0


def _measure(parts: list[str], quick: bool) -> Results:
    machine = _machine()
    done: dict[str, Part] = {}
    with tempfile.TemporaryDirectory() as directory:
        programs = Programs(Path(directory))
        with devcloud.running(Path(directory)) as running:
            bench = Bench(programs, Cloud(running), quick)
            for name in parts:
                begun = time.monotonic()
                print(f'{name} ...', end=' ', file=sys.stderr, flush=True)
                done[name] = _PARTS[name](bench)
                took = time.monotonic() - begun
                print(f'{took:.0f} s', file=sys.stderr)
    machine |= _versions()
    machine['load average before and after'] = (
        f'{machine.pop("load")}, {os.getloadavg()[0]:.1f}'
    )
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return Results(today, machine, done)


def _machine() -> dict[str, str]:
    cpuinfo = Path('/proc/cpuinfo').read_text().splitlines()
    model = next(
        (line.partition(':')[2] for line in cpuinfo if 'model name' in line),
        platform.machine(),
    )
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    return {
        'processor': f'{os.cpu_count()} of {model.strip()}',
        'memory': f'{memory / 1024**3:.0f} GiB',
        'system': f'{platform.system()} {platform.release()}',
        'Python': platform.python_version(),
        'load': f'{os.getloadavg()[0]:.1f}',
    }


def _versions() -> dict[str, str]:
    ours = importlib.metadata.version('osc-cinderlite')
    found = {'osc-cinderlite': ours}
    for environment, names in (
        (STOCK.parent, _CLIENTS),
        (CHECKOUT / '.venvs' / 'devcloud', _SERVICES),
    ):
        path = [str(p) for p in environment.glob('lib/python*/site-packages')]
        for name in names:
            (known,) = importlib.metadata.distributions(name=name, path=path)
            found[name] = known.version
    return found


def _write_docs() -> None:
    """Write what the documentation has of the results file."""
    results = Results.of(json.loads(_RESULTS.read_text()))
    (_DOCS / 'speed-results.inc').write_text(report.rst(results))
    curves = many.curves(results.parts['many'].samples)
    plot.draw(curves, _DOCS / 'speed.svg')


if __name__ == '__main__':
    sys.exit(main())
