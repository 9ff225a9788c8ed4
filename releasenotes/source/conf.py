# SPDX-License-Identifier: Apache-2.0

"""Configuration of the release notes, for Sphinx."""

import configparser
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

project = 'osc-cinderlite release notes'
copyright = 'osc-cinderlite contributors'

extensions = ['reno.sphinxext']

html_theme = 'furo'
html_title = 'osc-cinderlite release notes'
html_show_sourcelink = False
html_static_path = ['../../doc/source/_static']
html_css_files = ['custom.css']
html_use_index = False

#: what reno calls the release while the repository has no tag
UNTAGGED = '0.0.0'

METADATA = Path(__file__).parents[2] / 'setup.cfg'


def name_release(app: Sphinx, doctree: nodes.document) -> None:
    """Give the release its version in setup.cfg while it has no tag."""
    setup_cfg = configparser.ConfigParser()
    setup_cfg.read(METADATA)
    for title in doctree.findall(nodes.title):
        if title.astext() == UNTAGGED:
            title[:] = [nodes.Text(setup_cfg['metadata']['version'])]


def always(app: Sphinx, *of_the_build: object) -> list[str]:
    """Read the page at each build: the notes and tags are not below it."""
    return ['index']


def setup(app: Sphinx) -> None:
    app.connect('env-get-outdated', always)
    # Before Sphinx collects the titles for the table of contents.
    app.connect('doctree-read', name_release, priority=100)
