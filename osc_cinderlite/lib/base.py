# SPDX-License-Identifier: Apache-2.0

"""Old name of :mod:`osc_cinderlite.lib.resources.base`."""

from osc_cinderlite.lib.moved import warn
from osc_cinderlite.lib.resources.base import *  # noqa: F403
from osc_cinderlite.lib.resources.finder import *  # noqa: F403

warn(__name__, 'osc_cinderlite.lib.resources.base')
