"""The terms are not changed so that commitments, closes or calls that stand would not have been possible."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fund.capital.amending import amend_terms, done
from fund.capital.calls import cancel_call
from fund.charter.amendment_rules import AmendmentEmpty, AmendmentImpossible
from fund.charter.queries import versions
from fund.charter.rules import TermsChanged
from kernel.db import Tx
from kernel.identity.rules import RoleMissing
from tests.builders.capital import (
    ACCOUNTANT,
    MANAGER,
    YUAN,
    CapitalFund,
    a_call,
    committed,
    expense,
    investment,
    noon,
)
from tests.scenes import Scene

CLOSED, DUE, FEES = date(2026, 1, 15), date(2026, 3, 2), date(2026, 6, 1)
WRITTEN, DAY = date(2026, 7, 1), date(2026, 8, 3)


def amend(tx: Tx, fund: CapitalFund, **changes: Any) -> int:
    before = versions(tx, fund_id=fund.fund_id)[-1]
    facts: dict[str, Any] = {
        "effective_on": DAY,
        "note": "决议",
        "read": before.version,
        "now": noon(WRITTEN),
    }
    return amend_terms(tx, MANAGER, fund_id=fund.fund_id, terms=replace(before.terms, **changes), **facts)


def test_what_stands_is_asked_before_the_terms_change(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(1_000_000 * YUAN), due_on=DUE)
    a_call(tx, fund, expense(1000 * YUAN), due_on=FEES)
    found = done(tx, fund_id=fund.fund_id)
    assert (found.committed, found.closes) == (100_000_000 * YUAN, {1: CLOSED})
    assert (found.called, found.invested) == ({"CALL-001": DUE, "CALL-002": FEES}, {"CALL-001": DUE})
    for change in (
        {"size": 99_999_999 * YUAN},
        {"first_close_on": date(2026, 1, 16)},
        {"commitment_period_ends_on": date(2026, 3, 1), "final_close_on": date(2026, 3, 1)},
    ):
        with pytest.raises(AmendmentImpossible):
            amend(tx, fund, **change)
    with pytest.raises(AmendmentEmpty):
        amend(tx, fund)
    assert len(versions(tx, fund_id=fund.fund_id)) == 1
    # A call that was taken back asks for nothing.
    cancel_call(tx, MANAGER, call_id=call.id, cancelled_on=WRITTEN, reason="x", now=noon(WRITTEN))
    ends = date(2026, 3, 1)
    assert amend(tx, fund, size=100_000_000 * YUAN, commitment_period_ends_on=ends, final_close_on=ends) == 2


def test_who_writes_has_read_the_version_before_and_is_a_manager(scene: Scene) -> None:
    tx, fund = scene(committed)
    terms = replace(versions(tx, fund_id=fund.fund_id)[-1].terms, size=1)
    facts: dict[str, Any] = {"effective_on": DAY, "note": "n", "now": noon(WRITTEN)}
    with pytest.raises(TermsChanged):
        amend_terms(tx, MANAGER, fund_id=fund.fund_id, terms=terms, read=9, **facts)
    with pytest.raises(RoleMissing):
        amend_terms(tx, ACCOUNTANT, fund_id=fund.fund_id, terms=terms, **facts)
