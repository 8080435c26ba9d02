"""Transfers of interests between partners: draft, approve by somebody else, which books it as of its day; take back.

Approving goes through `fund.fees.transfers`, which splits the fee of the running quarter by days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fund.capital.acts import lock_capital, locked, next_of_fund
from fund.capital.interest import Interest, Line, committed, interest_of
from fund.capital.passing import FeePassed, check_nothing_after, check_nothing_since, check_settled, postings
from fund.capital.passing_back import pass_back_between
from fund.capital.rules import SharesMoved, check_approver, check_reason
from fund.charter.life import check_days
from fund.charter.queries import life
from fund.interests.models import Transfer, TransferLine, TransferWhole
from fund.interests.queries import TransferSheet, transfer
from fund.interests.rules import (
    LineKind,
    Side,
    TransferState,
    TransferToCome,
    TransferUnknown,
    Words,
    check_transfer,
)
from fund.ledger.actions import post
from fund.ledger.queries import locked_through
from fund.ledger.rules import check_day_open
from fund.ledger.stamps import stamp
from fund.ledger.undoing import undo
from fund.ledger.undone import standing, standing_of
from fund.parties.queries import group, related
from fund.partners.queries import PartnerSheet, partner
from fund.partners.rules import PartnerUnknown
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing


def draft_transfer(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    seller_id: int,
    buyer_id: int,
    commitment: int,
    price: int,
    effective_on: date,
    words: Words,
    prepared: tuple[int | None, str] | None = None,
    now: datetime,
) -> TransferSheet:
    """Write down that `commitment` of the seller's interest is to pass to the buyer on a day; nothing is booked.

    Whether the two are related is read from the parties and kept; `prepared` is who prepared it (id and name) where
    another writes it down. Refused: TransferInvalid, each fault named; a day locked or outside the fund's life.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_capital(tx, fund_id=fund_id)
    check_days(life(tx, fund_id=fund_id), effective_on=effective_on, consented_on=words.consented_on)
    seller, buyer = (_partner_of(tx, fund_id, key) for key in (seller_id, buyer_id))
    whole = committed(tx, fund_id=fund_id, partner_id=seller.id, on=effective_on)
    are_related = _are_related(tx, seller, buyer, effective_on)
    asked: dict[str, Any] = {"commitment": commitment, "price": price}
    sides = (_side(seller, whole), _side(buyer, 0))
    check_transfer(*sides, **asked, on=effective_on, words=words, are_related=are_related)
    check_day_open(effective_on, locked_through(tx, fund_id=fund_id), what=f"{seller.code} → {buyer.code}")
    number = next_of_fund(tx, model=Transfer, fund_id=fund_id)
    row = Transfer(
        fund_id=fund_id,
        number=number,
        code=f"TRF-{number:03}",
        state=TransferState.DRAFT,
        seller_id=seller.id,
        buyer_id=buyer.id,
        effective_on=effective_on,
        **asked,
        **vars(words),
        are_related=are_related,
        prepared_by=prepared[0] if prepared else actor.user_id,
        prepared_name=prepared[1] if prepared else actor.name,
        recorded_at=now,
    )
    tx.add(row)
    tx.flush()
    tx.add(TransferWhole(transfer_id=row.key, partner_id=seller.id, committed=whole))
    tx.flush()
    return _told(tx, actor, row, "transfer.drafted", now)


def passing(tx: Tx, *, sheet: TransferSheet) -> Interest:
    """What would pass by a transfer that is not booked yet, as the books stand."""
    return interest_of(
        tx,
        fund_id=sheet.fund_id,
        partner_id=sheet.seller_id,
        part=sheet.commitment,
        whole=sheet.whole,
        on=sheet.effective_on,
    )


@dataclass(frozen=True)
class Ready:
    """A draft that may be booked, its fund's lock held."""

    row: Transfer
    seller: PartnerSheet
    buyer: PartnerSheet


def may_book(tx: Tx, actor: Actor, *, transfer_id: int, may_owe: bool = False, now: datetime) -> Ready:
    """The draft, if it may be approved and booked now.

    Refused: for whoever drafted it; before its day; when the seller's commitment has changed, it has an open call
    or something was shared out as of a later day; a locked day.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    row = locked(tx, model=Transfer, key=transfer_id, needed=[TransferState.DRAFT], unknown=TransferUnknown)
    check_approver(
        what=row.code, preparer_id=row.prepared_by, preparer=row.prepared_name, approver_id=actor.user_id
    )
    if day_in_beijing(now) < row.effective_on:
        raise TransferToCome(transfer=row.code, on=row.effective_on)
    check_day_open(row.effective_on, locked_through(tx, fund_id=row.fund_id), what=row.code)
    seller, buyer = (partner(tx, partner_id=key) for key in (row.seller_id, row.buyer_id))
    stands = committed(tx, fund_id=row.fund_id, partner_id=seller.id, on=row.effective_on)
    if stands != transfer(tx, transfer_id=row.key).whole:
        raise SharesMoved(what=row.code)
    check_settled(tx, seller=seller, on=row.effective_on, may_owe=may_owe)
    check_nothing_after(tx, seller=seller, on=row.effective_on)
    return Ready(row, seller, buyer)


def book_transfer(
    tx: Tx, actor: Actor, *, ready: Ready, fee: FeePassed | None, now: datetime
) -> TransferSheet:
    """Approve what is ready and book it as of its day; `fee` is the running quarter's."""
    row = ready.row
    passes = passing(tx, sheet=transfer(tx, transfer_id=row.key))
    at = stamp(tx, fund_id=row.fund_id, now=now)
    row.contributed = passes.total(LineKind.CONTRIBUTION) + passes.total(LineKind.GIVEBACK)
    row.distributed = passes.total(LineKind.DISTRIBUTION)
    row.unfunded, row.carry, row.capital = passes.unfunded, passes.carry, passes.capital
    row.fee = 0 if fee is None else fee.borne
    row.state, row.approved_at = TransferState.APPROVED, at
    row.approved_by, row.approved_name = actor.user_id, actor.name
    tx.add_all(_rows(row, passes.lines))
    tx.flush()
    booked = postings(row, seller=ready.seller.code, buyer=ready.buyer.code, passes=passes, fee=fee)
    post(tx, actor, fund_id=row.fund_id, postings=booked, now=now)
    return _told(tx, actor, row, "transfer.approved", now)


def cancel_transfer(tx: Tx, actor: Actor, *, transfer_id: int, reason: str, now: datetime) -> TransferSheet:
    """Withdraw a draft; nothing was booked."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    check_reason(reason)
    row = locked(tx, model=Transfer, key=transfer_id, needed=[TransferState.DRAFT], unknown=TransferUnknown)
    row.state, row.cancel_reason = TransferState.CANCELLED, reason
    tx.flush()
    return _told(tx, actor, row, "transfer.cancelled", now)


def undo_transfer(
    tx: Tx, actor: Actor, *, transfer_id: int, reason: str, undone_on: date, now: datetime
) -> TransferSheet:
    """Take a booked transfer back by reversals; it counts until the day of effect.

    What was earned or spent while it counted passes back for its part on that day. Refused: one that is not booked,
    once anything else was shared out with the buyer counted in, a locked day.
    """
    actor.require(Role.MANAGER)
    check_reason(reason)
    row = locked(
        tx, model=Transfer, key=transfer_id, needed=[TransferState.APPROVED], unknown=TransferUnknown
    )
    act = f"transfer:{row.key}"
    fees = [
        entry
        for entry in standing_of(tx, fund_id=row.fund_id, partner_ids={row.seller_id, row.buyer_id})
        if entry.reference.startswith(f"{row.code}/fee/")
    ]
    own = [*standing(tx, fund_id=row.fund_id, act=act), *fees]
    on = max([undone_on, row.effective_on, *(entry.effective_on for entry in own)])
    numbers = {entry.number for entry in own}
    check_nothing_since(tx, sheet=transfer(tx, transfer_id=row.key), own=numbers, on=on)
    row.cancelled_at = stamp(tx, fund_id=row.fund_id, now=now)
    row.state, row.cancelled_on, row.cancel_reason = TransferState.CANCELLED, on, reason
    tx.flush()
    undo(
        tx,
        actor,
        fund_id=row.fund_id,
        act=act,
        reason=reason,
        effective_on=on,
        may_be_empty=True,
        also=fees,
        now=now,
    )
    pass_back_between(tx, actor, sheet=transfer(tx, transfer_id=row.key), now=now)
    return _told(tx, actor, row, "transfer.undone", now)


def _rows(row: Transfer, lines: Sequence[Line]) -> list[TransferLine]:
    return [
        TransferLine(transfer_id=row.key, partner_id=partner_id, position=position, **vars(line))
        for partner_id, own in ((row.seller_id, [line.turned() for line in lines]), (row.buyer_id, lines))
        for position, line in enumerate(own, start=1)
    ]


def _partner_of(tx: Tx, fund_id: int, partner_id: int) -> PartnerSheet:
    found = partner(tx, partner_id=partner_id)
    if found.fund_id != fund_id:
        raise PartnerUnknown()
    return found


def _side(sheet: PartnerSheet, committed_on_day: int) -> Side:
    terms = (sheet.bears_fee, sheet.bears_carry)
    return Side(sheet.id, sheet.code, sheet.is_general, terms, sheet.admitted_on, committed_on_day)


def _are_related(tx: Tx, seller: PartnerSheet, buyer: PartnerSheet, on: date) -> bool:
    """Whether the two partners' parties are of one group, or of groups that anything ties to each other."""
    theirs = group(tx, party_id=buyer.party_id, as_of=on)
    if seller.party_id in theirs:
        return True
    return any(tie.other_id in theirs for tie in related(tx, party_id=seller.party_id, as_of=on))


def _told(tx: Tx, actor: Actor, row: Transfer, action: str, now: datetime) -> TransferSheet:
    detail: dict[str, object] = {
        "code": row.code,
        "commitment": row.commitment,
        "price": row.price,
        "effective_on": row.effective_on.isoformat(),
    }
    if row.capital is not None:
        detail["capital"] = row.capital
    if row.cancel_reason is not None:
        detail["reason"] = row.cancel_reason
    record(tx, actor, action=action, subject=f"transfer:{row.key}", detail=detail, now=now)
    return transfer(tx, transfer_id=row.key)
