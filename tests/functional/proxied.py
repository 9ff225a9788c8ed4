# SPDX-License-Identifier: Apache-2.0

"""A clouds.yaml that leads to Cinder by another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.functional.cinder import Cinder
from tests.functional.devcloud import Devcloud
from tests.functional.servers import CURRENT, Server


def behind(
    devcloud: Devcloud,
    directory: Path,
    cinder: Cinder,
    url: str,
    api: Server = CURRENT,
    **settings: Any,
) -> dict[str, str]:
    """Return the environment of a run that reaches Cinder at ``url``.

    :param directory: where to write the clouds.yaml
    :param cinder: whose project is used
    :param api: the version of the API that the URL is for
    :param settings: of the cloud, beside the endpoint
    """
    document: Any = yaml.safe_load(devcloud.config.read_text())
    cloud = document['clouds']['dev-demo']
    cloud['auth']['project_name'] = cinder.project
    cloud['block_storage_endpoint_override'] = url + api.path(
        f'/{cinder.project_id}'
    )
    cloud.update(settings)
    path = directory / 'clouds.yaml'
    path.write_text(yaml.safe_dump(document))
    return {'OS_CLIENT_CONFIG_FILE': str(path)}
