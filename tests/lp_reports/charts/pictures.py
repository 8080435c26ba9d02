"""Reading a drawn chart back: where its texts stand and which colours it uses."""

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from lp_reports.charts.canvas import text_width
from lp_reports.tokens import EMBER, INK, LEAF, LINE, MUTE, STEEL

SVG = "{http://www.w3.org/2000/svg}"
GREYS = {INK, MUTE, LINE, "#ffffff", "none"}
HUES = {STEEL, LEAF, EMBER}
ASCENT, DESCENT = 0.78, 0.12
"""Of a figure or a capital in Noto Sans CJK, in ems."""


@dataclass(frozen=True)
class Placed:
    """A text and the box it covers, in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Placed") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0.2


def root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def size(svg: str) -> tuple[float, float]:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found
    return float(found[1]), float(found[2])


def texts(svg: str) -> list[Placed]:
    placed = []
    for node in root(svg).iter(f"{SVG}text"):
        x, y, high = (float(node.attrib[name]) for name in ("x", "y", "font-size"))
        text = node.text or ""
        width = text_width(text, high)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[node.attrib["text-anchor"]]
        placed.append(Placed(text, left, y - ASCENT * high, left + width, y + DESCENT * high))
    return placed


def colours(svg: str) -> set[str]:
    return {value for node in root(svg).iter() for name in ("fill", "stroke") if (value := node.get(name))}


def assert_legible(svg: str, *, hues: int = 2) -> None:
    """Every text inside the picture, none over another, few colours."""
    width, height = size(svg)
    placed = texts(svg)
    for one in placed:
        assert one.left >= -0.6, one
        assert one.right <= width + 0.6, one
        assert one.top >= -0.6, one
        assert one.bottom <= height + 0.6, one
    clashes = [(one.text, other.text) for one, other in combinations(placed, 2) if one.overlaps(other)]
    assert clashes == []
    used = colours(svg)
    assert used <= GREYS | HUES
    assert len(used & HUES) <= hues


def zero_lines(svg: str) -> list[ElementTree.Element]:
    return [
        node
        for node in root(svg).iter(f"{SVG}line")
        if node.get("stroke") == INK and node.get("stroke-width") == "0.60"
    ]
