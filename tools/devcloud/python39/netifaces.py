# SPDX-License-Identifier: Apache-2.0

"""In place of netifaces, which does not build with Python 3.11.

oslo.utils imports it, and uses it only to guess an address if none is given.
"""
