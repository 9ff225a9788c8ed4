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

"""Glance."""

from __future__ import annotations

from devcloud.services import server


def main() -> None:
    state, port = server.arguments()
    from glance.common import wsgi_app

    for name in ("images", "staging", "tasks"):
        (state / "glance" / name).mkdir(parents=True, exist_ok=True)
    server.serve(wsgi_app.init_app(), "image", state, port)


if __name__ == "__main__":
    main()
