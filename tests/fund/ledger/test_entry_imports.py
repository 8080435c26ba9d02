"""Journals brought in from a sheet: what may be posted by hand, what is wrong where, and taking it back."""

from datetime import date

import pytest

from fund.ledger.actions import lock_period, reverse
from fund.ledger.cash import CashShort
from fund.ledger.entry_imports import import_entries
from fund.ledger.hand_rules import BY_HAND, LED, BetweenNotNil, JournalUnknown
from fund.ledger.journals import journals, undo_journal
from fund.ledger.queries import balances, entry, head
from fund.ledger.undo_rules import HasOwnUndo
from fund.results.proof import prove
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter
from kernel.sheets.importing import Imported
from kernel.sheets.reading import SheetRefused
from tests.builders.capital import ACCOUNTANT, YUAN, CapitalFund, a_paid_call, committed, investment, noon

HEAD = "凭证编号,生效日期,借方科目,贷方科目,金额,借方合伙人,贷方合伙人,摘要,业务,项目\n"
TODAY = date(2026, 6, 30)


@pytest.fixture
def fund(tx: Tx) -> CapitalFund:
    made = committed(tx)
    a_paid_call(tx, made, investment(1_000_000 * YUAN))
    return made


def bring(
    tx: Tx, fund: CapitalFund, rows: str, *, dry_run: bool = False, actor: Actor = ACCOUNTANT
) -> Imported:
    facts = {"fund_id": fund.fund_id, "filename": "j.csv", "content": (HEAD + rows).encode("gb18030")}
    (done,) = import_entries(tx, actor, dry_run=dry_run, now=noon(TODAY), **facts)
    return done


def refused(tx: Tx, fund: CapitalFund, rows: str) -> list[str]:
    before = head(tx, fund_id=fund.fund_id)
    with pytest.raises(SheetRefused) as found:
        bring(tx, fund, rows)
    assert head(tx, fund_id=fund.fund_id) == before
    return [str(one) for one in found.value.problems]


def test_a_journal_is_booked_known_again_and_taken_back_whole(tx: Tx, fund: CapitalFund) -> None:
    before = balances(tx, fund_id=fund.fund_id, as_of=TODAY)
    rows = (
        "A1,2026-06-30,5039,1000,100,LP01,,律师费,,\nA2,2026-06-29,Interest income,1000,3,LP02,,冲减利息,,\n"
        "A3,2026-06-30,5039 法律与合规费,合伙人间调整（过渡）,5,LP01,,改分,,\nA4,2026-06-30,3900,5039,5,,LP02,改分,,\n"
    )
    assert bring(tx, fund, rows, dry_run=True).dry_run
    assert journals(tx, fund_id=fund.fund_id) == []
    assert bring(tx, fund, rows).known == ()
    (made,) = journals(tx, fund_id=fund.fund_id)
    assert (made.code, made.entries, made.standing, made.amount) == ("J-001", 4, 4, 11300)
    assert entry(tx, fund_id=fund.fund_id, reference="A2").act == "journal:J-001.2"
    assert prove(tx, fund_id=fund.fund_id) == []
    assert len(bring(tx, fund, rows).known) == 4
    assert [one.code for one in journals(tx, fund_id=fund.fund_id)] == ["J-001"]
    facts = {"fund_id": fund.fund_id, "reason": "误", "effective_on": TODAY, "now": noon(TODAY)}
    reverse(tx, ACCOUNTANT, reference="A1", **facts)
    with pytest.raises(HasOwnUndo, match="take back the whole journal"):
        reverse(tx, ACCOUNTANT, reference="A3", **facts)
    done = undo_journal(tx, ACCOUNTANT, code="J-001", **facts)
    assert (done.entries, done.standing, done.amount) == (4, 0, 0)
    assert [one for one in balances(tx, fund_id=fund.fund_id, as_of=TODAY) if one.amount] == before
    with pytest.raises(JournalUnknown, match="J-001"):
        undo_journal(tx, ACCOUNTANT, code="J-001", **facts)
    bring(tx, fund, "B1,2026-06-30,5039,1000,1,LP01,,,,\n")
    assert [one.code for one in journals(tx, fund_id=fund.fund_id)] == ["J-002", "J-001"]


def test_every_fault_is_told_with_its_row_its_column_and_what_was_expected(tx: Tx, fund: CapitalFund) -> None:
    told = refused(
        tx,
        fund,
        "CALL-9/LP01,2026-06-30,5039,1000,1,LP01,,,,\n"
        "A2,2026-06-30,3000,1000,1,LP01,,,,\n"
        "A3,2026-06-30,5039,1000,1,LP09,,,,\n"
        "A4,2026-07-01,5039,1000,1,LP01,,,,\n"
        "A5,2025-12-31,5039,1000,1,LP01,,,,\n"
        "A6,2026-06-30,5039,1000,1,LP01,,,,H01 某公司\n"
        "A7,2026-06-30,5039,1000,1,,,,,\n"
        "A8,2026-06-30,5039,1000,1,LP01,,,expense:E9,\n"
        "CALL-001/LP01/investment,2026-06-30,1100,3000,1,LP01,LP01,,call:1,\n",
    )
    expected = [
        "row 2, reference: CALL-9/LP01 is how other acts are called",
        "row 3, 借方科目: account 3000 is not posted by hand: issue the call, or book the receipt on it",
        "row 4, 借方合伙人: there is no partner LP09",
        "row 4: account 5039 needs a partner",
        "row 5, 生效日期: expected a day from 2026-01-01 to 2026-06-30",
        "row 6, 生效日期: expected a day from 2026-01-01 to 2026-06-30",
        "row 7, 项目: an entry that names a holding is made by the acts of the holding; leave it out",
        "row 8: account 5039 needs a partner",
        "row 9: A8 belongs to the act expense:E9, which these books do not have: bring in the list of expenses.",
        "row 10, 生效日期: CALL-001/LP01/investment is recorded already with 2026-03-02",
        "row 10, 金额: CALL-001/LP01/investment is recorded already with 600,000.00",
    ]
    assert len(told) == len(expected)
    assert all(says in line for says, line in zip(expected, told, strict=True)), told
    assert "“9999” is no account of the chart" in refused(tx, fund, "A1,2026-06-30,9999,1000,1,,,,,\n")[0]


def test_a_journal_leaves_nothing_between_partners_and_no_cash_below_nil(tx: Tx, fund: CapitalFund) -> None:
    before = head(tx, fund_id=fund.fund_id)
    with pytest.raises(BetweenNotNil, match=r"leave 0\.01"):
        bring(tx, fund, "A1,2026-06-30,3900,5039,0.01,,LP01,,,\n")
    with pytest.raises(CashShort, match=r"only 1,000,000\.00 is in the bank"):
        bring(tx, fund, "A1,2026-06-30,5039,1000,1000000.01,LP01,,,,\n")
    with pytest.raises(SheetRefused, match="This needs the role"):
        analyst = Actor(7, "A", frozenset({Role.ANALYST}))
        bring(tx, fund, "A1,2026-06-30,5039,1000,1,LP01,,,,\n", actor=analyst)
    assert head(tx, fund_id=fund.fund_id) == before
    lock_period(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Quarter(2026, 1), now=noon(TODAY))
    assert "locked up to 2026-03-31" in refused(tx, fund, "A1,2026-03-31,5039,1000,1,LP01,,,,\n")[0]


def test_every_account_is_posted_by_hand_or_led_by_an_act() -> None:
    assert [account.value for account in BY_HAND if account < "5015"] == [
        "1000",
        "3900",
        "4300",
        "4900",
    ]
    assert {"5021", "5046", "1100", "3200"} <= {account.value for account in LED}
