import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fund.ledger.actions import lock_period, open_chart, post, reopen_period, reverse
from fund.ledger.cash import CashShort, lowest_cash
from fund.ledger.chart import CHART
from fund.ledger.queries import EntryUnknown, chart, entry, head, locked_through, locks, total
from fund.ledger.rules import (
    Account,
    AlreadyReversed,
    NotReversible,
    PeriodAlreadyLocked,
    PeriodBeforeFund,
    PeriodLocked,
    PeriodNotLocked,
    PeriodNotOver,
    PostingsInvalid,
    ReasonMissing,
    ReferenceTaken,
    ReversalTooEarly,
)
from fund.ledger.undo_rules import OWN_UNDO, ActUnknown, AlreadyUndone, HasOwnUndo, ReversalToCome
from fund.ledger.undoing import undo
from fund.ledger.undone import undone_acts
from kernel.audit.queries import events
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.ledger import a_posting, booked, books, locked

ACCOUNTANT = Actor(7, "Accountant", frozenset({Role.ACCOUNTANT}))
Q1 = Quarter(2026, 1)


def test_open_chart_once(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    open_chart(tx, SYSTEM, fund_id=fund_id, now=now)
    accounts = chart(tx, fund_id=fund_id)
    assert [a.code for a in accounts] == sorted(CHART)
    assert all(a.name_zh and a.name_en for a in accounts)
    assert len(events(tx, subject=f"fund:{fund_id}", action="ledger.chart_opened").items) == 1


def test_post_gives_entries_in_order_with_numbers(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    references = [f"BUY-{n:03d}" for n in range(50)]
    entries = post(
        tx, ACCOUNTANT, fund_id=fund_id, postings=[a_posting(reference=r) for r in references], now=now
    )
    assert [e.reference for e in entries] == references
    assert [e.number for e in entries] == list(range(1, 51))
    assert {e.currency for e in entries} == {"CNY"}
    assert {e.recorded_at for e in entries} == {now}
    assert head(tx, fund_id=fund_id) == (50, entries[-1].hash)
    assert len({e.hash for e in entries}) == 50


def test_post_is_audited_once(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    post(tx, ACCOUNTANT, fund_id=fund_id, postings=[a_posting(), a_posting(reference="B2")], now=now)
    [event] = events(tx, subject=f"fund:{fund_id}", action="ledger.booked").items
    assert event.actor_name == "Accountant"
    assert event.detail["entries"] == 2
    assert event.detail["total"] == 200_00
    assert event.detail["number"] == 2


def test_post_nothing(tx: Tx, now: datetime) -> None:
    assert post(tx, SYSTEM, fund_id=books(tx).fund_id, postings=[], now=now) == []


def test_post_refuses_the_same_reference(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    booked(tx, fund_id, [a_posting()])
    with pytest.raises(ReferenceTaken, match="BUY-001"):
        booked(tx, fund_id, [a_posting(reference="BUY-000"), a_posting()])
    assert head(tx, fund_id=fund_id)[0] == 1


def test_the_same_reference_in_another_fund(tx: Tx) -> None:
    one, two = books(tx), books(tx, code="AF2")
    booked(tx, one.fund_id, [a_posting()])
    assert booked(tx, two.fund_id, [a_posting()])[0].number == 1


def test_post_books_nothing_when_one_is_wrong(tx: Tx) -> None:
    fund_id = books(tx).fund_id
    with pytest.raises(PostingsInvalid) as refused:
        booked(tx, fund_id, [a_posting(), a_posting(reference="BAD", amount=0)])
    assert [p.where for p in refused.value.problems] == ["BAD"]
    assert head(tx, fund_id=fund_id)[0] == 0


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.LP_USER, Role.ADMINISTRATOR])
def test_post_needs_the_accountant(tx: Tx, now: datetime, role: Role) -> None:
    with pytest.raises(RoleMissing):
        post(tx, Actor(1, "x", frozenset({role})), fund_id=1, postings=[a_posting()], now=now)


def test_reverse_links_both_ways(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    booked(tx, fund_id, [a_posting()])
    undone = reverse(
        tx,
        ACCOUNTANT,
        fund_id=fund_id,
        reference="BUY-001",
        reason="bought twice",
        effective_on=date(2026, 1, 20),
        now=now,
    )
    assert (undone.debit, undone.credit, undone.amount) == (Account.CASH, Account.INVESTMENTS_AT_COST, 100_00)
    assert undone.memo == "bought twice"
    assert entry(tx, fund_id=fund_id, reference="BUY-001").reversed_by == "BUY-001/reversal"
    sheet = entry(tx, fund_id=fund_id, reference="BUY-001/reversal")
    assert (sheet.reverses, sheet.reversed_by) == ("BUY-001", None)


def _reverse(
    tx: Tx,
    fund_id: int,
    reference: str,
    now: datetime,
    *,
    reason: str = "wrong",
    effective_on: date = date(2026, 1, 20),
) -> None:
    reverse(
        tx,
        SYSTEM,
        fund_id=fund_id,
        reference=reference,
        reason=reason,
        effective_on=effective_on,
        now=now,
    )


def test_reverse_refusals(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    booked(tx, fund_id, [a_posting()])
    with pytest.raises(EntryUnknown):
        _reverse(tx, fund_id, "BUY-999", now)
    with pytest.raises(ReversalTooEarly):
        _reverse(tx, fund_id, "BUY-001", now, effective_on=date(2026, 1, 14))
    with pytest.raises(ReasonMissing):
        _reverse(tx, fund_id, "BUY-001", now, reason=" ")
    _reverse(tx, fund_id, "BUY-001", now)
    with pytest.raises(AlreadyReversed, match="BUY-001/reversal"):
        _reverse(tx, fund_id, "BUY-001", now)
    with pytest.raises(NotReversible):
        _reverse(tx, fund_id, "BUY-001/reversal", now)


@pytest.mark.parametrize("kind", sorted(OWN_UNDO))
def test_an_entry_whose_act_is_undone_as_a_whole_is_not_reversed_alone(
    tx: Tx, now: datetime, kind: str
) -> None:
    fund_id = books(tx).fund_id
    booked(tx, fund_id, [a_posting(act=f"{kind}:1")])
    with pytest.raises(HasOwnUndo, match=f"BUY-001 .* {re.escape(OWN_UNDO[kind][:20])}"):
        _reverse(tx, fund_id, "BUY-001", now)
    assert total(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.CASH]) == 100_00


def test_an_act_is_undone_as_a_whole_and_once(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    facts = {"act": "expense:E1"}
    late = date(2026, 2, 1)
    booked(tx, fund_id, [a_posting(**facts), a_posting(reference="BUY-002", effective_on=late, **facts)])
    ask = {"fund_id": fund_id, "act": "expense:E1", "effective_on": date(2026, 1, 20), "now": now}
    with pytest.raises(ReasonMissing):
        undo(tx, ACCOUNTANT, reason=" ", **ask)
    assert undo(tx, ACCOUNTANT, reason="twice", **ask) == late
    assert total(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.CASH]) == 0
    assert undone_acts(tx, kind="expense", fund_id=fund_id) == {"expense:E1": late}
    assert undone_acts(tx, kind="expense", known_at=now - timedelta(seconds=1)) == {}
    with pytest.raises(AlreadyUndone, match="2026-02-01"):
        undo(tx, ACCOUNTANT, reason="again", **ask)
    with pytest.raises(ActUnknown):
        undo(tx, ACCOUNTANT, reason="what", **{**ask, "act": "expense:E2"})


def test_nothing_is_paid_back_that_is_not_there_on_every_day_from_then_on(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    money_in = {"debit": Account.CASH, "credit": Account.INVESTMENTS_AT_COST}
    booked(
        tx,
        fund_id,
        [
            a_posting(reference="IN", act="found:1", amount=100, **money_in),
            a_posting(reference="OUT", amount=60, effective_on=date(2026, 3, 1)),
            a_posting(reference="BACK", amount=60, effective_on=date(2026, 4, 1), **money_in),
        ],
    )
    days = [date(2026, 1, 14), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    assert [lowest_cash(tx, fund_id=fund_id, since=day) for day in days] == [0, 40, 40, 100]
    with pytest.raises(CashShort, match=r"1\.00 .* on 2026-01-20, .* only 0\.40 is in the bank"):
        _reverse(tx, fund_id, "IN", now)
    with pytest.raises(ReversalToCome, match="2026-10-01"):
        _reverse(tx, fund_id, "IN", now, effective_on=date(2026, 10, 1))
    _reverse(tx, fund_id, "IN", now, effective_on=date(2026, 4, 2))
    assert lowest_cash(tx, fund_id=fund_id, since=date(2026, 4, 2)) == 0


def test_lock_refuses_postings_and_reversals_up_to_its_end(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    booked(tx, fund_id, [a_posting()])
    locked(tx, fund_id, Q1, actor=ACCOUNTANT, now=now)
    assert locked_through(tx, fund_id=fund_id) == date(2026, 3, 31)
    for day in (date(2024, 5, 1), date(2026, 3, 31)):
        with pytest.raises(PeriodLocked, match="2026-03-31"):
            booked(tx, fund_id, [a_posting(reference="LATE", effective_on=day)])
    with pytest.raises(PeriodLocked):
        _reverse(tx, fund_id, "BUY-001", now)
    booked(tx, fund_id, [a_posting(reference="NEXT", effective_on=date(2026, 4, 1))])
    _reverse(tx, fund_id, "BUY-001", now, effective_on=date(2026, 4, 1))


def test_the_database_refuses_behind_a_lock_too(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    [row] = booked(tx, fund_id, [a_posting()])
    locked(tx, fund_id, Q1, now=now)
    again = {c.name: getattr(row, c.name) for c in type(row).__table__.columns if c.name != "id"}
    again |= {"reference": "SLY", "number": 2}
    with pytest.raises(sa.exc.IntegrityError, match="the books are locked on 2026-01-15"):
        tx.execute(sa.insert(type(row)), [again])


def test_lock_refuses_a_quarter_that_is_not_over(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    with pytest.raises(PeriodNotOver):
        lock_period(tx, SYSTEM, fund_id=fund_id, quarter=Quarter(2026, 3), now=now)
    # In Beijing the first of October begins at 16:00 UTC on the last of September.
    october = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)
    locked(tx, fund_id, Quarter(2026, 3), now=october)
    with pytest.raises(PeriodAlreadyLocked):
        lock_period(tx, SYSTEM, fund_id=fund_id, quarter=Q1, now=october)


def test_reopen(tx: Tx, now: datetime) -> None:
    fund_id = books(tx).fund_id
    with pytest.raises(PeriodNotLocked):
        reopen_period(tx, SYSTEM, fund_id=fund_id, quarter=Q1, reason="x", now=now)
    locked(tx, fund_id, Quarter(2026, 2), now=now)
    with pytest.raises(ReasonMissing):
        reopen_period(tx, SYSTEM, fund_id=fund_id, quarter=Q1, reason="", now=now)
    with pytest.raises(RoleMissing):
        reopen_period(tx, ACCOUNTANT, fund_id=fund_id, quarter=Q1, reason="late invoice", now=now)
    with pytest.raises(PeriodNotLocked):
        reopen_period(tx, SYSTEM, fund_id=fund_id, quarter=Quarter(2026, 3), reason="x", now=now)
    with pytest.raises(PeriodBeforeFund):
        reopen_period(tx, SYSTEM, fund_id=fund_id, quarter=Quarter(1900, 1), reason="late invoice", now=now)
    assert locked_through(tx, fund_id=fund_id) == date(2026, 6, 30)
    reopen_period(tx, SYSTEM, fund_id=fund_id, quarter=Q1, reason="late invoice", now=now)
    assert locked_through(tx, fund_id=fund_id) == date(2025, 12, 31)
    booked(tx, fund_id, [a_posting(reference="LATE")])
    assert [(t.quarter, t.reopened, t.reason) for t in locks(tx, fund_id=fund_id)][-2:] == [
        ("2026Q2", False, ""),
        ("2026Q1", True, "late invoice"),
    ]
