"""Proving what was taken off the fee: the parts of each act sum to it, its accounts hold what was approved."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from fund.fees.relief_rules import ReliefKind
from fund.fees.unapplied import reliefs
from fund.ledger.chart import Account
from fund.ledger.queries import balances
from kernel.audit.rules import Break
from kernel.db import Tx

BOOKED = {ReliefKind.WAIVER: Account.FEE_WAIVERS, ReliefKind.REBATE: Account.FEE_REBATES}


def prove_reliefs(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """Parts against acts, acts against accounts 5022 and 5023; `codes` are those of the partners."""
    said: Counter[tuple[Account, int]] = Counter()
    for one in reliefs(tx, fund_id=fund_id, is_approved=True):
        if sum(one.parts.values()) != one.amount:
            yield Break(f"fee_relief {one.reference}", f"its parts are not its {one.amount}")
        if one.kind in BOOKED and one.undone_on is None:
            for key, amount in one.parts.items():
                said[BOOKED[one.kind], key] += amount
    booked = {
        (Account(str(row.account)), row.partner_id or 0): row.amount
        for row in balances(
            tx,
            fund_id=fund_id,
            as_of=date.max,
            accounts=tuple(BOOKED.values()),
            by=("account", "partner"),
        )
    }
    for account, key in sorted({*said, *booked}):
        found, wanted = booked.get((account, key), 0), said[account, key]
        if found != wanted:
            yield Break(
                f"account {account} {codes.get(key, key)}", f"approved {wanted}, in the books {found}"
            )
