"""Whether the values of what the fund holds are fresh enough for a later close by net asset value."""

from collections.abc import Iterator
from datetime import date

from fund.capital.premiums import MarksTooOld
from fund.holdings.queries import HoldingSheet, holdings
from fund.holdings.records import records
from fund.valuations.queries import policy_on
from fund.valuations.watch import stale_marks
from kernel.db import Tx
from kernel.errors import Problem

# A quarter and the month in which it is usually marked; a valuation policy says itself.
DAYS_WITHOUT_POLICY = 120


def check_values(tx: Tx, *, fund_id: int, on: date) -> None:
    """Refuse what is held at a value older than the valuation policy allows, or since which something happened.

    The last approved mark counts, one that says nothing is left as well; what was not marked yet is valued at its price
    from the day of purchase, and what had no price has no value.
    """
    held = holdings(tx, fund_id=fund_id, as_of=on)
    kept = policy_on(tx, fund_id=fund_id, on=on)
    days = kept.policy.stale_days if kept else DAYS_WITHOUT_POLICY
    happened = {
        (one.holding_id, one.instrument): one.since[-1].on
        for one in stale_marks(tx, fund_id=fund_id, as_of=on)
        if one.since
    }
    problems = list(_faults(tx, held, days, happened, on))
    if problems:
        raise MarksTooOld(problems=problems)


def _faults(
    tx: Tx, held: list[HoldingSheet], days: int, happened: dict[tuple[int, str], date], on: date
) -> Iterator[Problem]:
    known = records(tx, holding_ids=[one.id for one in held])
    for sheet in held:
        for record in known[sheet.id]:
            position = record.position.until(on)
            if not position.quantity:
                continue
            lots = position.open_lots()
            bought = max(lot.bought_on for lot in lots)
            valued = position.mark.marked_on if position.mark else bought
            where = f"{sheet.code} {sheet.name} · {record.instrument.code}"
            if position.mark is None and not any(lot.cost for lot in lots):
                yield Problem(where, "it cost nothing and was never valued", {})
            elif (on - valued).days > days:
                facts = {"valued": valued, "age": (on - valued).days, "days": days}
                yield Problem(where, "its value is of {valued}, {age} days old; {days} are allowed", facts)
            elif (sheet.id, record.instrument.code) in happened:
                since = happened[sheet.id, record.instrument.code]
                facts = {"valued": valued, "since": since}
                yield Problem(where, "its value is of {valued}; what happened on {since} is not in it", facts)
