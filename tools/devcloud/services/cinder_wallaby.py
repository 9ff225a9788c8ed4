#    Licensed under the Apache License, Version 2.0 (the "License"); you may
#    not use this file except in compliance with the License. You may obtain
#    a copy of the License at
#
#         http://www.apache.org/licenses/LICENSE-2.0
#
#    Unless required by applicable law or agreed to in writing, software
#    distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
#    WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
#    License for the specific language governing permissions and limitations
#    under the License.

"""Cinder 18, the last one with API v2, on eventlet."""

from __future__ import annotations

from cinder.cmd import volume  # noqa: F401  Patches the standard library.

# isort: split

from os_brick.privileged import nvmeof

from devcloud.services import one_process, sqlite


def without_dmidecode() -> None:
    """os-brick asks for the machine's UUID, for a driver that is not here."""
    nvmeof.get_system_uuid = lambda: ""


def adapt() -> None:
    without_dmidecode()
    sqlite.keep_connections()


if __name__ == "__main__":
    one_process.run(adapt, threads=64)
