"""A line or a payment that was used twice is found by the proof, whoever wrote the rows."""

from datetime import date

from fund.bank.actions import accept
from fund.bank.models import BankMatch
from fund.bank.rules import MatchKind, ReceiptPart
from fund.results.bank_proof import prove_bank
from tests.builders.bank import taken
from tests.builders.capital import ACCOUNTANT, a_call, committed, investment, noon
from tests.scenes import Scene

DAY = date(2026, 3, 3)


def test_a_line_and_a_payment_used_twice_are_named(scene: Scene) -> None:
    tx, fund = scene(committed)
    call = a_call(tx, fund, investment(1000_00))
    first, second = taken(
        tx, fund.fund_id, (DAY, 600_00, "合伙企业LP01", "", "Z1"), (DAY, 100_00, "合伙企业LP02", "", "Z2")
    )
    part = ReceiptPart(call.id, fund["LP01"], 600_00)
    done = accept(tx, ACCOUNTANT, line_id=first.id, parts=[part], now=noon(DAY))
    assert list(prove_bank(tx, fund_id=fund.fund_id)) == []
    item = done.matches[0].item
    tx.add(
        BankMatch(
            fund_id=fund.fund_id,
            line_id=second.id,
            turn=1,
            part=1,
            kind=MatchKind.RECEIPT,
            item=item,
            amount=101_00,
            reason="",
            recorded_by="nobody",
            recorded_at=noon(DAY),
        )
    )
    tx.flush()
    found = list(prove_bank(tx, fund_id=fund.fund_id))
    assert [one.row.split()[0] for one in found] == ["bank_line", "bank_match", item]
