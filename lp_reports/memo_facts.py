"""From a mark and its file to what its page and its memo draw: the steps of the bridge, the pieces of the payoff."""

from __future__ import annotations

from fractions import Fraction

from fund.holdings.queries import MarkSheet
from fund.valuations.class_values import Found
from fund.valuations.file import Rights
from lp_reports.charts.payoff import Piece
from lp_reports.facts import Step


def bridge_steps(mark: MarkSheet) -> tuple[Step, ...]:
    """The way from the mark before to this one; it arrives to the fen, as the row's own constraint demands."""
    way = mark.bridge
    return (
        Step("opening", way.opening),
        Step("invested", way.bought),
        Step("sold", -way.sold),
        Step("company", way.causes.company),
        Step("market", way.causes.market),
        Step("rights", way.causes.rights),
        Step("currency", way.causes.currency),
        Step("closing", way.closing),
    )


def payoff_pieces(rights: Rights, found: Found) -> tuple[Piece, ...]:
    """What the fund receives of each further yuan between the breakpoints: its class's part, by the shares it holds."""
    shares = next(one.shares for one in rights.classes if one.name == rights.held)
    part = float(Fraction(rights.held_shares) / shares)
    return tuple(Piece(step.above, step.parts[rights.held] * part) for step in found.steps)
