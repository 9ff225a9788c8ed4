# SPDX-License-Identifier: Apache-2.0

"""Runs ``openstack`` many times and imports it once.

A program: each line on standard input is a JSON object with the command
line, the environment and the files for the standard streams. Each is run in
a fork of this process, which has all modules loaded but has run nothing yet;
the line that answers holds the exit status.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
import gc
import importlib.metadata
import json
import os
import signal
import sys
from typing import Any
import warnings


def hide(name: str) -> None:
    """Make the distribution ``name`` look as if it were not installed."""
    original = importlib.metadata.distributions

    def others(**kwargs: Any) -> Iterable[importlib.metadata.Distribution]:
        return (d for d in original(**kwargs) if d.metadata['Name'] != name)

    importlib.metadata.distributions = others


def load_everything() -> None:
    """Import what a run would import, but run nothing.

    cliff takes the program's name from the command line when it is imported.
    """
    sys.argv[0] = 'openstack'
    from cliff import command
    from openstackclient import shell  # noqa: F401

    # What it remembers takes it half a second to find out.
    command._get_distributions_by_modules()
    points = importlib.metadata.entry_points()
    for group in points.groups:
        if group.startswith(('openstack.', 'cliff.formatter')):
            for point in points.select(group=group):
                point.load()


def refuse_deprecations() -> None:
    """Make an error of each deprecation that our modules meet.

    osc-lib sets the filters anew at each start.
    """
    from osc_lib import logs

    original = logs.set_warning_filter

    def set_filter(log_level: int) -> None:
        original(log_level)
        for category in (
            DeprecationWarning,
            PendingDeprecationWarning,
            FutureWarning,
        ):
            warnings.filterwarnings(
                'error', category=category, module=r'osc_cinderlite(\.|$)'
            )

    logs.set_warning_filter = set_filter


def become(request: dict[str, Any]) -> None:
    """Turn this process, a fork, into one run of ``openstack``."""
    signal.alarm(request['limit'])
    for descriptor, stream in enumerate(('stdin', 'stdout', 'stderr')):
        flags = os.O_WRONLY | os.O_APPEND if descriptor else os.O_RDONLY
        file = os.open(request[stream], flags)
        os.dup2(file, descriptor)
        os.close(file)
    os.chdir(request.get('directory', '.'))
    os.environ.clear()
    os.environ.update(request['env'])
    sys.argv = ['openstack', *request['args']]

    from openstackclient import shell

    sys.exit(shell.main())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--hide', metavar='DISTRIBUTION')
    args = parser.parse_args()
    if args.hide:
        hide(args.hide)
    else:
        refuse_deprecations()
    load_everything()
    gc.freeze()
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), 'w')
    for line in requests:
        child = os.fork()
        if not child:
            become(json.loads(line))
        _, status = os.waitpid(child, 0)
        answers.write(f'{os.waitstatus_to_exitcode(status)}\n')
        answers.flush()


if __name__ == '__main__':
    main()
