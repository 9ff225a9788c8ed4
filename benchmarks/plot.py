# SPDX-License-Identifier: Apache-2.0

"""The time that many volumes take, as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use('svg')

from matplotlib import pyplot, ticker

Curve = Sequence[tuple[int, float]]

#: to be read on white and on black
_GREY = '#7a7a7a'

#: what would else be another picture each time, letters as curves, and colours
_STYLE = {
    'svg.hashsalt': 'speed',
    'svg.fonttype': 'none',
    'font.size': 9,
    'savefig.transparent': True,
    'legend.frameon': False,
    **dict.fromkeys(
        (
            'text.color',
            'axes.edgecolor',
            'axes.labelcolor',
            'xtick.color',
            'ytick.color',
        ),
        _GREY,
    ),
}


def draw(panels: Mapping[str, Mapping[str, Curve]], path: Path) -> None:
    """Write an SVG with a panel below the other, as narrow as a phone.

    :param panels: by their titles, the curves by theirs; the same in each
    """
    with mpl.rc_context(_STYLE):
        figure, all_axes = pyplot.subplots(
            nrows=len(panels), sharey=True, figsize=(4, 5.6)
        )
        for axes, (title, curves) in zip(
            all_axes, panels.items(), strict=True
        ):
            for name, curve in curves.items():
                axes.plot(*zip(*curve, strict=True), label=name, marker='.')
            axes.set(title=title, xlabel='volumes', yscale='log')
            axes.set_xticks([count for count, _ in curve])
            axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(ticker.FormatStrFormatter('%g s'))
            axes.grid(alpha=0.3)
        figure.legend(
            *axes.get_legend_handles_labels(),
            loc='lower center',
        )
        figure.tight_layout(rect=(0, 0.12, 1, 1))
        figure.savefig(path, metadata={'Date': None})
