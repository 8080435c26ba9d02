from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.ledger.actions import reverse
from fund.ledger.queries import (
    AccountUnknown,
    Balance,
    account_page,
    balances,
    entry,
    flows,
    journal,
    total,
    trial_balance,
)
from fund.ledger.rules import Account, Posting
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.paging import PageInvalid
from tests.builders.charter import OPENED_AT
from tests.builders.ledger import Books, a_posting, booked, books, contribution
from tests.scenes import Scene

END = date(2026, 12, 31)


def played(tx: Tx) -> Books:
    """Two partners pay 600.00 and 400.00, and the fund buys holding 1 for 100.00."""
    found = books(tx)
    one, two = found.partners["LP01"], found.partners["LP02"]
    booked(tx, found.fund_id, contribution(one, 600_00, date(2026, 1, 10), "CALL-001/LP01"))
    booked(tx, found.fund_id, contribution(two, 400_00, date(2026, 1, 12), "CALL-001/LP02"))
    booked(tx, found.fund_id, [a_posting()])
    return found


def test_balances_are_credit_positive_and_leave_out_zeros(scene: Scene) -> None:
    tx, found = scene(played)
    one, two = found.partners["LP01"], found.partners["LP02"]
    assert balances(tx, fund_id=found.fund_id, as_of=END, by=("account", "partner")) == [
        Balance("1000", None, None, -900_00),
        Balance("1200", None, None, -100_00),
        Balance("3000", one, None, 600_00),
        Balance("3000", two, None, 400_00),
    ]


def test_balances_by_holding(scene: Scene) -> None:
    tx, found = scene(played)
    cost = balances(tx, fund_id=found.fund_id, as_of=END, accounts=[Account.INVESTMENTS_AT_COST])
    assert cost == [Balance("1200", None, 1, -100_00)]
    by_holding = balances(tx, fund_id=found.fund_id, as_of=END, holding_id=1, by=("holding",))
    assert by_holding == []


def test_total_of_a_partner_and_of_a_period(scene: Scene) -> None:
    tx, found = scene(played)
    facts = {"fund_id": found.fund_id, "accounts": [Account.CONTRIBUTIONS]}
    assert total(tx, as_of=END, **facts) == 1000_00
    assert total(tx, as_of=END, partner_id=found.partners["LP02"], **facts) == 400_00
    assert total(tx, as_of=date(2026, 1, 11), **facts) == 600_00
    assert total(tx, as_of=END, since=date(2026, 1, 11), **facts) == 400_00
    assert total(tx, as_of=END, since=date(2026, 2, 1), **facts) == 0


def test_trial_balance(scene: Scene) -> None:
    tx, found = scene(played)
    trial = trial_balance(tx, fund_id=found.fund_id, as_of=END)
    assert trial.total == 0
    assert [(r.code, r.debit, r.credit) for r in trial.rows] == [
        ("1000", 900_00, 0),
        ("1200", 100_00, 0),
        ("3000", 0, 1000_00),
    ]
    assert (trial.rows[0].name_zh, trial.rows[0].name_en) == ("银行存款", "Cash at bank")


def test_two_times(scene: Scene, now: datetime) -> None:
    """A correction recorded later changes the present answer, not the one that was known before."""
    tx, found = scene(played)
    later = now + timedelta(days=5)
    reverse(
        tx,
        SYSTEM,
        fund_id=found.fund_id,
        reference="BUY-001",
        reason="wrong amount",
        effective_on=date(2026, 1, 15),
        now=later,
    )
    booked(tx, found.fund_id, [a_posting(reference="BUY-001b", amount=90_00)], now=later)
    facts = {"fund_id": found.fund_id, "accounts": [Account.INVESTMENTS_AT_COST]}
    assert total(tx, as_of=END, **facts) == -90_00
    assert total(tx, as_of=END, known_at=now, **facts) == -100_00
    assert total(tx, as_of=END, known_at=later, **facts) == -90_00
    assert total(tx, as_of=END, known_at=OPENED_AT - timedelta(seconds=1), **facts) == 0
    assert trial_balance(tx, fund_id=found.fund_id, as_of=END, known_at=now).debit == 1000_00
    assert [e.reference for e in flows(tx, as_of=END, known_at=now, **facts)] == ["BUY-001"]
    page = account_page(tx, fund_id=found.fund_id, account="1200", as_of=END, known_at=now)
    assert page.lines.items[-1].balance == -100_00


def test_flows_follow_the_partner_side(scene: Scene) -> None:
    tx, found = scene(played)
    one = found.partners["LP01"]
    sheets = flows(tx, fund_id=found.fund_id, as_of=END, accounts=[Account.CONTRIBUTIONS], partner_id=one)
    assert [(e.reference, e.amount) for e in sheets] == [("CALL-001/LP01/called", 600_00)]
    by_cash = flows(tx, fund_id=found.fund_id, as_of=END, accounts=[Account.CASH], since=date(2026, 1, 12))
    assert [e.reference for e in by_cash] == ["CALL-001/LP02/received", "BUY-001"]
    bought = flows(tx, fund_id=found.fund_id, as_of=END, accounts=[Account.CASH], holding_id=1)
    assert [e.reference for e in bought] == ["BUY-001"]


def test_account_page_keeps_the_running_balance_across_pages(scene: Scene) -> None:
    tx, found = scene(played)
    # Recorded last, effective first: it belongs at the top of the account.
    booked(tx, found.fund_id, contribution(found.partners["GP"], 10_00, date(2026, 1, 5), "CALL-000/GP"))
    seen, after, opening = [], None, 0
    while True:
        page = account_page(tx, fund_id=found.fund_id, account="1000", as_of=END, after=after, limit=2)
        assert page.opening == opening
        seen += [(line.entry.reference, line.amount, line.balance) for line in page.lines.items]
        opening, after = page.lines.items[-1].balance, page.lines.next
        if after is None:
            break
    assert seen == [
        ("CALL-000/GP/received", -10_00, -10_00),
        ("CALL-001/LP01/received", -600_00, -610_00),
        ("CALL-001/LP02/received", -400_00, -1010_00),
        ("BUY-001", 100_00, -910_00),
    ]


def test_account_page_since_and_by_partner(scene: Scene) -> None:
    tx, found = scene(played)
    page = account_page(tx, fund_id=found.fund_id, account="1000", as_of=END, since=date(2026, 1, 12))
    assert page.opening == -600_00
    assert len(page.lines.items) == 2
    two = found.partners["LP02"]
    page = account_page(tx, fund_id=found.fund_id, account="3000", as_of=END, partner_id=two)
    assert [line.balance for line in page.lines.items] == [400_00]


def test_account_page_of_a_move_within_the_account(scene: Scene) -> None:
    tx, found = scene(played)
    lp, gp = found.partners["LP01"], found.partners["GP"]
    carry = a_posting(
        reference="CARRY-2026Q1/LP01",
        debit=Account.CARRY_ACCRUED,
        credit=Account.CARRY_ACCRUED,
        debit_partner_id=lp,
        credit_partner_id=gp,
        holding_id=None,
    )
    booked(tx, found.fund_id, [carry])
    whole = account_page(tx, fund_id=found.fund_id, account="3200", as_of=END)
    assert [(line.amount, line.balance) for line in whole.lines.items] == [(0, 0)]
    of_lp = account_page(tx, fund_id=found.fund_id, account="3200", as_of=END, partner_id=lp)
    assert [line.amount for line in of_lp.lines.items] == [-100_00]


def test_account_page_refusals(tx: Tx) -> None:
    fund_id = played(tx).fund_id
    with pytest.raises(AccountUnknown):
        account_page(tx, fund_id=fund_id, account="9999", as_of=END)
    for after, limit in (("x", 10), ("739632", 10), (None, 0), (None, 501)):
        with pytest.raises(PageInvalid):
            account_page(tx, fund_id=fund_id, account="1000", as_of=END, after=after, limit=limit)


def test_journal_newest_first(scene: Scene) -> None:
    tx, found = scene(played)
    page = journal(tx, fund_id=found.fund_id, limit=2)
    assert [e.number for e in page.items] == [5, 4]
    rest = journal(tx, fund_id=found.fund_id, limit=10, after=page.next)
    assert [e.number for e in rest.items] == [3, 2, 1]
    of_act = journal(tx, fund_id=found.fund_id, act="buy:1")
    assert [e.reference for e in of_act.items] == ["BUY-001"]
    one = found.partners["LP01"]
    assert len(journal(tx, fund_id=found.fund_id, partner_id=one).items) == 2
    assert len(journal(tx, fund_id=found.fund_id, partner_id=one, account="3000").items) == 1


def test_entry_links_when_read_alone_or_together(scene: Scene, now: datetime) -> None:
    tx, found = scene(played)
    undone = reverse(
        tx,
        SYSTEM,
        fund_id=found.fund_id,
        reference="BUY-001",
        reason="wrong",
        effective_on=date(2026, 1, 15),
        now=now,
    )
    together = journal(tx, fund_id=found.fund_id, act="buy:1").items
    assert [(e.reverses, e.reversed_by) for e in together] == [
        ("BUY-001", None),
        (None, "BUY-001/reversal"),
    ]
    assert entry(tx, fund_id=found.fund_id, reference=undone.reference).reverses == "BUY-001"


SIDES = st.sampled_from(["CASH", "ACCOUNTS_PAYABLE", "MANAGEMENT_FEE", "CONTRIBUTIONS", "AUDIT"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(SIDES, SIDES, st.integers(1, 10**12), st.dates(date(2024, 1, 1), date(2026, 12, 31))),
        max_size=12,
    )
)
def test_whatever_is_booked_the_trial_balance_is_zero(
    tx: Tx, moves: list[tuple[str, str, int, date]]
) -> None:
    with tx.begin_nested() as savepoint:
        found = books(tx, "LP01")
        partner = found.partners["LP01"]
        postings: list[Posting] = []
        for n, (debit, credit, amount, day) in enumerate(moves):
            if debit == credit:
                continue
            sides = {"debit": Account[debit], "credit": Account[credit]}
            named = {f"{side}_partner_id": partner for side, a in sides.items() if a >= "3000"}
            postings.append(
                a_posting(
                    reference=f"E{n}", amount=amount, effective_on=day, holding_id=None, **sides, **named
                )
            )
        booked(tx, found.fund_id, postings)
        for day in (date(2025, 6, 30), END):
            trial = trial_balance(tx, fund_id=found.fund_id, as_of=day)
            assert trial.total == 0
            assert sum(b.amount for b in balances(tx, fund_id=found.fund_id, as_of=day)) == 0
        savepoint.rollback()
