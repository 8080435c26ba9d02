from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from fund.holdings.actions import sell
from fund.valuations.actions import hand_in
from fund.valuations.records import note_event, set_policy
from fund.valuations.watch import back_tested, close_problems, stale_marks
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.holdings import a_draft, a_mark, held, the_analyst, the_manager
from tests.builders.ledger import Books
from tests.builders.valuations import MILLION, POLICY, a_file

Q1, Q2, Q3 = date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30)


def a_policy(tx: Tx, fund: Books, now: datetime, **facts: object) -> None:
    set_policy(
        tx,
        the_manager(tx),
        fund_id=fund.fund_id,
        policy=replace(POLICY, **facts),
        effective_on=date(2025, 1, 1),
        note="committee 2025-01",
        now=now,
    )


def test_a_mark_grows_stale(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    planned = {"what": "pilot line", "due_on": "2025-05-01", "met_on": ""}
    a_mark(tx, sheet.id, on=Q1, value=24 * MILLION, milestones=[planned])
    assert stale_marks(tx, fund_id=fund.fund_id, as_of=Q3) == []
    a_policy(tx, fund, now)
    assert stale_marks(tx, fund_id=fund.fund_id, as_of=date(2025, 5, 30)) == []
    [missed] = stale_marks(tx, fund_id=fund.fund_id, as_of=date(2025, 5, 31))
    assert (missed.code, missed.marked_on, missed.is_old) == ("H01", Q1, False)
    assert [(one.on, one.what) for one in missed.since] == [(date(2025, 5, 31), "pilot line")]
    [old] = stale_marks(tx, fund_id=fund.fund_id, as_of=Q1 + timedelta(days=101))
    assert (old.days, old.is_old) == (101, True)
    met = {**planned, "met_on": "2025-05-20"}
    a_mark(tx, sheet.id, on=Q2, value=24 * MILLION, milestones=[met], reason="on plan")
    assert stale_marks(tx, fund_id=fund.fund_id, as_of=Q2) == []
    note_event(
        tx,
        the_analyst(tx),
        holding_id=sheet.id,
        happened_on=date(2025, 7, 2),
        says="fire",
        source="call",
        now=now,
    )
    [burnt] = stale_marks(tx, fund_id=fund.fund_id, as_of=date(2025, 7, 2))
    assert [one.what for one in burnt.since] == ["fire"]


def test_an_exit_is_held_against_the_last_four_marks(tx: Tx, fund: Books, now: datetime) -> None:
    """A quarter of the quantity is sold for 9m: the marks of 24m and 30m were 6m and 7.5m for that part."""
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=Q1, value=24 * MILLION)
    a_mark(tx, sheet.id, on=Q2, value=30 * MILLION)
    sell(
        tx,
        SYSTEM,
        holding_id=sheet.id,
        sold_on=date(2025, 8, 1),
        quantity=Fraction(250_000),
        proceeds=9 * MILLION,
        now=now,
    )
    unmarked = held(tx, fund.fund_id, name_zh="未估值公司")
    sell(
        tx,
        SYSTEM,
        holding_id=unmarked.id,
        sold_on=date(2025, 8, 1),
        quantity=Fraction(1_000_000),
        proceeds=MILLION,
        now=now,
    )
    tested = back_tested(tx, fund_id=fund.fund_id, as_of=Q3)
    assert [(one.back, one.marked_on, one.mark, one.ratio) for one in tested.compared] == [
        (1, Q2, 7.5 * MILLION, 1.2),
        (2, Q1, 6.0 * MILLION, 1.5),
    ]
    assert [(one.back, one.count, one.pooled) for one in tested.statistics] == [(1, 1, 1.2), (2, 1, 1.5)]
    assert back_tested(tx, fund_id=fund.fund_id, as_of=date(2025, 7, 31)).compared == ()
    assert back_tested(tx, fund_id=fund.fund_id, as_of=Q3, holding_id=unmarked.id).compared == ()


def test_a_close_asks_for_files_and_for_events_that_came_late(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=Q1, value=24 * MILLION)
    assert close_problems(tx, fund_id=fund.fund_id, on=Q1) == []
    a_policy(tx, fund, now, file_from=20 * MILLION)
    [missing] = close_problems(tx, fund_id=fund.fund_id, on=Q1)
    assert str(missing) == (
        "H01 氢材科技有限公司 · EQ: the valuation policy asks for a file behind the mark of 2025-03-31"
    )
    draft = a_draft(tx, the_analyst(tx), sheet.id, on=Q2, value=24 * MILLION, reason="on plan")
    hand_in(tx, the_analyst(tx), mark_id=draft.id, file=a_file(), now=now)
    assert close_problems(tx, fund_id=fund.fund_id, on=Q2) == []
    a_policy(tx, fund, now)
    later = now + timedelta(days=1)
    note_event(
        tx,
        the_analyst(tx),
        holding_id=sheet.id,
        happened_on=date(2025, 3, 30),
        says="fire",
        source="call",
        now=later,
    )
    [late] = close_problems(tx, fund_id=fund.fund_id, on=Q1)
    assert "“fire” of 2025-03-30 came on record after the mark of 2025-03-31" in str(late)
