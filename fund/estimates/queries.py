"""The estimate of calls that holds, and those before it; a partner reads its own part."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.lines import paid_lines
from fund.capital.positions import CONTRIBUTED, unfunded, visible_to
from fund.capital.rules import ItemKind
from fund.estimates.models import CallEstimate, CallEstimatePart
from fund.estimates.rules import AHEAD, CallMethod, QuarterCalls, Weights, summed
from kernel.db import Tx
from kernel.identity.rules import Actor
from kernel.periods import Quarter


@dataclass(frozen=True)
class EstimateSheet:
    """An estimate that was published: from the books of the end of `quarter`, for the quarters after it.

    calls: of all partners whose parts the reader may see, taken together. scenario, seed: of one made of a scenario.
    """

    id: int
    number: int
    quarter: Quarter
    method: CallMethod
    scenario: int | None
    seed: int | None
    note: str
    recorded_by: str
    recorded_at: datetime
    own: tuple[tuple[int, QuarterCalls], ...]

    def calls(
        self, *, after: Quarter | None = None, partner_id: int | None = None
    ) -> tuple[QuarterCalls, ...]:
        """By quarter: what of it is still to come at the end of `after`, all partners' or one's."""
        first = after or self.quarter
        return summed(
            [
                one
                for key, one in self.own
                if one.quarter > first and (partner_id is None or key == partner_id)
            ]
        )


def published(
    tx: Tx, *, fund_id: int, quarter: Quarter, known_at: datetime | None = None, actor: Actor | None = None
) -> EstimateSheet | None:
    """The newest estimate made at the end of `quarter` or before, as known at an instant; None where there is none."""
    statement = select(CallEstimate).where(
        CallEstimate.fund_id == fund_id, col(CallEstimate.quarter) <= str(quarter)
    )
    if known_at is not None:
        statement = statement.where(col(CallEstimate.recorded_at) <= known_at)
    newest = col(CallEstimate.number).desc()
    rows = tx.exec(statement.order_by(col(CallEstimate.quarter).desc(), newest).limit(1)).all()
    return _sheets(tx, list(rows), actor)[0] if rows else None


def estimates(tx: Tx, *, fund_id: int, actor: Actor | None = None) -> list[EstimateSheet]:
    """Every estimate that was published, newest first."""
    statement = select(CallEstimate).where(CallEstimate.fund_id == fund_id)
    return _sheets(tx, list(tx.exec(statement.order_by(col(CallEstimate.number).desc()))), actor)


def _sheets(tx: Tx, rows: list[CallEstimate], actor: Actor | None) -> list[EstimateSheet]:
    statement = select(CallEstimatePart).where(
        col(CallEstimatePart.estimate_id).in_([row.key for row in rows])
    )
    if actor is not None:
        statement = statement.where(visible_to(actor, col(CallEstimatePart.partner_id)))
    own: dict[int, list[tuple[int, QuarterCalls]]] = {row.key: [] for row in rows}
    for part in tx.exec(statement.order_by(col(CallEstimatePart.id))):
        call = QuarterCalls(Quarter.parse(part.quarter), part.fee, part.investment, part.low, part.high)
        own[part.estimate_id].append((part.partner_id, call))
    return [
        EstimateSheet(
            row.key,
            row.number,
            Quarter.parse(row.quarter),
            row.method,
            row.scenario,
            row.seed,
            row.note,
            row.recorded_by,
            row.recorded_at,
            tuple(own[row.key]),
        )
        for row in rows
    ]


def called_of_late(tx: Tx, *, fund_id: int, as_of: date) -> dict[int, tuple[int, int]]:
    """What each partner was called in the last four quarters: for fees and expenses, and for investments."""
    first = Quarter.containing(as_of)
    for _ in range(AHEAD - 1):
        first = first.previous
    paid = paid_lines(fund_id, as_of, CONTRIBUTED)
    is_investment = paid.c.kind == ItemKind.INVESTMENT
    running, invested = (
        sa.func.coalesce(sa.func.sum(sa.case((which, paid.c.amount), else_=0)), 0)
        for which in (sa.not_(is_investment), is_investment)
    )
    statement = sa.select(paid.c.partner_id, running, invested).where(paid.c.due_on >= first.starts_on)
    rows = tx.execute(statement.group_by(paid.c.partner_id))
    return {partner_id: (int(fees), int(bought)) for partner_id, fees, bought in rows}


def weights(tx: Tx, *, fund_id: int, as_of: date) -> dict[int, Weights]:
    """By what each partner takes part in calls to come, in the order of the partners."""
    late = called_of_late(tx, fund_id=fund_id, as_of=as_of)
    return {
        key: Weights(late.get(key, (0, 0))[0], left)
        for key, left in unfunded(tx, fund_id=fund_id, as_of=as_of).items()
    }
