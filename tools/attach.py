# SPDX-License-Identifier: Apache-2.0

"""Attach a volume to a server that need not exist, as Nova would."""

import argparse
import uuid

from keystoneauth1 import adapter
from keystoneauth1 import session as ksa_session
import openstack.config


def attach(name: str) -> None:
    """Make the volume of that name ``in-use``.

    The cloud is that of the environment: ``OS_CLOUD`` and the like.
    """
    region = openstack.config.OpenStackConfig().get_one()
    cinder = adapter.Adapter(
        ksa_session.Session(auth=region.get_auth()),
        service_type='block-storage',
        default_microversion='3.44',
    )
    (volume,) = cinder.get(f'/volumes?name={name}').json()['volumes']
    attachment = {
        'volume_uuid': volume['id'],
        'instance_uuid': str(uuid.uuid4()),
        'connector': {'host': 'demo', 'initiator': 'iqn.demo'},
    }
    made = cinder.post('/attachments', json={'attachment': attachment}).json()
    cinder.post(
        f'/attachments/{made["attachment"]["id"]}/action',
        json={'os-complete': {}},
    )


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('name')
    attach(parser.parse_args().name)
