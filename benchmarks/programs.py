# SPDX-License-Identifier: Apache-2.0

"""Programs that are measured, and the costs of a run of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import dataclasses
import os
from pathlib import Path
import statistics
import subprocess
import sys
import tempfile
import time

CHECKOUT = Path(__file__).parents[1]

#: python-openstackclient and python-cinderclient, as a user installs them
STOCK = CHECKOUT / '.venvs' / 'stock' / 'bin'

_BARE = Path(__file__).with_name('bare.py')

#: a shell that notes in a file what its command cost until Python's own end
#: begins: processor time, time, and memory; and when that was
_METERED = """
import atexit, re, sys, time
from openstackclient import shell
def clocks():
    return time.process_time(), time.perf_counter()
begun = clocks()
class Shell(shell.OpenStackShell):
    def run_subcommand(self, argv):
        global begun
        begun = clocks()
        return super().run_subcommand(argv)
def note(file):
    used, took = (end - begin for end, begin in zip(clocks(), begun))
    status = open('/proc/self/status').read()
    kib = re.search(r'VmHWM:\\s+(\\d+) kB', status)[1]
    print(used, took, kib, time.monotonic(), file=open(file, 'w'))
atexit.register(note, sys.argv.pop(1))
sys.exit(Shell().run(sys.argv[1:]))
"""

#: a shell that prints what it imported at its end
_MODULES = """
import atexit, sys
atexit.register(lambda: print(*sys.modules))
from openstackclient import shell
sys.exit(shell.main())
"""


@dataclasses.dataclass(frozen=True)
class Run:
    """What one run of a program cost.

    :param wall: seconds from its start to its end
    :param cpu: seconds of processor time, its own and the kernel's for it
    :param ended: when it ended, in monotonic seconds
    :param memory: its peak resident size in MiB, if that was measured
    :param own_cpu: seconds of processor time from where OpenStackClient runs
        the command to where Python begins to end, if that was measured
    :param own_wall: seconds of that, likewise
    :param returned: when Python began to end, likewise
    """

    wall: float
    cpu: float
    ended: float = 0.0
    memory: float = 0.0
    own_cpu: float = 0.0
    own_wall: float = 0.0
    returned: float = 0.0


class Programs:
    """Runs programs in an environment in which little is set.

    One virtual environment serves stock and plugin. It has no plugin in it;
    two directories can be put beside it on ``PYTHONPATH``: one in which pip
    has installed the plugin, and an empty one.

    :param directory: for the two, caches and the output of runs
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._plugin = directory / 'with-plugin'
        self._nothing = directory / 'without-it'
        for path in (self._plugin, self._nothing, directory / 'home'):
            path.mkdir()
        subprocess.run(
            [
                *(sys.executable, '-m', 'pip', 'install', '--quiet'),
                *('--disable-pip-version-check', '--no-deps'),
                *('--target', str(self._plugin), str(CHECKOUT)),
            ],
            check=True,
        )

    def __call__(
        self,
        *command: str,
        credentials: Mapping[str, str] | None = None,
        plugin: bool = False,
        stdin: str = '',
        status: int = 0,
    ) -> Run:
        """Run a program of the virtual environment to its good end.

        :param credentials: ``OS_AUTH_URL`` and so on
        :param status: the exit status of a good end
        """
        with (
            tempfile.TemporaryFile('w+') as given,
            tempfile.TemporaryFile('w+') as errors,
        ):
            given.write(stdin)
            given.seek(0)
            begun = time.perf_counter()
            process = subprocess.Popen(
                [str(STOCK / command[0]), *command[1:]],
                env=self._environment(plugin) | dict(credentials or {}),
                cwd=self._directory,
                stdin=given,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            _, ended, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begun
            at = time.monotonic()
            process.returncode = os.waitstatus_to_exitcode(ended)
            if process.returncode != status:
                errors.seek(0)
                raise RuntimeError(
                    f'{" ".join(command)}: exit status '
                    f'{process.returncode}\n{errors.read()}'
                )
        return Run(wall, usage.ru_utime + usage.ru_stime, at)

    def metered(
        self, *args: str, credentials: Mapping[str, str], plugin: bool
    ) -> Run:
        """Run a command of ``openstack`` and look at it from inside.

        Most of its processor time goes into OpenStackClient's start and
        Python's end, whatever the command: the ups and downs of these would
        cover what the command adds.
        """
        return self._noted(
            lambda noted: self(
                *('python', '-c', _METERED, noted, *args),
                credentials=credentials,
                plugin=plugin,
            )
        )

    def bare(self, *args: str, credentials: Mapping[str, str]) -> Run:
        """Send bare requests; see benchmarks/bare.py."""
        return self._noted(
            lambda noted: self(
                *('python', str(_BARE), '--note', noted, *args),
                credentials=credentials,
            )
        )

    def _noted(self, run: Callable[[str], Run]) -> Run:
        """Run a program and add what it has noted in a file."""
        with tempfile.NamedTemporaryFile('r') as noted:
            done = run(noted.name)
            used, took, kib, returned = noted.read().split()
        return dataclasses.replace(
            done,
            memory=int(kib) / 1024,
            own_cpu=float(used),
            own_wall=float(took),
            returned=float(returned),
        )

    def modules(self, *args: str, plugin: bool) -> frozenset[str]:
        """Return what ``openstack`` with these arguments imports."""
        done = subprocess.run(
            [str(STOCK / 'python'), '-c', _MODULES, *args],
            env=self._environment(plugin),
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return frozenset(done.stdout.splitlines()[-1].split())

    def _environment(self, plugin: bool) -> dict[str, str]:
        beside = self._plugin if plugin else self._nothing
        return {
            'PATH': f'{STOCK}:{os.defpath}',
            'HOME': str(self._directory / 'home'),
            'LANG': 'C.UTF-8',
            'PYTHONPATH': str(beside),
        }


def interleaved(
    rounds: int, programs: Mapping[str, Callable[[], Run]]
) -> dict[str, list[Run]]:
    """Run each program once per round: A B A B."""
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            runs[name].append(program())
    return runs


def above(
    runs: Sequence[Run], floor: Sequence[Run], what: Callable[[Run], float]
) -> float:
    """Return by how much runs exceed those of the same rounds' floor.

    The median of the differences: what slows the machine down for a while
    slows both.
    """
    return statistics.median(
        what(run) - what(low) for run, low in zip(runs, floor, strict=True)
    )
