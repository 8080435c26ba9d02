"""Transfers of interests with their fee: of the running quarter the buyer owes the days from the transfer on."""

from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.acts import lock_capital
from fund.capital.interest import committed
from fund.capital.passing import FeePassed
from fund.capital.transfers import book_transfer, draft_transfer, may_book, passing
from fund.capital.transfers import undo_transfer as take_back
from fund.charter.queries import terms
from fund.fees.actions import charge, lock_fees, lock_interests
from fund.fees.models import FeeLine
from fund.fees.relief_rules import check_used_up
from fund.fees.rules import Working, taken_off
from fund.fees.unapplied import offsets
from fund.fees.workings import due, own_stretches, passed_part, runs
from fund.interests.models import Transfer
from fund.interests.queries import TransferSheet, transfer
from fund.interests.rules import LineKind, TransferState, Words
from fund.ledger.queries import locked_through
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.periods import Quarter


def approve_transfer(tx: Tx, actor: Actor, *, transfer_id: int, now: datetime) -> TransferSheet:
    """Approve and book a transfer as `fund.capital.transfers.book_transfer` does, the fee of its quarter split by days.

    The quarter, and open ones before it, are charged first if they are not yet: the seller for all of it. Refused: as
    `may_book` there; a whole interest whose seller has offsets that no fee has used.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_interests(tx, fund_id=transfer(tx, transfer_id=transfer_id).fund_id)
    ready = may_book(tx, actor, transfer_id=transfer_id, now=now)
    fee = _split(tx, actor, transfer(tx, transfer_id=transfer_id), now)
    _check_used_up(tx, ready.row)
    return book_transfer(tx, actor, ready=ready, fee=fee, now=now)


def force_transfer(
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
    prepared: tuple[int | None, str],
    now: datetime,
) -> TransferSheet:
    """Write down and book at once a transfer of an interest that is taken from a partner that did not pay.

    `prepared` is who prepared it; what the seller owes on calls stays its debt. Refused: as
    `approve_transfer`.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_interests(tx, fund_id=fund_id)
    sheet = draft_transfer(
        tx,
        actor,
        fund_id=fund_id,
        seller_id=seller_id,
        buyer_id=buyer_id,
        commitment=commitment,
        price=price,
        effective_on=effective_on,
        words=words,
        prepared=prepared,
        now=now,
    )
    ready = may_book(tx, actor, transfer_id=sheet.id, may_owe=True, now=now)
    fee = _split(tx, actor, sheet, now)
    _check_used_up(tx, ready.row)
    return book_transfer(tx, actor, ready=ready, fee=fee, now=now)


def undo_transfer(
    tx: Tx, actor: Actor, *, transfer_id: int, reason: str, undone_on: date, now: datetime
) -> TransferSheet:
    """Take a booked transfer back with its part of the fee, as `fund.capital.transfers.undo_transfer` does."""
    actor.require(Role.MANAGER)
    sheet = transfer(tx, transfer_id=transfer_id)
    lock_capital(tx, fund_id=sheet.fund_id)
    lock_fees(tx, fund_id=sheet.fund_id)
    return take_back(tx, actor, transfer_id=transfer_id, reason=reason, undone_on=undone_on, now=now)


@dataclass(frozen=True)
class Passes:
    """What passes by a transfer in figures; by a draft as the books stand now. Carry is what is borne as it accrued."""

    contributed: int
    distributed: int
    unfunded: int
    carry: int
    capital: int
    fee: int


def passes(tx: Tx, *, sheet: TransferSheet) -> Passes | None:
    """The figures of a transfer; None for a draft that was withdrawn."""
    if sheet.state is TransferState.DRAFT:
        found = passing(tx, sheet=sheet)
        _, came = fee_that_passes(tx, sheet=sheet)
        fee = sum(one.amount for one in came)
        return Passes(
            found.total(LineKind.CONTRIBUTION),
            found.total(LineKind.DISTRIBUTION),
            found.unfunded,
            found.carry,
            found.capital,
            fee,
        )
    figures = (getattr(sheet, name) for name in Passes.__dataclass_fields__)
    return None if sheet.approved_at is None else Passes(*figures)


def fee_that_passes(tx: Tx, *, sheet: TransferSheet) -> tuple[tuple[Working, ...], tuple[Working, ...]]:
    """What of the fee of its quarter a transfer takes off the seller and puts on the buyer, each at its own rate."""
    fund_id, quarter = sheet.fund_id, Quarter.containing(sheet.effective_on)
    if not runs(tx, fund_id=fund_id, quarter=quarter):
        return (), ()
    owed = due(tx, fund_id=fund_id, quarter=quarter)
    if sheet.seller_id not in owed.amounts():
        return (), ()
    gone, came = (
        passed_part(
            quarter,
            own_stretches(tx, fund_id=fund_id, quarter=quarter, partner_id=key),
            on=owed.on,
            sheet=sheet,
            bases=owed.bases.get(sheet.seller_id, {}),
        )
        for key in (sheet.seller_id, sheet.buyer_id)
    )
    return gone, came


def _check_used_up(tx: Tx, row: Transfer) -> None:
    """Offsets stay with the seller and are applied to its fees; without a fee to come nobody would have them."""
    if committed(tx, fund_id=row.fund_id, partner_id=row.seller_id, on=row.effective_on) > row.commitment:
        return
    turns = offsets(tx, fund_id=row.fund_id).turns(row.seller_id)
    codes = codes_in_order(tx, fund_id=row.fund_id)
    check_used_up(seller=codes[row.seller_id], left=sum(turn.amount for turn in turns))


def _split(tx: Tx, actor: Actor, sheet: TransferSheet, now: datetime) -> FeePassed | None:
    _charge_before(tx, actor, sheet, now)
    gone, came = fee_that_passes(tx, sheet=sheet)
    if not gone:
        return None
    quarter = Quarter.containing(sheet.effective_on)
    charged = charge(tx, actor, fund_id=sheet.fund_id, quarter=quarter, now=now)
    tx.add_all(
        FeeLine(charge_id=charged.id, partner_id=partner_id, transfer_id=sheet.id, **vars(one))
        for partner_id, lines in ((sheet.seller_id, taken_off(gone, behind=0)), (sheet.buyer_id, came))
        for one in lines
    )
    tx.flush()
    return FeePassed(f"fee:{charged.id}", sum(one.amount for one in gone), sum(one.amount for one in came))


def _charge_before(tx: Tx, actor: Actor, sheet: TransferSheet, now: datetime) -> None:
    """Charge the quarters before that are open and not charged: once the interest has passed it would be too late."""
    fund_id = sheet.fund_id
    locked = locked_through(tx, fund_id=fund_id)
    quarter = Quarter.containing(terms(tx, fund_id=fund_id, as_of=sheet.effective_on).first_close_on)
    while quarter < Quarter.containing(sheet.effective_on):
        is_open = locked is None or quarter.starts_on > locked
        if is_open and runs(tx, fund_id=fund_id, quarter=quarter):
            charge(tx, actor, fund_id=fund_id, quarter=quarter, now=now)
        quarter = quarter.next
