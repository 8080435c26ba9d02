"""Drafts of carry to be given back and to be released, for tests at the roof: the small world has paid none, so they
are written down.
"""

from datetime import date

from fund.charter.carry_rules import EscrowTest
from fund.givebacks.escrow_rules import ReleaseState
from fund.givebacks.models import CarryReturn, CarryReturnLine, EscrowRelease
from fund.givebacks.rules import CarryReturnState, ClawbackTest
from kernel.db import Tx
from tests.app.world_pipeline import BEFORE, Ids


def play(tx: Tx, *, fund_id: int, partner_id: int) -> Ids:
    """A draft that the partner is to get a hundred yuan by, and one of a release."""
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
    return {"carry_return": row.code, "escrow_release": release.code}
