# SPDX-License-Identifier: Apache-2.0

"""python3 tools/devcloud: see README.md beside this file."""

import importlib
from pathlib import Path
import sys

if not __package__:
    # Started as a directory: make it the package it is.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

sys.exit(importlib.import_module('devcloud.cli').main())
