"""How old the values of what is held are: since when they stand, on what, and whether they must be looked at again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from fund.holdings.models import HoldingMark
from fund.holdings.queries import holdings
from fund.holdings.records import Record, records
from fund.valuations.models import ValuationCalibration
from fund.valuations.queries import policy_on
from fund.valuations.watch import StaleMark, stale_marks
from kernel.db import Tx


@dataclass(frozen=True)
class Age:
    """How old the value of a holding is.

    transacted_on: the last purchase, sale or round on record. valued_on: the oldest day on which an instrument that is
    held was last valued in full, from inputs with their sources; None where it never was. unchanged: why the last
    marks left the value as it was, "" where they moved it. days_allowed: by the policy, None without one.
    """

    holding_id: int
    code: str
    transacted_on: date | None
    valued_on: date | None
    days_allowed: int | None
    is_unchanged: bool
    unchanged: str
    stale: tuple[StaleMark, ...]

    @property
    def is_old(self) -> bool:
        """Whether a mark is older than the policy allows."""
        return any(one.is_old for one in self.stale)

    @property
    def since(self) -> tuple[date, ...]:
        """The days after a mark on which something happened that may have changed the value."""
        return tuple(sorted({happening.on for one in self.stale for happening in one.since}))


def ages(tx: Tx, *, fund_id: int, as_of: date) -> list[Age]:
    """What is held at the end of a day, in the order of the holdings."""
    held = [one for one in holdings(tx, fund_id=fund_id, as_of=as_of) if one.cost or one.value]
    ids = [one.id for one in held]
    known = records(tx, holding_ids=ids)
    rounds = _rounds(tx, ids, as_of)
    kept = policy_on(tx, fund_id=fund_id, on=as_of)
    stale = stale_marks(tx, fund_id=fund_id, as_of=as_of)
    found = []
    for sheet in held:
        own = [one for one in known[sheet.id] if one.position.until(as_of).quantity]
        last = [mark for one in own if (mark := _last(one, as_of)) is not None]
        is_unchanged = bool(last) and not any(_moved(mark) for mark in last)
        found.append(
            Age(
                holding_id=sheet.id,
                code=sheet.code,
                transacted_on=max(_days(known[sheet.id], rounds.get(sheet.id), as_of), default=None),
                valued_on=_oldest([_full(one, as_of) for one in own]),
                days_allowed=kept.policy.stale_days if kept else None,
                is_unchanged=is_unchanged,
                unchanged=next((mark.reason for mark in last), "") if is_unchanged else "",
                stale=tuple(one for one in stale if one.holding_id == sheet.id),
            )
        )
    return found


def _rounds(tx: Tx, holding_ids: Sequence[int], until: date) -> dict[int, date]:
    """The day of the last round by which a technique was calibrated, by holding."""
    on = sa.func.max(col(ValuationCalibration.calibrated_on)).label("last")
    statement = (
        sa.select(col(ValuationCalibration.holding_id), on)
        .where(col(ValuationCalibration.holding_id).in_(holding_ids))
        .where(col(ValuationCalibration.calibrated_on) <= until)
        .group_by(col(ValuationCalibration.holding_id))
    )
    return {row.holding_id: row.last for row in tx.execute(statement)}


def _days(known: Sequence[Record], last_round: date | None, as_of: date) -> list[date]:
    """The days on which something of it was traded; what was taken back was not."""
    stood = [one.position.until(as_of) for one in known]
    bought = [lot.bought_on for one in stood for lot in one.kept]
    sold = [gone.sold_on for one in stood for gone in one.left]
    return [*bought, *sold, *([last_round] if last_round else [])]


def _last(record: Record, as_of: date) -> HoldingMark | None:
    mark = record.position.until(as_of).mark
    return record.marks[mark.mark_id] if mark else None


def _full(record: Record, as_of: date) -> date | None:
    """The last day on which the instrument was valued from inputs, and not only carried on."""
    marks = record.position.until(as_of).marks
    return max((one.marked_on for one in marks if record.marks[one.mark_id].inputs), default=None)


def _oldest(days: Sequence[date | None]) -> date | None:
    told = [one for one in days if one is not None]
    return min(told) if told and len(told) == len(days) else None


def _moved(mark: HoldingMark) -> int:
    return mark.company + mark.market + mark.rights + mark.currency
