"""Marks held against time and against what happened: which are stale, and how they did at an exit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from fund.holdings.models import HoldingMark
from fund.holdings.position import Disposal, Position
from fund.holdings.queries import HoldingSheet, holding_labels, holdings
from fund.holdings.records import Record, records
from fund.valuations.interests import interests
from fund.valuations.policy import Policy, why_file_needed
from fund.valuations.queries import EventSheet, events, files_of, policy_on
from kernel.db import Tx
from kernel.errors import Problem
from valuation.backtest import BackTest, Compared, Exit, Happening, Milestone, back_tests, compare, staleness


@dataclass(frozen=True)
class StaleMark:
    """A mark that must be looked at again: older than the policy allows, or something happened since its day."""

    holding_id: int
    code: str
    name: str
    instrument: str
    mark_id: int
    marked_on: date
    days: int
    is_old: bool
    since: tuple[Happening, ...]


@dataclass(frozen=True)
class Tested:
    """Every exit against its last four marks, and the statistics by how far back; amounts in minor units."""

    compared: tuple[Compared, ...]
    statistics: tuple[BackTest, ...]


def stale_marks(tx: Tx, *, fund_id: int, as_of: date) -> list[StaleMark]:
    """The stale marks of what is held, by holding; nothing is stale by a policy that does not exist."""
    kept = policy_on(tx, fund_id=fund_id, on=as_of)
    if kept is None:
        return []
    held = {one.id: one for one in holdings(tx, fund_id=fund_id, as_of=as_of)}
    happened: dict[int, list[EventSheet]] = defaultdict(list)
    for one in events(tx, holding_ids=list(held), until=as_of):
        happened[one.holding_id].append(one)
    rows = records(tx, holding_ids=list(held))
    found = []
    for sheet in held.values():
        for known in rows[sheet.id]:
            stale = _stale(sheet, known, kept.policy, happened[sheet.id], as_of)
            if stale is not None:
                found.append(stale)
    return found


def _stale(
    sheet: HoldingSheet, known: Record, policy: Policy, happened: Iterable[EventSheet], as_of: date
) -> StaleMark | None:
    position = known.position.until(as_of)
    if position.mark is None or not position.quantity:
        return None
    row = known.marks[position.mark.mark_id]
    late = timedelta(days=policy.milestone_days)
    found = staleness(
        row.marked_on,
        as_of=as_of,
        maximum_days=policy.stale_days,
        happenings=[Happening(one.happened_on, one.says) for one in happened],
        milestones=[Milestone(one.what, one.due_on + late, one.met_on) for one in _planned(row)],
    )
    if not found.is_stale:
        return None
    return StaleMark(
        sheet.id,
        sheet.code,
        sheet.name,
        known.instrument.code,
        row.key,
        row.marked_on,
        found.days,
        found.is_old,
        found.since,
    )


def _planned(row: HoldingMark) -> Iterator[Milestone]:
    for one in row.milestones:
        if one.get("due_on"):
            met = one.get("met_on")
            yield Milestone(
                str(one.get("what", "")),
                date.fromisoformat(str(one["due_on"])),
                date.fromisoformat(str(met)) if met else None,
            )


def back_tested(tx: Tx, *, fund_id: int, as_of: date, holding_id: int | None = None) -> Tested:
    """Every sale and write-off up to a day against the last four marks before it, of a fund or of one holding.

    A mark counts with the part of what was held on its day that the exit took. Exits without a mark before them have
    nothing to be held against and are left out.
    """
    labels = holding_labels(tx, fund_id=fund_id)
    wanted = [key for key in labels if holding_id in (None, key)]
    exits = []
    for key, known in records(tx, holding_ids=wanted).items():
        for one in known:
            name = f"{labels[key][0]} {labels[key][1]} · {one.instrument.code}"
            exits += list(_exits(name, one.position.until(as_of)))
    compared = compare(sorted(exits, key=lambda one: (one.on, one.name)))
    return Tested(tuple(compared), tuple(back_tests(compared)))


def last_marks_tested(tx: Tx, *, fund_id: int, as_of: date) -> list[tuple[int, Compared]]:
    """Every exit up to a day against the one last mark before it, with its holding, in the order of their days."""
    found = []
    for key, known in records(tx, holding_ids=list(holding_labels(tx, fund_id=fund_id))).items():
        for one in known:
            exits = list(_exits(one.instrument.code, one.position.until(as_of)))
            found += [(key, told) for told in compare(exits, look_back=1)]
    return sorted(found, key=lambda one: (one[1].left_on, one[0], one[1].name))


def _exits(name: str, position: Position) -> Iterator[Exit]:
    by_day: dict[date, list[Disposal]] = defaultdict(list)
    for gone in position.left:
        by_day[gone.sold_on].append(gone)
    for on, left in by_day.items():
        quantity = sum((one.quantity for one in left), Fraction(0))
        marks = {
            one.marked_on: one.value * quantity / held
            for one in position.marks
            if one.marked_on < on and (held := position.until(one.marked_on).quantity)
        }
        if marks:
            yield Exit(name, on, Fraction(sum(one.proceeds for one in left)), marks)


def close_problems(tx: Tx, *, fund_id: int, on: date) -> list[Problem]:
    """What the policy finds wrong with the marks of the end of a quarter: a file that it asks for is not there, or
    something that happened by then was put on record only after the mark.
    """
    kept = policy_on(tx, fund_id=fund_id, on=on)
    if kept is None:
        return []
    held = [one for one in holdings(tx, fund_id=fund_id, as_of=on) if one.cost or one.value]
    rows = records(tx, holding_ids=[one.id for one in held])
    known = events(tx, holding_ids=[one.id for one in held], until=on)
    problems: list[Problem] = []
    for sheet in held:
        happened = [one for one in known if one.holding_id == sheet.id]
        for record in rows[sheet.id]:
            valued = record.position.until(on).mark
            if valued is not None and valued.marked_on == on:
                where = f"{sheet.code} {sheet.name} · {record.instrument.code}"
                problems += _wrong(tx, sheet, record.marks[valued.mark_id], kept.policy, happened, where)
    return problems


def _wrong(
    tx: Tx, sheet: HoldingSheet, row: HoldingMark, policy: Policy, happened: Iterable[EventSheet], where: str
) -> Iterator[Problem]:
    on = row.marked_on
    interested = bool(interests(tx, holding=sheet, as_of=on))
    needed = why_file_needed(policy, value=row.value, interested=interested) is not None
    if needed and not files_of(tx, mark_ids=[row.key]):
        yield Problem(where, "the valuation policy asks for a file behind the mark of {on}", {"on": on})
    for one in happened:
        if one.recorded_at > row.recorded_at:
            facts = {"what": one.says, "day": one.happened_on, "on": on}
            yield Problem(
                where, "“{what}” of {day} came on record after the mark of {on}; mark it again", facts
            )
