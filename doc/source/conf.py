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

"""Configuration of the documentation, for Sphinx."""

from pathlib import Path
import sys

sys.path.insert(0, str(Path(__file__).parent / '_ext'))

project = 'osc-cinderlite'
copyright = 'osc-cinderlite contributors'

extensions = [
    'cliff.sphinxext',
    'microversions',
    'openstackdocstheme',
    'sphinx.ext.autodoc',
]

html_theme = 'openstackdocs'
openstackdocs_auto_name = False
openstackdocs_auto_version = False
openstackdocs_use_storyboard = False
pygments_style = 'native'
smartquotes_action = 'qe'  # Options begin with two hyphens.

autoprogram_cliff_application = 'openstack'
autodoc_member_order = 'bysource'
autodoc_typehints = 'description'
autodoc_typehints_description_target = 'documented'
