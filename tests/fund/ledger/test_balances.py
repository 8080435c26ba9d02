"""What accounts moved by, quarter by quarter."""

from datetime import date

from fund.ledger.actions import reverse
from fund.ledger.queries import by_quarter, together_by_quarter
from fund.ledger.rules import Account
from kernel.db import Tx
from kernel.identity.rules import SYSTEM
from tests.builders.charter import OPENED_AT
from tests.builders.ledger import a_posting, booked, contribution
from tests.fund.ledger.test_queries import END, played


def test_by_quarter(tx: Tx) -> None:
    found = played(tx)
    one = found.partners["LP01"]
    booked(tx, found.fund_id, contribution(one, 50_00, date(2026, 4, 1), "CALL-002/LP01"))
    moved = by_quarter(
        tx, fund_id=found.fund_id, through=END, accounts=[Account.CONTRIBUTIONS], partner_id=one
    )
    assert [(str(m.quarter), m.account, m.partner_id, m.amount) for m in moved] == [
        ("2026Q1", "3000", one, 600_00),
        ("2026Q2", "3000", one, 50_00),
    ]
    earlier = by_quarter(tx, fund_id=found.fund_id, through=date(2026, 3, 31))
    assert sum(m.amount for m in earlier) == 0


def test_by_quarter_of_some_partners_together(tx: Tx) -> None:
    """What passes between two of them is there and is nothing; what one of them took back within a quarter is not."""
    found = played(tx)
    one, two = found.partners["LP01"], found.partners["LP02"]
    slipped_on = date(2026, 7, 1)
    passes = a_posting(
        reference="TRF-1",
        debit=Account.TRANSFERS,
        credit=Account.TRANSFERS,
        debit_partner_id=one,
        credit_partner_id=two,
        amount=70_00,
        holding_id=None,
        act="transfer:1",
        effective_on=date(2026, 5, 1),
    )
    called = a_posting(
        reference="SLIP",
        debit=Account.CONTRIBUTIONS_RECEIVABLE,
        credit=Account.CONTRIBUTIONS,
        debit_partner_id=one,
        credit_partner_id=one,
        holding_id=None,
        act="opening:1",
        effective_on=slipped_on,
    )
    booked(tx, found.fund_id, [passes, called])
    reverse(
        tx,
        SYSTEM,
        fund_id=found.fund_id,
        reference=called.reference,
        reason="slip",
        effective_on=slipped_on,
        now=OPENED_AT,
    )
    facts = {"fund_id": found.fund_id, "through": END, "accounts": [Account.CONTRIBUTIONS, Account.TRANSFERS]}

    def told(*partner_ids: int) -> list[tuple[str, str, int]]:
        moved = together_by_quarter(tx, partner_ids=partner_ids, **facts)
        return [(str(m.quarter), m.account, m.amount) for m in moved]

    passed = Account.TRANSFERS.value
    assert told(one, two) == [("2026Q1", "3000", 1_000_00), ("2026Q2", passed, 0)]
    assert told(one) == [("2026Q1", "3000", 600_00), ("2026Q2", passed, -70_00)]
    assert told() == []
