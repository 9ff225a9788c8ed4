# SPDX-License-Identifier: Apache-2.0

"""The configuration files of the services."""

from __future__ import annotations

import base64
import json
import os
import sqlite3

from .cloud import BACKENDS, Cloud, write

REGION = 'RegionOne'

KEYSTONE = """
[DEFAULT]
log_dir =
use_stderr = true
[database]
connection = {database}
sqlite_synchronous = false
[fernet_tokens]
key_repository = {state}/keystone/fernet
[fernet_receipts]
key_repository = {state}/keystone/fernet
[credential]
key_repository = {state}/keystone/credential
[identity]
# The lowest cost: a login takes milliseconds.
password_hash_rounds = 4
[token]
expiration = 86400
[cache]
enabled = true
backend = oslo_cache.dict
"""

AUTHTOKEN = """
[keystone_authtoken]
www_authenticate_uri = {identity}
auth_url = {identity}/v3
auth_type = password
username = devcloud
password = {password}
user_domain_name = Default
project_name = service
project_domain_name = Default
region_name = {region}
interface = public
service_token_roles = service
service_token_roles_required = true
"""

GLANCE = """
[DEFAULT]
use_stderr = true
bind_host = 127.0.0.1
enabled_backends = file:file
enabled_import_methods = []
worker_self_reference_url = {image}
[database]
connection = {database}
sqlite_synchronous = false
[glance_store]
default_backend = file
[file]
filesystem_store_datadir = {state}/glance/images
[os_glance_staging_store]
filesystem_store_datadir = {state}/glance/staging
[os_glance_tasks_store]
filesystem_store_datadir = {state}/glance/tasks
[paste_deploy]
flavor = keystone
config_file = {venv}/etc/glance/glance-api-paste.ini
"""

CINDER = """
[DEFAULT]
use_stderr = true
# Every Cinder service runs in one process, so memory is bus enough.
transport_url = fake://
host = devcloud
my_ip = 127.0.0.1
auth_strategy = keystone
state_path = {state}/cinder
image_conversion_dir = {state}/cinder/conversion
api_paste_config = {venv}/etc/cinder/api-paste.ini
resource_query_filters_file = {venv}/etc/cinder/resource_filters.json
public_endpoint = {block_storage}
glance_api_servers = {image}
enabled_backends = {backends}
default_volume_type = standard
# Or a driver's failure is tried again elsewhere before it is an error.
scheduler_max_attempts = 1
scheduler_default_filters = AvailabilityZoneFilter,CapacityFilter,\
CapabilitiesFilter,DifferentBackendFilter,SameBackendFilter,JsonFilter
backup_driver = devcloud.services.backup_driver.BackupDriver
backup_posix_path = {state}/backups
backup_file_size = 67108864
backup_sha_block_size_bytes = 1048576
backup_compression_algorithm = zstd
quota_volumes = 2000
quota_snapshots = 2000
quota_gigabytes = 100000
quota_backups = 2000
quota_backup_gigabytes = 100000
quota_groups = 2000
[database]
connection = {database}
# A second pool, for readers: see services/sqlite.py.
slave_connection = {database}
sqlite_synchronous = false
[coordination]
backend_url = file://{state}/cinder/coordination
[oslo_concurrency]
lock_path = {state}/cinder/locks
[oslo_messaging_notifications]
driver = noop
[key_manager]
backend = cinder.keymgr.conf_key_mgr.ConfKeyManager
fixed_key = {fixed_key}
"""

# If an option is there twice, the last value counts.
CINDER_BEFORE_QUEENS = """
[DEFAULT]
enable_v1_api = true
glance_api_version = 2
# Here the option names a module, with a function that makes the driver.
backup_driver = devcloud.services.backup_driver
backup_compression_algorithm = zlib
[oslo_policy]
policy_file = {venv}/etc/cinder/policy.json
"""

POLICY = """
[oslo_policy]
enforce_scope = {new_policies}
enforce_new_defaults = {new_policies}
"""

BACKEND = """
[{backend}]
volume_backend_name = {backend}
volume_driver = devcloud.services.file_driver.{driver}
backup_use_temp_snapshot = true
"""

CLOUD = """\
  {name}:
    auth:
      auth_url: {identity}/v3
      username: {user}
      password: {password}
      project_name: {project}
      user_domain_name: Default
      project_domain_name: Default
    region_name: {region}
    identity_api_version: "3"
    volume_api_version: "3"
    interface: public
"""


def _database(cloud: Cloud, program: str) -> str:
    path = cloud.state / 'databases' / f'{program}.sqlite'
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        # Stays with the file: readers and a writer do not wait for each
        # other.
        connection.execute('PRAGMA journal_mode = WAL')
    connection.close()
    return f'sqlite:///{path}?timeout=60'


def _keys(cloud: Cloud, purpose: str) -> None:
    """What `keystone-manage fernet_setup` makes: a primary, a next key."""
    for name in ('1', '0'):
        path = cloud.state / 'keystone' / purpose / name
        if not path.exists():
            key = base64.urlsafe_b64encode(os.urandom(32)).decode()
            write(path, key, mode=0o600)


def _fixed_key(cloud: Cloud) -> str:
    """The one key of Cinder's key manager, made with the cloud."""
    path = cloud.state / 'keystone' / 'fixed_key'
    if not path.exists():
        write(path, os.urandom(32).hex(), mode=0o600)
    return path.read_text()


def write_all(cloud: Cloud) -> None:
    values = {
        'fixed_key': _fixed_key(cloud),
        'state': cloud.state,
        'new_policies': cloud.release.new_policies,
        'identity': cloud.url('identity'),
        'image': cloud.url('image'),
        'block_storage': cloud.url('block-storage'),
        'password': cloud.password,
        'region': REGION,
        'backends': ','.join(BACKENDS),
    }
    backends = ''.join(
        BACKEND.format(backend=backend, driver=f'{backend.capitalize()}Driver')
        for backend in BACKENDS
    )
    cinder = CINDER + (
        CINDER_BEFORE_QUEENS if cloud.release.before_queens else ''
    )
    for program, file, text in (
        ('keystone', 'keystone.conf', KEYSTONE + POLICY),
        ('glance', 'glance-api.conf', GLANCE + AUTHTOKEN),
        ('cinder', 'cinder.conf', cinder + POLICY + AUTHTOKEN + backends),
    ):
        database = _database(cloud, program)
        write(
            cloud.state / 'etc' / file,
            text.format(
                database=database, venv=cloud.venv_of(program), **values
            ),
            mode=0o600,
        )
    _keys(cloud, 'fernet')
    _keys(cloud, 'credential')
    write(
        cloud.state / 'clouds.yaml',
        'clouds:\n'
        + ''.join(
            CLOUD.format(name=name, user=user, project=project, **values)
            for name, user, project in (
                ('dev-admin', 'admin', 'admin'),
                ('dev-demo', 'demo', 'demo'),
                ('dev-reader', 'reader', 'demo'),
            )
        ),
        mode=0o600,
    )
    # A cloud starts without faults.
    write(
        cloud.state / 'faults.json',
        json.dumps({'max_microversion': None, 'rules': []}) + '\n',
    )
