"""One holding through time: what it cost and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence

from lp_reports.charts.canvas import (
    LABEL,
    Drawing,
    dot,
    drawing,
    label,
    path,
    scale,
    spread,
    text_width,
    zero_line,
)
from lp_reports.charts.curve import quarter_marks
from lp_reports.edition import Edition
from lp_reports.portfolio import ValuePoint
from lp_reports.tokens import MUTE, STEEL


def history(points: Sequence[ValuePoint], edition: Edition, *, width: float, height: float) -> Drawing:
    """Value as a line, cost as a broken grey line in steps, both from zero, the last of each written at its end."""
    last = points[-1]
    ends = [
        (last.value, f"{edition.t('公允价值', 'Value')} {edition.chart(last.value)}", STEEL),
        (last.cost, f"{edition.t('成本', 'Cost')} {edition.chart(last.cost)}", MUTE),
    ]
    gutter = max(text_width(text) for _, text, _ in ends) + 7
    y = scale(0, max(1, *(max(point.cost, point.value) for point in points)), height - 2.4 * LABEL, LABEL)
    slot = (width - gutter) / len(points)
    across = [slot * (index + 0.5) for index in range(len(points))]
    values = [(x, y(point.value)) for x, point in zip(across, points, strict=True)]
    parts = [
        zero_line(0, width - gutter, y(0)),
        path(_stairs(across, [y(point.cost) for point in points], slot), stroke=MUTE, width=1, dash="3 1.6"),
        path(values, stroke=STEEL),
        *(dot(x, place, fill=STEEL) for x, place in values),
    ]
    heights = spread(
        [y(value) + LABEL * 0.35 for value, _, _ in ends], LABEL * 1.35, LABEL, height - 2.6 * LABEL
    )
    for (_, text, colour), place in zip(ends, heights, strict=True):
        parts.append(label(width - gutter + 5, place, text, fill=colour))
    parts += quarter_marks([point.quarter for point in points], edition, slot, height)
    return drawing(width, height, parts, title=edition.t("成本与公允价值", "Cost and fair value"))


def _stairs(across: Sequence[float], levels: Sequence[float], slot: float) -> list[tuple[float, float]]:
    half = slot / 2
    return [
        corner
        for x, level in zip(across, levels, strict=True)
        for corner in ((x - half, level), (x + half, level))
    ]
