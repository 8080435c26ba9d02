"""Pencils: SVG elements in points, a linear scale, and how wide a printed text will be."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from html import escape
from itertools import pairwise

from lp_reports.tokens import INK, LINE, MUTE, SANS

Scale = Callable[[float], float]

LABEL = 7.0
"""Size of every chart label, points."""

# Advance widths of the regular Noto Sans CJK SC, thousandths of an em (its table `hmtx`).
_ADVANCES = {
    " ": 224,
    "|": 270,
    "ij": 275,
    "',.:;": 278,
    "l": 284,
    "I": 293,
    "!": 323,
    "f": 325,
    "()[]{}": 338,
    "-": 347,
    "t": 377,
    "r": 388,
    "/\\": 392,
    "*": 467,
    "s": 468,
    '"?': 474,
    "z": 475,
    "x": 498,
    "c": 510,
    "vy": 521,
    "Y": 531,
    "J": 535,
    "–": 536,
    "L": 543,
    "Fk": 552,
    "e": 554,
    "#$+0123456789<=>^~": 555,
    "_": 559,
    "a": 563,
    "g": 564,
    "X": 573,
    "V": 575,
    "E": 589,
    "S": 596,
    "T": 599,
    "Z": 603,
    "`o": 606,
    "hu": 607,
    "A": 608,
    "n": 610,
    "b": 618,
    "dpq": 620,
    "P": 633,
    "R": 635,
    "C": 638,
    "K": 646,
    "B": 657,
    "&": 680,
    "D": 688,
    "G": 689,
    "U": 721,
    "N": 723,
    "H": 728,
    "OQ": 742,
    "w": 802,
    "M": 812,
    "W": 878,
    "%": 921,
    "m": 926,
    "@": 946,
    "×": 1000,
}
_EMS = {character: width / 1000 for characters, width in _ADVANCES.items() for character in characters}


def text_width(text: str, size: float = LABEL) -> float:
    """Printed width in points, regular weight; a character that is not in the table counts as one em."""
    return sum(_EMS.get(character, 1.0) for character in text) * size


def shorten(text: str, width: float, size: float = LABEL) -> str:
    """The text, or its beginning with an ellipsis when it would print wider than `width` points."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def in_two_lines(text: str, width: float, size: float = LABEL) -> list[str]:
    """The text in one line where it fits into `width` points, else in two as even as can be, shortened at worst."""
    if text_width(text, size) <= width:
        return [text]
    breaks = [at for at in range(1, len(text)) if _may_break(text, at)]
    halves = [(text[:at].rstrip(), text[at:].lstrip()) for at in breaks]
    if not halves:
        return [shorten(text, width, size)]
    best = min(halves, key=lambda pair: max(text_width(half, size) for half in pair))
    return [shorten(half, width, size) for half in best]


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before that character: at a space, or between Chinese characters."""
    around = text[at - 1], text[at]
    return " " in around or all(unicodedata.east_asian_width(one) in "WF" for one in around)


def scale(low: float, high: float, start: float, end: float) -> Scale:
    """Maps `low..high` onto `start..end`; a flat range maps to the start."""
    span = high - low
    return lambda value: start if span == 0 else start + (value - low) / span * (end - start)


def number(value: Decimal) -> float:
    """A ratio as a place on paper; never used to compute."""
    over, under = value.as_integer_ratio()
    return over / under


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Label positions moved apart to at least `gap`, kept in order and as far as they fit within `low..high`."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [min(max(place, low), high) for place in places]
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    over = moved[order[-1]] - high if order else 0.0
    if over > 0:
        moved[order[-1]] = high
        for after, before in pairwise(reversed(order)):
            moved[before] = min(moved[before], moved[after] - gap)
    return moved


def label(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    fill: str = MUTE,
    size: float = LABEL,
    bold: bool = False,
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size:.1f}" fill="{fill}"{weight}>'
        f"{escape(text)}</text>"
    )


def bar(x: float, y: float, width: float, height: float, *, fill: str, stroke: str | None = None) -> str:
    edge = f' stroke="{stroke}" stroke-width="0.7"' if stroke else ""
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}"{edge}/>'


def rule(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, width: float = 0.4, dash: str = ""
) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{stroke}" '
        f'stroke-width="{width:.2f}"{dashes}/>'
    )


def zero_line(x1: float, x2: float, y: float) -> str:
    return rule(x1, y, x2, y, stroke=INK, width=0.6)


def path(points: Sequence[tuple[float, float]], *, stroke: str, width: float = 1.4, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    line = " L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    return (
        f'<path d="M{line}" fill="none" stroke="{stroke}" stroke-width="{width:.2f}" '
        f'stroke-linejoin="round" stroke-linecap="round"{dashes}/>'
    )


def dot(x: float, y: float, *, fill: str, radius: float = 1.8) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{fill}"/>'


class Drawing(str):
    """SVG text that a template may set as it stands: every text in it was escaped when it was drawn."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def drawing(width: float, height: float, parts: Iterable[str], *, title: str) -> Drawing:
    """A whole picture, `width` by `height` points at printed size, with its meaning in words for a screen reader."""
    family = escape(SANS.replace('"', "'"), quote=True)
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2f}pt" height="{height:.2f}pt" '
        f'viewBox="0 0 {width:.2f} {height:.2f}" role="img" aria-label="{escape(title, quote=True)}">'
        f'<g font-family="{family}">{"".join(parts)}</g></svg>'
    )
