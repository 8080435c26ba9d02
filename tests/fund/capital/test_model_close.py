"""The later close of the model agreement, figure by figure: what newcomers pay, and what becomes of it."""

from datetime import date
from typing import Any

import pytest

from fund.capital.passing_on import NotAnEqualisation, NotFullyReceived, pay_equalisation
from fund.capital.queries import (
    contributions,
    participation,
    unfunded,
    waterfall_flows,
)
from fund.capital.receipts import AlreadySettled, reverse_receipt
from fund.capital.rules import CallKind
from fund.capital.waterfall import Flow
from fund.ledger.actions import post
from fund.ledger.queries import trial_balance
from fund.ledger.rules import Account, Posting
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    a_receipt,
    noon,
)
from tests.builders.model_close import DUE, FIRST_DUE, joined, model, on_account
from tests.scenes import Scene


def test_the_later_close_of_the_model_agreement(scene: Scene) -> None:
    tx, (fund, _) = scene(model)
    call = joined(tx, fund)
    assert (call.call.kind, (DUE - FIRST_DUE).days) == (CallKind.EQUALISATION, 245)
    c, a, b = (call.line(fund[code]) for code in ("LP03", "LP01", "LP02"))
    assert c.investment + c.expense == 633_333_333
    assert (c.fee, c.interest, c.outstanding) == (50_000_000, 34_009_132, 717_342_465)
    assert (a.investment + a.expense, a.interest) == (-380_000_000, -20_405_479)
    assert (b.investment + b.expense, b.interest) == (-253_333_333, -13_603_653)
    assert a.outstanding == b.outstanding == 0


def test_interest_touches_neither_contributions_nor_commitments_and_refunds_can_be_called_again(
    scene: Scene,
) -> None:
    tx, (fund, _) = scene(model)
    joined(tx, fund)
    paid = contributions(tx, fund_id=fund.fund_id, as_of=DUE)
    assert paid == {
        fund["LP01"]: 1_200_000_000 - 380_000_000,
        fund["LP02"]: 800_000_000 - 253_333_333,
        fund["LP03"]: 633_333_333 + 50_000_000,
    }
    assert on_account(tx, fund, Account.CONTRIBUTIONS) == {
        code: paid[fund[code]] for code in ("LP01", "LP02", "LP03")
    }
    left = unfunded(tx, fund_id=fund.fund_id, as_of=DUE)
    assert left[fund["LP01"]] == 6_000_000_000 - paid[fund["LP01"]]
    assert left[fund["LP03"]] == 5_000_000_000 - paid[fund["LP03"]]
    assert participation(tx, fund_id=fund.fund_id, as_of=DUE)[fund["LP03"]] == 600_000_000


def test_the_newcomer_earns_preferred_return_as_if_admitted_at_first(scene: Scene) -> None:
    tx, (fund, _) = scene(model)
    joined(tx, fund)
    flows = waterfall_flows(tx, fund_id=fund.fund_id, as_of=DUE)
    assert flows[fund["LP03"]] == [Flow(FIRST_DUE, contribution=True, amount=683_333_333)]
    assert flows[fund["LP01"]] == [Flow(FIRST_DUE, contribution=True, amount=820_000_000)]


def test_what_comes_in_goes_on_to_the_earlier_partners_with_its_interest(scene: Scene) -> None:
    tx, (fund, first) = scene(model)
    call = joined(tx, fund)
    cash = -on_account(tx, fund, Account.CASH)[""]
    a_receipt(tx, call, fund["LP03"], 683_333_333 + 1)
    with pytest.raises(NotFullyReceived, match=r"340,091\.31"):
        pay_equalisation(tx, ACCOUNTANT, call_id=call.id, paid_on=DUE, now=noon(DUE))
    with pytest.raises(NotAnEqualisation):
        pay_equalisation(tx, ACCOUNTANT, call_id=first.id, paid_on=DUE, now=noon(DUE))
    rest = a_receipt(tx, call, fund["LP03"], 34_009_131, bank_reference="REST")
    assert rest.interest == 34_009_131
    assert on_account(tx, fund, Account.EQUALISATION_PAYABLE)["LP03"] == 34_009_132
    settled = pay_equalisation(tx, ACCOUNTANT, call_id=call.id, paid_on=DUE, now=noon(DUE))
    assert settled.call.settled_on == DUE
    assert on_account(tx, fund, Account.EQUALISATION_PAYABLE) == {}
    assert on_account(tx, fund, Account.BETWEEN_PARTNERS) == {}
    assert -on_account(tx, fund, Account.CASH)[""] == cash + 50_000_000
    with pytest.raises(AlreadySettled):
        pay_equalisation(tx, ACCOUNTANT, call_id=call.id, paid_on=DUE, now=noon(DUE))
    with pytest.raises(AlreadySettled):
        reverse_receipt(tx, ACCOUNTANT, receipt_id=rest.id, reason="x", reversed_on=DUE, now=noon(DUE))


def test_past_income_and_expenses_are_shared_anew_partner_to_partner(scene: Scene) -> None:
    tx, (fund, _) = scene(model)
    one, two, on = fund["LP01"], fund["LP02"], date(2026, 6, 30)
    facts: dict[str, Any] = {"memo": "", "act": "test:1"}
    gain, above = Account.UNREALISED_GAIN, Account.UNREALISED_APPRECIATION
    postings = [
        Posting(
            "M1", on, above, gain, 600_000, debit_partner_id=one, credit_partner_id=one, holding_id=3, **facts
        ),
        Posting(
            "M2", on, above, gain, 400_000, debit_partner_id=two, credit_partner_id=two, holding_id=3, **facts
        ),
        Posting("E1", on, Account.AUDIT, Account.ACCOUNTS_PAYABLE, 6_000, debit_partner_id=one, **facts),
        Posting("E2", on, Account.AUDIT, Account.ACCOUNTS_PAYABLE, 4_000, debit_partner_id=two, **facts),
        Posting(
            "F1",
            on,
            Account.MANAGEMENT_FEE,
            Account.MANAGEMENT_FEE_PAYABLE,
            5_000,
            debit_partner_id=one,
            **facts,
        ),
    ]
    post(tx, SYSTEM, fund_id=fund.fund_id, postings=postings, now=noon(on))
    joined(tx, fund)
    assert on_account(tx, fund, gain, holding_id=3) == {"LP01": 400_000, "LP02": 266_667, "LP03": 333_333}
    assert on_account(tx, fund, above, holding_id=3) == {"LP01": -400_000, "LP02": -266_667, "LP03": -333_333}
    assert on_account(tx, fund, Account.AUDIT) == {"LP01": -4_000, "LP02": -2_667, "LP03": -3_333}
    assert on_account(tx, fund, Account.MANAGEMENT_FEE) == {"LP01": -5_000}
    assert on_account(tx, fund, Account.BETWEEN_PARTNERS) == {}
    assert trial_balance(tx, fund_id=fund.fund_id, as_of=DUE).total == 0
