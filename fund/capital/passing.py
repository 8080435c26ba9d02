"""What a transfer of an interest books, and what must be settled before and may not have happened after it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from fund.capital.inflows import asked
from fund.capital.interest import Interest
from fund.capital.models import Call, CallLine
from fund.capital.rules import CallState
from fund.givebacks.queries import open_returns
from fund.givebacks.rules import CarryReturnOpen
from fund.indemnities.queries import open_indemnities
from fund.indemnities.rules import IndemnityOpen
from fund.interests.models import Transfer
from fund.interests.queries import TransferSheet
from fund.interests.rules import SellerUnsettled, TransferBeforeUndone, TransferGoneTooEarly, TransferRestedOn
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import flows
from fund.ledger.resting import booked_since, passes_back, resting_on, stands
from fund.ledger.rules import Account, Posting
from fund.ledger.undo_rules import kind_of
from fund.partners.queries import PartnerSheet
from kernel.db import Tx


@dataclass(frozen=True)
class FeePassed:
    """The running quarter's fee from the day of the transfer on: what the seller is freed of, what the buyer bears.

    The two differ where a side letter gives one of them another rate. `act` is the charge's.
    """

    act: str
    freed: int
    borne: int


@dataclass(frozen=True)
class _Move:
    """A posting but for what all postings of a transfer have in common; a negative amount turns it around."""

    step: str
    debit: Account
    debit_partner_id: int | None
    credit: Account
    credit_partner_id: int | None
    amount: int
    holding_id: int | None = None
    act: str | None = None


def postings(
    row: Transfer, *, seller: str, buyer: str, passes: Interest, fee: FeePassed | None
) -> list[Posting]:
    """One row on account 3300 for each account of capital that passes, and one for the carry accrued.

    What holdings are worth above cost lies on an account that names the partner; it passes beside, against 3900.
    The fee for the days to come is the buyer's: the seller is freed of it and passes as much more capital.
    """
    found = []
    for move in (*_capital(row, passes, fee), *_appreciation(row, passes), *_fee(row, seller, buyer, fee)):
        debit, credit = (move.debit, move.debit_partner_id), (move.credit, move.credit_partner_id)
        (to, to_id), (from_, from_id) = (debit, credit) if move.amount > 0 else (credit, debit)
        posting = Posting(
            reference=f"{row.code}/{move.step}",
            effective_on=row.effective_on,
            debit=to,
            credit=from_,
            amount=abs(move.amount),
            memo=f"{seller} → {buyer}",
            act=move.act or f"transfer:{row.key}",
            debit_partner_id=to_id,
            credit_partner_id=from_id,
            holding_id=move.holding_id,
        )
        found += [posting] if move.amount else []
    return found


def _capital(row: Transfer, passes: Interest, fee: FeePassed | None) -> Iterator[_Move]:
    amounts = passes.by_account()
    if fee is not None:
        charged = Account.MANAGEMENT_FEE.value
        amounts[charged] = amounts.get(charged, 0) + fee.freed
    on, seller, buyer = Account.TRANSFERS, row.seller_id, row.buyer_id
    for account in sorted(amounts):
        yield _Move(account, on, seller, on, buyer, amounts[account])
    accrued = Account.CARRY_ACCRUED
    yield _Move(accrued.value, accrued, buyer, accrued, seller, passes.carry)


def _appreciation(row: Transfer, passes: Interest) -> Iterator[_Move]:
    asset, between = Account.UNREALISED_APPRECIATION, Account.BETWEEN_PARTNERS
    for holding_id, amount in passes.appreciation.items():
        step = f"{asset.value}/H{holding_id}"
        yield _Move(f"{step}/from", between, None, asset, row.seller_id, amount, holding_id)
        yield _Move(f"{step}/to", asset, row.buyer_id, between, None, amount, holding_id)


def _fee(row: Transfer, seller: str, buyer: str, fee: FeePassed | None) -> Iterator[_Move]:
    if fee is None:
        return
    charged, payable = Account.MANAGEMENT_FEE, Account.MANAGEMENT_FEE_PAYABLE
    yield _Move(f"fee/{seller}", payable, None, charged, row.seller_id, fee.freed, act=fee.act)
    yield _Move(f"fee/{buyer}", charged, row.buyer_id, payable, None, fee.borne, act=fee.act)


def check_settled(tx: Tx, *, seller: PartnerSheet, on: date, may_owe: bool = False) -> None:
    """Refuse while the seller has a call that is due after the day, not wholly paid, or not paid on to it, and while
    it is owed carry that is to come back or has to give distributions back.

    Where it `may_owe`, as when its interest is taken since it did not pay, what it owes stays its own debt.
    """
    for sheet in open_returns(tx, fund_id=seller.fund_id):
        if any(line.partner_id == seller.id for line in sheet.lines):
            raise CarryReturnOpen(code=sheet.code, partner=seller.code)
    for one in open_indemnities(tx, fund_id=seller.fund_id):
        part = one.line(seller.id)
        if part is not None and part.outstanding and not may_owe:
            raise IndemnityOpen(code=one.code, partner=seller.code)
    own = select(CallLine.call_id).where(CallLine.partner_id == seller.id)
    issued = select(Call).where(
        Call.fund_id == seller.fund_id, Call.state == CallState.ISSUED, col(Call.id).in_(own)
    )
    for call in tx.exec(issued.order_by(col(Call.due_on), col(Call.id))):
        [line] = asked(tx, call_id=call.key, partner_ids=[seller.id])
        is_owed = line.amount < 0 and call.settled_on is None
        if call.due_on > on or (line.outstanding > 0 and not may_owe) or is_owed:
            raise SellerUnsettled(call=call.code, due_on=call.due_on, seller=seller.code)


def check_nothing_after(tx: Tx, *, seller: PartnerSheet, on: date) -> None:
    """Refuse once anything but carry was shared out to the seller as of a later day: it would be the buyer's; and what
    was taken back as of a later day: it would pass, and its reversal would not.
    """
    found = flows(
        tx,
        fund_id=seller.fund_id,
        as_of=date.max,
        since=date.fromordinal(on.toordinal() + 1),
        accounts=CAPITAL_ACCOUNTS,
        partner_id=seller.id,
    )
    own = {entry.reference for entry in found}
    for entry in found:
        if stands(entry):
            raise TransferRestedOn(reference=entry.reference, on=entry.effective_on)
        if entry.reverses is not None and entry.reverses not in own and kind_of(entry.act) != "carry":
            raise TransferBeforeUndone(reference=entry.reverses, on=entry.effective_on)


def check_nothing_since(tx: Tx, *, sheet: TransferSheet, own: Collection[int], on: date) -> None:
    """Refuse to take a transfer back as of a day once anything but carry was booked with the buyer or the seller
    counted in that does not pass back; and before what was taken back as of a later day: it would count for the buyer.

    All that rests on it is named, in the order in which it is to be taken back.
    """
    first = min(own, default=None)
    rests = resting_on(tx, fund_id=sheet.fund_id, sheet=sheet, first=first, until=on)
    if rests:
        problems = [one.problem for one in rests]
        raise TransferRestedOn(problems=problems, reference=rests[0].reference, on=rests[0].on)
    since = {one.reference: one for one in booked_since(tx, fund_id=sheet.fund_id, sheet=sheet, first=first)}
    for entry in since.values():
        undone = since.get(entry.reverses or "")
        if undone is not None and kind_of(entry.act) != "carry" and entry.effective_on > undone.effective_on:
            is_shared_back = passes_back(undone, sheet) and undone.effective_on <= on
            if entry.effective_on > on and not is_shared_back:
                raise TransferGoneTooEarly(reference=undone.reference, on=entry.effective_on)
