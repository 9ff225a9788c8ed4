# SPDX-License-Identifier: Apache-2.0

"""Names that Python 3.10 removed, for services of before.

Python imports this by itself where this directory is on its path.
"""

import collections
import collections.abc

collections.Callable = collections.abc.Callable  # In Cinder.
collections.MutableMapping = collections.abc.MutableMapping  # In Keystone.
