"""What is corrected of an interest after it passed to another partner passes on as well.

An entry of the seller's that is reversed afterwards, or booked as of a day before, moves capital that the buyer has
taken over. It is booked as the partners stood on its day, and of what the seller has more or less by it the same part
passes that passed of its commitment: on account 3300, as of the day of the transfer or of the correction, whichever is
later. So it is with whoever sold the interest on. What decided the terms of the transfer themselves cannot be passed
on so: what was paid in and out, and the fee, which a transfer splits by days. That is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col

from fund.interests.corrections import CorrectionSheet, count
from fund.interests.queries import TransferSheet, standing_transfers
from fund.ledger.chart import CAPITAL_ACCOUNTS, EXPENSE_ACCOUNTS, INCOME_ACCOUNTS, Account
from fund.ledger.models import Entry
from fund.ledger.resting import resting_on
from fund.ledger.rules import Posting
from fund.ledger.undo_rules import own_undo
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.errors import Conflict, Problem

# Carry is worked out anew at every close, for whoever holds the interest then.
_WORKED_OUT_ANEW = "carry:"
# What is earned and spent passes on; the value above cost lies on an asset account that names the partner.
_PASSES = frozenset((*INCOME_ACCOUNTS, *EXPENSE_ACCOUNTS))
_VALUE = Account.UNREALISED_APPRECIATION


class InterestPassedOn(Conflict):
    code = "interest_passed_on"
    says = "{reference} belongs to an interest that passed on {on} by {transfer}; take that back first."


@dataclass(frozen=True)
class Following:
    """What passes on by a booking: its postings, and what of it is capital."""

    postings: tuple[Posting, ...] = ()
    capital: tuple[CorrectionSheet, ...] = ()


@dataclass(frozen=True)
class _Diff:
    """What a partner has more (credit) on an account by a correction, as of a day."""

    partner_id: int
    account: Account
    holding_id: int | None
    on: date
    amount: int
    act: str


def passes_on(
    tx: Tx,
    *,
    fund_id: int,
    postings: Sequence[Posting],
    undone: Sequence[Entry] = (),
    of: date | None = None,
    at: datetime,
) -> Following:
    """What passes on by `postings` (`undone`: what each reverses) with the interests that passed after their day.

    The postings belong to the day `of` where that is another than those on which they take effect.

    Refused: what decided the terms of a transfer; the problems name what is to be taken back first, in its order.
    """
    derived: list[_Diff] = []
    found: list[Posting] = []
    capital: list[CorrectionSheet] = []
    for sheet in standing_transfers(tx, fund_id=fund_id, as_of=date.max):
        first = _first(tx, fund_id, sheet) if undone else None
        diffs = [one for one in derived if one.partner_id == sheet.seller_id]
        for place, posting in enumerate(postings):
            original = undone[place] if undone else None
            if _is_of_before(posting, original, sheet, first, of) and _moves_capital(posting, sheet):
                _check_passes(tx, fund_id, posting, original, sheet)
                diffs += _diffs(posting, sheet.seller_id)
        moved = _parts(sheet, diffs)
        derived += [part for one in moved for part in (one, _of(one, sheet.seller_id, -one.amount))]
        number = count(tx, transfer_id=sheet.id) + 1 if moved else 0
        for place, one in enumerate(moved, start=number):
            step = f"{sheet.code}/{one.account.value}/after-{place}"
            found += (
                _value_postings(sheet, one, step) if one.account is _VALUE else [_posting(sheet, one, step)]
            )
            capital.append(
                CorrectionSheet(
                    sheet.id, one.act, step, one.on, one.account.value, one.holding_id, one.amount, at
                )
            )
    return Following(tuple(found), tuple(capital))


def _parts(sheet: TransferSheet, diffs: Sequence[_Diff]) -> list[_Diff]:
    """What of the seller's differences comes to the buyer: the part that passed of its commitment, by account."""
    sums: dict[tuple[Account, int | None, date, str], int] = {}
    for one in diffs:
        key = (one.account, one.holding_id, max(one.on, sheet.effective_on), one.act)
        sums[key] = sums.get(key, 0) + one.amount
    shares = [sheet.commitment, sheet.whole - sheet.commitment] if diffs else []
    parts = {key: allocate(amount, shares)[0] for key, amount in sums.items()}
    return [
        _Diff(sheet.buyer_id, account, holding_id, on, amount, act)
        for (account, holding_id, on, act), amount in parts.items()
        if amount
    ]


def _of(one: _Diff, partner_id: int, amount: int) -> _Diff:
    return _Diff(partner_id, one.account, one.holding_id, one.on, amount, one.act)


def _diffs(posting: Posting, partner_id: int) -> list[_Diff]:
    return [
        _Diff(partner_id, Account(account), posting.holding_id, posting.effective_on, amount, posting.act)
        for account, of, amount in (
            (posting.credit, posting.credit_partner_id, posting.amount),
            (posting.debit, posting.debit_partner_id, -posting.amount),
        )
        if of == partner_id
    ]


def _posting(sheet: TransferSheet, one: _Diff, reference: str) -> Posting:
    """Capital passes on account 3300, as it did with the transfer."""
    gives, gets = (sheet.seller_id, sheet.buyer_id) if one.amount > 0 else (sheet.buyer_id, sheet.seller_id)
    return Posting(
        reference=reference,
        effective_on=one.on,
        debit=Account.TRANSFERS,
        credit=Account.TRANSFERS,
        amount=abs(one.amount),
        memo=one.act,
        act=f"transfer:{sheet.id}",
        debit_partner_id=gives,
        credit_partner_id=gets,
    )


def _value_postings(sheet: TransferSheet, one: _Diff, reference: str) -> list[Posting]:
    """Value above cost lies on the partners' own rows; it passes beside, against the clearing account."""
    return [
        Posting(
            reference=f"{reference}/{step}",
            effective_on=one.on,
            debit=Account.BETWEEN_PARTNERS if amount > 0 else _VALUE,
            credit=_VALUE if amount > 0 else Account.BETWEEN_PARTNERS,
            amount=abs(amount),
            memo=one.act,
            act=f"transfer:{sheet.id}",
            debit_partner_id=None if amount > 0 else partner_id,
            credit_partner_id=partner_id if amount > 0 else None,
            holding_id=one.holding_id,
        )
        for step, partner_id, amount in (
            ("from", sheet.seller_id, -one.amount),
            ("to", sheet.buyer_id, one.amount),
        )
    ]


def _check_passes(
    tx: Tx, fund_id: int, posting: Posting, original: Entry | None, sheet: TransferSheet
) -> None:
    accounts = {Account(code) for code, partner_id in _sides(posting) if partner_id == sheet.seller_id}
    if accounts <= _PASSES | {_VALUE}:
        return
    rests = resting_on(tx, fund_id=fund_id, sheet=sheet, first=_first(tx, fund_id, sheet))
    says = "as of {on}: {undo}"
    raise InterestPassedOn(
        problems=[
            *(Problem(one.reference, says, {"on": one.on, "undo": one.undo}) for one in rests),
            Problem(sheet.code, says, {"on": sheet.effective_on, "undo": own_undo("transfer:") or ""}),
        ],
        reference=original.reference if original else posting.reference,
        on=sheet.effective_on,
        transfer=sheet.code,
    )


def _is_of_before(
    posting: Posting, original: Entry | None, sheet: TransferSheet, first: int | None, of: date | None
) -> bool:
    """Whether a posting is of a day before the interest passed, or undoes what stood then."""
    if original is not None:
        return _stood(original, sheet, first)
    return (of or posting.effective_on) < sheet.effective_on


def _stood(entry: Entry, sheet: TransferSheet, first: int | None) -> bool:
    """Whether an entry stood when the interest passed; of one instant those numbered before the transfer.

    What was corrected since of a day before passed on with its correction.
    """
    assert sheet.approved_at is not None
    if entry.effective_on < sheet.effective_on:
        return True
    if first is not None and entry.recorded_at == sheet.approved_at:
        return entry.effective_on <= sheet.effective_on and entry.number < first
    return entry.effective_on <= sheet.effective_on and entry.recorded_at <= sheet.approved_at


def _first(tx: Tx, fund_id: int, sheet: TransferSheet) -> int | None:
    own = sa.select(sa.func.min(col(Entry.number))).where(
        col(Entry.fund_id) == fund_id, col(Entry.act) == f"transfer:{sheet.id}"
    )
    number = tx.execute(own).scalar()
    return None if number is None else int(number)


def _moves_capital(what: Posting, sheet: TransferSheet) -> bool:
    if what.act.startswith(_WORKED_OUT_ANEW):
        return False
    return any(
        account in CAPITAL_ACCOUNTS and partner_id == sheet.seller_id for account, partner_id in _sides(what)
    )


def _sides(what: Posting) -> Iterator[tuple[str, int | None]]:
    yield what.debit, what.debit_partner_id
    yield what.credit, what.credit_partner_id
