"""Follow-on reserves of a fund: planning one, and what is kept back against what the fund can still pay."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from sqlmodel import col, select

from fund.capital.queries import commitments
from fund.charter.queries import terms
from fund.forecasts.models import HoldingReserve
from fund.forecasts.reserve_rules import (
    HoldingUnheld,
    Needed,
    QuarterAhead,
    ReservePlan,
    check_plan,
    quarters_ahead,
    still_kept,
)
from fund.forecasts.rules import MOST_QUARTERS
from fund.forecasts.starting import coming_fees, start
from fund.holdings.queries import HoldingSheet, holding_by_code, holding_labels, holdings_on
from fund.results.exposure import part_of
from fund.results.exposure_rules import LimitCheck, Part, Promised, check_limits
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter

PLANNERS = (Role.MANAGER, Role.ANALYST)


@dataclass(frozen=True)
class Reserve:
    """What is kept back for a holding. Amounts in minor units; `invested` is what was paid for it since the plan."""

    holding: HoldingSheet
    planned: int
    planned_on: date
    expected: Quarter
    invested: int
    note: str
    recorded_by: str

    @property
    def left(self) -> int:
        """What of it is still kept back."""
        return still_kept(planned=self.planned, invested_since=self.invested)


@dataclass(frozen=True)
class Reserves:
    """All that is kept back on a day against what there is: cash and what may still be called.

    `checks` are the limits that all reserves together, invested at cost, would break or break further.
    """

    as_of: date
    lines: tuple[Reserve, ...]
    cash: int
    unfunded: int
    fee: int
    ahead: tuple[QuarterAhead, ...]
    checks: tuple[LimitCheck, ...]
    promised: int = 0

    @property
    def kept(self) -> int:
        """What is still kept back for all companies."""
        return sum(one.left for one in self.lines)

    @property
    def available(self) -> int:
        """What the fund can still pay, before fees to come."""
        return self.cash + self.unfunded

    @property
    def fees(self) -> int:
        """Fees until the last of it is needed, by the terms of each quarter."""
        return sum(one.fee for one in self.ahead)

    @property
    def free(self) -> int:
        """What is left for new deals; below zero the money does not reach."""
        return self.available - self.fees - self.kept - self.promised

    @property
    def cover(self) -> Fraction | None:
        """What there is after fees, as a multiple of what is kept back; None where nothing is."""
        return Fraction(self.available - self.fees, self.kept) if self.kept else None


def plan_reserve(
    tx: Tx, actor: Actor, *, fund_id: int, holding: str, plan: ReservePlan, now: datetime
) -> None:
    """Keep money back for a holding from today on, or no more of it with nothing. Refused: what `check_plan` finds."""
    actor.require(*PLANNERS)
    on = day_in_beijing(now)
    held = holding_by_code(tx, fund_id=fund_id, code=holding, as_of=on)
    if not held.cost and not held.value:
        raise HoldingUnheld(holding=holding, on=on)
    promised = terms(tx, fund_id=fund_id, as_of=on)
    plan = replace(plan, note=plan.note.strip())
    check_plan(plan, on=on, term_ends_on=promised.term_ends_on, size=promised.size)
    tx.add(
        HoldingReserve(
            fund_id=fund_id,
            holding_id=held.id,
            planned_on=on,
            amount=plan.amount,
            expected=str(plan.expected),
            note=plan.note,
            recorded_by=actor.name,
            recorded_at=now,
        )
    )
    detail = {"holding": holding, "amount": plan.amount, "expected": str(plan.expected)}
    record(tx, actor, action="reserve.planned", subject=f"holding:{held.id}", detail=detail, now=now)


def plans(tx: Tx, *, fund_id: int) -> dict[str, ReservePlan]:
    """The newest plan of each holding, by its code; one of nothing where the reserve was ended."""
    labels = holding_labels(tx, fund_id=fund_id)
    statement = select(HoldingReserve).where(HoldingReserve.fund_id == fund_id)
    return {
        labels[row.holding_id][0]: ReservePlan(row.amount, Quarter.parse(row.expected), row.note)
        for row in tx.exec(statement.order_by(col(HoldingReserve.id)))
    }


def reserves(tx: Tx, *, fund_id: int, as_of: date, promised: Sequence[Promised] = ()) -> Reserves:
    """What was kept back by a day, against what the fund could pay on it; limits count what is `promised`, approved and
    not paid, with what is held. Refused: to whoever does not read it all.
    """
    begin = start(tx, fund_id=fund_id, as_of=as_of)
    unpaid = [one.part for one in promised]
    lines = _lines(tx, fund_id, as_of, {one.id: one for one in begin.held})
    needed = [Needed(one.expected, one.left) for one in lines if one.left]
    beyond = _beyond(lines, promised)
    return Reserves(
        as_of=as_of,
        lines=tuple(lines),
        cash=begin.cash,
        unfunded=begin.unfunded,
        fee=begin.fee,
        ahead=quarters_ahead(
            needed,
            after=Quarter.containing(as_of),
            fees=coming_fees(tx, fund_id=fund_id, as_of=as_of, quarters=MOST_QUARTERS),
            cost=begin.cost,
            available=begin.cash + begin.unfunded - beyond,
        ),
        checks=_checks(tx, fund_id, as_of, [*map(part_of, begin.held), *unpaid], lines),
        promised=beyond,
    )


def _beyond(lines: Sequence[Reserve], promised: Sequence[Promised]) -> int:
    """What is approved and not paid beyond what is kept back for the same companies anyhow."""
    bound, kept = Counter[int](), Counter[int]()
    for one in promised:
        bound[one.party_id] += one.amount
    for line in lines:
        kept[line.holding.party_id] += line.left
    # What is left of a difference of counts is what is above zero.
    return (bound - kept).total()


def _lines(tx: Tx, fund_id: int, as_of: date, held: dict[int, HoldingSheet]) -> list[Reserve]:
    """The plan in force of each holding that is still held, in the holdings' order."""
    statement = select(HoldingReserve).where(
        HoldingReserve.fund_id == fund_id, HoldingReserve.planned_on <= as_of
    )
    newest = {row.holding_id: row for row in tx.exec(statement.order_by(col(HoldingReserve.id)))}
    rows = [(held[key], newest[key]) for key in held if key in newest and newest[key].amount]
    earlier = holdings_on(tx, fund_id=fund_id, days=sorted({row.planned_on for _, row in rows}))
    paid = {(day, one.id): one.invested for day, sheets in earlier.items() for one in sheets}
    return [
        Reserve(
            sheet,
            row.amount,
            row.planned_on,
            Quarter.parse(row.expected),
            sheet.invested - paid.get((row.planned_on, sheet.id), 0),
            row.note,
            row.recorded_by,
        )
        for sheet, row in rows
    ]


def _checks(
    tx: Tx, fund_id: int, as_of: date, parts: Sequence[Part], lines: list[Reserve]
) -> tuple[LimitCheck, ...]:
    promised = terms(tx, fund_id=fund_id, as_of=as_of)
    base = sum(commitments(tx, fund_id=fund_id, as_of=as_of).values()) or promised.size
    more = [
        Part(part.name, one.left, one.left, part.labels)
        for one, part in ((one, part_of(one.holding)) for one in lines if one.left)
    ]
    found = check_limits(promised.limits, parts, committed=base, added=more)
    return tuple(one for one in found if not one.passed and one.current > one.before)
