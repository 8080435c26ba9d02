from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.ledger.chart import (
    CAPITAL_ACCOUNTS,
    CHART,
    EXPENSE_ACCOUNTS,
    FEE_ACCOUNTS,
    MOVES_BETWEEN_PARTNERS,
    NET_ASSET_ACCOUNTS,
    Account,
    Kind,
    ilpa_row,
    is_account,
)
from fund.ledger.rules import (
    EarlierOpen,
    Line,
    NotReversible,
    PeriodAlreadyLocked,
    PeriodBeforeFund,
    PeriodLocked,
    PeriodNotLocked,
    PeriodNotOver,
    PostingsInvalid,
    ReasonMissing,
    ReversalTooEarly,
    check_lock,
    check_open,
    check_postings,
    check_reopen,
    line_hash,
    open_quarters,
    reversal,
)
from kernel.periods import Quarter
from tests.builders.ledger import a_posting

Q1, FIRST = Quarter(2026, 1), Quarter(2025, 2)


def faults(**changes: Any) -> list[str]:
    """What is wrong with the usual posting changed so."""
    with pytest.raises(PostingsInvalid) as refused:
        check_postings([a_posting(**changes)])
    return [str(problem) for problem in refused.value.problems]


def test_every_account_is_in_the_chart_with_both_names() -> None:
    assert set(CHART) == set(Account)
    assert all(facts.name_zh and facts.name_en for facts in CHART.values())
    assert all(is_account(account.value) for account in Account)
    assert not is_account("2400")


def test_no_account_for_borrowed_money() -> None:
    liabilities = {account for account, facts in CHART.items() if facts.kind is Kind.LIABILITY}
    assert liabilities == {
        Account.ACCOUNTS_PAYABLE,
        Account.MANAGEMENT_FEE_PAYABLE,
        Account.DISTRIBUTIONS_PAYABLE,
        Account.TAX_WITHHELD,
        Account.EQUALISATION_PAYABLE,
        Account.DEFAULT_INTEREST_PAYABLE,
    }


def test_capital_accounts_name_a_partner_and_split_the_chart_with_net_assets() -> None:
    assert all(CHART[account].partner for account in CAPITAL_ACCOUNTS)
    rest = set(Account) - set(CAPITAL_ACCOUNTS) - set(NET_ASSET_ACCOUNTS)
    assert rest == {Account.BETWEEN_PARTNERS}
    assert not set(EXPENSE_ACCOUNTS) & set(FEE_ACCOUNTS)


def test_expense_accounts_carry_their_ilpa_row() -> None:
    assert ilpa_row(Account.AUDIT) == 41
    assert ilpa_row(Account.CASH) is None
    assert {ilpa_row(a) for a in EXPENSE_ACCOUNTS} == {15, 16, *range(36, 58)}


def test_a_good_posting_passes() -> None:
    check_postings([a_posting(), a_posting(reference="BUY-002", debit="1200", credit="1000")])


def test_plain_faults() -> None:
    assert faults(amount=0) == ["BUY-001: the amount must be above zero"]
    assert faults(amount=-5) == ["BUY-001: the amount must be above zero"]
    assert faults(act=" ") == ["BUY-001: the act is missing"]
    assert faults(reference="") == ["(no reference): the reference is missing"]


def test_unknown_accounts() -> None:
    found = faults(debit="2400", credit="9999")
    assert found == ["BUY-001: there is no account 2400", "BUY-001: there is no account 9999"]


def test_partner_where_the_account_says() -> None:
    called = {"debit": Account.CONTRIBUTIONS_RECEIVABLE, "credit": Account.CONTRIBUTIONS, "holding_id": None}
    assert faults(**called) == [
        "BUY-001: account 1100 needs a partner",
        "BUY-001: account 3000 needs a partner",
    ]
    assert faults(debit_partner_id=1) == ["BUY-001: account 1200 takes no partner"]


def test_holding_where_the_account_says() -> None:
    assert faults(holding_id=None) == ["BUY-001: the holding is missing"]
    fee = {"debit": Account.MANAGEMENT_FEE, "credit": Account.MANAGEMENT_FEE_PAYABLE, "debit_partner_id": 1}
    assert faults(**fee) == ["BUY-001: neither account takes a holding"]
    check_postings([a_posting(**fee | {"holding_id": None})])


@pytest.mark.parametrize("holding_id", [None, 4])
def test_holding_may_be_named_on_an_expense(holding_id: int | None) -> None:
    check_postings([a_posting(debit=Account.DUE_DILIGENCE, debit_partner_id=1, holding_id=holding_id)])


def test_same_account_both_ways() -> None:
    assert faults(debit=Account.CASH, holding_id=None) == ["BUY-001: debit and credit are the same account"]
    assert faults(
        debit=Account.CARRY_ACCRUED,
        credit=Account.CARRY_ACCRUED,
        debit_partner_id=1,
        credit_partner_id=1,
        holding_id=None,
    ) == ["BUY-001: debit and credit are the same account"]


@pytest.mark.parametrize("account", sorted(MOVES_BETWEEN_PARTNERS))
def test_carry_and_transfers_pass_between_two_partners(account: Account) -> None:
    check_postings(
        [a_posting(debit=account, credit=account, debit_partner_id=1, credit_partner_id=2, holding_id=None)]
    )


def test_nothing_else_passes_between_two_partners() -> None:
    two = {"debit_partner_id": 1, "credit_partner_id": 2, "holding_id": None}
    says = "BUY-001: it passes from one partner to another; post it as two, each against account 3900"
    assert faults(debit=Account.AUDIT, credit=Account.AUDIT, **two) == [says]
    assert faults(debit=Account.CARRY_ACCRUED, credit=Account.CARRY_EARNED, **two) == [says]
    clearing = a_posting(
        debit=Account.AUDIT, credit=Account.BETWEEN_PARTNERS, debit_partner_id=1, holding_id=None
    )
    check_postings([clearing])


def test_a_reference_twice_in_one_batch_and_the_count() -> None:
    with pytest.raises(PostingsInvalid) as refused:
        check_postings([a_posting(), a_posting(amount=0), a_posting(reference="BUY-003", amount=0)])
    assert refused.value.facts["count"] == 2
    assert "BUY-001: the reference stands twice in this batch" in map(str, refused.value.problems)


def test_check_open() -> None:
    check_open(a_posting(), None)
    check_open(a_posting(), date(2026, 1, 14))
    with pytest.raises(PeriodLocked):
        check_open(a_posting(), date(2026, 1, 15))


def test_check_lock() -> None:
    check_lock(Q1, first=FIRST, locked_through=date(2025, 12, 31), today=date(2026, 4, 1))
    check_lock(Q1, first=Q1, locked_through=None, today=date(2026, 4, 1))
    with pytest.raises(PeriodNotOver):
        check_lock(Q1, first=Q1, locked_through=None, today=date(2026, 3, 31))
    with pytest.raises(PeriodAlreadyLocked):
        check_lock(Q1, first=FIRST, locked_through=date(2026, 3, 31), today=date(2026, 5, 1))
    with pytest.raises(PeriodBeforeFund, match="2025Q2"):
        check_lock(FIRST.previous, first=FIRST, locked_through=None, today=date(2026, 5, 1))


@pytest.mark.parametrize(
    ("locked_through", "named"),
    [(None, "2025Q2, 2025Q3, 2025Q4"), (date(2025, 6, 30), "2025Q3, 2025Q4"), (date(2025, 9, 30), "2025Q4")],
)
def test_quarters_close_in_their_order(locked_through: date | None, named: str) -> None:
    with pytest.raises(EarlierOpen) as refused:
        check_lock(Q1, first=FIRST, locked_through=locked_through, today=date(2026, 5, 1))
    assert refused.value.facts == {"quarter": "2026Q1", "open": named}


def test_a_lock_from_before_the_fund_leaves_its_first_quarter_open() -> None:
    assert open_quarters(FIRST, Q1, locked_through=date(2024, 12, 31))[0] == FIRST


def test_check_reopen() -> None:
    check_reopen(Q1, first=Q1, locked_through=date(2026, 3, 31), reason="an invoice came late")
    with pytest.raises(ReasonMissing):
        check_reopen(Q1, first=FIRST, locked_through=date(2026, 3, 31), reason=" ")
    for locked_through in (None, date(2025, 12, 31)):
        with pytest.raises(PeriodNotLocked):
            check_reopen(Q1, first=FIRST, locked_through=locked_through, reason="an invoice came late")
    for quarter in (FIRST.previous, Quarter(1900, 1)):
        with pytest.raises(PeriodBeforeFund, match=str(FIRST)):
            check_reopen(
                quarter, first=FIRST, locked_through=date(2026, 3, 31), reason="an invoice came late"
            )


def a_line(**changes: Any) -> Line:
    facts: dict[str, Any] = {
        "number": 1,
        "reference": "BUY-001",
        "effective_on": date(2026, 1, 15),
        "recorded_at": datetime(2026, 1, 15, 8, tzinfo=UTC),
        "debit": "4100",
        "credit": "1250",
        "amount": 5,
        "currency": "CNY",
        "debit_partner_id": 1,
        "credit_partner_id": 2,
        "holding_id": 3,
        "act": "mark:1",
        "memo": "价值变动",
        "reverses_id": None,
    }
    return Line(**{**facts, **changes})


def test_reversal_turns_every_side() -> None:
    undone = reversal(a_line(), reason="marked twice", effective_on=date(2026, 2, 1))
    assert (undone.debit, undone.credit) == ("1250", "4100")
    assert (undone.debit_partner_id, undone.credit_partner_id, undone.holding_id) == (2, 1, 3)
    assert (undone.amount, undone.act, undone.memo) == (5, "mark:1", "marked twice")
    assert undone.reference == "BUY-001/reversal"


def test_reversal_refusals() -> None:
    with pytest.raises(NotReversible):
        reversal(a_line(reverses_id=9), reason="x", effective_on=date(2026, 2, 1))
    with pytest.raises(ReversalTooEarly):
        reversal(a_line(), reason="x", effective_on=date(2026, 1, 14))
    with pytest.raises(ReasonMissing):
        reversal(a_line(), reason="", effective_on=date(2026, 1, 15))


CHANGES: list[dict[str, Any]] = [
    {"number": 2},
    {"reference": "BUY-002"},
    {"effective_on": date(2026, 1, 16)},
    {"recorded_at": datetime(2026, 1, 15, 8, 0, 0, 1, tzinfo=UTC)},
    {"debit": "4000"},
    {"credit": "1200"},
    {"amount": 6},
    {"currency": "USD"},
    {"debit_partner_id": None},
    {"credit_partner_id": 3},
    {"holding_id": 4},
    {"act": "mark:2"},
    {"memo": "价值变化"},
    {"reverses_id": 1},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
def test_the_hash_covers_every_field(changes: dict[str, Any]) -> None:
    assert line_hash(a_line(**changes), "0" * 64) != line_hash(a_line(), "0" * 64)


def test_the_hash_covers_every_field_there_is() -> None:
    assert {next(iter(changes)) for changes in CHANGES} == set(Line.__dataclass_fields__)


@given(st.text("0123456789abcdef", min_size=64, max_size=64))
def test_the_hash_depends_on_the_one_before_and_not_on_the_zone(previous: str) -> None:
    beijing = datetime.fromisoformat("2026-01-15T16:00:00+08:00")
    assert line_hash(a_line(recorded_at=beijing), previous) == line_hash(a_line(), previous)
    assert (line_hash(a_line(), previous) == line_hash(a_line(), "0" * 64)) == (previous == "0" * 64)
