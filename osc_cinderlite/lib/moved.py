# SPDX-License-Identifier: Apache-2.0

"""Modules of the library that have moved."""

import warnings


def warn(old: str, new: str) -> None:
    """Warn whoever imports a module by its old name."""
    warnings.warn(
        f'{old} is now {new}; the old name goes with the next release',
        DeprecationWarning,
        stacklevel=3,
    )
