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

"""The time that many volumes take, as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import math
from xml.sax import saxutils

_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 34, 40
_LEGEND = 26

#: one colour a curve; told apart by those who see no red or green, too
_COLOURS = ('#b3443b', '#c08a1e', '#2f6db3')

_SECONDS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)

#: the points of one curve: (number of volumes, seconds)
Curve = Sequence[tuple[int, float]]


def draw(panels: Mapping[str, Mapping[str, Curve]]) -> str:
    """Return an SVG with a panel beside the other.

    :param panels: by their titles, the curves by theirs; the same in each
    """
    width = _WIDTH * len(panels)
    height = _HEIGHT + _LEGEND
    points = [
        point
        for curves in panels.values()
        for curve in curves.values()
        for point in curve
    ]
    scale = _Scale(points)
    parts: list[str] = []
    for number, (title, curves) in enumerate(panels.items()):
        parts.append(f'<g transform="translate({number * _WIDTH},0)">')
        parts += _panel(title, curves, scale)
        parts.append('</g>')
    parts += _legend(list(next(iter(panels.values()))))
    return '\n'.join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *parts,
            '</svg>\n',
        ]
    )


class _Scale:
    """From volumes and seconds to places; seconds are logarithmic."""

    def __init__(self, points: Curve) -> None:
        self.most = max(count for count, _ in points)
        low = min(seconds for _, seconds in points)
        high = max(seconds for _, seconds in points)
        self.ticks = [
            *[s for s in _SECONDS if s <= low][-1:],
            *[s for s in _SECONDS if low < s < high],
            *[s for s in _SECONDS if s >= high][:1],
        ]
        self._low, self._high = map(math.log, (self.ticks[0], self.ticks[-1]))

    def x(self, count: int) -> float:
        inner = _WIDTH - _LEFT - _RIGHT
        return _LEFT + inner * count / self.most

    def y(self, seconds: float) -> float:
        inner = _HEIGHT - _TOP - _BOTTOM
        share = (math.log(seconds) - self._low) / (self._high - self._low)
        return _TOP + inner * (1 - share)


def _panel(
    title: str, curves: Mapping[str, Curve], scale: _Scale
) -> Iterator[str]:
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield _text(middle, 20, title, 'font-weight="bold"')
    for seconds in scale.ticks:
        y = scale.y(seconds)
        yield (
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" '
            f'y2="{y:.1f}" stroke="#ddd"/>'
        )
        yield _text(_LEFT - 6, y + 4, f'{seconds:g} s', anchor='end')
    for count, _ in next(iter(curves.values())):
        yield _text(scale.x(count), _HEIGHT - _BOTTOM + 17, str(count))
    yield _text(middle, _HEIGHT - 6, 'volumes')
    for colour, curve in zip(_COLOURS, curves.values(), strict=True):
        places = [(scale.x(count), scale.y(s)) for count, s in curve]
        line = ' '.join(f'{x:.1f},{y:.1f}' for x, y in places)
        yield (
            f'<polyline points="{line}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    x, y = float(_LEFT), _HEIGHT + 8
    for colour, name in zip(_COLOURS, names, strict=True):
        yield f'<rect x="{x}" y="{y}" width="16" height="4" fill="{colour}"/>'
        yield _text(x + 22, y + 6, name, anchor='start')
        x += 44 + 6.6 * len(name)


def _text(
    x: float, y: float, text: str, extra: str = '', anchor: str = 'middle'
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
        f'fill="#333" {extra}>{saxutils.escape(text)}</text>'
    )
