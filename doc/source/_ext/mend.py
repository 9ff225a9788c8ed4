# SPDX-License-Identifier: Apache-2.0

"""Mend what docutils, Sphinx and cliff take for something else."""

import re

from docutils import nodes  # type: ignore[import-untyped]
from sphinx import addnodes
from sphinx.application import Sphinx

#: an option in a help text, or the quoted part of a command line
_OPTION = re.compile(r'‘?((?<=‘)--[^’]+(?=’)|--[a-z-]+(?: \d+\.\d+)?)’?')  # noqa: RUF001

#: characters that a word may have before it is broken on a narrow page
_LONG = 30


def mend(app: Sphinx, doctree: nodes.document) -> None:
    """Undo what is taken for something else, and mark long words."""
    for link in list(doctree.findall(nodes.reference)):
        # Not a mail address, but host@backend.
        if link.get('refuri', '').startswith('mailto:'):
            link.replace_self(link.children)
    for text in list(doctree.findall(nodes.Text)):
        # Between a parameter and its description.
        if text == ' -- ':
            text.parent.replace(text, nodes.Text(' – '))  # noqa: RUF001
    for paragraph in list(doctree.findall(nodes.paragraph)):
        # Which is true of all commands here.
        if paragraph.astext().startswith('This command is provided by the'):
            paragraph.parent.remove(paragraph)
    for block in doctree.findall(nodes.literal_block):
        if block.get('language') == 'shell':
            _mend_usage(block)
    for content in doctree.findall(addnodes.desc_content):
        for text in list(content.findall(nodes.Text)):
            if isinstance(text.parent, nodes.paragraph):
                text.parent.replace(text, _with_literals(text))
    for literal in doctree.findall(nodes.literal):
        if any(len(word) > _LONG for word in literal.astext().split()):
            literal['classes'].append('long')


def _mend_usage(block: nodes.literal_block) -> None:
    """Put a command's options on lines of their own; cliff means to."""
    lines = block.astext().replace('\n    >]', '>]').splitlines()
    block.rawsource = '\n'.join(
        line.replace(' | ', '\n     | ') if len(line) > 80 else line
        for line in lines
    )
    block.children = []
    block += nodes.Text(block.rawsource)
    block['language'] = 'text'


def _with_literals(text: str) -> list[nodes.Node]:
    return [
        nodes.literal(text=part) if number % 2 else nodes.Text(part)
        for number, part in enumerate(_OPTION.split(text))
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect('doctree-read', mend)
    return {'parallel_read_safe': True}
