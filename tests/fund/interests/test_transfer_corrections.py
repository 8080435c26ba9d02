"""Corrections of days before an interest passed: what the seller has more or less by them passes on as well."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from fund.fees.actions import record_expense
from fund.fees.transfers import undo_transfer
from fund.fees.undoing import undo_charge, undo_expense
from fund.interests.corrections import corrections
from fund.interests.queries import passed_balances
from fund.interests.rules import TransferRestedOn
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.held import InterestPassedOn
from fund.ledger.queries import balances
from fund.results.proof import prove
from kernel.db import Tx
from kernel.periods import Quarter
from tests.builders.capital import ACCOUNTANT, MANAGER, CapitalFund, noon
from tests.builders.holdings import a_mark
from tests.builders.lived_funds import ON, M, a_lived_fund, the_holding
from tests.builders.transfers import a_transfer
from tests.scenes import Scene

BEFORE, LATER = ON - timedelta(days=10), ON + timedelta(days=17)
WHOLE = 60 * M + 7


def capital(tx: Tx, fund: CapitalFund, on: date = LATER) -> dict[str, int]:
    """Each partner's capital before carry on a day."""
    accounts = [account for account in CAPITAL_ACCOUNTS if account is not Account.CARRY_ACCRUED]
    found = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=accounts, by=("partner",))
    by_id = {one.partner_id: one.amount for one in found}
    return {code: by_id.get(key, 0) for code, key in fund.partners.items() if code != "GP"}


def an_expense(tx: Tx, fund: CapitalFund, *, on: date = BEFORE, now: date = LATER) -> None:
    record_expense(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference="EXP-LATE",
        ilpa_row=41,
        amount=110_000_01,
        incurred_on=on,
        payee="auditors",
        now=noon(now),
    )


def value(tx: Tx, fund: CapitalFund, on: date = LATER) -> dict[str, int]:
    """What holdings are worth above cost to each partner; an asset stands with its sign turned."""
    asset = [Account.UNREALISED_APPRECIATION]
    found = balances(tx, fund_id=fund.fund_id, as_of=on, accounts=asset, by=("partner",))
    by_id = {one.partner_id: -one.amount for one in found}
    return {code: by_id.get(key, 0) for code, key in fund.partners.items() if code != "GP"}


def test_an_expense_of_before_is_the_buyer_s_and_the_seller_stays_at_nil(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    before = capital(tx, fund, BEFORE)
    sheet = a_transfer(tx, fund, commitment=WHOLE, on=ON)
    stood = capital(tx, fund)
    assert stood["LP01"] == 0
    an_expense(tx, fund)
    now = capital(tx, fund)
    parts = {code: now[code] - stood[code] for code in now}
    assert parts == {"LP01": 0, "LP02": -4_000_000, "LP04": -1_000_000, "LP03": -6_000_001}
    # On its own day it is still the seller's, as the interest was.
    assert capital(tx, fund, BEFORE)["LP01"] == before["LP01"] - 6_000_001
    [one] = corrections(tx, transfer_id=sheet.id)
    assert (one.act, one.reference, one.effective_on) == ("expense:EXP-LATE", "TRF-001/5041/after-1", ON)
    assert corrections(tx, transfer_id=sheet.id, known_at=noon(ON)) == []
    assert prove(tx, fund_id=fund.fund_id) == []
    undo_expense(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference="EXP-LATE",
        reason="twice",
        undone_on=LATER,
        now=noon(LATER),
    )
    assert capital(tx, fund) == stood
    passed = passed_balances(tx, fund_id=fund.fund_id, as_of=LATER, partner_id=fund["LP03"])
    assert not passed.get(("5041", None), {}).get(fund["LP03"], 0)
    assert prove(tx, fund_id=fund.fund_id) == []


def test_of_a_part_sold_and_sold_on_each_bears_its_part(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    a_transfer(tx, fund, commitment=20 * M, on=ON)
    a_transfer(tx, fund, seller="LP03", buyer="LP02", commitment=5 * M, on=ON + timedelta(days=3))
    stood = capital(tx, fund)
    an_expense(tx, fund)
    now = capital(tx, fund)
    parts = {code: now[code] - stood[code] for code in now}
    third = -6_000_001 * Fraction(20 * M, WHOLE)
    assert abs(parts["LP03"] - third * Fraction(3, 4)) <= 1
    assert abs(parts["LP02"] - (-4_000_000 + third / 4)) <= 1
    assert abs(parts["LP01"] - (-6_000_001 - third)) <= 1
    assert sum(parts.values()) == -110_000_01
    assert prove(tx, fund_id=fund.fund_id) == []


def test_to_the_fen_the_same_passes_whatever_was_written_down_first(scene: Scene) -> None:
    """Each of these expenses by itself parts otherwise than all of them together."""
    tx, fund = scene(a_lived_fund)
    facts: dict[str, Any] = {"ilpa_row": 41, "payee": "auditors", "incurred_on": BEFORE, "now": noon(LATER)}

    def passed_after(number: int) -> tuple[object, ...]:
        """What each has when so many of them stand before the interests pass."""
        with tx.begin_nested() as whole:
            for place, amount in enumerate((110_000_01, 7, 9, 5, 13)):
                if place == number:
                    pass_both()
                ask = facts | {"reference": f"EXP-{place}", "amount": amount}
                record_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, **ask)
            if number == 5:
                pass_both()
            undone: dict[str, Any] = {"reference": "EXP-1", "undone_on": LATER, "now": noon(LATER)}
            undo_expense(tx, ACCOUNTANT, fund_id=fund.fund_id, reason="twice", **undone)
            assert prove(tx, fund_id=fund.fund_id) == []
            found = tuple(
                (capital(tx, fund, on), passed_balances(tx, fund_id=fund.fund_id, as_of=on)["5041", None])
                for on in (ON, ON + timedelta(days=3), LATER)
            )
            whole.rollback()
        return found

    def pass_both() -> None:
        a_transfer(tx, fund, commitment=20 * M, on=ON)
        a_transfer(tx, fund, seller="LP03", buyer="LP02", commitment=7 * M + 3, on=ON + timedelta(days=3))

    found = [passed_after(number) for number in range(6)]
    assert found[1:] == found[:1] * 5


def test_a_mark_of_before_passes_with_the_value_above_cost(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    a_transfer(tx, fund, commitment=WHOLE, on=ON)
    held, stood, worth = the_holding(tx, fund), capital(tx, fund), value(tx, fund)
    a_mark(tx, held, on=BEFORE, value=30 * M, reason="milestones met", now=noon(LATER))
    assert capital(tx, fund)["LP01"] == value(tx, fund)["LP01"] == 0
    gained = {code: capital(tx, fund)[code] - stood[code] for code in stood}
    assert gained == {code: value(tx, fund)[code] - worth[code] for code in worth}
    assert gained["LP03"] != 0
    assert value(tx, fund, BEFORE)["LP01"] > 0
    assert prove(tx, fund_id=fund.fund_id) == []


def test_a_transfer_goes_back_with_what_was_corrected_since(scene: Scene) -> None:
    tx, fund = scene(a_lived_fund)
    stood = capital(tx, fund)
    sheet = a_transfer(tx, fund, commitment=WHOLE, on=ON)
    an_expense(tx, fund)
    undo_transfer(tx, MANAGER, transfer_id=sheet.id, reason="not consented", undone_on=LATER, now=noon(LATER))
    now = capital(tx, fund)
    assert {code: now[code] - stood[code] for code in now} == {
        "LP01": -6_000_001,
        "LP02": -4_000_000,
        "LP04": -1_000_000,
        "LP03": 0,
    }
    assert prove(tx, fund_id=fund.fund_id) == []


def test_what_decided_the_transfer_is_refused_with_all_that_comes_back_first_in_its_order(
    scene: Scene,
) -> None:
    tx, fund = scene(a_lived_fund)
    sheet = a_transfer(tx, fund, commitment=25 * M, on=ON)
    an_expense(tx, fund, on=ON + timedelta(days=1))
    a_mark(tx, the_holding(tx, fund), on=LATER, value=31 * M, reason="milestones met", now=noon(LATER))
    with pytest.raises(InterestPassedOn) as refused:
        undo_charge(
            tx,
            MANAGER,
            fund_id=fund.fund_id,
            quarter=Quarter(2026, 2),
            reason="wrong",
            undone_on=LATER,
            now=noon(LATER),
        )
    where = [problem.where for problem in refused.value.problems]
    assert [one.split("/")[0] for one in where] == ["H01", "EXP-LATE", "TRF-001"]
    # Of what was spent until it goes back the seller gets its part; nothing of it is to be taken back.
    for on, first in ((ON, where[:-1]), (LATER - timedelta(days=1), where[:1])):
        with pytest.raises(TransferRestedOn) as rested:
            undo_transfer(tx, MANAGER, transfer_id=sheet.id, reason="wrong", undone_on=on, now=noon(LATER))
        assert [problem.where for problem in rested.value.problems] == first
