# SPDX-License-Identifier: Apache-2.0

"""Configuration of the documentation, for Sphinx."""

from pathlib import Path
import sys

sys.path.insert(0, str(Path(__file__).parent / '_ext'))

project = 'osc-cinderlite'
copyright = 'osc-cinderlite contributors'

extensions = [
    'cliff.sphinxext',
    'mend',
    'microversions',
    'plain_types',
    'sphinx.ext.autodoc',
]

html_theme = 'furo'
html_title = 'osc-cinderlite'
html_show_sourcelink = False
html_static_path = ['_static']
html_css_files = ['custom.css']
html_js_files = [('narrow.js', {'defer': 'defer'})]
highlight_language = 'text'
pygments_dark_style = 'a11y-high-contrast-dark'
smartquotes_action = 'qe'  # Options begin with two hyphens.

autoprogram_cliff_application = 'openstack'
autoprogram_cliff_ignored = [
    '--help',
    *('--format', '--column', '--quote', '--noindent', '--prefix'),
    *('--max-width', '--fit-width', '--print-empty'),
    *('--sort-column', '--sort-ascending', '--sort-descending'),
]
autodoc_member_order = 'bysource'
autodoc_typehints = 'description'
autodoc_typehints_description_target = 'documented'
toc_object_entries = False
