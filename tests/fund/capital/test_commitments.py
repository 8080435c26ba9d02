"""Commitments taken at the first close and at later ones, and what is refused."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from fund.capital.call_days import CallSettled
from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.commitments import CallsMade, DistributionsMade, NoFirstClose, commit, later_close
from fund.capital.distributions import cancel_distribution, draft_distribution
from fund.capital.queries import (
    closes,
    commitment_sheets,
    commitments,
    participation,
)
from fund.capital.rules import CommitmentRefused, SharesMoved
from fund.partners.models import Partner
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    a_call,
    a_draft,
    committed,
    investment,
    noon,
)
from tests.builders.model_close import CLOSED, DUE, FIRST_DUE, MILLION, joined, model
from tests.builders.partners import a_partner
from tests.scenes import Scene


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
