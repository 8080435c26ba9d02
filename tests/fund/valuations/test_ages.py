from datetime import date, datetime
from fractions import Fraction

from fund.holdings.actions import sell
from fund.valuations.ages import ages
from fund.valuations.records import note_event
from fund.valuations.watch import last_marks_tested
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.holdings import a_mark, bought, held, the_analyst
from tests.builders.ledger import Books
from tests.builders.valuations import MILLION
from tests.fund.valuations.test_watch import Q1, Q2, Q3, a_policy

SOLD_ON = date(2025, 8, 1)
INPUT = {"name": "sales", "value": "60m", "source": "accounts", "on": "2025-03-31"}


def test_how_old_a_value_is(tx: Tx, fund: Books, now: datetime) -> None:
    """Carried on without inputs a mark is no full valuation; a purchase is a transaction and moves no mark."""
    sheet = held(tx, fund.fund_id)
    [new] = ages(tx, fund_id=fund.fund_id, as_of=Q1)
    assert (new.valued_on, new.days_allowed, new.is_unchanged, new.stale) == (None, None, False, ())
    a_mark(tx, sheet.id, on=Q1, value=24 * MILLION, inputs=[INPUT])
    bought(tx, sheet.id, on=date(2025, 5, 12), cost=6 * MILLION)
    a_mark(tx, sheet.id, on=Q2, value=30 * MILLION, reason="无变化 / nothing moved")
    a_policy(tx, fund, now)
    [kept] = ages(tx, fund_id=fund.fund_id, as_of=Q2)
    assert (kept.transacted_on, kept.valued_on, kept.days_allowed) == (date(2025, 5, 12), Q1, 100)
    assert (kept.is_unchanged, kept.unchanged) == (True, "无变化 / nothing moved")
    assert (kept.is_old, kept.since) == (False, ())
    fire, told = date(2025, 7, 2), {"says": "fire", "source": "call"}
    note_event(tx, the_analyst(tx), holding_id=sheet.id, happened_on=fire, **told, now=now)
    [burnt] = ages(tx, fund_id=fund.fund_id, as_of=fire)
    assert (burnt.is_old, burnt.since) == (False, (fire,))
    [old] = ages(tx, fund_id=fund.fund_id, as_of=date(2025, 12, 31))
    assert old.is_old


def test_an_exit_is_held_against_the_last_mark(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=Q1, value=20 * MILLION, reason="first")
    a_mark(tx, sheet.id, on=Q2, value=24 * MILLION)
    facts = {"holding_id": sheet.id, "sold_on": SOLD_ON, "proceeds": 9 * MILLION, "now": now}
    sell(tx, SYSTEM, quantity=Fraction(250_000), **facts)
    [(key, told)] = last_marks_tested(tx, fund_id=fund.fund_id, as_of=Q3)
    assert (key, told.left_on, told.marked_on) == (sheet.id, SOLD_ON, Q2)
    assert (told.mark, told.price, told.ratio) == (6 * MILLION, 9 * MILLION, 1.5)
    assert last_marks_tested(tx, fund_id=fund.fund_id, as_of=Q2) == []
