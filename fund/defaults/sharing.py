"""What interest on a default books: owed to the other partners as it comes in, and paid on to them together."""

from collections.abc import Iterable
from datetime import date, datetime

from fund.capital.inflows import asked
from fund.capital.payable import check_paid_up
from fund.defaults.queries import DefaultSheet
from fund.defaults.rules import InterestPassedOn, NothingToPassOn
from fund.ledger.actions import post
from fund.ledger.balances import balances
from fund.ledger.cash import check_cash, lock_cash
from fund.ledger.chart import Account
from fund.ledger.queries import flows
from fund.ledger.rules import Posting
from fund.ledger.undoing import undo
from fund.partners.queries import codes_in_order
from kernel.allocation import allocate
from kernel.audit.actions import record
from kernel.db import Tx
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing

PAYABLE = Account.DEFAULT_INTEREST_PAYABLE


def shares(tx: Tx, *, sheet: DefaultSheet, amount: int) -> dict[int, int]:
    """Interest by partner: the others of the call, by what each had paid on it before the notice; else by what it owed.

    On the call of a later close it is the earlier partners', by what each waits to get back. Who was in arrears
    itself has stood in for nobody. Refused: a call on which there is no other partner.
    """
    before = asked(tx, call_id=sheet.call_id, as_of=sheet.noticed_on)
    waiting = {line.partner_id: -line.amount for line in before if line.amount < 0}
    if waiting:
        back = allocate(amount, list(waiting.values()))
        return {key: part for key, part in zip(waiting, back, strict=True) if part}
    others = [line for line in before if line.partner_id != sheet.partner_id and line.amount > 0]
    stood_in = [line.received for line in others]
    parts = allocate(amount, stood_in if any(stood_in) else [line.amount for line in others])
    return {line.partner_id: part for line, part in zip(others, parts, strict=True) if part}


def interest_postings(
    tx: Tx, *, sheet: DefaultSheet, number: int, amount: int, on: date, memo: str
) -> list[Posting]:
    """What came in, owed to each other partner from that day on: each reads its own row and no more."""
    codes = codes_in_order(tx, fund_id=sheet.fund_id)
    return [
        Posting(
            reference=f"DEFAULT-{sheet.id}.{number}/{codes[partner_id]}",
            effective_on=on,
            debit=Account.CASH,
            credit=PAYABLE,
            amount=part,
            memo=memo,
            act=f"default:{sheet.id}.{number}",
            credit_partner_id=partner_id,
        )
        for partner_id, part in shares(tx, sheet=sheet, amount=amount).items()
    ]


def payable_by_partner(tx: Tx, *, fund_id: int, as_of: date = date.max) -> dict[int, int]:
    """The interest on defaults that each partner is owed at the end of a day."""
    found = balances(tx, fund_id=fund_id, as_of=as_of, accounts=[PAYABLE], by=("partner",))
    return {one.partner_id: one.amount for one in found if one.partner_id is not None and one.amount}


def pay_on(tx: Tx, actor: Actor, *, fund_id: int, paid_on: date, now: datetime) -> dict[int, int]:
    """Pay every partner what it is owed of the interest on defaults; returns what each is paid.

    Refused: nothing to pay on that day, a partner in arrears, a day to come, without the cash.
    """
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    lock_cash(tx, fund_id=fund_id)
    owed = payable_by_partner(tx, fund_id=fund_id, as_of=paid_on)
    # What was paid later than the day asked about is not there to be paid again.
    left = payable_by_partner(tx, fund_id=fund_id)
    owed = {key: min(amount, left.get(key, 0)) for key, amount in owed.items() if left.get(key, 0) > 0}
    if not owed:
        raise NothingToPassOn()
    check_cash(tx, fund_id=fund_id, amount=sum(owed.values()), on=paid_on, today=day_in_beijing(now))
    check_paid_up(tx, fund_id=fund_id, partner_ids=set(owed), on=paid_on)
    number, codes = 1 + len(payments(tx, fund_id=fund_id)), codes_in_order(tx, fund_id=fund_id)
    postings = [
        Posting(
            reference=f"DEFAULTPAY-{number}/{codes[partner_id]}",
            effective_on=paid_on,
            debit=PAYABLE,
            credit=Account.CASH,
            amount=amount,
            memo="违约利息转付 / Interest on defaults paid on",
            act=f"defaultpay:{number}",
            debit_partner_id=partner_id,
        )
        for partner_id, amount in owed.items()
    ]
    post(tx, actor, fund_id=fund_id, postings=postings, now=now)
    detail = {"number": number, "amount": sum(owed.values())}
    record(tx, actor, action="default.interest_paid_on", subject=f"fund:{fund_id}", detail=detail, now=now)
    return owed


def payments(tx: Tx, *, fund_id: int) -> list[str]:
    """The acts by which interest on defaults was paid on, undone ones included, in their order."""
    entries = flows(tx, fund_id=fund_id, as_of=date.max, accounts=[PAYABLE])
    found = {entry.act for entry in entries if entry.act.startswith("defaultpay:")}
    return sorted(found, key=lambda act: int(act.partition(":")[2]))


def undo_pay_on(
    tx: Tx, actor: Actor, *, fund_id: int, number: int, reason: str, undone_on: date, now: datetime
) -> date:
    """Take a payment of interest to the partners back. Refused: no reason, one unknown or undone, a locked day."""
    actor.require(Role.MANAGER, Role.ACCOUNTANT)
    act = f"defaultpay:{number}"
    on = undo(tx, actor, fund_id=fund_id, act=act, reason=reason, effective_on=undone_on, now=now)
    detail = {"number": number, "reason": reason}
    record(tx, actor, action="default.pay_on_undone", subject=f"fund:{fund_id}", detail=detail, now=now)
    return on


def check_not_passed_on(tx: Tx, *, sheet: DefaultSheet, amounts: Iterable[tuple[int, int]]) -> None:
    """Refuse to take interest back from partners that were paid it already."""
    left = payable_by_partner(tx, fund_id=sheet.fund_id)
    if any(amount > left.get(partner_id, 0) for partner_id, amount in amounts):
        raise InterestPassedOn()
