"""Charts for pages, drawn by the same hand as those of the printed reports."""

from collections.abc import Sequence
from decimal import Decimal

from app.languages import Language
from fund.holdings.queries import MarkSheet
from fund.results import rules as results
from fund.results.progress_rules import Stage
from fund.valuations.class_values import Found
from fund.valuations.file import Rights
from lp_reports.charts.bridge import bridge
from lp_reports.charts.canvas import Drawing
from lp_reports.charts.curve import j_curve, progression
from lp_reports.charts.payoff import payoff
from lp_reports.charts.rates import rate_curve
from lp_reports.edition import Edition
from lp_reports.edition import Language as Tongue
from lp_reports.facts import CurvePoint, Step
from lp_reports.memo_facts import bridge_steps, payoff_pieces
from lp_reports.words import STEPS, named

# Points; a page shows them about twice as large, so that labels come out at the size of a table's text.
WIDTH, HEIGHT = 300.0, 150.0
# A bridge of more moves takes the whole width of the page, as in print: its amounts would touch.
MOVES, BROAD = 6, 640.0


def edition(language: Language) -> Edition:
    """The writing rules of the printed reports, in the language of the page."""
    return Edition(Tongue.ZH if language is Language.ZH else Tongue.EN)


def value_bridge(steps: Sequence[results.Step], language: Language) -> Drawing:
    """From opening to closing value, in the short words of the printed report: columns are narrow."""
    shown = [Step(step.code, step.amount) for step in steps]
    writing, width = edition(language), BROAD if is_crowded(steps) else WIDTH
    return bridge(shown, named(STEPS, writing), writing, width=width, height=HEIGHT)


def is_crowded(steps: Sequence[results.Step]) -> bool:
    """Whether the bridge of these steps is drawn over the whole width."""
    return sum(step.amount != 0 for step in steps[1:-1]) > MOVES


def money_curve(points: Sequence[results.Point], language: Language) -> Drawing:
    """Money in, money out and value, quarter by quarter."""
    return j_curve([_point(one) for one in points], edition(language), width=WIDTH, height=HEIGHT)


def multiples_curve(stages: Sequence[Stage], language: Language) -> Drawing:
    """TVPI and DPI, quarter by quarter."""
    points = [
        CurvePoint(
            str(one.quarter), one.paid_in, one.distributed, one.nav, _decimal(one.tvpi), _decimal(one.dpi)
        )
        for one in stages
    ]
    return progression(points, edition(language), width=WIDTH, height=HEIGHT)


def rates_curve(stages: Sequence[Stage], language: Language) -> Drawing:
    """The net IRR, quarter by quarter, from the first full year on."""
    rates = [(str(one.quarter), _decimal(one.net_irr.value) if one.is_full_year else None) for one in stages]
    return rate_curve(rates, edition(language), width=WIDTH, height=HEIGHT)


def mark_bridge(mark: MarkSheet, language: Language) -> Drawing:
    """From the mark before to this one, by cause."""
    return bridge(
        bridge_steps(mark), named(STEPS, edition(language)), edition(language), width=WIDTH, height=HEIGHT
    )


def payoff_of(rights: Rights, found: Found | None, language: Language) -> Drawing | None:
    """What the fund receives of the proceeds of a sale."""
    if found is None:
        return None
    pieces = payoff_pieces(rights, found)
    return payoff(pieces, edition(language), equity=found.equity, width=WIDTH, height=HEIGHT)


def _point(one: results.Point) -> CurvePoint:
    return CurvePoint(
        str(one.quarter), one.paid_in, one.distributed, one.nav, _decimal(one.tvpi), _decimal(one.dpi)
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
