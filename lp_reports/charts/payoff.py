"""What a holder of one class receives as the proceeds of a sale rise: straight pieces between the breakpoints."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from lp_reports.charts.canvas import (
    LABEL,
    Drawing,
    dot,
    drawing,
    label,
    path,
    rule,
    scale,
    text_width,
    zero_line,
)
from lp_reports.edition import Edition
from lp_reports.tokens import EMBER, INK, MUTE, STEEL


@dataclass(frozen=True)
class Piece:
    """From `above` on (minor units), `part` of every further unit of proceeds goes to the holder."""

    above: int
    part: float


def payoff(
    pieces: Sequence[Piece], edition: Edition, *, equity: int | None, width: float, height: float
) -> Drawing:
    """The payout of all that is held against the proceeds, each breakpoint marked; `equity` is shown where it lies.

    Drawn to a quarter beyond the last breakpoint or the equity value, whichever is more.
    """
    end = max(1, round(1.25 * max([one.above for one in pieces] + [equity or 0])))
    points = points_of(pieces, end)
    top = max(1, *(value for _, value in points))
    left = text_width(edition.chart(round(top))) + 6
    x = scale(0, end, left, width - 4)
    y = scale(0, top, height - 2.6 * LABEL, 1.8 * LABEL)
    parts = [zero_line(left, width - 4, y(0)), rule(left, y(top), width - 4, y(top))]
    parts.append(label(left - 4, y(top) + LABEL * 0.35, edition.chart(round(top)), anchor="end"))
    last = -1e9
    for at, value in points[1:-1]:
        parts.append(rule(x(at), y(0), x(at), y(value), dash="1.5 1.5"))
        text = edition.chart(round(at))
        if x(at) - last > text_width(text) + 4:
            parts.append(label(x(at), height - LABEL - 1, text, anchor="middle"))
            last = x(at)
    parts.append(path([(x(at), y(value)) for at, value in points], stroke=STEEL))
    parts += [dot(x(at), y(value), fill=STEEL) for at, value in points[1:-1]]
    if equity:
        worth = value_at(points, equity)
        text = f"{edition.t('股权价值', 'Equity')} {edition.chart(equity)}"
        parts.append(dot(x(equity), y(worth), fill=EMBER, radius=2.6))
        anchor = "end" if x(equity) > 0.7 * width else "start"
        shift = -5 if anchor == "end" else 5
        parts.append(label(x(equity) + shift, y(worth) + LABEL + 2, text, anchor=anchor, fill=INK))
    parts.append(
        label(width - 4, height - 1, edition.t("退出价款", "Proceeds"), anchor="end", fill=MUTE, size=6.4)
    )
    parts.append(label(0, LABEL, edition.t("本基金所得", "To the fund"), fill=MUTE, size=6.4))
    return drawing(width, height, parts, title=edition.t("各档价款下的所得", "Payout against proceeds"))


def points_of(pieces: Sequence[Piece], end: int) -> list[tuple[float, float]]:
    """The corners of the line: (proceeds, payout), from nothing to `end`."""
    points, value = [(0.0, 0.0)], 0.0
    for piece, following in zip(pieces, [*(one.above for one in pieces[1:]), end], strict=True):
        value += piece.part * (following - piece.above)
        points.append((float(following), value))
    return points


def value_at(points: Sequence[tuple[float, float]], proceeds: float) -> float:
    """The payout at some proceeds, on the line."""
    for (at, value), (beyond, then) in itertools.pairwise(points):
        if proceeds <= beyond:
            return value + (then - value) * (proceeds - at) / (beyond - at) if beyond > at else then
    return points[-1][1]
