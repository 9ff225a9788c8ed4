# SPDX-License-Identifier: Apache-2.0

"""Configuration of the documentation, for Sphinx."""

from pathlib import Path
import sys

from docutils import nodes
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent / '_ext'))

project = 'osc-cinderlite'
copyright = 'osc-cinderlite contributors'

extensions = [
    'cliff.sphinxext',
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


def mend(app: Sphinx, doctree: nodes.document) -> None:
    """Undo what is taken for something else."""
    for link in list(doctree.findall(nodes.reference)):
        # Not a mail address, but host@backend.
        if link.get('refuri', '').startswith('mailto:'):
            link.replace_self(link.children)
    for text in list(doctree.findall(nodes.Text)):
        # Between a parameter and its description.
        if text == ' -- ':
            text.parent.replace(text, nodes.Text(' – '))  # noqa: RUF001


def setup(app: Sphinx) -> None:
    app.connect('doctree-read', mend)
