"""Holdings opened, bought, sold, written off and paid out of, in the books and in what is said of them."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from fund.holdings.actions import (
    buy,
    open_holding,
    receive_income,
    sell,
    write_off,
)
from fund.holdings.position import Status
from fund.holdings.queries import cash_flows, holding, holdings
from fund.holdings.rules import (
    ChangeBehindMark,
    ChangeInFuture,
    ChangeOutOfOrder,
    HoldingTaken,
    HoldingUnknown,
    IncomeKind,
    InstrumentDiffers,
    InstrumentKind,
    InstrumentUnknown,
    NothingHeld,
    SaleAboveQuantity,
    WriteOffReasonMissing,
)
from fund.ledger.cash import CashShort
from fund.ledger.queries import balances, total, trial_balance
from fund.ledger.rules import Account
from kernel.audit.queries import events, verify
from kernel.db import Tx
from kernel.identity.rules import SYSTEM, RoleMissing
from tests.builders.holdings import (
    BOUGHT_ON,
    a_holding,
    a_mark,
    bought,
    held,
    the_analyst,
)
from tests.builders.ledger import Books, a_posting, booked
from tests.builders.parties import an_organisation

SOLD_ON = date(2025, 5, 20)
MILLION = 1_000_000_00


def standing(tx: Tx, fund: Books, account: Account, holding_id: int, on: date = date(2026, 9, 30)) -> int:
    """What stands on an account for a holding, debit-positive."""
    return -total(tx, fund_id=fund.fund_id, as_of=on, accounts=[account], holding_id=holding_id)


def by_partner(tx: Tx, fund: Books, account: Account, on: date = date(2026, 9, 30)) -> dict[str, int]:
    """What each partner has on an account, credit-positive, by code."""
    codes = {partner_id: code for code, partner_id in fund.partners.items()}
    found = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=[account], by=("partner",))
    return {codes[balance.partner_id]: balance.amount for balance in found if balance.partner_id}


def test_a_holding_gets_the_next_code_and_the_partys_names(tx: Tx, fund: Books) -> None:
    first, second = (
        a_holding(tx, fund.fund_id),
        a_holding(tx, fund.fund_id, name_zh="碳中和公司", name="碳中和"),
    )
    assert (first.code, first.name, first.name_en) == ("H01", "氢材科技有限公司", "Hydrogen Materials")
    assert (second.code, second.name) == ("H02", "碳中和")
    assert (first.acquired_on, first.status, first.cost) == (None, Status.HELD, 0)
    assert holdings(tx, fund_id=fund.fund_id, as_of=date(2026, 9, 30)) == []


def test_a_code_is_given_once(tx: Tx, fund: Books) -> None:
    a_holding(tx, fund.fund_id, code="h07")
    with pytest.raises(HoldingTaken, match="already a holding H07"):
        a_holding(tx, fund.fund_id, code="H07 ", name_zh="另一家公司")


def test_an_analyst_neither_opens_nor_trades(tx: Tx, fund: Books, now: datetime) -> None:
    analyst, opened = the_analyst(tx), a_holding(tx, fund.fund_id)
    party = an_organisation(tx, "不该开立")
    with pytest.raises(RoleMissing):
        open_holding(
            tx,
            analyst,
            fund_id=fund.fund_id,
            party_id=party.id,
            sector="s",
            chain_position="c",
            stage="s",
            origin="o",
            city="c",
            now=now,
        )
    with pytest.raises(RoleMissing):
        buy(tx, analyst, holding_id=opened.id, bought_on=BOUGHT_ON, quantity=1, cost=1, now=now)


def test_a_purchase_turns_cash_into_cost(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id, cost=20 * MILLION)
    assert (sheet.cost, sheet.value, sheet.invested, sheet.acquired_on) == (
        20 * MILLION,
        20 * MILLION,
        20 * MILLION,
        BOUGHT_ON,
    )
    assert standing(tx, fund, Account.INVESTMENTS_AT_COST, sheet.id) == 20 * MILLION
    assert standing(tx, fund, Account.CASH, sheet.id) == -20 * MILLION
    [flow] = cash_flows(tx, fund_id=fund.fund_id, as_of=date(2026, 9, 30))
    assert (flow.on, flow.amount, flow.kind, flow.reference) == (
        BOUGHT_ON,
        -20 * MILLION,
        "purchase",
        "H01/BUY-1",
    )


def test_free_shares_book_nothing(tx: Tx, fund: Books) -> None:
    sheet = held(tx, fund.fund_id, cost=0)
    assert (sheet.cost, sheet.instruments[0].quantity) == (0, 1_000_000)
    assert cash_flows(tx, fund_id=fund.fund_id, as_of=date(2026, 9, 30)) == []


def test_several_instruments_are_told_apart(tx: Tx, fund: Books, now: datetime) -> None:
    opened = held(tx, fund.fund_id)
    both = bought(
        tx,
        opened.id,
        on=date(2024, 6, 3),
        quantity=500,
        cost=5 * MILLION,
        instrument="CB",
        kind=InstrumentKind.CONVERTIBLE,
        ownership=Fraction(7, 100),
    )
    assert [(one.code, one.kind, one.cost) for one in both.instruments] == [
        ("EQ", InstrumentKind.REGISTERED_CAPITAL, 20 * MILLION),
        ("CB", InstrumentKind.CONVERTIBLE, 5 * MILLION),
    ]
    assert both.ownership == Fraction(7, 100)
    with pytest.raises(InstrumentUnknown, match="H01 has no instrument \\(-\\); it has: EQ, CB"):
        sell(tx, SYSTEM, holding_id=opened.id, sold_on=SOLD_ON, quantity=1, proceeds=1, now=now)
    with pytest.raises(InstrumentDiffers, match="CB of H01 is convertible, not preferred"):
        bought(tx, opened.id, on=SOLD_ON, instrument="CB", kind=InstrumentKind.PREFERRED)


def test_a_partial_sale_at_a_gain(tx: Tx, fund: Books, now: datetime) -> None:
    """20m at cost, marked 30m; 40 % sold for 15m: cost 8m, gain 7m, 4m of the 10m unrealised taken back."""
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=date(2025, 3, 31), value=30 * MILLION)
    sold = sell(
        tx, SYSTEM, holding_id=sheet.id, sold_on=SOLD_ON, quantity=400_000, proceeds=15 * MILLION, now=now
    )
    assert (sold.cost, sold.value, sold.proceeds, sold.realised_gain) == (
        12 * MILLION,
        18 * MILLION,
        15 * MILLION,
        7 * MILLION,
    )
    assert sold.status is Status.PARTLY_REALISED
    back = cash_flows(tx, fund_id=fund.fund_id, as_of=SOLD_ON)[1]
    assert (back.on, back.amount, back.kind, back.reference) == (SOLD_ON, 15 * MILLION, "sale", "H01/SALE-1")
    assert standing(tx, fund, Account.INVESTMENTS_AT_COST, sheet.id) == 12 * MILLION
    assert standing(tx, fund, Account.UNREALISED_APPRECIATION, sheet.id) == 6 * MILLION
    assert standing(tx, fund, Account.CASH, sheet.id) == -5 * MILLION
    assert by_partner(tx, fund, Account.REALISED_GAIN) == {
        "LP01": 4_200_000_00,
        "LP02": 2_100_000_00,
        "GP": 700_000_00,
    }
    assert by_partner(tx, fund, Account.UNREALISED_GAIN) == {
        "LP01": 3_600_000_00,
        "LP02": 1_800_000_00,
        "GP": 600_000_00,
    }


def test_a_full_sale_at_a_loss_leaves_nothing_behind(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    a_mark(tx, sheet.id, on=date(2025, 3, 31), value=13_333_333_37)
    sold = sell(
        tx,
        SYSTEM,
        holding_id=sheet.id,
        sold_on=SOLD_ON,
        quantity=1_000_000,
        proceeds=12 * MILLION,
        buyer_party_id=an_organisation(tx, "买方集团").id,
        now=now,
    )
    assert (sold.cost, sold.value, sold.status) == (0, 0, Status.REALISED)
    assert sold.realised_gain == -8 * MILLION
    for account in (Account.INVESTMENTS_AT_COST, Account.UNREALISED_APPRECIATION):
        assert balances(tx, fund_id=fund.fund_id, as_of=SOLD_ON, accounts=[account]) == []
    assert by_partner(tx, fund, Account.UNREALISED_GAIN) == {}
    assert sum(by_partner(tx, fund, Account.REALISED_GAIN).values()) == -8 * MILLION
    assert standing(tx, fund, Account.CASH, sheet.id) == -8 * MILLION
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=SOLD_ON).total == 0


def test_a_write_off_takes_every_instrument_and_no_cash(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    bought(
        tx, sheet.id, on=date(2024, 6, 3), instrument="CB", kind=InstrumentKind.CONVERTIBLE, cost=5 * MILLION
    )
    lost = write_off(tx, SYSTEM, holding_id=sheet.id, written_off_on=SOLD_ON, reason="bankruptcy", now=now)
    assert (lost.status, lost.cost, lost.value, lost.realised_gain) == (
        Status.WRITTEN_OFF,
        0,
        0,
        -25 * MILLION,
    )
    assert standing(tx, fund, Account.CASH, sheet.id) == -25 * MILLION
    assert by_partner(tx, fund, Account.REALISED_GAIN)["LP02"] == -7_500_000_00
    assert len(cash_flows(tx, fund_id=fund.fund_id, as_of=SOLD_ON)) == 2
    with pytest.raises(NothingHeld):
        write_off(tx, SYSTEM, holding_id=sheet.id, written_off_on=SOLD_ON, reason="again", now=now)


def test_one_instrument_alone_can_be_written_off(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    bought(
        tx, sheet.id, on=date(2024, 6, 3), instrument="CB", kind=InstrumentKind.CONVERTIBLE, cost=5 * MILLION
    )
    left = write_off(
        tx, SYSTEM, holding_id=sheet.id, written_off_on=SOLD_ON, instrument="CB", reason="expired", now=now
    )
    assert (left.status, left.cost) == (Status.PARTLY_REALISED, 20 * MILLION)


def test_income_is_the_partners(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    paid = receive_income(tx, SYSTEM, holding_id=sheet.id, received_on=SOLD_ON, amount=100_01, now=now)
    receive_income(
        tx,
        SYSTEM,
        holding_id=sheet.id,
        received_on=SOLD_ON,
        amount=50_00,
        kind=IncomeKind.INTEREST,
        memo="bridge loan",
        now=now,
    )
    assert (paid.income, paid.realised, paid.value) == (100_01, 100_01, 20 * MILLION)
    assert by_partner(tx, fund, Account.DIVIDEND_INCOME) == {"LP01": 60_01, "LP02": 30_00, "GP": 10_00}
    assert by_partner(tx, fund, Account.INTEREST_INCOME) == {"LP01": 30_00, "LP02": 15_00, "GP": 5_00}
    flows = cash_flows(tx, fund_id=fund.fund_id, as_of=SOLD_ON, holding_id=sheet.id)
    assert [(flow.amount, flow.kind) for flow in flows[1:]] == [(100_01, "dividend"), (50_00, "interest")]


def test_no_more_is_bought_than_the_bank_holds_beside_what_is_promised(tx: Tx, fund: Books) -> None:
    opened = a_holding(tx, fund.fund_id).id
    with pytest.raises(CashShort), tx.begin_nested():
        bought(tx, opened, cost=100 * MILLION + 1)
    tax = {"debit": Account.DISTRIBUTIONS_PAYABLE, "credit": Account.TAX_WITHHELD, "holding_id": None}
    whose = dict.fromkeys(("debit_partner_id", "credit_partner_id"), fund.partners["LP01"])
    booked(tx, fund.fund_id, [a_posting(reference="TAX", effective_on=BOUGHT_ON, amount=1, **tax, **whose)])
    with pytest.raises(CashShort), tx.begin_nested():
        bought(tx, opened, cost=100 * MILLION)
    assert bought(tx, opened, cost=100 * MILLION - 1).cost == 100 * MILLION - 1


def test_refusals_of_trades(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    trade = {"holding_id": sheet.id, "quantity": 1, "now": now}
    with pytest.raises(SaleAboveQuantity, match="1000001 cannot be sold: 1000000 is held"):
        sell(tx, SYSTEM, **{**trade, "quantity": 1_000_001}, sold_on=SOLD_ON, proceeds=1)
    with pytest.raises(ChangeInFuture):
        sell(tx, SYSTEM, **trade, sold_on=date(2026, 10, 1), proceeds=1)
    with pytest.raises(ChangeOutOfOrder, match="last change of this instrument was on 2024-03-20"):
        buy(tx, SYSTEM, **trade, bought_on=date(2024, 3, 19), cost=1)
    with pytest.raises(WriteOffReasonMissing):
        write_off(tx, SYSTEM, holding_id=sheet.id, written_off_on=SOLD_ON, reason="", now=now)
    with pytest.raises(ChangeInFuture):
        receive_income(tx, SYSTEM, holding_id=sheet.id, received_on=date(2027, 1, 1), amount=1, now=now)
    with pytest.raises(HoldingUnknown):
        buy(tx, SYSTEM, **{**trade, "holding_id": 10**12}, bought_on=SOLD_ON, cost=1)
    a_mark(tx, sheet.id, on=SOLD_ON, value=21 * MILLION)
    with pytest.raises(ChangeBehindMark):
        buy(tx, SYSTEM, **trade, bought_on=SOLD_ON, cost=1)


def test_everything_leaves_its_line_in_the_audit_chain(tx: Tx, fund: Books, now: datetime) -> None:
    sheet = held(tx, fund.fund_id)
    sell(tx, SYSTEM, holding_id=sheet.id, sold_on=SOLD_ON, quantity=1, proceeds=1, now=now)
    assert holding(tx, holding_id=sheet.id, as_of=SOLD_ON).cost < 20 * MILLION
    lines = [event.action for event in events(tx, subject=f"holding:{sheet.id}").items]
    assert sorted(lines) == ["holding.bought", "holding.opened", "holding.sold"]
    assert verify(tx) == []
