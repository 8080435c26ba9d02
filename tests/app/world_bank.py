"""The world's bank: a statement whose first line is matched with LP01's receipt; the second is LP02's and open.

A second one was taken in for an account that the fund does not have; its line was set aside.
"""

from datetime import date

from fund.bank.actions import accept, set_aside
from fund.bank.imports import import_statement
from fund.bank.queries import lines
from fund.bank.rules import BookedPart, MatchKind
from fund.capital.sheets import ReceiptSheet
from kernel.db import Tx
from tests.app.world_pipeline import BEFORE, Ids
from tests.builders.bank import written
from tests.builders.results import PREPARER


def play(tx: Tx, *, fund_id: int, paid: ReceiptSheet) -> Ids:
    """The statement taken in by the accountant, and the ids of its lines."""
    content = written(
        [
            (paid.received_on, paid.amount, "合伙企业LP01", "缴款", paid.bank_reference),
            (date(2026, 9, 28), 1_000_00, "合伙企业LP02", "缴款", "BANK-OF-LP02"),
        ]
    )
    facts = {"fund_id": fund_id, "filename": "bank.csv", "content": content, "now": BEFORE}
    import_statement(tx, PREPARER, **facts)
    waiting, matched = lines(tx, fund_id=fund_id).items
    part = BookedPart(f"receipt:{paid.id}/{paid.partner_id}", paid.amount)
    done = accept(tx, PREPARER, line_id=matched.id, parts=[part], now=BEFORE)
    content = written([(date(2026, 9, 28), 7_00, "另一基金", "划转", "OTHER-1")])
    facts |= {"filename": "wrong.csv", "content": content, "account": "second", "is_new_account": True}
    wrong = import_statement(tx, PREPARER, **facts)
    [stray] = lines(tx, fund_id=fund_id, limit=1).items
    set_aside(tx, PREPARER, line_id=stray.id, kind=MatchKind.TRANSFER, reason="not ours", now=BEFORE)
    return {
        "bank_line": waiting.id,
        "bank_match": done.matches[0].id,
        "bank_wrong": wrong.id,
        "call_id": paid.call_id,
    }
