"""Proving what is owed back to the fund: account 1310, act by act, against the expenses and their settlements."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from fund.fees.accrued import accruals
from fund.fees.recoverable import recoverables
from fund.ledger.chart import Account
from fund.ledger.queries import flows
from kernel.audit.rules import Break
from kernel.db import Tx

OWED = Account.EXPENSES_RECOVERABLE


def prove_recoverables(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """What each act says is owed or settled stands on the account, nothing else; no more is settled than owed."""
    booked: Counter[str] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[OWED]):
        booked[entry.act] += entry.amount if entry.debit == OWED else -entry.amount
    said: Counter[str] = Counter()
    released = {
        sheet.expense.reference: [
            (f"payable:{sheet.expense.reference}.{part.number}", -part.recoverable)
            for part in sheet.settled
            if part.undone_on is None
        ]
        for sheet in accruals(tx, fund_id=fund_id)
    }
    for sheet in recoverables(tx, fund_id=fund_id):
        one = sheet.expense
        said[f"expense:{one.reference}"] = 0 if one.undone_on else one.recoverable
        said.update(dict(released.get(one.reference, ())))
        for part in sheet.settled:
            said[f"recovery:{one.reference}.{part.number}"] = 0 if part.undone_on else -part.amount
        owed = sheet.owed - sheet.paid
        if owed < 0:
            yield Break(f"expense {one.reference}", f"{-owed} more was settled than is owed back")
    for act in sorted({*said, *booked}):
        if said[act] != booked[act]:
            yield Break(act, f"account {OWED}: it says {said[act]}, in the books {booked[act]}")
