# SPDX-License-Identifier: Apache-2.0

"""Make the documentation's pictures of a bulk run in a terminal.

The cloud is that of the environment: ``OS_CLOUD`` and the like.
"""

import io
from pathlib import Path
import re
import sys

import pexpect
from rich import console
from rich import text as rich_text

DIRECTORY = Path(__file__).resolve().parents[1] / 'doc/source/user/pictures'
LINE = (
    'volume bulk create --count 12 --size 1 --type slow --parallel 6 '
    "--wait -c Name -c Status -c Result 'data-{n:02}'"
)

#: of the terminal: as few as the bar needs, for the sake of phones
COLUMNS = 66

#: what begins a line anew in a terminal
_AGAIN = re.compile(r'\r(?:\x1b\[1A)?\x1b\[2K')


def recorded() -> list[str]:
    """Run the command and return what the terminal showed, frame by frame."""
    openstack = Path(sys.executable).with_name('openstack')
    child = pexpect.spawn(
        f'{openstack} {LINE}',
        dimensions=(24, COLUMNS),
        encoding='utf-8',
        timeout=120,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0 and child.before is not None
    return _AGAIN.split(str(child.before))


def draw(name: str, shown: str) -> None:
    """Write an SVG of the command line and what is below it."""
    paper = console.Console(
        width=COLUMNS + 2, record=True, file=io.StringIO(), force_terminal=True
    )
    command = f'$ openstack {LINE}\n{shown.replace(chr(13), "")}'
    paper.print(rich_text.Text.from_ansi(command))
    DIRECTORY.mkdir(exist_ok=True)
    picture = paper.export_svg(title='openstack')
    # Nothing is to be fetched from elsewhere to look at it.
    local = re.sub(r'@font-face \{.*?\}', '', picture, flags=re.DOTALL)
    (DIRECTORY / name).write_text(f'{local.rstrip()}\n')


def main() -> None:
    frames = recorded()
    waiting = [frame for frame in frames if ' in progress, ' in frame]
    draw('waiting.svg', waiting[len(waiting) * 2 // 3])
    draw('done.svg', frames[-1])


if __name__ == '__main__':
    main()
