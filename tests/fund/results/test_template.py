"""The ILPA Performance Template off the books: both forms end in the net return, and every total opens its entries."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from fund.capital.carry import accrue_carry
from fund.capital.carry_returns import approve_return, draft_return, pay_return, receive_return
from fund.charter.actions import choose_performance_form
from fund.charter.template_rules import TemplateForm, TemplateFormFixed
from fund.givebacks.rules import ClawbackTest
from fund.holdings.actions import sell, write_off
from fund.ledger.chart import CAPITAL_ACCOUNTS, EXPENSE_ACCOUNTS, FEE_ACCOUNTS, Account
from fund.results.performance import performance
from fund.results.rules import FundFiguresClosed
from fund.results.template import Template, performance_template, type_entries
from fund.results.template_rules import ReturnStage, TransactionTypeUnknown
from fund.results.transaction_types import transaction_types
from kernel.db import Tx, introduce
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, a_distribution, noon
from tests.builders.holdings import a_mark
from tests.builders.results import M, Played
from tests.fund.capital.test_clawbacks import MILLION, SOLD, steel_sold, two_deals
from tests.fund.capital.test_escrow import CAME, END, kept
from tests.scenes import Scene

YEAR_END = Quarter(2025, 4)
LATER = date(2027, 5, 31)


def told(tx: Tx, fund_id: int, quarter: Quarter, form: TemplateForm) -> Template:
    return performance_template(tx, fund_id=fund_id, quarter=quarter, form=form)


def carry_paid(found: Template) -> int:
    return sum(amount for one, _, amount in found.totals() if one.code == "carry_paid")


def sold_fund(tx: Tx) -> int:
    """Two deals, one sold with carry paid, the other marked up with carry accrued."""
    fund, steel, pumps = two_deals(tx)
    a_mark(tx, pumps, on=SOLD, value=60 * MILLION, now=noon(SOLD))
    steel_sold(tx, fund, steel)
    accrue_carry(tx, ACCOUNTANT, fund_id=fund.fund_id, on=SOLD, now=noon(SOLD))
    half = {"sold_on": LATER, "quantity": 500_000, "proceeds": 30 * MILLION, "now": noon(LATER)}
    sell(tx, SYSTEM, holding_id=pumps, **half)
    kinds = {"return_of_capital": 15 * MILLION, "gain": 15 * MILLION}
    a_distribution(tx, fund, pay_on=LATER, holding_id=pumps, **kinds)
    return fund.fund_id


@pytest.mark.parametrize("form", list(TemplateForm))
def test_both_forms_end_in_the_net_return(scene: Scene, form: TemplateForm) -> None:
    tx, fund_id = scene(sold_fund)
    quarter = Quarter.containing(LATER)
    found = told(tx, fund_id, quarter, form)
    net = performance(tx, fund_id=fund_id, as_of=quarter.ends_on)
    assert (found.net.paid_in, found.net.distributed, found.net.value) == (
        net.paid_in,
        net.distributed,
        net.nav,
    )
    assert found.net.irr == net.net_irr
    assert found.net.added_back == 0
    assert found.net.multiple == Fraction(net.distributed + net.nav, net.paid_in)
    rates = [stage.irr.value for stage in found.stages]
    assert all(one is not None for one in rates)
    assert rates == sorted(rates, reverse=True)
    assert rates[0] != rates[-1]


def test_carry_kept_in_escrow_and_given_back_is_carry(scene: Scene) -> None:
    """LP01 bears 4.8m of carry, of which 1.2m is kept in escrow; a clawback gives 3m back, so gross stays."""
    tx, (fund, pumps, _) = scene(kept)
    write_off(tx, SYSTEM, holding_id=pumps, written_off_on=END, reason="liquidated", now=noon(END))
    quarter = Quarter.containing(END)
    before = told(tx, fund.fund_id, quarter, TemplateForm.GROSS_UP)
    assert carry_paid(before) == before.gross.added_back == 8 * MILLION
    facts: dict[str, Any] = {"kind": ClawbackTest.FINAL, "tested_on": END, "due_on": CAME, "now": noon(END)}
    sheet = draft_return(tx, ACCOUNTANT, fund_id=fund.fund_id, **facts)
    approve_return(tx, MANAGER, return_id=sheet.id, now=noon(END))
    came = {"received_on": CAME, "bank_reference": "GP-1", "now": noon(CAME)}
    receive_return(tx, ACCOUNTANT, return_id=sheet.id, **came)
    pay_return(tx, ACCOUNTANT, return_id=sheet.id, paid_on=CAME, now=noon(CAME))
    after = told(tx, fund.fund_id, quarter, TemplateForm.GROSS_UP)
    assert carry_paid(after) == 3 * MILLION
    assert after.gross.multiple == before.gross.multiple
    assert after.net.distributed == before.net.distributed + 5 * MILLION


@pytest.mark.parametrize("form", list(TemplateForm))
def test_every_total_is_the_sum_of_its_entries(scene: Scene, form: TemplateForm) -> None:
    tx, fund_id = scene(sold_fund)
    quarter = Quarter.containing(LATER)
    found = told(tx, fund_id, quarter, form)
    codes = {one.code for one, _, _ in found.totals()}
    assert {"carry_paid", "carry_accrued", "net_asset_value", "distribution_gain"} <= codes
    for one, count, amount in found.totals():
        opened = type_entries(tx, fund_id=fund_id, quarter=quarter, code=one.code)
        assert opened.amount == amount == sum(part for _, part in opened.entries)
        assert count <= len(opened.entries)


def test_granular_counts_calls_for_investments_and_gross_up_adds_fees_back(tx: Tx, played: Played) -> None:
    granular = told(tx, played.fund_id, YEAR_END, TemplateForm.GRANULAR)
    gross_up = told(tx, played.fund_id, YEAR_END, TemplateForm.GROSS_UP)
    # LP01 and LP02 hold 90 of 100 million: 27m called for investments and 2.7m for expenses.
    assert granular.gross.paid_in == 27 * M
    assert [stage.paid_in for stage in granular.stages] == [27 * M, 27 * M, 29_700_000_00, 29_700_000_00]
    assert gross_up.gross.paid_in == 29_700_000_00
    fees = sum(line.amount for line in gross_up.lines if line.type == "fee_charged")
    assert gross_up.gross.added_back == fees > 0
    assert gross_up.stages[1].added_back == 0
    assert granular.net == gross_up.net
    value = granular.net.value
    assert granular.gross.multiple == Fraction(value, 27 * M)
    assert gross_up.gross.multiple == Fraction(value + fees, 29_700_000_00)


def test_a_fee_charged_before_the_first_call_is_added_back_with_it(tx: Tx, played: Played) -> None:
    found = told(tx, played.fund_id, YEAR_END, TemplateForm.GROSS_UP)
    first = min(line.on for line in found.lines if line.type == "call_investment")
    charged = type_entries(tx, fund_id=played.fund_id, quarter=YEAR_END, code="fee_charged").entries
    assert min(entry.effective_on for entry, _ in charged) < first
    assert min(line.on for line in found.lines) == first
    assert found.gross.irr.status.value == "unique"


def test_companies_stand_apart_as_sold_and_held(scene: Scene) -> None:
    tx, (fund, steel, _) = scene(two_deals)
    steel_sold(tx, fund, steel)
    found = told(tx, fund.fund_id, Quarter.containing(SOLD), TemplateForm.GRANULAR)
    assert len(found.portfolio) == 2
    assert (found.realised.value, found.unrealised.realised) == (0, 0)
    assert found.realised.invested + found.unrealised.invested == found.whole.invested
    assert found.realised.gain + found.unrealised.gain == found.whole.gain
    assert not found.has_facility_costs


def test_what_was_not_known_does_not_count(scene: Scene) -> None:
    tx, fund_id = scene(sold_fund)
    quarter = Quarter.containing(LATER)
    before = performance_template(
        tx, fund_id=fund_id, quarter=quarter, known_at=noon(LATER - timedelta(days=1))
    )
    now = performance_template(tx, fund_id=fund_id, quarter=quarter)
    assert before.net.distributed < now.net.distributed
    empty = performance_template(tx, fund_id=fund_id, quarter=Quarter(2001, 1))
    assert (empty.lines, empty.net.multiple, empty.net.irr.status.value) == ((), None, "undefined")


def test_the_form_is_chosen_once(tx: Tx, played: Played) -> None:
    fund_id, now = played.fund_id, noon(date(2026, 1, 5))
    facts = {"fund_id": fund_id, "now": now}
    with pytest.raises(RoleMissing):
        choose_performance_form(tx, ACCOUNTANT, form=TemplateForm.GRANULAR, **facts)
    choose_performance_form(tx, SYSTEM, form=TemplateForm.GROSS_UP, **facts)
    assert performance_template(tx, fund_id=fund_id, quarter=YEAR_END).form is TemplateForm.GROSS_UP
    with pytest.raises(TemplateFormFixed):
        told(tx, fund_id, YEAR_END, TemplateForm.GRANULAR)
    for form in TemplateForm:
        with pytest.raises(TemplateFormFixed):
            choose_performance_form(tx, SYSTEM, form=form, **facts)


def test_a_partners_people_do_not_read_it(tx: Tx, played: Played) -> None:
    own = frozenset({played.partners["LP01"]})
    introduce(tx, Actor(7, "Partner", frozenset({Role.LP_USER}), partner_ids=own))
    with pytest.raises(FundFiguresClosed):
        performance_template(tx, fund_id=played.fund_id, quarter=YEAR_END)
    with pytest.raises(FundFiguresClosed):
        type_entries(tx, fund_id=played.fund_id, quarter=YEAR_END, code="call_investment")


def test_a_type_that_nobody_knows_is_refused(tx: Tx, played: Played) -> None:
    with pytest.raises(TransactionTypeUnknown):
        type_entries(tx, fund_id=played.fund_id, quarter=YEAR_END, code="loan")


def test_the_list_of_types_names_every_fee_and_expense_once_and_ends_in_net() -> None:
    types = transaction_types().values()
    named = [account for one in types if one.side.value == "added_back" for account in one.accounts]
    carry = [Account.CARRY_EARNED, Account.CARRY_ESCROWED, Account.CARRY_RETURNED]
    assert sorted(named) == sorted([*FEE_ACCOUNTS, *EXPENSE_ACCOUNTS, *carry])
    # Income is in the value; every other account of a partner's capital belongs to a type.
    typed = {account for one in types for account in one.accounts}
    assert {one for one in CAPITAL_ACCOUNTS if one < "4000" or one >= "5000"} == typed
    for form in TemplateForm:
        net = {one.code for one in types if ReturnStage.NET in one.counts(form)}
        assert net == {one.code for one in types if one.kind} | {"net_asset_value"}
