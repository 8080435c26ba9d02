"""What must hold in figures before they are frozen: the assertions a reader would make with a pencil.

Sources: ILPA Reporting Template v2.0 (closing equal across periods, opening equals the last closing, partners plus
general partner equal the fund), and plain addition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kernel.errors import Problem
from lp_reports.facts import Line, Step
from lp_reports.snapshot import Figures

PERIODS = ("qtd", "ytd", "itd")

NAV_HELD = "net asset value against capital account"


def inconsistencies(figures: Figures) -> list[Problem]:
    """Every place where the figures do not add up; empty when they do."""
    return [
        *_lines("capital account", figures.account),
        *_lines("commitment", figures.commitment),
        *_bridge("bridge", figures.bridge),
        *_opening(figures),
        *_positions(figures),
        *_inception(figures),
        *_companies(figures),
        *_fees(figures),
        *_ilpa(figures),
    ]


def _lines(where: str, lines: Sequence[Line]) -> Iterator[Problem]:
    """Each column adds down to its closing line, and closing is the same in all periods."""
    closing = lines[-1]
    for whose in ("yours", "fund"):
        for period in PERIODS:
            parts = sum(getattr(getattr(line, whose), period) for line in lines[:-1])
            whole = getattr(getattr(closing, whose), period)
            if parts != whole:
                yield _differs(f"{where}, {whose} {period}", parts, whole)
        ends = {getattr(getattr(closing, whose), period) for period in PERIODS}
        if len(ends) > 1:
            yield Problem(f"{where}, {whose}", "closing differs between quarter, year and life")


def _bridge(where: str, steps: Sequence[Step]) -> Iterator[Problem]:
    parts, whole = sum(step.amount for step in steps[:-1]), steps[-1].amount
    if parts != whole:
        yield _differs(where, parts, whole)


def _opening(figures: Figures) -> Iterator[Problem]:
    """The quarter opens with what the last published report closed with, unless that one is being restated."""
    previous, opening = figures.previous, figures.account[0].yours.qtd
    if previous is not None and previous.figures.nav != opening:
        yield _differs(f"opening against report {previous.number}", opening, previous.figures.nav)


def _positions(figures: Figures) -> Iterator[Problem]:
    """One figure, wherever it is printed."""
    key, closing = figures.key, figures.account[-1].yours.itd
    by_code = {line.code: line.yours.itd for line in figures.account}
    last = figures.curve[-1]
    pairs = (
        (NAV_HELD, key.nav, closing),
        ("net asset value against bridge", key.nav, figures.bridge[-1].amount),
        ("net asset value against the last quarter of the curve", key.nav, last.nav),
        ("paid in against the last quarter of the curve", key.paid_in, last.paid_in),
        ("distributed against the last quarter of the curve", key.distributed, last.distributed),
        (
            "paid in against capital account",
            key.paid_in,
            by_code.get("contributions", 0) + by_code.get("given_back", 0),
        ),
        ("distributed against capital account", key.distributed, -by_code.get("distributions", 0)),
        ("unfunded against commitment", key.unfunded, figures.commitment[-1].yours.itd),
    )
    bought_or_sold = by_code.get("transfers", 0) != 0
    for where, one, other in pairs:
        # The capital account tells what passed with an interest in a line of its own.
        if one != other and not (bought_or_sold and where.endswith("capital account") and where != NAV_HELD):
            yield _differs(where, one, other)


def _inception(figures: Figures) -> Iterator[Problem]:
    """The return since inception is the same in both tables of the performance section."""
    yours = figures.performance.yours
    for period in figures.performance.periods:
        if period.code == "inception" and period.multiple != yours.tvpi:
            yield Problem("return since inception", "its multiple is not the TVPI")


def _companies(figures: Figures) -> Iterator[Problem]:
    """A company's page and bridge agree with its line in the schedule."""
    lines = {line.code: line for line in figures.investments}
    for page in figures.companies:
        line = lines.get(page.code)
        if line is None:
            yield Problem(f"company {page.code}", "has a page but no line in the schedule")
            continue
        yield from _bridge(f"company {page.code}, bridge", page.bridge)
        if page.bridge[-1].amount != line.value:
            yield _differs(f"company {page.code}, value", page.bridge[-1].amount, line.value)


def _fees(figures: Figures) -> Iterator[Problem]:
    """Fees and expenses by category are those of the capital account, and the offsets roll forward."""
    if figures.fees is None:
        return
    pairs = (("management_fee", figures.fees.charged), ("expenses", figures.fees.expenses))
    for whose in ("yours", "fund"):
        for period in PERIODS:
            for code, lines in pairs:
                own = [line for line in figures.account if line.code == code]
                parts, whole = _sum(lines, whose, period), _sum(own, whose, period)
                if parts != whole:
                    yield _differs(f"fees against {code}, {whose} {period}", parts, whole)
            rolled = [getattr(getattr(line, whose), period) for line in figures.fees.offsets]
            if rolled and rolled[0] + rolled[1] - rolled[2] != rolled[3]:
                yield _differs(f"offsets, {whose} {period}", rolled[0] + rolled[1] - rolled[2], rolled[3])


def _ilpa(figures: Figures) -> Iterator[Problem]:
    """The ILPA rows of value and of unfunded end as the capital account and the reconciliation do."""
    if figures.ilpa is None:
        return
    rows = {row.number: row for row in figures.ilpa.rows}
    for number, line in ((95, figures.account[-1]), (114, figures.commitment[-1])):
        for whose, told in (("yours", line.yours), ("fund", line.fund)):
            for period in PERIODS:
                one = getattr(getattr(rows.get(number), whose, None), period, None)
                other = getattr(told, period)
                if one != other:
                    yield _differs(f"ILPA row {number}, {whose} {period}", one, other)


def _sum(lines: Sequence[Line], whose: str, period: str) -> int:
    return sum(getattr(getattr(line, whose), period) for line in lines)


def _differs(where: str, one: int | None, other: int) -> Problem:
    return Problem(where, "{one} is not {other} (minor units)", {"one": one, "other": other})
