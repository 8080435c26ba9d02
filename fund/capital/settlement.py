"""Settling a later close: the equalisation call, what goes back to the earlier partners, the past shared anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import select

from fund.capital.acts import next_of_fund
from fund.capital.calls import contribution_postings
from fund.capital.equalisation import Equalisation, equalise
from fund.capital.inflows import asked
from fund.capital.models import Call, CallItem, CallLine, CapitalClose
from fund.capital.own_days import add_parts
from fund.capital.past import past_items
from fund.capital.premiums import CloseBasis, premiums
from fund.capital.rules import CallKind, CallState, ItemKind
from fund.capital.shared_anew import Moves, later_closes, rebalanced, shared_anew, stands
from fund.ledger.actions import post
from fund.ledger.chart import INCOME_ACCOUNTS
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.partners.queries import codes_in_order, named
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class Fee:
    """A management fee that a newcomer owes since the first close; `on` is the day from which the others' counts."""

    partner_id: int
    on: date
    amount: int
    memo: str = ""


def settle(
    tx: Tx,
    actor: Actor,
    *,
    close: CapitalClose,
    earlier: Mapping[int, int],
    newcomers: Mapping[int, int],
    fees: Sequence[Fee],
    carry: Mapping[int, int],
    now: datetime,
) -> None:
    """Issue the equalisation call of `close` and book it, and share past income and expenses anew.

    `close` says when it is payable, at what interest, and whether it goes by net asset value; then `carry` is what
    each earlier partner that bears any has accrued on its day. Without earlier calls and fees there is no call.
    """
    assert close.due_on is not None
    assert close.interest_rate is not None
    past = past_items(tx, fund_id=close.fund_id)
    moves = equalise(
        past, commitments=earlier, newcomers=newcomers, rate=close.interest_rate, due_on=close.due_on
    )
    postings: list[Posting] = []
    if past or fees:
        call = _issue(tx, actor, close, moves, fees, now)
        if close.basis is CloseBasis.NAV:
            _add_premium(tx, close, call, newcomers, carry)
        postings += contribution_postings(tx, call=call) + _refunds(tx, call)
    postings += shared_anew(tx, close=close)
    post(tx, actor, fund_id=close.fund_id, postings=postings, now=now)


def _issue(
    tx: Tx, actor: Actor, close: CapitalClose, moves: Equalisation, fees: Sequence[Fee], now: datetime
) -> Call:
    """Write the equalisation call; it is issued with the close itself, which names its day and its parties."""
    assert close.due_on is not None
    number = next_of_fund(tx, model=Call, fund_id=close.fund_id)
    call = Call(
        fund_id=close.fund_id,
        number=number,
        code=f"CALL-{number:03}",
        kind=CallKind.EQUALISATION,
        state=CallState.ISSUED,
        purpose=f"第 {close.number} 次交割 / Close {close.number}",
        amount=0,
        due_on=close.due_on,
        notice_on=close.closed_on,
        close_id=close.key,
        prepared_by=actor.user_id,
        prepared_name=actor.name,
        issued_at=stamp(tx, fund_id=close.fund_id, now=now),
        recorded_at=now,
    )
    tx.add(call)
    tx.flush()
    for position, (item, parts) in enumerate(_items(tx, call, moves, fees), start=1):
        item.position = position
        tx.add(item)
        tx.flush()
        tx.add_all(
            CallLine(call_id=call.key, item_id=item.key, partner_id=partner_id, amount=amount)
            for partner_id, amount in parts.items()
        )
        call.amount += item.amount
    tx.flush()
    return call


def _add_premium(
    tx: Tx, close: CapitalClose, call: Call, newcomers: Mapping[int, int], carry: Mapping[int, int]
) -> None:
    """Put on the call what the newcomers pay for gains, as they stand on the day of the close.

    The call stands already: only with it are the newcomers' shares in the holdings known.
    """
    stood = stands(tx, fund_id=close.fund_id, until=close.closed_on, accounts=INCOME_ACCOUNTS)
    if any(
        one.due_on and one.due_on > close.closed_on
        for one in later_closes(tx, fund_id=close.fund_id)
        if one.key != close.key
    ):
        # Who joined by a close that is not due yet gets its part by that, and pays nothing for it by this one.
        for place, of in rebalanced(tx, close=close, amounts=stood, without=newcomers).items():
            add_parts(stood[place], of)
    moved, gains = _by_partner(rebalanced(tx, close=close, amounts=stood)), _by_partner(stood)
    joining = named(tx, fund_id=close.fund_id, partner_ids=newcomers)
    parts = premiums(
        moved,
        gains={key: gains.get(key, 0) for key in carry},
        carry=carry,
        newcomers={key: one.bears_carry for key, one in joining.items()},
    )
    if not parts:
        return
    item = _item(call, ItemKind.PREMIUM, parts, call.due_on)
    day = close.closed_on.isoformat()
    item.memo = f"按 {day} 净值 / By net asset value of {day}"
    item.position = 1 + len(tx.exec(select(CallItem.id).where(CallItem.call_id == call.key)).all())
    tx.add(item)
    tx.flush()
    tx.add_all(
        CallLine(call_id=call.key, item_id=item.key, partner_id=partner_id, amount=amount)
        for partner_id, amount in parts.items()
    )
    call.amount += sum(amount for key, amount in parts.items() if key in newcomers)
    tx.flush()


def _items(
    tx: Tx, call: Call, moves: Equalisation, fees: Sequence[Fee]
) -> list[tuple[CallItem, Mapping[int, int]]]:
    found: list[tuple[CallItem, Mapping[int, int]]] = []
    for item_id, parts in moves.items.items():
        if parts:
            original = tx.exec(select(CallItem).where(CallItem.id == item_id)).one()
            found.append((_item(call, original.kind, parts, original.counts_from, original), parts))
    for on in sorted({fee.on for fee in fees}):
        owed: dict[int, int] = {}
        for fee in fees:
            if fee.on == on:
                owed[fee.partner_id] = owed.get(fee.partner_id, 0) + fee.amount
        found.append((_item(call, ItemKind.FEE, owed, on), owed))
    if moves.interest:
        found.append((_item(call, ItemKind.INTEREST, moves.interest, call.due_on), moves.interest))
    return found


def _item(
    call: Call, kind: ItemKind, parts: Mapping[int, int], counts_from: date, original: CallItem | None = None
) -> CallItem:
    return CallItem(
        call_id=call.key,
        position=0,
        kind=kind,
        amount=sum(amount for amount in parts.values() if amount > 0),
        memo=original.memo if original else "",
        holding_id=original.holding_id if original else None,
        excused=[],
        counts_from=counts_from,
        equalises_id=original.key if original else None,
    )


def _refunds(tx: Tx, call: Call) -> list[Posting]:
    """What the earlier partners get back of their contributions; interest is booked when it comes in."""
    codes = codes_in_order(tx, fund_id=call.fund_id)
    return [
        Posting(
            reference=f"{call.code}/{codes[line.partner_id]}/{kind.value}-back",
            effective_on=call.due_on,
            debit=Account.CONTRIBUTIONS,
            credit=Account.EQUALISATION_PAYABLE,
            amount=-amount,
            memo=call.purpose,
            act=f"call:{call.key}",
            debit_partner_id=line.partner_id,
            credit_partner_id=line.partner_id,
        )
        for line in asked(tx, call_id=call.key)
        for kind, amount in ((ItemKind.INVESTMENT, line.investment), (ItemKind.EXPENSE, line.expense))
        if amount < 0
    ]


def _by_partner(amounts: Moves) -> dict[int, int]:
    summed: dict[int, int] = {}
    for of_account in amounts.values():
        for partner_id, amount in of_account.items():
            summed[partner_id] = summed.get(partner_id, 0) + amount
    return summed
