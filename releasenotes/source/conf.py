# SPDX-License-Identifier: Apache-2.0

"""Configuration of the release notes, for Sphinx."""

project = 'osc-cinderlite release notes'
copyright = 'osc-cinderlite contributors'

extensions = ['reno.sphinxext']

html_theme = 'furo'
html_title = 'osc-cinderlite release notes'
html_show_sourcelink = False
