"""Drafts of carry to be given back and to be released, and of distributions to be given back, for tests at the
roof: the small world has paid none, so they are written down.
"""

from datetime import date
from fractions import Fraction

from fund.charter.carry_rules import EscrowTest
from fund.givebacks.escrow_rules import ReleaseState
from fund.givebacks.models import CarryReturn, CarryReturnLine, EscrowRelease
from fund.givebacks.rules import CarryReturnState, ClawbackTest
from fund.indemnities.models import Indemnity, IndemnityLine, IndemnityReceipt
from fund.indemnities.rules import IndemnityState
from kernel.db import Tx
from tests.app.world_pipeline import BEFORE, Ids


def play(tx: Tx, *, fund_id: int, partner_id: int) -> Ids:
    """A draft by which the partner gets a hundred yuan, one of a release, and one by which it gives a hundred back."""
    row = CarryReturn(
        fund_id=fund_id,
        number=1,
        code="CLAW-001",
        kind=ClawbackTest.INTERIM,
        state=CarryReturnState.DRAFT,
        tested_on=date(2026, 9, 28),
        due_on=date(2026, 10, 30),
        amount=100_00,
        note="",
        prepared_name="Preparer",
        recorded_at=BEFORE,
    )
    tx.add(row)
    tx.flush()
    parts = {"value": 0, "received": 300_00, "entitled": 200_00, "shortfall": 0, "taxes": 0, "owed": 100_00}
    sums = {"amount": 100_00, "return_of_capital": 0, "gain": 100_00}
    tx.add(CarryReturnLine(return_id=row.key, partner_id=partner_id, **parts, **sums))
    tx.flush()
    release = EscrowRelease(
        fund_id=fund_id,
        number=1,
        code="ESC-001",
        state=ReleaseState.DRAFT,
        test=EscrowTest.HURDLE,
        released_on=date(2026, 9, 28),
        amount=100_00,
        held=100_00,
        lacking=0,
        note="",
        prepared_name="Preparer",
        recorded_at=BEFORE,
    )
    tx.add(release)
    tx.flush()
    asked = _giveback(tx, fund_id, partner_id)
    return {"carry_return": row.code, "escrow_release": release.code, **asked}


def _giveback(tx: Tx, fund_id: int, partner_id: int) -> Ids:
    """A draft, and a receipt that was reversed: nothing of either is in the books."""
    row = Indemnity(
        fund_id=fund_id,
        number=1,
        code="LPG-001",
        state=IndemnityState.DRAFT,
        amount=100_00,
        reason="受让方索赔 / claim of the buyer",
        worked_on=date(2026, 9, 28),
        due_on=date(2026, 10, 30),
        cap=Fraction(1, 4),
        restores=False,
        prepared_name="Preparer",
        recorded_at=BEFORE,
    )
    tx.add(row)
    tx.flush()
    parts = {"received": 400_00, "given": 0, "within": 400_00, "most": 100_00, "amount": 100_00}
    tx.add(IndemnityLine(indemnity_id=row.key, partner_id=partner_id, **parts))
    receipt = IndemnityReceipt(
        fund_id=fund_id,
        indemnity_id=row.key,
        partner_id=partner_id,
        amount=100_00,
        received_on=date(2026, 9, 28),
        bank_reference="B-LPG-1",
        recorded_by="Preparer",
        recorded_at=BEFORE,
        reversed_on=date(2026, 9, 28),
        reversed_at=BEFORE,
        reverse_reason="by mistake",
    )
    tx.add(receipt)
    tx.flush()
    return {"indemnity": row.code, "giveback_receipt": receipt.key}
