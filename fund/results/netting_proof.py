"""Proving what was set off: nothing is left payable of a paid distribution, a netting is what partners were told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlmodel import col, select

from fund.capital.models import Call, Distribution, Receipt
from fund.capital.netted import parts_of
from fund.capital.rules import CallState
from fund.capital.sharing import DistributionState
from fund.ledger.chart import Account
from fund.ledger.queries import flows
from fund.nettings.models import Netting
from fund.nettings.queries import set_off_rights, told
from fund.nettings.rules import NettingState
from kernel.audit.rules import Break
from kernel.db import Tx

_STANDS = {
    NettingState.ISSUED: (CallState.ISSUED, DistributionState.APPROVED),
    NettingState.SETTLED: (CallState.ISSUED, DistributionState.PAID),
}


def prove_nettings(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """Account 2200 of every distribution and partner is nil with its cash, tax, shares and set-offs; of each netting
    the pair stands as it does, the parts are those of the pair, and no more is set off than they meet in.
    """
    kept = tx.exec(
        select(Receipt).where(Receipt.fund_id == fund_id, col(Receipt.distribution_id).is_not(None))
    ).all()
    yield from _nothing_left(tx, fund_id, {row.key: row.distribution_id or 0 for row in kept}, codes)
    for row in tx.exec(select(Netting).where(Netting.fund_id == fund_id).order_by(col(Netting.id))).all():
        if row.state not in _STANDS:
            continue
        call, paid = tx.get_one(Call, row.call_id), tx.get_one(Distribution, row.distribution_id)
        if (call.state, paid.state) != _STANDS[row.state]:
            what = f"it is {row.state}, its call {call.state}, its distribution {paid.state}"
            yield Break(f"netting {row.code}", what)
        said = {part.partner_id: part for part in told(tx, netting_id=row.key)}
        if said != {part.partner_id: part for part in parts_of(tx, row=row)}:
            yield Break(f"netting {row.code}", "partners were told other amounts than those of its pair")
        for one in kept:
            part = said.get(one.partner_id)
            is_own = one.distribution_id == paid.key and one.call_id == call.key and one.reversed_on is None
            if is_own and (part is None or one.amount > part.set_off):
                yield Break(f"netting {row.code} {one.reference}", f"{one.amount} is more than meets")
    yield from _by_right(tx, fund_id, kept)


def _by_right(tx: Tx, fund_id: int, kept: Sequence[Receipt]) -> Iterator[Break]:
    """Everything that is set off stands in a netting of that call and distribution, or under a right of its day."""
    pairs = {
        (row.call_id, row.distribution_id)
        for row in tx.exec(select(Netting).where(Netting.fund_id == fund_id)).all()
    }
    for one in kept:
        if one.reversed_on is None and (one.call_id, one.distribution_id) not in pairs:
            granted = set_off_rights(tx, fund_id=fund_id, as_of=one.received_on)
            if (one.call_id, one.partner_id) not in granted:
                yield Break(f"receipt {one.reference}", "it was set off without a netting or a right to it")


def _nothing_left(tx: Tx, fund_id: int, kept: Mapping[int, int], codes: Mapping[int, str]) -> Iterator[Break]:
    left: Counter[tuple[int, int | None]] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.DISTRIBUTIONS_PAYABLE]):
        kind, _, key = entry.act.partition(":")
        if kind not in {"distribution", "receipt"}:
            continue
        distribution_id = int(key) if kind == "distribution" else kept.get(int(key), 0)
        if entry.credit == Account.DISTRIBUTIONS_PAYABLE:
            left[distribution_id, entry.credit_partner_id] += entry.amount
        if entry.debit == Account.DISTRIBUTIONS_PAYABLE:
            left[distribution_id, entry.debit_partner_id] -= entry.amount
    names = {
        row.key: row.code for row in tx.exec(select(Distribution).where(Distribution.fund_id == fund_id))
    }
    for (distribution_id, partner_id), amount in sorted(left.items(), key=str):
        if amount:
            whose = codes.get(partner_id or 0, "–")
            where = f"distribution {names.get(distribution_id, distribution_id)} {whose}"
            yield Break(where, f"{amount} of it is left on account {Account.DISTRIBUTIONS_PAYABLE}")
