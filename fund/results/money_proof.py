"""Proving cash and what is owed: never below zero on any day, and account by account what the calls say."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.models import Call, CallItem, CallLine, Receipt
from fund.capital.positions import CONTRIBUTED
from fund.capital.rules import CallKind, CallState, ItemKind
from fund.capital.standing import call_stands, receipt_stands
from fund.ledger.chart import Account
from fund.ledger.queries import EntrySheet, flows
from fund.results.indemnity_proof import is_giveback
from kernel.audit.rules import Break
from kernel.db import Tx

_By = Counter[tuple[int, int]]
"""Amounts by call and partner."""


def prove_money(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """Everything that cash, receivables and equalisations must keep to; `codes` are those of the partners."""
    yield from _cash_is_there(tx, fund_id)
    calls = {row.key: row for row in tx.exec(select(Call).where(Call.fund_id == fund_id))}
    receipts = {row.key: row.call_id for row in tx.exec(select(Receipt).where(Receipt.fund_id == fund_id))}
    for account, says, word in (
        (Account.CONTRIBUTIONS_RECEIVABLE, _outstanding(tx, fund_id), "outstanding"),
        (Account.EQUALISATION_PAYABLE, _to_be_passed_on(tx, fund_id), "to be passed on"),
    ):
        booked: _By = Counter()
        for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[account]):
            if is_giveback(entry):
                continue
            call_id = _call_of(entry, receipts)
            if call_id not in calls:
                yield Break(
                    f"ledger_entry {entry.number} {entry.reference}", f"account {account} without a call"
                )
            else:
                _count(booked, entry, account, call_id)
        for call_id, partner_id in sorted(booked.keys() | says.keys()):
            key = (call_id, partner_id)
            # 1100 lies on the debit side, 2300 on the credit side.
            found = -booked[key] if account == Account.CONTRIBUTIONS_RECEIVABLE else booked[key]
            if found != says[key]:
                where = f"call {calls[call_id].code} {codes.get(partner_id, partner_id)}"
                yield Break(where, f"{word}: {says[key]}, on account {account} {found}")


def _cash_is_there(tx: Tx, fund_id: int) -> Iterator[Break]:
    """Cash at the end of every day; where it is below zero, the day's last payment is named."""
    held, last = 0, ""
    by_day: dict[date, list[EntrySheet]] = {}
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.CASH]):
        by_day.setdefault(entry.effective_on, []).append(entry)
    for day, entries in by_day.items():
        for entry in entries:
            is_paid = entry.credit == Account.CASH
            held += -entry.amount if is_paid else entry.amount
            last = f"ledger_entry {entry.number} {entry.reference}" if is_paid else last
        if held < 0:
            yield Break(last, f"cash is below zero on {day}: {held}")


def _call_of(entry: EntrySheet, receipts: Mapping[int, int]) -> int | None:
    """The call that an entry belongs to: by itself, by a receipt on it, or by its settlement."""
    kind, _, key = entry.act.partition(":")
    number = key.partition("/")[0]
    if not number.isdecimal() or kind not in {"call", "receipt", "equalisation"}:
        return None
    return receipts.get(int(number)) if kind == "receipt" else int(number)


def _count(booked: _By, entry: EntrySheet, account: Account, call_id: int) -> None:
    if entry.credit == account and entry.credit_partner_id is not None:
        booked[call_id, entry.credit_partner_id] += entry.amount
    if entry.debit == account and entry.debit_partner_id is not None:
        booked[call_id, entry.debit_partner_id] -= entry.amount


def _outstanding(tx: Tx, fund_id: int) -> _By:
    """Called and not yet received, interest and premium apart, on the calls that stand.

    What earlier partners leave a newcomer, where holdings are below cost, settles so much of it once it is passed on.
    """
    says = Counter({key: max(amount, 0) for key, amount in _called(tx, fund_id).items()})
    for key, left in _called(tx, fund_id, kinds=(ItemKind.PREMIUM,), settled=True).items():
        says[key] -= max(0, min(-left, says[key]))
    for call_id, partner_id, amount, interest in _received(tx, fund_id):
        says[call_id, partner_id] -= amount - interest
    return says


def _to_be_passed_on(tx: Tx, fund_id: int) -> _By:
    """What earlier partners are to be given back, and interest that came in for them; nothing of it once settled."""
    open_ = set(
        tx.exec(
            select(Call.id).where(
                Call.fund_id == fund_id,
                Call.kind == CallKind.EQUALISATION,
                Call.state == CallState.ISSUED,
                col(Call.settled_on).is_(None),
            )
        )
    )
    says: _By = Counter()
    for (call_id, partner_id), amount in _called(tx, fund_id).items():
        if call_id in open_:
            says[call_id, partner_id] += max(-amount, 0)
    for call_id, partner_id, _, interest in _received(tx, fund_id):
        if call_id in open_:
            says[call_id, partner_id] += interest
    return says


def _called(tx: Tx, fund_id: int, kinds: Collection[ItemKind] = CONTRIBUTED, *, settled: bool = False) -> _By:
    """What each is to pay on each call that stands (or that was paid on), on balance, of some kinds of items."""
    line = CallLine
    which = col(Call.settled_on).is_not(None) if settled else sa.true()
    statement = (
        sa.select(col(line.call_id), col(line.partner_id), sa.cast(sa.func.sum(line.amount), sa.BigInteger))
        .join(CallItem, col(CallItem.id) == col(line.item_id))
        .join(Call, col(Call.id) == col(line.call_id))
        .where(col(Call.fund_id) == fund_id, call_stands(), which, col(CallItem.kind).in_(kinds))
        .group_by(col(line.call_id), col(line.partner_id))
    )
    return Counter({(call_id, partner_id): amount for call_id, partner_id, amount in tx.execute(statement)})


def _received(tx: Tx, fund_id: int) -> list[tuple[int, int, int, int]]:
    row = Receipt
    wanted = (col(row.call_id), col(row.partner_id), col(row.amount), col(row.interest))
    found = tx.execute(sa.select(*wanted).where(col(row.fund_id) == fund_id, receipt_stands()))
    return [(call_id, partner_id, amount, interest) for call_id, partner_id, amount, interest in found]
