"""What the partners may have received by the end of each quarter to come, as a fan. For pages inside the house only."""

from collections.abc import Sequence

from app.languages import Language
from app.pages.drawings import HEIGHT, WIDTH, edition
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
from lp_reports.tokens import STEEL


def fan(levels: Sequence[Sequence[float]], quarters: Sequence[str], language: Language) -> Drawing:
    """Bands from the lowest to the highest and from the second to the fourth of five levels, and the middle as a line;
    amounts in minor units.
    """
    told = edition(language)
    lines = [[0.0, *(one[level] for one in levels)] for level in range(5)]
    ends = [
        f"{word} {told.chart(round(line[-1]))}"
        for word, line in zip(_words(language), lines[::2], strict=True)
    ]
    gutter = max(text_width(text) for text in ends) + 7
    y = scale(0, max(1.0, lines[-1][-1]), HEIGHT - 2.4 * LABEL, LABEL)
    slot = (WIDTH - gutter) / len(lines[0])
    across = [slot * (index + 0.5) for index in range(len(lines[0]))]
    traced = [[(x, y(value)) for x, value in zip(across, line, strict=True)] for line in lines]
    parts = [_band(traced[0], traced[4], 0.16), _band(traced[1], traced[3], 0.3)]
    parts += [
        path(traced[2], stroke=STEEL),
        dot(*traced[2][-1], fill=STEEL),
        zero_line(0, WIDTH - gutter, y(0)),
    ]
    heights = spread(
        [line[-1][1] + LABEL * 0.35 for line in traced[::2]], LABEL * 1.35, LABEL, HEIGHT - 2.6 * LABEL
    )
    for text, place in zip(ends, heights, strict=True):
        parts.append(label(WIDTH - gutter + 5, place, text, fill=STEEL))
    parts += quarter_marks(quarters, told, slot, HEIGHT)
    title = told.t("未来累计分配的区间", "Range of cumulative distributions to come")
    return drawing(WIDTH, HEIGHT, parts, title=title)


def _words(language: Language) -> tuple[str, str, str]:
    """One in twenty below, half, one in twenty above."""
    return ("5%", "中位", "95%") if language is Language.ZH else ("5%", "median", "95%")


def _band(low: Sequence[tuple[float, float]], high: Sequence[tuple[float, float]], opacity: float) -> str:
    corners = " ".join(f"{x:.2f},{y:.2f}" for x, y in [*low, *reversed(high)])
    return f'<polygon points="{corners}" fill="{STEEL}" fill-opacity="{opacity}"/>'
