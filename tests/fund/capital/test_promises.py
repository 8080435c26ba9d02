"""A version of the terms is withdrawn before it holds, and nothing is worked out under it any more."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from fund.capital.calls import approve_call, cancel_call, issue_call
from fund.capital.promises import withdraw_terms
from fund.charter.queries import life, versions, written_versions
from fund.charter.queries import terms as terms_of
from fund.charter.rules import AmendmentTooEarly, TermsChanged
from fund.charter.withdrawal_rules import (
    FirstVersion,
    VersionFollowed,
    VersionInForce,
    VersionUnknown,
    VersionUsed,
    VersionWithdrawn,
)
from fund.fees.actions import charge
from fund.fees.undoing import undo_charge
from fund.ledger.amending import amend
from kernel.db import Database, Tx
from kernel.errors import Refusal
from kernel.identity.rules import SYSTEM, Role, RoleMissing
from kernel.periods import Quarter
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    CapitalFund,
    a_draft,
    committed,
    investment,
    noon,
)
from tests.builders.waiting import until_waiting
from tests.scenes import Scene

WRITTEN, DAY = date(2026, 3, 10), date(2026, 5, 11)


def amended(tx: Tx, fund: CapitalFund, *, on: date = DAY, rate: Fraction = Fraction(3, 100)) -> int:
    """The next version: another fee, a longer term, from that day on."""
    before = versions(tx, fund_id=fund.fund_id)[-1]
    terms = replace(before.terms, fee_rate=rate, term_ends_on=date(2036, 1, 15))
    facts = {"note": "决议", "read": before.version, "now": noon(WRITTEN)}
    return amend(tx, MANAGER, fund_id=fund.fund_id, terms=terms, effective_on=on, **facts)


def withdraw(tx: Tx, fund: CapitalFund, version: int, *, on: date = WRITTEN) -> None:
    facts = {"reason": "录入有误", "now": noon(on) + timedelta(hours=1)}
    withdraw_terms(tx, MANAGER, fund_id=fund.fund_id, version=version, **facts)


def test_a_version_that_does_not_hold_yet_is_withdrawn_and_stays_on_record(scene: Scene) -> None:
    tx, fund = scene(committed)
    longer = life(tx, fund_id=fund.fund_id)
    assert amended(tx, fund) == 2
    withdraw(tx, fund, 2)
    assert [one.version for one in versions(tx, fund_id=fund.fund_id)] == [1]
    gone = written_versions(tx, fund_id=fund.fund_id)[-1].withdrawn
    assert gone is not None
    assert (gone.reason, gone.by) == ("录入有误", MANAGER.name)
    partner = replace(MANAGER, roles=frozenset({Role.LP_USER}), partner_ids=frozenset({fund["LP01"]}))
    told = written_versions(tx, fund_id=fund.fund_id, actor=partner)[-1].withdrawn
    assert told is not None
    assert (told.reason, told.by, told.at) == ("", "", gone.at)
    assert terms_of(tx, fund_id=fund.fund_id, as_of=DAY).fee_rate == Fraction(2, 100)
    assert life(tx, fund_id=fund.fund_id) == longer
    # What was known before the withdrawal is told as it was known.
    then = noon(WRITTEN) + timedelta(minutes=30)
    assert terms_of(tx, fund_id=fund.fund_id, as_of=DAY, known_at=then).fee_rate == Fraction(3, 100)
    with pytest.raises(VersionWithdrawn):
        withdraw(tx, fund, 2)
    # The next one follows the first, may hold earlier, and has a number of its own.
    assert amended(tx, fund, on=date(2026, 4, 1)) == 3
    with pytest.raises(AmendmentTooEarly):
        amended(tx, fund, on=WRITTEN)
    with pytest.raises(TermsChanged):
        before = versions(tx, fund_id=fund.fund_id)[-1].terms
        facts = {"note": "x", "read": 2, "now": noon(WRITTEN)}
        amend(tx, MANAGER, fund_id=fund.fund_id, terms=before, effective_on=DAY, **facts)


def test_what_may_not_be_withdrawn(scene: Scene) -> None:
    tx, fund = scene(committed)
    amended(tx, fund)
    amended(tx, fund, rate=Fraction(1, 100))
    with pytest.raises(FirstVersion):
        withdraw(tx, fund, 1)
    with pytest.raises(VersionUnknown):
        withdraw(tx, fund, 9)
    with pytest.raises(VersionFollowed):
        withdraw(tx, fund, 2)
    with pytest.raises(VersionInForce):
        withdraw(tx, fund, 3, on=DAY)
    with pytest.raises(RoleMissing):
        withdraw_terms(tx, ACCOUNTANT, fund_id=fund.fund_id, version=3, reason="x", now=noon(WRITTEN))
    withdraw(tx, fund, 3)
    withdraw(tx, fund, 2)


def test_what_was_worked_out_under_it_is_taken_back_first(scene: Scene) -> None:
    """The fee of the quarter is charged before the version holds, by the terms of each of its days."""
    tx, fund = scene(committed)
    amended(tx, fund)
    draft = a_draft(tx, fund, investment(1000_00), due_on=date(2026, 6, 1), drafted_on=date(2026, 3, 11))
    charged = charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Quarter(2026, 2), now=noon(date(2026, 4, 1)))
    later = date(2026, 4, 2)
    with pytest.raises(VersionUsed) as found:
        withdraw(tx, fund, 2, on=later)
    assert [str(one) for one in found.value.problems] == [
        f"fee:{charged.id}, 2026-04-01: take back the fee of the quarter",
        f"{draft.call.code}, 2026-06-01: withdraw the call",
    ]
    cancel_call(tx, MANAGER, call_id=draft.id, reason="x", cancelled_on=later, now=noon(later))
    facts = {"reason": "x", "undone_on": date(2026, 4, 1), "now": noon(later)}
    undo_charge(tx, ACCOUNTANT, fund_id=fund.fund_id, quarter=Quarter(2026, 2), **facts)
    withdraw(tx, fund, 2, on=later)


def test_a_call_drafted_before_it_and_issued_by_its_notice_is_withdrawn_first(scene: Scene) -> None:
    tx, fund = scene(committed)
    draft = a_draft(tx, fund, investment(1000_00), due_on=date(2026, 5, 11), drafted_on=date(2026, 3, 9))
    amended(tx, fund)
    approve_call(tx, MANAGER, call_id=draft.id, now=noon(WRITTEN))
    issue_call(tx, ACCOUNTANT, call_id=draft.id, now=noon(WRITTEN) + timedelta(minutes=30))
    with pytest.raises(VersionUsed, match="withdraw the call"):
        withdraw(tx, fund, 2)
    facts = {"reason": "x", "cancelled_on": WRITTEN, "now": noon(WRITTEN) + timedelta(minutes=40)}
    cancel_call(tx, MANAGER, call_id=draft.id, **facts)
    withdraw(tx, fund, 2)


def test_a_call_that_is_being_drafted_is_waited_for(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        fund = committed(tx)
        amended(tx, fund)
    refused: list[str] = []

    def act() -> None:
        try:
            with database.transaction(SYSTEM) as tx:
                withdraw(tx, fund, 2)
        except Refusal as refusal:
            refused.append(refusal.code)

    withdrawing = threading.Thread(target=act)
    with database.transaction(SYSTEM) as tx:
        a_draft(tx, fund, investment(1000_00), due_on=date(2026, 6, 1), drafted_on=date(2026, 3, 11))
        withdrawing.start()
        until_waiting(tx, 1)
    withdrawing.join()
    assert refused == ["promise_used"]
