# SPDX-License-Identifier: Apache-2.0

"""Names that Python 3.10 and 3.11 removed, for services of before.

Python imports this by itself where this directory is on its path.
"""

import collections
import collections.abc
import inspect

collections.Callable = collections.abc.Callable  # In Cinder.
collections.Iterable = collections.abc.Iterable  # In Cinder 11.
collections.Mapping = collections.abc.Mapping  # In Cinder 11.
collections.MutableMapping = collections.abc.MutableMapping  # In Keystone.
inspect.getargspec = inspect.getfullargspec  # In Cinder 11.
