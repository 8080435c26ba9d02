from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fund.charter.queries import terms as terms_of
from fund.charter.queries import versions
from fund.charter.rules import TermsLocked
from fund.ledger.actions import lock_period, reopen_period
from fund.ledger.amending import amend
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from tests.builders.capital import MANAGER, committed, noon
from tests.scenes import Scene

Q1, TODAY = Quarter(2026, 1), date(2026, 4, 9)


def test_terms_do_not_change_within_a_locked_quarter(scene: Scene) -> None:
    tx, fund = scene(committed)
    before = replace(versions(tx, fund_id=fund.fund_id)[-1].terms, fee_rate=Fraction(1, 100))
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(TODAY))
    change: dict[str, Any] = {"fund_id": fund.fund_id, "terms": before, "note": "lower", "now": noon(TODAY)}
    with pytest.raises(TermsLocked, match=r"2026Q1 is locked\. Take 2026-04-01 or a later day"):
        amend(tx, MANAGER, effective_on=Q1.ends_on, **change)
    assert len(versions(tx, fund_id=fund.fund_id)) == 1
    assert amend(tx, MANAGER, effective_on=date(2026, 4, 1), read=1, **change) == 2


def test_an_opened_quarter_takes_the_change(scene: Scene) -> None:
    tx, fund = scene(committed)
    lower = replace(versions(tx, fund_id=fund.fund_id)[-1].terms, fee_rate=Fraction(1, 100))
    lock_period(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q1, now=noon(TODAY))
    reopen_period(tx, MANAGER, fund_id=fund.fund_id, quarter=Q1, reason="terms mistyped", now=noon(TODAY))
    change: dict[str, Any] = {"note": "mistyped", "effective_on": date(2026, 2, 1), "now": noon(TODAY)}
    amend(tx, MANAGER, fund_id=fund.fund_id, terms=lower, **change)
    assert terms_of(tx, fund_id=fund.fund_id, as_of=TODAY).fee_rate == Fraction(1, 100)
