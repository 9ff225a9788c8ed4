# SPDX-License-Identifier: Apache-2.0

"""Cinder 18, the last one with API v2."""

from __future__ import annotations

from . import on_eventlet

if __name__ == '__main__':
    on_eventlet.run()
