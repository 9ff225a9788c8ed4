# SPDX-License-Identifier: Apache-2.0

"""Run the examples of a page of the documentation, in a real cloud.

A ``console`` block is what a person sees: what stands after ``$`` (and, for
further lines, after ``>``) is run by a shell, one for the page, and what
follows has to be its output. Dates and the like are taken as equal, and so are
IDs, each of which has to stand for the same one throughout the page. A line
``...`` stands for any lines. A block with a caption is the file of that
name. What only sets the scene stands in comments::

    .. hidden: openstack volume create --size 1 --wait data
    .. not run: somebody has to press Ctrl-C
    .. file: data.yaml

the second of which keeps the next block from being run, and the third makes
it a file without a caption.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
import contextlib
import dataclasses
import os
from pathlib import Path
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any
import uuid

from keystoneauth1 import adapter
from keystoneauth1 import session as ksa_session
from keystoneauth1.identity import v3
import yaml

CHECKOUT = Path(__file__).resolve().parents[1]
PAGES = (
    CHECKOUT / 'README.rst',
    *sorted((CHECKOUT / 'doc' / 'source').rglob('*.rst')),
)

BINARIES = Path(sys.executable).parent

#: seconds after which the shell of a page is killed
LIMIT = 600

_MARK = '-- end of example'

_ID = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
_VARIABLE = tuple(
    (re.compile(pattern), stands)
    for pattern, stands in (
        (r'\b[0-9a-f]{2}/[0-9a-f]{2}/(?=[0-9a-f]{8}-)', ''),
        (r'\b[0-9a-f]{32}\b', '<project>'),
        (r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?', '<time>'),
        (r'\b20\d{6}\b', '<date>'),
        (r'127\.0\.0\.1:\d+', '<host>'),
        (r'\b\d+\.\d+( ?s\b|/s\b| seconds)', '<seconds>'),
    )
)


@dataclasses.dataclass
class Example:
    """One command of a page.

    :ivar output: the lines that the page says it prints; None if it is
        hidden
    :ivar first: the number of the page's line where ``output`` begins
    :ivar indent: what is before each line of the block
    """

    command: str
    output: list[str] | None
    first: int
    indent: str

    @property
    def is_shortened(self) -> bool:
        """Whether the page leaves out lines of the output."""
        return any(map(_is_gap, self.output or ()))

    def ids(self, actual: list[str]) -> list[tuple[str, str]] | None:
        """Return the IDs of the page, each with the one that was printed.

        :return: None if ``actual`` is not the output that the page shows
        """
        if self.output is None:
            return []
        shown = '\n'.join(self.output)
        pattern = ''.join(
            r'(?:.*\n)*?' if _is_gap(line) else _pattern(f'{line}\n')
            for line in map(masked, self.output)
        )
        text = ''.join(f'{masked(line)}\n' for line in actual)
        found = re.fullmatch(pattern, text)
        if found is None:
            return None
        return list(zip(_ID.findall(shown), found.groups(), strict=True))


def _is_gap(line: str) -> bool:
    return line.strip() == '...'


def _pattern(text: str) -> str:
    return f'({_ID.pattern})'.join(map(re.escape, _ID.split(text)))


def masked(line: str) -> str:
    """Return the line without what differs from run to run."""
    for pattern, stands in _VARIABLE:
        line = pattern.sub(stands, line)
    return line.rstrip()


def _blocks(lines: list[str]) -> Iterator[tuple[str, str, int, int]]:
    """Return kind, caption, first and last line of each block to look at."""
    skip, file = False, ''
    for number, line in enumerate(lines):
        if match := re.match(r'\.\. hidden: (.+)', line):
            yield 'hidden', match[1], number, number + 1
        elif re.match(r'\.\. not run: \S', line):
            skip = True
        elif match := re.match(r'\.\. file: (\S+)', line):
            file = match[1]
        elif match := re.match(r'( *)\.\. code-block:: (\S+)', line):
            begin, caption = number + 1, file
            while re.match(r'\s+:\w+:', lines[begin]):
                if found := re.match(r'\s+:caption: (\S+)', lines[begin]):
                    caption = found[1]
                begin += 1
            end = begin + 1
            deeper = match[1] + ' '
            while end < len(lines) and (
                not lines[end].strip() or lines[end].startswith(deeper)
            ):
                end += 1
            while not lines[end - 1].strip():
                end -= 1
            if caption:
                yield 'file', caption, begin + 1, end
            elif match[2] == 'console' and not skip:
                yield 'console', '', begin + 1, end
            skip, file = False, ''


def _examples(lines: list[str]) -> Iterator[Example]:
    for kind, caption, first, last in _blocks(lines):
        if kind == 'hidden':
            yield Example(caption, None, first, '')
            continue
        indent = re.match(r' *', lines[first])
        assert indent is not None
        block = [line[indent.end() :] for line in lines[first:last]]
        if kind == 'file':
            text = ''.join(f'{line}\n' for line in block)
            yield Example(
                f'printf %s {shlex.quote(text)} > {caption}', None, first, ''
            )
        else:
            yield from _commands(block, first, indent[0])


def _commands(block: list[str], first: int, indent: str) -> Iterator[Example]:
    here = 0
    while here < len(block):
        assert block[here].startswith('$ '), block[here]
        command = block[here][2:]
        here += 1
        while here < len(block) and block[here].startswith('> '):
            command += f'\n{block[here][2:]}'
            here += 1
        begin = here
        while here < len(block) and not block[here].startswith('$ '):
            here += 1
        yield Example(command, block[begin:here], first + begin, indent)


class Shell:
    """A shell that runs the examples of one page.

    :param config: a clouds.yaml with the clouds ``demo`` and ``admin``
    :param directory: where it starts, and keeps its files
    :param binaries: the directory of ``openstack``
    :param variables: for the lines that only set the scene
    """

    def __init__(
        self,
        config: Path,
        directory: Path,
        binaries: Path,
        variables: Mapping[str, str],
    ) -> None:
        attach = shlex.join(
            [sys.executable, str(CHECKOUT / 'tools/attach.py')]
        )
        self._process = subprocess.Popen(
            ['bash', '--noprofile', '--norc'],
            cwd=directory,
            env={
                'PATH': f'{binaries}:{BINARIES}:{os.environ["PATH"]}',
                'HOME': str(directory),
                'LANG': 'C.UTF-8',
                'OS_CLIENT_CONFIG_FILE': str(config),
                'OS_CLOUD': 'demo',
                **variables,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._send(f'attach() {{ {attach} "$@"; }}\n')

    @property
    def _stdin(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _send(self, text: str) -> None:
        self._stdin.write(text)
        self._stdin.flush()

    def run(self, command: str) -> list[str]:
        """Run one command line and return what it prints."""
        self._send(
            f'{{ {command}\n}} < /dev/null; keep=$?; '
            f"printf '\\n%s\\n' '{_MARK}'; (exit $keep)\n"
        )
        assert self._process.stdout is not None
        printed = ''
        for line in self._process.stdout:
            if line == f'{_MARK}\n':
                return printed.removesuffix('\n').splitlines()
            printed += line
        raise RuntimeError(f'{command}: the shell ended after {printed!r}')

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._stdin.close()


@contextlib.contextmanager
def project(
    clouds: Mapping[str, Any],
) -> Iterator[tuple[Path, str]]:
    """Make a project for one page.

    Return a directory with its clouds.yaml, and the project's ID.

    :param clouds: of the devcloud's clouds.yaml
    """
    admin = v3.Password(**clouds['dev-admin']['auth'])
    keystone = adapter.Adapter(
        ksa_session.Session(admin), service_type='identity'
    )
    name = f'examples-{uuid.uuid4().hex[:8]}'
    made = keystone.post(
        '/projects', json={'project': {'name': name, 'domain_id': 'default'}}
    ).json()['project']
    roles = keystone.get('/roles').json()['roles']
    role_ids = {role['name']: role['id'] for role in roles}
    entries = {}
    for user, role in (('demo', 'member'), ('admin', 'admin')):
        (found,) = keystone.get(f'/users?name={user}').json()['users']
        keystone.put(
            f'/projects/{made["id"]}/users/{found["id"]}'
            f'/roles/{role_ids[role]}'
        )
        entry = clouds[f'dev-{user}']
        auth = {**entry['auth'], 'project_name': name}
        entries[user] = {**entry, 'auth': auth}
    directory = Path(tempfile.mkdtemp(prefix='examples-'))
    try:
        config = directory / 'clouds.yaml'
        config.write_text(yaml.safe_dump({'clouds': entries}))
        yield directory, made['id']
    finally:
        shutil.rmtree(directory)


@dataclasses.dataclass(frozen=True)
class Ran:
    """An example and what it printed."""

    example: Example
    printed: list[str]

    @property
    def ids(self) -> list[tuple[str, str]] | None:
        """The IDs of the page with those that were printed; see Example."""
        return self.example.ids(self.printed)

    def __str__(self) -> str:
        expected = '\n'.join(self.example.output or [])
        printed = '\n'.join(self.printed)
        return (
            f'$ {self.example.command}\n{expected}\n'
            f'-- but it printed:\n{printed}\n'
        )


def read(page: Path) -> list[Example]:
    """Return what there is to run in a page, in order."""
    return list(_examples(page.read_text().splitlines()))


def run(page: Path, state: Path, binaries: Path = BINARIES) -> list[Ran]:
    """Run the examples of a page.

    :param state: the state directory of a devcloud that is up
    :param binaries: the directory of the ``openstack`` to run
    """
    wanted = read(page)
    if not wanted:
        return []
    clouds = yaml.safe_load((state / 'clouds.yaml').read_text())['clouds']
    with project(clouds) as (directory, project_id):
        shell = Shell(
            directory / 'clouds.yaml',
            directory,
            binaries,
            {'PROJECT': project_id, 'BACKEND': f'{state}/volumes/standard'},
        )
        timer = threading.Timer(LIMIT, shell.close)
        timer.start()
        try:
            return [Ran(one, shell.run(one.command)) for one in wanted]
        finally:
            timer.cancel()
            shell.close()


def wrong(ran: list[Ran]) -> list[str]:
    """Return what the examples of a page printed, where it says otherwise.

    Also where an ID of the page stood for another one before.
    """
    stands: dict[str, str] = {}
    shows: dict[str, str] = {}
    found = []
    for one in ran:
        ids = one.ids
        if ids is None or any(
            stands.setdefault(shown, printed) != printed
            or shows.setdefault(printed, shown) != shown
            for shown, printed in ids
        ):
            found.append(str(one))
    return found


def write(page: Path, ran: list[Ran]) -> None:
    """Put what was printed into a page that says otherwise."""
    lines = page.read_text().splitlines()
    for one in reversed(ran):
        example = one.example
        if example.output is None:
            continue
        printed = one.printed
        if one.ids is not None and example.is_shortened:
            printed = _with_ids(example.output, dict(one.ids))
        lines[example.first : example.first + len(example.output)] = [
            f'{example.indent}{line}'.rstrip() for line in printed
        ]
    page.write_text('\n'.join(lines) + '\n')


def _with_ids(lines: list[str], ids: Mapping[str, str]) -> list[str]:
    return [_ID.sub(lambda found: ids[found[0]], line) for line in lines]


def main() -> int:
    parser = argparse.ArgumentParser(
        description='Run the examples of pages and correct their output.'
    )
    parser.add_argument('--state', type=Path, default=CHECKOUT / '.devcloud')
    parser.add_argument('pages', nargs='*', type=Path, default=PAGES)
    args = parser.parse_args()
    for page in args.pages:
        ran = run(page, args.state.resolve())
        if ran:
            print(page, len(ran))
        if differing := wrong(ran):
            print(*differing, sep='\n')
            write(page, ran)
    return 0


if __name__ == '__main__':
    sys.exit(main())
