"""Settling a later close: the equalisation call, what goes back to the earlier partners, the past shared anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import select

from fund.capital.acts import next_of_fund
from fund.capital.calls import contribution_postings
from fund.capital.equalisation import Equalisation, equalise, rebalance
from fund.capital.inflows import asked
from fund.capital.models import Call, CallItem, CallLine, CapitalClose
from fund.capital.participation import participation
from fund.capital.past import past_items
from fund.capital.positions import commitments
from fund.capital.premiums import CloseBasis, premiums
from fund.capital.rules import CallKind, CallState, ItemKind
from fund.interests.queries import passed_balances
from fund.ledger.actions import post
from fund.ledger.chart import CHART, EXPENSE_ACCOUNTS, Kind
from fund.ledger.queries import balances
from fund.ledger.rules import Account, Posting
from fund.ledger.stamps import stamp
from fund.partners.queries import codes_in_order, named
from kernel.db import Tx
from kernel.identity.rules import Actor

GAINS = tuple(account for account in Account if CHART[account].kind is Kind.INCOME)
SHARED_ANEW = (Account.UNREALISED_APPRECIATION, *GAINS, *EXPENSE_ACCOUNTS)

Moved = Mapping[tuple[str, int | None], Mapping[int, int]]
"""By account and holding, what comes to each partner."""


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
    stood = _standing(tx, close.fund_id, close.closed_on, GAINS)
    moved, gains = _by_partner(_rebalanced(tx, close, stood)), _by_partner(stood)
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


def shared_anew(tx: Tx, *, close: CapitalClose, paid_on: date | None = None) -> list[Posting]:
    """Move past income and expenses between the partners on their own accounts, each against the clearing account.

    What belongs to a holding goes by what each has paid for it as of the due date, the rest by commitments. With
    `paid_on`, once the newcomers have paid: what was booked until the due date since the close was written down.
    """
    assert close.due_on is not None
    fund_id, on = close.fund_id, close.due_on
    until, effective_on = (date.max, on) if paid_on is None else (on, max(on, paid_on))
    codes = codes_in_order(tx, fund_id=fund_id)
    postings = []
    moves = _rebalanced(tx, close, _standing(tx, fund_id, until, SHARED_ANEW))
    for (account, holding_id), moved in moves.items():
        for partner_id, amount in moved.items():
            reference = f"CLOSE-{close.number}/{codes[partner_id]}/{account}"
            reference = reference if paid_on is None else f"{reference}/{effective_on.isoformat()}"
            postings.append(
                Posting(
                    reference=reference if holding_id is None else f"{reference}/H{holding_id}",
                    effective_on=effective_on,
                    debit=Account.BETWEEN_PARTNERS if amount > 0 else account,
                    credit=account if amount > 0 else Account.BETWEEN_PARTNERS,
                    amount=abs(amount),
                    memo=f"第 {close.number} 次交割 / Close {close.number}",
                    act=f"close:{close.key}",
                    debit_partner_id=None if amount > 0 else partner_id,
                    credit_partner_id=partner_id if amount > 0 else None,
                    holding_id=holding_id,
                )
            )
    return postings


def _standing(tx: Tx, fund_id: int, until: date, accounts: Sequence[Account]) -> Moved:
    """What stands on some accounts by who holds the interests."""
    stands: dict[tuple[str, int | None], dict[int, int]] = {}
    for balance in balances(tx, fund_id=fund_id, as_of=until, accounts=accounts):
        if balance.account is not None and balance.partner_id is not None:
            key = (balance.account, balance.holding_id)
            stands.setdefault(key, {})[balance.partner_id] = balance.amount
    for key, passed in passed_balances(tx, fund_id=fund_id, as_of=until).items():
        for partner_id, amount in passed.items() if key[0] in accounts else ():
            there = stands.setdefault(key, {})
            there[partner_id] = there.get(partner_id, 0) + amount
    return stands


def _rebalanced(tx: Tx, close: CapitalClose, stands: Moved) -> Moved:
    """What comes to each partner once what stands lies by their shares on the due date of the close."""
    assert close.due_on is not None
    fund_id, on = close.fund_id, close.due_on
    found = {}
    for (account, holding_id), amounts in stands.items():
        weights = (
            commitments(tx, fund_id=fund_id, as_of=on)
            if holding_id is None
            else participation(tx, fund_id=fund_id, as_of=on, holding_id=holding_id)
        )
        found[account, holding_id] = rebalance(amounts, weights)
    return found


def _by_partner(amounts: Moved) -> dict[int, int]:
    summed: dict[int, int] = {}
    for of_account in amounts.values():
        for partner_id, amount in of_account.items():
            summed[partner_id] = summed.get(partner_id, 0) + amount
    return summed
