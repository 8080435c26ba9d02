"""How the opening value became the closing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lp_reports.charts.canvas import (
    LABEL,
    Drawing,
    Scale,
    bar,
    drawing,
    in_two_lines,
    label,
    rule,
    scale,
    text_width,
    zero_line,
)
from lp_reports.edition import Edition
from lp_reports.facts import Step
from lp_reports.tokens import EMBER, INK, LEAF, MUTE

LINE_HEIGHT = 1.2 * LABEL


@dataclass(frozen=True)
class Column:
    """One drawn step: where it starts and ends, what is written on it and what it is called beneath."""

    name: str
    start: int
    end: int
    text: str
    is_total: bool


def bridge(
    steps: Sequence[Step], names: Mapping[str, str], edition: Edition, *, width: float, height: float
) -> Drawing:
    """Totals grey, rises full, falls hollow; every bar carries its amount.

    `steps` begin with opening and end with closing, the others are signed moves between them; zero moves are left
    out. A name that is too wide for its column takes what its neighbours leave free, or two lines. Where the moves are
    small beside the opening value, the line from which bars grow is the opening value itself (written at its left end),
    so that they can be read and nothing is cut off; the closing bar then shows the whole change and its value stands
    beneath. A fall is told by its bracket and its hollow bar: the picture reads without colour.
    """
    columns, floor = _columns(steps, names, edition)
    start = f"{names['opening']} {edition.chart(steps[0].amount)}"
    left = text_width(start) + 8 if floor else 0.0
    low = min(floor, *(min(one.start, one.end) for one in columns))
    high = max(floor + 1, *(max(one.start, one.end) for one in columns))
    slot = (width - left) / len(columns)
    beneath = _names(columns, slot)
    more = LINE_HEIGHT * (max(map(len, beneath)) - 1)
    y = scale(low, high, height - (3.8 if low < floor else 2.6) * LABEL - more, 1.6 * LABEL)
    thick = min(slot * 0.62, 40.0)
    parts = []
    for index, one in enumerate(columns):
        middle = left + slot * (index + 0.5)
        parts += _column(one, middle, thick, y, floor)
        parts += [
            label(middle, height - 2 - more + row * LINE_HEIGHT, text, anchor="middle")
            for row, text in enumerate(beneath[index])
        ]
    parts += _links(columns, y, left, slot, thick)
    parts.append(zero_line(left - 4 if floor else 0, width, y(floor)))
    if floor:
        parts.append(label(0, y(floor) + LABEL * 0.35, start, fill=INK))
    return drawing(width, height, parts, title=edition.t("净值变动", "Value bridge"))


def signed(amount: int, edition: Edition) -> str:
    """A move with its sign: a plus in front or brackets around."""
    text = edition.chart(amount)
    return f"+{text}" if amount > 0 else text


def _columns(steps: Sequence[Step], names: Mapping[str, str], edition: Edition) -> tuple[list[Column], int]:
    """The columns, and the level they grow from: zero, or the opening value when the moves are small beside it."""
    opening, closing = steps[0].amount, steps[-1].amount
    moves = [step for step in steps[1:-1] if step.amount]
    levels = list(accumulate((step.amount for step in moves), initial=opening))
    floor = opening if moves and 3 * (max(levels) - min(levels)) < opening else 0
    columns = [
        Column(names[step.code], before, after, signed(step.amount, edition), is_total=False)
        for step, before, after in zip(moves, levels, levels[1:], strict=False)
    ]
    end = edition.chart(closing)
    if floor:
        change, name = signed(closing - opening, edition), f"{names['closing']} {end}"
        columns.append(Column(name, floor, closing, change, is_total=True))
        return columns, floor
    columns.append(Column(names["closing"], 0, closing, end, is_total=True))
    if opening:
        columns.insert(0, Column(names["opening"], 0, opening, edition.chart(opening), is_total=True))
    return columns, floor


def _names(columns: Sequence[Column], slot: float) -> list[list[str]]:
    """The lines beneath each column, centred on it: no two of them meet, and none leaves the picture."""
    room = slot - 2
    first = [in_two_lines(one.name, room) for one in columns]
    wide = [max(map(text_width, lines)) for lines in first]
    beside = [max(around) for around in zip([room, *wide], [*wide[1:], room], strict=False)]
    return [in_two_lines(one.name, 2 * room - taken) for one, taken in zip(columns, beside, strict=True)]


def _column(one: Column, middle: float, thick: float, y: Scale, floor: int) -> list[str]:
    top, bottom = y(max(one.start, one.end)), y(min(one.start, one.end))
    x, high = middle - thick / 2, max(bottom - top, 0.8)
    if one.is_total:
        shape = bar(x, top, thick, high, fill=MUTE)
    elif one.end > one.start:
        shape = bar(x, top, thick, high, fill=LEAF)
    else:
        shape = bar(x + 0.35, top, thick - 0.7, high, fill="#ffffff", stroke=EMBER)
    # Above a bar that hangs from the line its amount would be struck through by the line.
    hangs = max(one.start, one.end) <= floor and min(one.start, one.end) < floor
    place = bottom + LABEL + 1 if hangs else top - 2.6
    return [shape, label(middle, place, one.text, anchor="middle", fill=INK)]


def _links(columns: Sequence[Column], y: Scale, left: float, slot: float, thick: float) -> list[str]:
    return [
        rule(
            left + slot * (index + 0.5) + thick / 2,
            y(one.end),
            left + slot * (index + 1.5) - thick / 2,
            y(one.end),
        )
        for index, one in enumerate(columns[:-1])
    ]
