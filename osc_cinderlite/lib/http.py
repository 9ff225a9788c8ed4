# SPDX-License-Identifier: Apache-2.0

"""Old name of :mod:`osc_cinderlite.lib.transport.http`."""

from osc_cinderlite.lib.moved import warn
from osc_cinderlite.lib.transport.http import *  # noqa: F403

warn(__name__, 'osc_cinderlite.lib.transport.http')
