# SPDX-License-Identifier: Apache-2.0

"""Configuration of the release notes, for Sphinx."""

project = 'osc-cinderlite release notes'
copyright = 'osc-cinderlite contributors'

extensions = ['openstackdocstheme', 'reno.sphinxext']

html_theme = 'openstackdocs'
openstackdocs_auto_name = False
openstackdocs_auto_version = False
openstackdocs_use_storyboard = False
