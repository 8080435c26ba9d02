"""Bars from a zero line: companies, shares of the portfolio, limits, readiness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lp_reports.charts.canvas import (
    Drawing,
    bar,
    drawing,
    label,
    number,
    rule,
    scale,
    shorten,
    text_width,
)
from lp_reports.edition import Edition, percent
from lp_reports.portfolio import Investment, Limit, Slice
from lp_reports.tokens import EMBER, INK, LINE, MUTE, STEEL

ROW = 14.0
NAMES = 0.34
"""Part of the width that names may take."""


def companies(
    holdings: Sequence[Investment],
    edition: Edition,
    *,
    width: float,
    among: Sequence[Investment] = (),
) -> Drawing:
    """One row per holding in the order of the schedule: value and proceeds as a bar, cost as an upright mark.

    Proceeds already received stand hollow after the value still held, so the whole bar against the mark is the
    multiple printed at its end. `among` are all holdings when these are a part of them: one scale for all.
    """
    height = ROW * len(holdings) + 4
    gutter = min(width * NAMES, max(text_width(edition.name(one.name)) for one in holdings) + 8)
    ends = [
        f"{edition.chart(one.value + one.realised)}\u00a0\u00a0{edition.multiple(one.moic)}"
        for one in holdings
    ]
    room = width - gutter - max(map(text_width, ends)) - 8
    most = max(1, *(max(one.value + one.realised, one.cost) for one in among or holdings))
    x = scale(0, most, gutter, gutter + room)
    parts = [rule(gutter, 0, gutter, height, stroke=INK, width=0.6)]
    for index, (one, end) in enumerate(zip(holdings, ends, strict=True)):
        top = ROW * index + 4
        base = top + 7
        held, whole = x(one.value), x(one.value + one.realised)
        parts.append(
            label(gutter - 6, base, shorten(edition.name(one.name), gutter - 6), anchor="end", fill=INK)
        )
        parts.append(bar(gutter, top, max(held - gutter, 0.01), 8, fill=STEEL))
        if one.realised:
            parts.append(bar(held + 0.35, top + 0.35, whole - held - 0.7, 7.3, fill="#ffffff", stroke=STEEL))
        parts.append(rule(x(one.cost), top - 2, x(one.cost), top + 10, stroke=EMBER, width=1.4))
        parts.append(label(max(whole, x(one.cost)) + 5, base, end, fill=INK))
    return drawing(width, height, parts, title=edition.t("各项目价值与成本", "Value and cost by company"))


def share_bar(row: Slice, top: Decimal, *, width: float, height: float = 8.0) -> Drawing:
    """One share of the portfolio on a scale that ends at `top`, for the cell beside its figure."""
    x = scale(0, number(top) or 1, 0, width - 1)
    parts = [
        bar(0, 0.5, max(x(number(row.share)), 0.01), height - 1, fill=STEEL),
        rule(0, 0, 0, height, stroke=INK, width=0.6),
    ]
    return drawing(width, height, parts, title=percent(row.share))


def bullet(limit: Limit, *, width: float, height: float = 9.0) -> Drawing:
    """One limit: the figure as a bar on a grey track, the limit as an upright mark; beyond it the bar is hollow."""
    current, maximum = number(limit.current), number(limit.maximum)
    x = scale(0, max(current, maximum) * 1.25 or 1, 0, width)
    over = current < maximum if limit.is_minimum else current > maximum
    fill, stroke = ("#ffffff", EMBER) if over else (STEEL, None)
    parts = [
        bar(0, height * 0.32, width, height * 0.36, fill=LINE),
        bar(0.35, height * 0.2, max(x(current) - 0.7, 0.01), height * 0.6, fill=fill, stroke=stroke),
        rule(x(maximum), 0, x(maximum), height, stroke=INK, width=1.4),
    ]
    return drawing(width, height, parts, title=f"{percent(limit.current)} / {percent(limit.maximum)}")


@dataclass(frozen=True)
class Readiness:
    """Levels of a company on a scale of `top` steps; any may be unknown."""

    entry: int | None
    now: int | None
    target: int | None
    top: int = 9


def readiness(levels: Readiness, edition: Edition, *, width: float) -> Drawing:
    """Steps 1 to `top`: filled up to the present level, the level at entry marked below, the target above."""
    step = width / levels.top
    parts = []
    for level in range(1, levels.top + 1):
        left = step * (level - 1)
        reached = levels.now is not None and level <= levels.now
        parts.append(bar(left + 0.5, 10, step - 2, 8, fill=STEEL if reached else LINE))
    marks = [
        (levels.target, 7.0, edition.t("目标", "target")),
        (levels.entry, 25.5, edition.t("投时", "at entry")),
    ]
    for marked, y, name in marks:
        if marked is not None:
            parts.append(_mark(step * (marked - 0.5), y, f"{name} {marked}", width))
    return drawing(width, 28, parts, title=edition.t("技术成熟度", "Technology readiness"))


def _mark(x: float, y: float, text: str, width: float) -> str:
    half = text_width(text) / 2
    return label(min(max(x, half), width - half), y, text, anchor="middle", fill=MUTE)


def print_of(sha256: str, *, width: float, height: float) -> Drawing:
    """The fingerprint drawn: 32 strokes, one per byte, as high as the byte is large.

    Two files with the same figures show the same pattern, so a changed report is seen before it is read.
    """
    values = bytes.fromhex(sha256)
    slot = width / len(values)
    parts = []
    for index, value in enumerate(values):
        high = height * (0.12 + 0.88 * value / 255)
        parts.append(bar(slot * index, height - high, slot * 0.42, high, fill=STEEL))
    return drawing(width, height, parts, title=sha256)
