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

"""python3 tools/devcloud: see README.md beside this file."""

from pathlib import Path
import sys

if not __package__:
    # Started as a directory: make it the package it is.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from devcloud import cli

sys.exit(cli.main())
