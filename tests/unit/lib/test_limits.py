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

from __future__ import annotations

from typing import Any

import pytest

from osc_cinderlite.lib import exceptions
from tests.unit.cloud import Answer, Cloud, fault, good, page, uuid

QUOTAS = good(
    {
        'limits': {
            'absolute': {
                'maxTotalVolumes': 10,
                'totalVolumesUsed': 9,
                'maxTotalVolumeGigabytes': 1000,
                'totalGigabytesUsed': 999,
                'maxTotalSnapshots': 20,
                'totalSnapshotsUsed': 19,
                'maxTotalBackups': 30,
                'totalBackupsUsed': 29,
                'maxTotalBackupGigabytes': 2000,
                'totalBackupGigabytesUsed': 1999,
            }
        }
    }
)


@pytest.mark.parametrize(
    ('kind', 'figures'),
    [
        ('VolumeLimitExceeded', 'volumes: 9 of 10 used'),
        ('VolumeSizeExceedsAvailableQuota', 'gigabytes: 999 of 1000 used'),
        ('SnapshotLimitExceeded', 'snapshots: 19 of 20 used'),
        ('BackupLimitExceeded', 'backups: 29 of 30 used'),
        (
            'VolumeBackupSizeExceedsAvailableQuota',
            'backup_gigabytes: 1999 of 2000 used',
        ),
    ],
)
def test_figures(cloud: Cloud, kind: str, figures: str) -> None:
    refused = fault(413, f'{kind}: it is full.', **{'Retry-After': '0'})
    cloud.answers('POST', '/volumes', refused)
    cloud.answers('GET', '/limits', QUOTAS)
    with pytest.raises(exceptions.OverLimit) as e:
        cloud.client().volumes.create(size=1)
    assert str(e.value).startswith(
        f'{kind}: it is full; quota {figures} (HTTP 413, Request-ID: req-'
    )
    assert e.value.code == 'overLimit'
    assert cloud.sent == ['POST /volumes', 'GET /limits']


@pytest.mark.parametrize(
    'answer',
    [
        fault(403),
        fault(500),
        page(200, '<html>'),
        good({}),
        good({'limits': None}),
        good({'limits': {'absolute': []}}),
        good({'limits': {'absolute': {'maxTotalVolumes': 10}}}),
        good({'limits': []}),
    ],
)
def test_no_figures(cloud: Cloud, answer: Answer) -> None:
    """The error then stays as it is."""
    cloud.answers('POST', '/volumes', fault(413, 'VolumeLimitExceeded: full.'))
    cloud.answers('GET', '/limits', answer)
    with pytest.raises(
        exceptions.OverLimit, match=r'^VolumeLimitExceeded: full \(HTTP 413'
    ):
        cloud.client().volumes.create(size=1)


@pytest.mark.parametrize(
    'message',
    [
        'VolumeSizeExceedsLimit: 5G is larger than 4G',
        'UnexpectedOverQuota: no',
        'something else',
    ],
)
def test_no_such_quota(cloud: Cloud, message: str) -> None:
    cloud.answers('POST', '/snapshots', fault(413, message))
    values: dict[str, Any] = {'volume_id': uuid(1)}
    with pytest.raises(exceptions.OverLimit, match=message):
        cloud.client().snapshots.create(**values)
    assert cloud.sent == ['POST /snapshots']
