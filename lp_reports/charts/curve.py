"""Money in, money out and value over the life of the fund."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lp_reports.charts.canvas import (
    LABEL,
    Drawing,
    Scale,
    bar,
    dot,
    drawing,
    label,
    number,
    path,
    scale,
    spread,
    text_width,
    zero_line,
)
from lp_reports.edition import Edition
from lp_reports.facts import CurvePoint
from lp_reports.tokens import EMBER, INK, LEAF, MUTE, STEEL

NONE = Decimal(0)


def j_curve(points: Sequence[CurvePoint], edition: Edition, *, width: float, height: float) -> Drawing:
    """Cumulative paid-in below the zero line, cumulative distributions above it, NAV as a line with its last value."""
    last = points[-1]
    ends = [
        (last.nav, f"{edition.t('净值', 'NAV')} {edition.chart(last.nav)}", STEEL),
        (last.distributed, f"{edition.t('累计分配', 'Paid out')} {edition.chart(last.distributed)}", LEAF),
        (-last.paid_in, f"{edition.t('累计实缴', 'Paid in')} {edition.chart(-last.paid_in)}", EMBER),
    ]
    gutter = max(text_width(text) for _, text, _ in ends) + 5
    y = scale(
        min(-point.paid_in for point in points),
        max(1, *(max(point.nav, point.distributed) for point in points)),
        height - 2.4 * LABEL,
        LABEL,
    )
    slot = (width - gutter) / len(points)
    parts = [_columns(point, slot * index, slot, y(0), y) for index, point in enumerate(points)]
    parts.append(zero_line(0, width - gutter, y(0)))
    line = [(slot * (index + 0.5), y(point.nav)) for index, point in enumerate(points)]
    parts += [path(line, stroke=STEEL), dot(*line[-1], fill=STEEL)]
    heights = spread(
        [y(value) + LABEL * 0.35 for value, _, _ in ends], LABEL * 1.35, LABEL, height - 2.6 * LABEL
    )
    for (_, text, colour), place in zip(ends, heights, strict=True):
        parts.append(label(width - gutter + 5, place, text, fill=colour))
    parts += quarter_marks([point.quarter for point in points], edition, slot, height)
    return drawing(
        width, height, parts, title=edition.t("累计现金流与净值", "Cumulative cash flows and value")
    )


def nav_bars(points: Sequence[CurvePoint], edition: Edition, *, width: float, height: float) -> Drawing:
    """NAV at each quarter's end as bars from zero, each with its figure; the last one stands out."""
    y = scale(
        min(0, *(point.nav for point in points)), max(1, *(point.nav for point in points)), height - 16, 11
    )
    slot = width / len(points)
    thick = min(slot * 0.62, 40.0)
    parts = []
    for index, point in enumerate(points):
        middle, zero, top = slot * (index + 0.5), y(0), y(point.nav)
        fill = STEEL if index == len(points) - 1 else MUTE
        parts.append(bar(middle - thick / 2, min(zero, top), thick, max(abs(zero - top), 0.8), fill=fill))
        parts.append(label(middle, min(zero, top) - 2.6, edition.chart(point.nav), anchor="middle", fill=INK))
        parts.append(label(middle, height - 2, edition.short_quarter(point.quarter), anchor="middle"))
    parts.append(zero_line(0, width, y(0)))
    return drawing(width, height, parts, title=edition.t("各季末净值", "Net asset value by quarter"))


def _columns(point: CurvePoint, x: float, slot: float, zero: float, y: Scale) -> str:
    thick = slot * 0.56
    left = x + (slot - thick) / 2
    paid = bar(left, zero, thick, y(-point.paid_in) - zero, fill=EMBER)
    if not point.distributed:
        return paid
    return paid + bar(left, y(point.distributed), thick, zero - y(point.distributed), fill=LEAF)


def quarter_marks(quarters: Sequence[str], edition: Edition, slot: float, height: float) -> list[str]:
    """The first and the last quarter under their columns, and the years that open in between."""
    first, last = 0, len(quarters) - 1
    room = slot * (last - first)
    texts = {first: edition.short_quarter(quarters[first])}
    if last > first and room > 2.2 * text_width(texts[first]):
        texts[last] = edition.short_quarter(quarters[last])
    free, end = text_width(texts[first]) * 1.2, slot * (last + 1) - text_width(texts[first]) * 1.2
    for index in range(1, last):
        x, half = slot * (index + 0.5), text_width(quarters[index][:4]) / 2 + 4
        if quarters[index].endswith("Q1") and x - half > free and x + half < end:
            texts[index] = quarters[index][:4]
            free = x + half
    parts = []
    for index, text in texts.items():
        anchor = {first: "start", last: "end"}.get(index, "middle")
        x = {first: 0.0, last: slot * (last + 1)}.get(index, slot * (index + 0.5))
        parts.append(label(x, height - 2, text, anchor=anchor))
    return parts


def progression(points: Sequence[CurvePoint], edition: Edition, *, width: float, height: float) -> Drawing:
    """TVPI and DPI at each quarter's end, with the line at 1.0 where money has come back whole."""
    shown = [point for point in points if point.tvpi is not None]
    title = edition.t("收益倍数走势", "Multiples over time")
    if not shown:
        nothing = edition.t("尚无实缴", "Nothing is paid in yet")
        return drawing(width, height, [label(0, height / 2, nothing)], title=title)
    tvpi = [number(point.tvpi or NONE) for point in shown]
    dpi = [number(point.dpi or NONE) for point in shown]
    ends = [
        (tvpi[-1], f"TVPI {edition.multiple(shown[-1].tvpi)}", STEEL),
        (dpi[-1], f"DPI {edition.multiple(shown[-1].dpi)}", LEAF),
    ]
    gutter = max(text_width(text) for _, text, _ in ends) + 7
    y = scale(0, max(1.2, *tvpi, *dpi), height - 2.4 * LABEL, LABEL)
    slot = (width - gutter) / len(shown)
    across = [slot * (index + 0.5) for index in range(len(shown))]
    parts = [
        path([(0, y(1)), (width - gutter, y(1))], stroke=INK, width=0.6, dash="2 2"),
        label(0, y(1) - 2.4 if tvpi[0] < 1 else y(1) + LABEL, "1.00×", fill=INK),
        zero_line(0, width - gutter, y(0)),
        path(list(zip(across, map(y, dpi), strict=True)), stroke=LEAF, dash="3 1.6"),
        path(list(zip(across, map(y, tvpi), strict=True)), stroke=STEEL),
        dot(across[-1], y(tvpi[-1]), fill=STEEL),
        dot(across[-1], y(dpi[-1]), fill=LEAF),
    ]
    heights = spread(
        [y(value) + LABEL * 0.35 for value, _, _ in ends], LABEL * 1.35, LABEL, height - 2.6 * LABEL
    )
    for (_, text, colour), place in zip(ends, heights, strict=True):
        parts.append(label(width - gutter + 5, place, text, fill=colour))
    parts += quarter_marks([point.quarter for point in shown], edition, slot, height)
    return drawing(width, height, parts, title=title)
