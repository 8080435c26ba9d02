from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from fund.capital.call_days import CallSettled
from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.commitments import CallsMade, DistributionsMade, NoFirstClose, commit, later_close
from fund.capital.distributions import cancel_distribution, draft_distribution
from fund.capital.passing_on import NotAnEqualisation, NotFullyReceived, pay_equalisation
from fund.capital.queries import (
    call_sheet,
    closes,
    commitment_sheets,
    commitments,
    contributions,
    participation,
    unfunded,
    waterfall_flows,
)
from fund.capital.receipts import AlreadySettled, reverse_receipt
from fund.capital.rules import CallKind, CommitmentRefused, SharesMoved
from fund.capital.settlement import Fee
from fund.capital.sheets import CallSheet
from fund.capital.waterfall import Flow
from fund.ledger.actions import post
from fund.ledger.queries import balances, trial_balance
from fund.ledger.rules import Account, Posting
from fund.partners.models import Partner
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    a_draft,
    a_paid_call,
    a_receipt,
    committed,
    expense,
    fee,
    investment,
    noon,
)
from tests.builders.partners import a_partner
from tests.scenes import Scene

FIRST_DUE = date(2026, 3, 2)
CLOSED = date(2026, 10, 12)
DUE = date(2026, 11, 2)
MILLION = 1_000_000 * YUAN


def model(tx: Tx) -> tuple[CapitalFund, CallSheet]:
    """The first call of the model agreement: investment 18m, expenses 1m, fee 1 % of commitment."""
    fund = committed(tx, newcomers=["LP03"])
    items = (
        investment(18 * MILLION),
        expense(MILLION),
        fee({fund["LP01"]: 600_000_00, fund["LP02"]: 400_000_00}),
    )
    return fund, a_paid_call(tx, fund, *items, due_on=FIRST_DUE)


def joined(tx: Tx, fund: CapitalFund) -> CallSheet:
    """LP03 joins with 50m, 245 days after the first due date."""
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fund["LP03"]: 50 * MILLION},
        closed_on=CLOSED,
        due_on=DUE,
        fees=(Fee(fund["LP03"], FIRST_DUE, 500_000_00),),
        now=noon(CLOSED),
    )
    assert close.call_id is not None
    return call_sheet(tx, call_id=close.call_id)


def on_account(tx: Tx, fund: CapitalFund, account: Account, **facts: Any) -> dict[str, int]:
    found = balances(tx, fund_id=fund.fund_id, as_of=DUE, accounts=[account], by=("partner",), **facts)
    codes = {key: code for code, key in fund.partners.items()}
    return {codes.get(b.partner_id or 0, ""): b.amount for b in found}


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


def test_a_third_close_settles_with_the_second_too(scene: Scene) -> None:
    tx, (fund, _) = scene(model)
    joined(tx, fund)
    fourth = a_partner(tx, fund.fund_id, "LP04").id
    close = later_close(
        tx,
        MANAGER,
        fund_id=fund.fund_id,
        newcomers={fourth: 50 * MILLION},
        closed_on=date(2026, 12, 1),
        due_on=date(2026, 12, 15),
        interest_rate=Fraction(0),
        now=noon(date(2026, 12, 1)),
    )
    assert close.number == 3
    shares = participation(tx, fund_id=fund.fund_id, as_of=date(2026, 12, 15))
    assert sum(shares.values()) == 18 * MILLION
    assert [round(part / MILLION, 4) for part in shares.values()] == [5.4, 3.6, 4.5, 4.5]
    assert close.interest_rate == 0
    assert [sheet.number for sheet in closes(tx, fund_id=fund.fund_id)] == [1, 2, 3]


def test_a_later_close_before_any_call_needs_no_settlement(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    facts: dict[str, Any] = {"newcomers": {fund["LP03"]: 50 * MILLION}, "closed_on": CLOSED, "due_on": DUE}
    close = later_close(tx, MANAGER, fund_id=fund.fund_id, now=noon(CLOSED), **facts)
    assert close.call_id is None
    assert commitments(tx, fund_id=fund.fund_id, as_of=date(2026, 10, 11)) == {
        fund["LP01"]: 60 * MILLION,
        fund["LP02"]: 40 * MILLION,
    }
    assert commitments(tx, fund_id=fund.fund_id, as_of=CLOSED)[fund["LP03"]] == 50 * MILLION
    assert [sheet.close_number for sheet in commitment_sheets(tx, fund_id=fund.fund_id)] == [1, 1, 2]


def test_a_draft_made_before_the_close_is_not_issued_after_it(scene: Scene) -> None:
    tx, (fund, _) = scene(model)
    draft = a_draft(tx, fund, investment(MILLION), due_on=date(2026, 12, 1))
    joined(tx, fund)
    approve_call(tx, MANAGER, call_id=draft.id, now=noon(DUE))
    with pytest.raises(SharesMoved):
        issue_call(tx, MANAGER, call_id=draft.id, now=noon(DUE))


def test_what_a_close_has_settled_is_not_cancelled(tx: Tx) -> None:
    fund = committed(tx, newcomers=["LP03"])
    first = a_call(tx, fund, investment(MILLION), due_on=FIRST_DUE)
    second = joined(tx, fund)
    for call in (first, second):
        with pytest.raises(CallSettled):
            cancel_call(tx, MANAGER, call_id=call.id, reason="x", cancelled_on=DUE, now=noon(DUE))


def test_commitments_that_cannot_be_taken_are_refused_all_faults_at_once(scene: Scene) -> None:
    tx, fund = scene(committed)
    with pytest.raises(CommitmentRefused) as refusal:
        commit(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            partner_id=fund["LP01"],
            amount=0,
            closed_on=date(2025, 1, 1),
            now=noon(CLOSED),
        )
    assert [p.where for p in refusal.value.problems] == ["LP01", "LP01", "LP01", "closed_on"]
    with pytest.raises(CommitmentRefused, match=r"more than the fund's 500,000,000\.00"):
        commit(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            partner_id=fund["GP"],
            amount=500 * MILLION,
            closed_on=CLOSED,
            now=noon(CLOSED),
        )


def test_a_partner_is_admitted_and_commits_without_the_others_being_read(tx: Tx) -> None:
    """Read anew with each of them, a list of a thousand would take a million reads."""
    fund = committed(tx, {"LP01": MILLION, "LP02": 2 * MILLION})
    tx.expunge_all()
    read: list[str] = []

    def note(row: Partner, _: object) -> None:
        read.append(row.code)

    sa.event.listen(Partner, "load", note)
    try:
        joining = a_partner(tx, fund.fund_id, "LP03", admitted_on=CLOSED)
        facts = {"partner_id": joining.id, "amount": 3 * MILLION, "closed_on": CLOSED}
        sheet = commit(tx, SYSTEM, fund_id=fund.fund_id, **facts, now=noon(CLOSED))
    finally:
        sa.event.remove(Partner, "load", note)
    assert (sheet.partner_id, sheet.amount, sheet.effective_on) == (joining.id, 3 * MILLION, CLOSED)
    assert set(read) <= {"LP03"}
    assert list(commitments(tx, fund_id=fund.fund_id, as_of=CLOSED).values()) == [
        MILLION,
        2 * MILLION,
        3 * MILLION,
    ]


def test_a_later_close_is_refused_where_it_makes_no_sense(scene: Scene) -> None:
    tx, (fund, _) = scene(model)
    with pytest.raises(CommitmentRefused) as refusal:
        later_close(
            tx, MANAGER, fund_id=fund.fund_id, newcomers={}, closed_on=DUE, due_on=CLOSED, now=noon(DUE)
        )
    assert [str(p) for p in refusal.value.problems] == [
        "nobody joins",
        "due_on: the newcomers cannot pay before they are admitted",
    ]
    with pytest.raises(CommitmentRefused, match="not a partner"):
        later_close(
            tx, MANAGER, fund_id=fund.fund_id, newcomers={0: 1}, closed_on=CLOSED, due_on=DUE, now=noon(DUE)
        )
    with pytest.raises(CallsMade, match="CALL-001"):
        commit(
            tx,
            SYSTEM,
            fund_id=fund.fund_id,
            partner_id=fund["LP03"],
            amount=1,
            closed_on=CLOSED,
            now=noon(DUE),
        )
    draft = draft_distribution(
        tx, ACCOUNTANT, fund_id=fund.fund_id, gain=1, pay_on=CLOSED, source="x", now=noon(CLOSED)
    )
    with pytest.raises(DistributionsMade, match="DIST-001"):
        joined(tx, fund)
    cancel_distribution(tx, ACCOUNTANT, distribution_id=draft.id, reason="x", now=noon(CLOSED))
    assert joined(tx, fund)


def test_a_fund_without_commitments_has_no_later_close(tx: Tx) -> None:
    fund = committed(tx, {"LP01": MILLION})
    with pytest.raises(NoFirstClose):
        later_close(
            tx,
            MANAGER,
            fund_id=fund.fund_id,
            newcomers={fund["GP"]: 1},
            closed_on=date(2026, 1, 1),
            due_on=DUE,
            now=noon(DUE),
        )
