"""Proving interest on defaults: what came in against the rows, and never more of it than has run."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from fund.defaults.queries import defaults
from fund.ledger.chart import Account
from fund.ledger.queries import flows
from kernel.audit.rules import Break
from kernel.db import Tx


def prove_defaults(tx: Tx, *, fund_id: int) -> Iterator[Break]:
    """Each receipt of interest stands in the books with its amount, one undone with nothing, and nobody is overpaid."""
    came: Counter[str] = Counter()
    owed: Counter[int] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.DEFAULT_INTEREST_PAYABLE]):
        if entry.act.startswith("default:"):
            came[entry.act] += entry.amount if entry.debit == Account.CASH else -entry.amount
        if entry.credit_partner_id is not None:
            owed[entry.credit_partner_id] += entry.amount
        if entry.debit_partner_id is not None:
            owed[entry.debit_partner_id] -= entry.amount
    for sheet in defaults(tx, fund_id=fund_id, as_of=date.max):
        for one in sheet.came:
            act = f"default:{sheet.id}.{one.number}"
            said, found = 0 if one.undone_on else one.amount, came.pop(act, 0)
            if said != found:
                yield Break(act, f"it says {said}, in the books {found}")
    for act in came:
        yield Break(act, "the books name interest on a default that is not there")
    for partner_id, amount in owed.items():
        if amount < 0:
            yield Break(f"partner {partner_id}", f"was paid {-amount} of default interest too much")
