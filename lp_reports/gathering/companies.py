"""The schedule of investments and the page of each company, from holdings, marks, deals and readiness."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fund.holdings import queries as holding_queries
from fund.holdings.help import help_wanted
from fund.holdings.mark_rules import MarkState
from fund.holdings.queries import HoldingSheet, MarkSheet, cash_flows
from fund.results.rules import is_full_year
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.periods import Quarter
from lp_reports.facts import Rate, Step, Text
from lp_reports.gathering.background import background
from lp_reports.gathering.charter import decimal, ratio
from lp_reports.gathering.rates import frozen_rate
from lp_reports.portfolio import Company, Exit, Investment, Milestone, ValuePoint
from lp_reports.vocabulary import TECHNIQUES, bilingual, place, value, without
from valuation.irr import xirr


@dataclass(frozen=True)
class Schedule:
    """The holdings at the quarter's end and how they stood at the end of each quarter before, by id."""

    quarter: Quarter
    now: tuple[HoldingSheet, ...]
    past: Mapping[Quarter, Mapping[int, HoldingSheet]]
    known_at: datetime

    def before(self, holding_id: int) -> HoldingSheet | None:
        return self.past.get(self.quarter.previous, {}).get(holding_id)


def schedule(tx: Tx, *, fund_id: int, first: Quarter, quarter: Quarter, known_at: datetime) -> Schedule:
    """The holdings at every quarter's end from `first` to `quarter`."""
    past: dict[Quarter, Mapping[int, HoldingSheet]] = {}
    at = first
    while at <= quarter:
        found = holding_queries.holdings(tx, fund_id=fund_id, as_of=at.ends_on, known_at=known_at)
        past[at] = {sheet.id: sheet for sheet in found}
        at = at.next
    return Schedule(quarter, tuple(past[quarter].values()), past, known_at)


def investments(tx: Tx, *, schedule: Schedule) -> tuple[Investment, ...]:
    """The schedule's lines as they stand for the whole fund."""
    return tuple(_investment(tx, sheet, schedule) for sheet in schedule.now)


def own_lines(
    lines: Sequence[Investment],
    *,
    schedule: Schedule,
    shares: Mapping[int, Mapping[int, int]],
    exits: Mapping[int, Exit],
    partner_id: int,
) -> tuple[Investment, ...]:
    """The lines with what is the partner's; `shares` are the weights in each holding, `exits` how some were left."""
    return tuple(
        replace(line, yours=part_of(sheet.value, shares[sheet.id], partner_id), left=exits.get(sheet.id))
        for line, sheet in zip(lines, schedule.now, strict=True)
    )


def _investment(tx: Tx, sheet: HoldingSheet, schedule: Schedule) -> Investment:
    before = schedule.before(sheet.id)
    return Investment(
        code=sheet.code,
        name=Text(sheet.name, sheet.name_en),
        sector=value(sheet.sector),
        chain_position=value(sheet.chain_position),
        stage=value(sheet.stage),
        origin=value(sheet.origin),
        city=place(sheet.city),
        acquired_on=sheet.acquired_on or schedule.quarter.ends_on,
        status=sheet.status.value,
        ownership=decimal(sheet.ownership) if sheet.ownership is not None and sheet.cost else None,
        cost=sheet.invested,
        realised=sheet.realised,
        value=sheet.value,
        previous_value=before.value if before else 0,
        yours=0,
        moic=ratio(sheet.realised + sheet.value, sheet.invested),
        irr=_gross_rate(tx, sheet, schedule),
    )


def part_of(amount: int, weights: Mapping[int, int], partner_id: int) -> int:
    """One partner's part of an amount, so that all partners' parts sum to it."""
    order = sorted(weights)
    if partner_id not in weights or not sum(weights.values()):
        return 0
    return allocate(amount, [weights[key] for key in order])[order.index(partner_id)]


def _gross_rate(tx: Tx, sheet: HoldingSheet, schedule: Schedule) -> Rate:
    as_of, known_at = schedule.quarter.ends_on, schedule.known_at
    flows = cash_flows(tx, fund_id=sheet.fund_id, as_of=as_of, holding_id=sheet.id, known_at=known_at)
    dates = [flow.on for flow in flows]
    amounts = [flow.amount for flow in flows]
    is_long = bool(dates) and is_full_year(min(dates), as_of)
    if dates or sheet.value:
        dates.append(as_of)
        amounts.append(sheet.value)
    return frozen_rate(xirr(dates, amounts), is_full_year=is_long)


def pages(tx: Tx, *, schedule: Schedule) -> tuple[Company, ...]:
    """A page per company, with free text as it was written: to be `concealed` before anybody reads it."""
    return tuple(_page(tx, sheet, schedule) for sheet in schedule.now)


def concealed(page: Company, hidden: Sequence[str]) -> Company:
    """The page in which free text says "a partner" where it names one of the `hidden` ones."""
    return replace(
        page,
        does=without(page.does, hidden),
        founders=tuple(without(one, hidden) for one in page.founders),
        technique=without(page.technique, hidden),
        reason=without(page.reason, hidden),
        milestones=tuple(replace(one, what=without(one.what, hidden)) for one in page.milestones),
        help_wanted=tuple(without(one, hidden) for one in page.help_wanted),
    )


def _page(tx: Tx, sheet: HoldingSheet, schedule: Schedule) -> Company:
    made = _approved_marks(tx, sheet, schedule.quarter)
    last = made[-1] if made else None
    known = background(tx, sheet=sheet, as_of=schedule.quarter.ends_on)
    return Company(
        code=sheet.code,
        does=known.does,
        founders=known.founders,
        readiness_entry=known.trl_entry,
        readiness_now=known.trl,
        readiness_target=None,
        manufacturing=known.mrl,
        milestones=milestones(last.milestones) if last else (),
        bridge=_bridge(sheet, schedule, made),
        history=_history(sheet, schedule),
        technique=_technique(sheet, last),
        reason=bilingual(last.reason) if last else Text(""),
        marked_on=last.marked_on if last else None,
        help_wanted=_help(tx, sheet, schedule),
    )


def _approved_marks(tx: Tx, sheet: HoldingSheet, quarter: Quarter) -> list[MarkSheet]:
    """The approved marks up to the quarter's end, oldest first."""
    found = [
        mark
        for mark in holding_queries.marks(tx, holding_id=sheet.id)
        if mark.state is MarkState.APPROVED and mark.marked_on <= quarter.ends_on
    ]
    return sorted(found, key=lambda mark: (mark.marked_on, mark.id))


def _bridge(sheet: HoldingSheet, schedule: Schedule, marks: Sequence[MarkSheet]) -> tuple[Step, ...]:
    """The quarter's way from the last value to this one; what no mark explains stands as other."""
    before = schedule.before(sheet.id)
    opening = before.value if before else 0
    of_quarter = [mark.bridge for mark in marks if mark.marked_on >= schedule.quarter.starts_on]
    moves = {
        "invested": sheet.invested - (before.invested if before else 0),
        "sold": -_left(sheet, before, opening),
        "company": sum(one.causes.company for one in of_quarter),
        "market": sum(one.causes.market for one in of_quarter),
        "rights": sum(one.causes.rights for one in of_quarter),
        "currency": sum(one.causes.currency for one in of_quarter),
    }
    moves["other"] = sheet.value - opening - sum(moves.values())
    steps = (Step(code, amount) for code, amount in moves.items())
    return (Step("opening", opening), *steps, Step("closing", sheet.value))


def _left(sheet: HoldingSheet, before: HoldingSheet | None, opening: int) -> int:
    """The value that left with what was sold or written off in the quarter, in proportion to its cost."""
    if before is None or not before.cost:
        return 0
    bought = sheet.invested - before.invested
    cost_left = before.cost + bought - sheet.cost
    return opening * cost_left // before.cost if cost_left > 0 else 0


def _history(sheet: HoldingSheet, schedule: Schedule) -> tuple[ValuePoint, ...]:
    points = [(quarter, found[sheet.id]) for quarter, found in schedule.past.items() if sheet.id in found]
    return tuple(ValuePoint(str(quarter), then.cost, then.value) for quarter, then in points)


def _technique(sheet: HoldingSheet, mark: MarkSheet | None) -> Text:
    if sheet.status.value == "realised":
        return Text("已退出，以成交价款计量。", "Sold: measured at the price received.")
    if sheet.status.value == "written_off":
        return Text("已核销，预计无可收回金额。", "Written off: nothing is expected to come back.")
    if mark is None:
        return Text(
            "以取得成本计量，尚未到首个估值日。", "At cost: the first day of valuation is still to come."
        )
    name = TECHNIQUES[mark.technique.value]
    said = bilingual(mark.calibration)
    return Text(
        f"{name.zh}：{said.zh}" if said.zh else f"{name.zh}。",
        f"{name.en}: {said.en}" if said.en else f"{name.en}.",
    )


def milestones(rows: Iterable[Mapping[str, Any]]) -> tuple[Milestone, ...]:
    """Milestones as a mark keeps them: {"what", "what_en", "due_on", "met_on"}, days as ISO text; by plan."""
    found = [
        Milestone(
            Text(str(row.get("what", "")), str(row.get("what_en", "") or "")),
            date.fromisoformat(str(row["due_on"])),
            date.fromisoformat(str(row["met_on"])) if row.get("met_on") else None,
        )
        for row in rows
        if row.get("due_on")
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.what.zh)))


def _help(tx: Tx, sheet: HoldingSheet, schedule: Schedule) -> tuple[Text, ...]:
    """What the company asked for, as the manager wrote it down; of a company that was left nothing more is asked."""
    if not sheet.cost:
        return ()
    as_of, known_at = schedule.quarter.ends_on, schedule.known_at
    found = help_wanted(tx, holding_id=sheet.id, as_of=as_of, known_at=known_at)
    return tuple(bilingual(line) for line in found)
