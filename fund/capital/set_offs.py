"""What a distribution pays a partner by setting it off against what the partner owes on a call, without money.

The call is paid by a receipt that names the distribution: 2200 P <- 1100 P, instead of so much of 1000 <- 1100 P and of
2200 P <- 1000.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.bank_references import check_reference_free
from fund.capital.inflows import call_sheet
from fund.capital.models import Distribution, Receipt
from fund.capital.outflows import distribution_sheet
from fund.capital.queries import due_calls
from fund.ledger.actions import post
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.nettings.queries import netting_of, set_off_rights
from fund.nettings.rules import set_off
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class SetOff:
    """What is set off of one partner's payment against one call."""

    call_id: int
    call: str
    partner_id: int
    amount: int


def set_offs(tx: Tx, *, row: Distribution) -> list[SetOff]:
    """What of a distribution that is to be paid is set off, never more than is due to the partner: first what it is in
    arrears with where that was granted, the oldest call first, then what it owes on the call that is joined.
    """
    due = {line.partner_id: line.due for line in distribution_sheet(tx, distribution_id=row.key).lines}
    found: list[SetOff] = []
    for claim in _claims(tx, row):
        call = call_sheet(tx, call_id=claim.call_id)
        owed = {line.partner_id: line.outstanding for line in call.lines if claim.is_of(line.partner_id)}
        for key, amount in set_off(owed, due).items():
            due[key] -= amount
            found.append(SetOff(call.id, call.call.code, key, amount))
    return found


@dataclass(frozen=True)
class _Claim:
    """A call of which one partner's part may be set off, or everybody's (None)."""

    call_id: int
    partner_id: int | None

    def is_of(self, partner_id: int) -> bool:
        return self.partner_id in {None, partner_id}


def _claims(tx: Tx, row: Distribution) -> Iterator[_Claim]:
    granted = set_off_rights(tx, fund_id=row.fund_id, as_of=row.pay_on)
    for line in due_calls(tx, fund_id=row.fund_id, as_of=row.pay_on) if granted else ():
        if (line.call_id, line.partner_id) in granted and line.days_late > 0:
            yield _Claim(line.call_id, line.partner_id)
    netting = netting_of(tx, distribution_id=row.key)
    if netting is not None:
        yield _Claim(netting.call_id, None)


def by_partner(found: Iterable[SetOff]) -> Mapping[int, int]:
    """How much of each partner's payment is set off."""
    sums: dict[int, int] = {}
    for one in found:
        sums[one.partner_id] = sums.get(one.partner_id, 0) + one.amount
    return sums


def settle(tx: Tx, actor: Actor, *, row: Distribution, found: Sequence[SetOff], now: datetime) -> None:
    """Book each as paid on its call on the day of the distribution. Refused: money booked under its reference."""
    codes = codes_in_order(tx, fund_id=row.fund_id)
    at = stamp(tx, fund_id=row.fund_id, now=now)
    rows = [
        Receipt(
            fund_id=row.fund_id,
            call_id=one.call_id,
            partner_id=one.partner_id,
            amount=one.amount,
            interest=0,
            received_on=row.pay_on,
            bank_reference=f"{row.code}/{codes[one.partner_id]}/{one.call}",
            reference=f"{one.call}/{codes[one.partner_id]}/set-off-{row.code}",
            distribution_id=row.key,
            recorded_by=actor.name,
            recorded_at=at,
        )
        for one in found
    ]
    for one in rows:
        check_reference_free(tx, fund_id=row.fund_id, reference=one.bank_reference)
    tx.add_all(rows)
    tx.flush()
    post(tx, actor, fund_id=row.fund_id, postings=[_posting(one) for one in rows], now=now)


def standing_set_offs(tx: Tx, *, row: Distribution) -> Sequence[Receipt]:
    """What was set off against a distribution and stands."""
    wanted = select(Receipt).where(Receipt.distribution_id == row.key, col(Receipt.reversed_on).is_(None))
    return tx.exec(wanted.order_by(col(Receipt.id))).all()


def mark_reversed(tx: Tx, *, rows: Sequence[Receipt], on: date, at: datetime, reason: str) -> None:
    """Write down that they are owed again from a day on; their entries were reversed with the distribution's."""
    for row in rows:
        row.reversed_on, row.reversed_at, row.reverse_reason = on, at, reason
    tx.flush()


def _posting(row: Receipt) -> Posting:
    return Posting(
        reference=row.reference,
        effective_on=row.received_on,
        debit=Account.DISTRIBUTIONS_PAYABLE,
        credit=Account.CONTRIBUTIONS_RECEIVABLE,
        amount=row.amount,
        memo=row.bank_reference,
        act=f"receipt:{row.key}",
        debit_partner_id=row.partner_id,
        credit_partner_id=row.partner_id,
    )
