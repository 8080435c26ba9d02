"""The net rate of return as it stood at the end of each quarter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lp_reports.charts.canvas import (
    LABEL,
    Drawing,
    dot,
    drawing,
    label,
    number,
    path,
    scale,
    text_width,
    zero_line,
)
from lp_reports.charts.curve import quarter_marks
from lp_reports.edition import Edition, percent
from lp_reports.tokens import STEEL

# The line breaks where a quarter has no one rate, and never bends to a made-up one.
Rates = Sequence[tuple[str, Decimal | None]]


def rate_curve(rates: Rates, edition: Edition, *, width: float, height: float) -> Drawing:
    """`rates` by quarter, None where there is none to print; the last one is written at the end of the line."""
    title = edition.t("净内部收益率走势", "Net IRR over time")
    told = [index for index, (_, rate) in enumerate(rates) if rate is not None]
    if not told:
        nothing = edition.t("尚不满一年", "Less than a year so far")
        return drawing(width, height, [label(0, height / 2, nothing)], title=title)
    values = {index: number(rates[index][1] or Decimal(0)) for index in told}
    last = told[-1]
    text = percent(rates[last][1] or Decimal(0))
    gutter = text_width(text) + 7
    y = scale(min(0.0, *values.values()), max(0.01, *values.values()), height - 2.4 * LABEL, LABEL)
    slot = (width - gutter) / len(rates)
    parts = [zero_line(0, width - gutter, y(0)), label(0, y(0) - 2.4, "0%")]
    for run in _runs(told):
        line = [(slot * (index + 0.5), y(values[index])) for index in run]
        parts.append(path(line, stroke=STEEL) if len(line) > 1 else dot(*line[0], fill=STEEL, radius=1.2))
    end = slot * (last + 0.5), y(values[last])
    parts += [dot(*end, fill=STEEL), label(end[0] + 5, end[1] + LABEL * 0.35, text, fill=STEEL)]
    parts += quarter_marks([quarter for quarter, _ in rates], edition, slot, height)
    return drawing(width, height, parts, title=title)


def _runs(told: Sequence[int]) -> list[list[int]]:
    """The quarters that follow one another without a gap."""
    runs: list[list[int]] = []
    for index in told:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
