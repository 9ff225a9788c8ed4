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

"""Attach a volume to a server that need not exist, as Nova would."""

import argparse
import uuid

from keystoneauth1 import session as ksa_session
import openstack.config

from osc_cinderlite.lib import client


def attach(name: str) -> None:
    """Make the volume of that name ``in-use``.

    The cloud is that of the environment: ``OS_CLOUD`` and the like.
    """
    region = openstack.config.OpenStackConfig().get_one()
    session = ksa_session.Session(auth=region.get_auth())
    cloud = client.Client(session)
    attachment = {
        'volume_uuid': cloud.volumes.find(name).id,
        'instance_uuid': str(uuid.uuid4()),
        'connector': {'host': 'demo', 'initiator': 'iqn.demo'},
    }
    answer = cloud.http.post(
        '/attachments', lambda version: {'attachment': attachment}
    )
    made = answer.body['attachment']['id']
    cloud.http.post(
        f'/attachments/{made}/action',
        lambda version: {'os-complete': {}},
        empty=True,
    )


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('name')
    attach(parser.parse_args().name)
