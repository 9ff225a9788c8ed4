# SPDX-License-Identifier: Apache-2.0

"""The stub of the unit tests in a process of its own, to measure clients.

It prints its Keystone's URL and serves until its standard input ends.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import subprocess
import sys

#: who the stub lets in: anybody
_USER = {
    'OS_USERNAME': 'anybody',
    'OS_PASSWORD': 'anything',
    'OS_PROJECT_NAME': 'any',
    'OS_USER_DOMAIN_NAME': 'Default',
    'OS_PROJECT_DOMAIN_NAME': 'Default',
}


@contextlib.contextmanager
def running() -> Iterator[dict[str, str]]:
    """Yield the environment of a user while it runs."""
    with subprocess.Popen(
        [sys.executable, '-m', 'tests.stub_cloud'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout
        try:
            yield {'OS_AUTH_URL': process.stdout.readline().strip(), **_USER}
        finally:
            process.stdin.close()


def main() -> None:
    from tests.unit import cloud, stub

    # A record of the size that Cinder's have.
    record = {**cloud.volume(), 'volume_type_id': cloud.uuid(9) * 12}
    del record['id']
    with stub.running() as started:
        started.defaults = record
        print(started.keystone, flush=True)
        sys.stdin.read()


if __name__ == '__main__':
    main()
