# SPDX-License-Identifier: Apache-2.0

"""Command lines that the stock client and the plugin are both given.

What stands in braces is the ID of a resource that both find; `_name` behind
it, its name.
"""

from __future__ import annotations

COMMAND_LINES = {
    # volume create
    'blank': 'volume create v --size 1',
    'without a name': 'volume create --size 1',
    'without a size': 'volume create v',
    'size 0': 'volume create v --size 0',
    'size with a unit': 'volume create v --size 1G',
    'size not a number': 'volume create v --size much',
    'type': 'volume create v --size 1 --type standard',
    'unknown type': 'volume create v --size 1 --type no-such-type',
    'description': "volume create v --size 1 --description 'one, two'",
    'zone': 'volume create v --size 1 --availability-zone nova',
    'unknown zone': 'volume create v --size 1 --availability-zone moon',
    'properties': 'volume create v --size 1 --property a=b=c --property d=',
    'property without =': 'volume create v --size 1 --property a',
    'hints': 'volume create v --size 1 --hint a=b --hint c=d',
    'hint repeated': 'volume create v --size 1 --hint a=b --hint a=c',
    'hint of hosts': 'volume create v --size 1 --hint same_host={volume}',
    'hint like hosts': 'volume create v --size 1 --hint same_host_x=1',
    'hint without =': 'volume create v --size 1 --hint a',
    'image by name': 'volume create v --size 1 --image tiny',
    'image by ID': 'volume create v --size 1 --image {image}',
    'unknown image': 'volume create v --size 1 --image no-such-image',
    'empty image': "volume create v --size 1 --image ''",
    'snapshot by ID': 'volume create v --snapshot {snapshot}',
    'snapshot by name': 'volume create v --snapshot {snapshot_name}',
    'unknown snapshot': 'volume create v --snapshot no-such-snapshot',
    'clone by ID': 'volume create v --source {volume}',
    'clone by name': 'volume create v --source {volume_name}',
    'larger clone': 'volume create v --source {volume} --size 3',
    'smaller clone': 'volume create v --source {volume} --size 1',
    'unknown source': 'volume create v --source no-such-volume',
    'replicated source': 'volume create v --size 1 --source-replicated x',
    'two sources': 'volume create v --source {volume} --image tiny',
    'backup by ID': 'volume create v --backup {backup}',
    'backup by name': 'volume create v --backup {backup_name}',
    'backup before 3.47': '--os-volume-api-version 3.46 '
    'volume create v --backup b',
    'consistency group': 'volume create v --size 1 --type standard '
    '--consistency-group {group}',
    'unknown consistency group': 'volume create v --size 1 '
    '--consistency-group no-such-group',
    'bootable': 'volume create v --size 1 --bootable',
    'not bootable, read-write': 'volume create v --size 1 --non-bootable '
    '--read-write',
    'read-only': 'volume create v --size 1 --read-only',
    'bootable, but broken': 'volume create v --size 1 --bootable '
    '--type broken',
    'host without remote source': 'volume create v --size 1 --host h',
    'remote source': '--os-cloud dev-admin volume create v '
    '--remote-source source-name=x --host devcloud@standard#standard',
    'bootable remote source': '--os-cloud dev-admin volume create v '
    '--remote-source source-name=x --host devcloud@standard#standard '
    '--bootable',
    'remote source without host': '--os-cloud dev-admin volume create v '
    '--remote-source source-name=x',
    'remote source with size': '--os-cloud dev-admin volume create v '
    '--remote-source source-name=x --host h --size 1',
    'forbidden volume': '--os-cloud dev-reader volume create v --size 1',
    'volume at 3.0': '--os-volume-api-version 3.0 volume create v --size 1',
    'volume at 3.48': '--os-volume-api-version 3.48 volume create v --size 1',
    'volume at 3.99': '--os-volume-api-version 3.99 volume create v --size 1',
    'unknown option': 'volume create v --size 1 --colour red',
    # volume snapshot create
    'snapshot': 'volume snapshot create s --volume {volume}',
    'snapshot of a name': 'volume snapshot create s --volume {volume_name}',
    'snapshot of its name': 'volume snapshot create {volume_name}',
    'snapshot without a name': 'volume snapshot create --volume {volume}',
    'snapshot, described': 'volume snapshot create s --volume {volume} '
    "--description 'one, two' --property a=b",
    'snapshot of nothing': 'volume snapshot create s --volume no-such-volume',
    'snapshot of an empty name': "volume snapshot create s --volume ''",
    'snapshot, forced': 'volume snapshot create s --volume {volume} --force',
    'snapshot of an attached volume': 'volume snapshot create s '
    '--volume {attached}',
    'snapshot of an attached volume, forced': 'volume snapshot create s '
    '--volume {attached} --force',
    'snapshot at 3.65, forced': '--os-volume-api-version 3.65 '
    'volume snapshot create s --volume {attached} --force',
    'snapshot at 3.66': '--os-volume-api-version 3.66 '
    'volume snapshot create s --volume {attached}',
    'remote snapshot': 'volume snapshot create s --volume {volume} '
    '--remote-source source-name=x',
    # volume backup create
    'backup': 'volume backup create {volume}',
    'backup of a name': 'volume backup create {volume_name} --name b',
    'backup, described': 'volume backup create {volume} --name b '
    "--description 'one, two' --container shelf --property a=b "
    '--availability-zone nova',
    'backup of nothing': 'volume backup create no-such-volume',
    'backup of a snapshot': 'volume backup create {volume} '
    '--snapshot {snapshot_name}',
    'backup of an empty snapshot': 'volume backup create {volume} '
    "--snapshot ''",
    'incremental backup': 'volume backup create {volume} --incremental',
    'full backup': 'volume backup create {volume} --no-incremental',
    'incremental and full backup': 'volume backup create {volume} '
    '--incremental --no-incremental',
    'backup of an attached volume': 'volume backup create {attached}',
    'backup of an attached volume, forced': 'volume backup create {attached} '
    '--force',
    'property before 3.43': '--os-volume-api-version 3.42 '
    'volume backup create {volume} --property a=b',
    'zone before 3.51': '--os-volume-api-version 3.50 '
    'volume backup create {volume} --availability-zone nova',
}
