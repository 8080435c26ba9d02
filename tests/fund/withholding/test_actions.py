"""Tax withheld from a distribution: distributed in full, paid in part to the partner and in part to the tax office."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fund.capital.acts import promised
from fund.capital.by_day import waterfall_flows
from fund.capital.distributions import approve_distribution, pay_distribution, undo_distribution
from fund.capital.outflows import distribution_sheet
from fund.capital.positions import unfunded
from fund.capital.rules import SharesMoved
from fund.capital.sharing import AboveCash
from fund.charter.life import DayOutsideFund
from fund.ledger.actions import lock_period
from fund.ledger.cash_items import cash_items
from fund.ledger.queries import balances, total
from fund.ledger.rules import Account, PeriodLocked
from fund.parties.rules import PartyKind
from fund.partners.rules import PartnerUnknown
from fund.results.proof import prove
from fund.withholding.actions import pay_tax, set_rate, undo_tax_payment
from fund.withholding.queries import owed, payments, withheld_from
from fund.withholding.rules import TaxPaymentUnknown, TaxWasPaid
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.money import format_amount
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, CapitalFund, a_distribution, noon
from tests.fund.capital.test_distributions import YEAR_ON, drafted, with_profit
from tests.scenes import Scene

MILLION = 1_000_000 * YUAN
FIFTH = Fraction(1, 5)
LATER = date(2027, 4, 15)


def rate_on(tx: Tx, fund: CapitalFund, code: str | None = "LP01", **changes: Any) -> None:
    facts: dict[str, Any] = {
        "partner_id": None if code is None else fund[code],
        "effective_on": date(2026, 1, 15),
        "income": FIFTH,
        "gain": FIFTH,
        "reason": "个人所得税法第六条",
        "now": noon(YEAR_ON),
    }
    set_rate(tx, MANAGER, fund_id=fund.fund_id, **(facts | changes))


def stands(tx: Tx, fund: CapitalFund) -> object:
    facts = {"fund_id": fund.fund_id, "as_of": date.max}
    return balances(tx, **facts), unfunded(tx, **facts), waterfall_flows(tx, **facts)


def pay(tx: Tx, fund: CapitalFund, *codes: str, on: date = LATER) -> str:
    facts = {"distributions": codes, "paid_on": on, "memo": "完税证明", "now": noon(LATER)}
    return pay_tax(tx, ACCOUNTANT, fund_id=fund.fund_id, **facts).code


def test_the_gross_is_distributed_the_net_paid_and_the_tax_owed_until_it_is_paid_on(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    rate_on(tx, fund)
    before = stands(tx, fund)
    facts: dict[str, Any] = {"return_of_capital": 100 * MILLION, "income": 16 * MILLION}
    sheet = a_distribution(tx, fund, pay_on=YEAR_ON, **facts)
    line = sheet.line(fund["LP01"])
    assert line.tax is not None
    # LP01's 60 % of 16m is income of 9.6m, less the carry in it; the capital of 60m is not taxed.
    assert (line.income, line.withheld) == (line.net - 60 * MILLION, (line.net - 60 * MILLION) // 5)
    assert (line.tax.income_rate, line.tax.reason) == (FIFTH, "个人所得税法第六条")
    assert (line.paid, sheet.line(fund["LP02"]).withheld) == (line.net - line.withheld, 0)
    of = {"fund_id": fund.fund_id, "as_of": YEAR_ON, "partner_id": fund["LP01"]}
    assert -total(tx, accounts=[Account.DISTRIBUTIONS], **of) == line.net
    assert total(tx, accounts=[Account.TAX_WITHHELD], **of) == line.withheld
    assert waterfall_flows(tx, fund_id=fund.fund_id, as_of=YEAR_ON)[fund["LP01"]][-1].amount == line.gross
    paid = {one.partner_id: -one.amount for one in cash_items(tx, fund_id=fund.fund_id, since=YEAR_ON)}
    assert paid[fund["LP01"]] == line.paid
    # It lies in the bank and belongs to the tax office: nobody may distribute it.
    assert promised(tx, fund_id=fund.fund_id) == line.withheld
    assert prove(tx, fund_id=fund.fund_id) == []

    code = pay(tx, fund, " dist-001 ")
    assert (code, owed(tx, fund_id=fund.fund_id), promised(tx, fund_id=fund.fund_id)) == ("TAX-001", [], 0)
    [item] = cash_items(tx, fund_id=fund.fund_id, since=LATER)
    assert (item.amount, item.partner_id) == (-line.withheld, None)
    assert prove(tx, fund_id=fund.fund_id) == []
    undo = {"reason": "退回", "undone_on": LATER, "now": noon(LATER)}
    with pytest.raises(TaxWasPaid, match="TAX-001"):
        undo_distribution(tx, MANAGER, distribution_id=sheet.id, **undo)
    back = undo_tax_payment(tx, ACCOUNTANT, fund_id=fund.fund_id, code="tax-001", **undo)
    assert (back.undone_on, [one.amount for one in owed(tx, fund_id=fund.fund_id)]) == (
        LATER,
        [line.withheld],
    )
    assert pay(tx, fund, "DIST-001") == "TAX-002"
    undo_tax_payment(tx, ACCOUNTANT, fund_id=fund.fund_id, code="TAX-002", **undo)
    undo_distribution(tx, MANAGER, distribution_id=sheet.id, **undo)
    assert (stands(tx, fund), owed(tx, fund_id=fund.fund_id)) == (before, [])
    assert [one.distributions for one in payments(tx, fund_id=fund.fund_id)] == [("DIST-001",)] * 2
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_rate_by_kind_and_one_that_moves_between_draft_and_payment(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    rate_on(tx, fund, None, party_kind=PartyKind.ORGANISATION, gain=Fraction(1, 10))
    draft = drafted(tx, fund, gain=10 * MILLION, income=MILLION)
    sheet = distribution_sheet(tx, distribution_id=draft)
    kept = withheld_from(tx, distribution_id=draft)
    assert (
        kept[fund["LP02"]].amount
        == sheet.line(fund["LP02"]).gain // 10 + sheet.line(fund["LP02"]).income // 5
    )
    assert owed(tx, fund_id=fund.fund_id) == []
    approve_distribution(tx, MANAGER, distribution_id=draft, now=noon(YEAR_ON))
    rate_on(tx, fund, "LP02", income=Fraction(0), gain=Fraction(0), reason="机构自行申报")
    with pytest.raises(SharesMoved):
        pay_distribution(tx, ACCOUNTANT, distribution_id=draft, now=noon(YEAR_ON))


def test_only_the_manager_sets_rates_and_only_for_the_funds_own_partners(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    facts: dict[str, Any] = {"effective_on": YEAR_ON, "income": FIFTH, "gain": FIFTH, "reason": "r"}
    given_to = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "now": noon(YEAR_ON)}
    with pytest.raises(RoleMissing):
        set_rate(tx, ACCOUNTANT, **facts, **given_to)
    with pytest.raises(PartnerUnknown):
        set_rate(tx, MANAGER, **facts, **(given_to | {"partner_id": 0}))
    with pytest.raises(DayOutsideFund, match="9999-12-31"):
        set_rate(tx, MANAGER, **(facts | {"effective_on": date.max}), **given_to)
    quarter = Quarter(2026, 1)
    lock_period(tx, MANAGER, fund_id=fund.fund_id, quarter=quarter, now=noon(YEAR_ON))
    with pytest.raises(PeriodLocked, match="withholding rate"):
        set_rate(tx, MANAGER, **(facts | {"effective_on": quarter.ends_on}), **given_to)
    with pytest.raises(TaxPaymentUnknown):
        undo_tax_payment(
            tx, MANAGER, fund_id=fund.fund_id, code="TAX-9", reason="r", undone_on=YEAR_ON, now=noon(YEAR_ON)
        )


def test_tax_that_lies_in_the_bank_is_not_distributed_to_somebody_else(scene: Scene) -> None:
    tx, fund = scene(with_profit)
    rate_on(tx, fund)
    sheet = a_distribution(tx, fund, pay_on=YEAR_ON, return_of_capital=100 * MILLION, income=20 * MILLION)
    tax = format_amount(sheet.line(fund["LP01"]).withheld)
    with pytest.raises(AboveCash, match=f"{tax} in cash, of which {tax} is promised"):
        drafted(tx, fund, income=1)


def test_a_partner_reads_what_is_withheld_from_itself(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = with_profit(tx)
        for code in ("LP01", "LP02"):
            rate_on(tx, fund, code)
        sheet = a_distribution(tx, fund, pay_on=YEAR_ON, income=10 * MILLION)
        pay(tx, fund, "DIST-001")
        lp = Actor(
            user_id=1, name="LP", roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP01"]})
        )
        introduce(tx, lp)
        for table, count in (
            ("withholding_rate", 1),
            ("withholding", 1),
            ("tax_payment", 0),
            ("tax_payment_line", 0),
        ):
            assert tx.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == count, table
        seen = distribution_sheet(tx, distribution_id=sheet.id, actor=lp)
        assert [line.withheld for line in seen.lines] == [sheet.line(fund["LP01"]).withheld]
        tx.rollback()


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.tuples(*[st.integers(0, 30 * MILLION)] * 3).filter(any),
    shares=st.tuples(*[st.fractions(0, 1, max_denominator=100)] * 2),
)
def test_every_part_sums_and_undoing_restores_every_fen(
    tx: Tx, amounts: tuple[int, int, int], shares: tuple[Fraction, Fraction]
) -> None:
    with tx.begin_nested() as whole:
        fund = with_profit(tx)
        for code in ("LP01", "LP02", "GP"):
            rate_on(tx, fund, code, income=shares[0], gain=shares[1])
        before = stands(tx, fund)
        facts: dict[str, Any] = dict(zip(("return_of_capital", "income", "gain"), amounts, strict=True))
        sheet = a_distribution(tx, fund, pay_on=YEAR_ON, **facts)
        assert sum(line.paid + line.withheld for line in sheet.lines) == sum(amounts)
        held = total(tx, fund_id=fund.fund_id, as_of=YEAR_ON, accounts=[Account.TAX_WITHHELD])
        assert held == sum(line.withheld for line in sheet.lines)
        undo: dict[str, Any] = {"reason": "r", "undone_on": LATER, "now": noon(LATER)}
        if held:
            code = pay(tx, fund, "DIST-001")
            undo_tax_payment(tx, ACCOUNTANT, fund_id=fund.fund_id, code=code, **undo)
        undo_distribution(tx, MANAGER, distribution_id=sheet.id, **undo)
        assert stands(tx, fund) == before
        assert prove(tx, fund_id=fund.fund_id) == []
        whole.rollback()
