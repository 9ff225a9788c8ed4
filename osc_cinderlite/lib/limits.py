# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""How much of a quota is used, for the error that says it is full."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions

if TYPE_CHECKING:
    from osc_cinderlite.lib.http import HTTPClient

LOG = logging.getLogger(__name__)

#: the class of Cinder's error, which begins its message: (the quota, its
#: limit and its use in the answer of the limits call)
_QUOTAS = {
    'VolumeLimitExceeded': (
        'volumes',
        'maxTotalVolumes',
        'totalVolumesUsed',
    ),
    'VolumeSizeExceedsAvailableQuota': (
        'gigabytes',
        'maxTotalVolumeGigabytes',
        'totalGigabytesUsed',
    ),
    'SnapshotLimitExceeded': (
        'snapshots',
        'maxTotalSnapshots',
        'totalSnapshotsUsed',
    ),
    'BackupLimitExceeded': (
        'backups',
        'maxTotalBackups',
        'totalBackupsUsed',
    ),
    'VolumeBackupSizeExceedsAvailableQuota': (
        'backup_gigabytes',
        'maxTotalBackupGigabytes',
        'totalBackupGigabytesUsed',
    ),
}


def explain(http: HTTPClient, error: exceptions.OverLimit) -> None:
    """Add the use and the limit of the quota that was hit to ``error``.

    If they cannot be had, it stays as it is.
    """
    quota = _QUOTAS.get(error.message.partition(':')[0])
    if quota is None:
        return
    name, limit, used = quota
    try:
        document = http.get('/limits').body
        absolute = document['limits']['absolute']
        figures = {'used': absolute[used], 'limit': absolute[limit]}
    except exceptions.ClientException as e:
        LOG.debug('no limits: %s', e)
        return
    except (KeyError, TypeError):
        LOG.debug('the limits have another shape')
        return
    error.message = _(
        '%(error)s; quota %(name)s: %(used)s of %(limit)s used'
    ) % {'error': error.message.rstrip('.'), 'name': name, **figures}
    error.args = (error.message,)
