# SPDX-License-Identifier: Apache-2.0

"""Old name of :mod:`osc_cinderlite.lib.resources.backups`."""

from osc_cinderlite.lib.moved import warn
from osc_cinderlite.lib.resources.backups import *  # noqa: F403

warn(__name__, 'osc_cinderlite.lib.resources.backups')
