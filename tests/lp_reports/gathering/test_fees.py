"""The fees of a report are those of the books, with the working of the quarter and what of the offsets is left."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fund.fees.actions import charge, record_expense
from fund.fees.relief_rules import OffsetKind
from fund.fees.reliefs import decide_relief, propose_offset
from fund.side_letters.actions import write_letter
from fund.side_letters.rules import LetterTerms
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from kernel.periods import Quarter
from lp_reports.facts import Capped, Owed, Periods
from lp_reports.gathering.fees import fees
from tests.builders.capital import ACCOUNTANT, MANAGER, YUAN, a_paid_call, committed, expense, noon
from tests.scenes import Scene

Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)
MARCH, APRIL = date(2026, 3, 20), date(2026, 4, 1)


def test_the_working_the_costs_and_the_offsets_of_a_quarter(scene: Scene) -> None:
    tx, fund = scene(committed)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "quarter": Q2}
    nothing = fees(tx, **ask, known_at=noon(APRIL))
    assert (nothing.workings, nothing.charged, nothing.expenses, nothing.offsets) == ((), (), (), ())
    propose_offset(
        tx,
        ACCOUNTANT,
        fund_id=fund.fund_id,
        reference="O-1",
        kind=OffsetKind.DIRECTORS,
        received=1_000_000 * YUAN,
        received_on=MARCH,
        reason="董事费",
        now=noon(MARCH),
    )
    decide_relief(tx, MANAGER, fund_id=fund.fund_id, reference="O-1", is_approved=True, now=noon(MARCH))
    lower = LetterTerms(Fraction(1, 100))
    write_letter(
        tx, MANAGER, partner_id=fund["LP01"], terms=lower, effective_on=APRIL, note="n", now=noon(MARCH)
    )
    charge(tx, SYSTEM, fund_id=fund.fund_id, quarter=Q2, now=noon(APRIL))
    found = fees(tx, **ask, known_at=noon(date(2026, 7, 1)))
    [working] = found.workings
    # 60m at its own 1 % is 150,000 a quarter, all of it set off; LP02 pays 200,000 less its 200,000.
    assert (working.rate, working.commitment_days, working.amount) == (Decimal("0.01"), 91, 150_000 * YUAN)
    charged = {line.code: (line.yours.qtd, line.fund.qtd) for line in found.charged}
    assert charged == {
        "5021": (-150_000 * YUAN, -350_000 * YUAN),
        "5024": (150_000 * YUAN, 350_000 * YUAN),
    }
    rolled = {line.code: line.yours for line in found.offsets}
    assert rolled["opening"] == Periods(600_000 * YUAN, 0, 0)
    assert rolled["added"] == Periods(0, 600_000 * YUAN, 600_000 * YUAN)
    assert rolled["closing"] == Periods(450_000 * YUAN, 450_000 * YUAN, 450_000 * YUAN)
    assert found.expenses == ()
    assert (found.cap, found.owed) == (None, ())


def test_the_cap_and_what_others_owe_name_nobody(tx: Tx) -> None:
    fund = committed(tx, organisation_cap=200_000 * YUAN)
    a_paid_call(tx, fund, expense(1_000_000 * YUAN))
    paid: dict[str, Any] = {
        "fund_id": fund.fund_id,
        "payee": "律师事务所",
        "incurred_on": MARCH,
        "now": noon(MARCH),
    }
    record_expense(tx, ACCOUNTANT, reference="E-1", ilpa_row=43, amount=230_000 * YUAN, **paid)
    dead = {"share": Fraction(2, 5), "others": "河湾钢铁"}
    record_expense(tx, ACCOUNTANT, reference="E-2", ilpa_row=53, amount=100_000 * YUAN, **dead, **paid)
    ask: dict[str, Any] = {"fund_id": fund.fund_id, "partner_id": fund["LP01"], "known_at": noon(APRIL)}
    found = fees(tx, quarter=Q1, **ask)
    assert found.cap == Capped(200_000 * YUAN, 200_000 * YUAN, 0)
    assert found.owed == (
        Owed("5043", 30_000 * YUAN, 0, 30_000 * YUAN),
        Owed("5053", 40_000 * YUAN, 0, 40_000 * YUAN),
    )
    assert fees(tx, quarter=Q1, **ask | {"known_at": noon(date(2026, 3, 10))}).owed == ()
