"""What stands on an account by partner, after calls of one due date."""

from datetime import date

from fund.ledger.queries import balances
from fund.ledger.rules import Account
from kernel.db import Tx
from tests.builders.capital import YUAN, CapitalFund

DUE = date(2026, 3, 2)
MILLION = 1_000_000 * YUAN


def standing(tx: Tx, fund: CapitalFund, account: Account, as_of: date = DUE) -> dict[str, int]:
    """The balance of an account by partner, "" of none, on the due date if no day is said."""
    found = balances(tx, fund_id=fund.fund_id, as_of=as_of, accounts=[account], by=("partner",))
    codes = {key: code for code, key in fund.partners.items()}
    return {codes[b.partner_id] if b.partner_id else "": b.amount for b in found}
