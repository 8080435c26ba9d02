"""Past income and expenses shared anew at a later close, on their own accounts and as of days.

A newcomer counts from the day of its close for what goes by commitments, and from the due date for all of the past:
what belongs to a holding goes by what each has paid for it as of that date, the rest by commitments. It does not matter
what was written down first, the close or what it shares (`newcomers` follows on what is booked later).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from fund.capital.equalisation import rebalance
from fund.capital.models import CapitalClose
from fund.capital.participation import participation
from fund.capital.positions import commitments
from fund.interests.queries import passed_balances
from fund.ledger.belonging import Place
from fund.ledger.chart import EXPENSE_ACCOUNTS, INCOME_ACCOUNTS, Account
from fund.ledger.queries import balances, flows
from fund.ledger.rules import Posting
from fund.partners.queries import codes_in_order
from kernel.db import Tx

_DAY = timedelta(days=1)
SHARED_ANEW = (Account.UNREALISED_APPRECIATION, *INCOME_ACCOUNTS, *EXPENSE_ACCOUNTS)

Moves = Mapping[Place, Mapping[int, int]]
"""By place, what comes to each partner."""


def shared_anew(tx: Tx, *, close: CapitalClose) -> list[Posting]:
    """What moves between the partners by a close that is written down now, each against the clearing account.

    What was booked of a day after the due date before the close was known moves on its day.
    """
    assert close.due_on is not None
    found: list[Posting] = []
    moved: dict[Place, dict[int, int]] = {}
    for on, moves in _since_admission(tx, close):
        found += move_postings(tx, close=close, moves=moves, on=on, step=f"/{on.isoformat()}")
        add(moved, moves)
    ahead = flows(tx, fund_id=close.fund_id, as_of=date.max, since=close.due_on + _DAY, accounts=SHARED_ANEW)
    for on in (close.due_on, *sorted({entry.effective_on for entry in ahead})):
        amounts = stands(tx, fund_id=close.fund_id, until=on, accounts=SHARED_ANEW)
        add(amounts, moved)
        moves = rebalanced(tx, close=close, amounts=amounts)
        step = "" if on == close.due_on else f"/{on.isoformat()}"
        found += move_postings(tx, close=close, moves=moves, on=on, step=step)
        add(moved, moves)
    return found


def _since_admission(tx: Tx, close: CapitalClose) -> Iterator[tuple[date, Moves]]:
    """What goes by commitments of the days between close and due date, where it was shared without the newcomers."""
    assert close.due_on is not None
    days: dict[date, dict[Place, dict[int, int]]] = {}
    for entry in flows(
        tx,
        fund_id=close.fund_id,
        as_of=close.due_on - _DAY,
        since=close.closed_on,
        accounts=SHARED_ANEW,
    ):
        if entry.holding_id is not None or entry.reverses is not None:
            continue
        for account, partner_id, amount in (
            (entry.credit, entry.credit_partner_id, entry.amount),
            (entry.debit, entry.debit_partner_id, -entry.amount),
        ):
            if account in SHARED_ANEW and partner_id is not None:
                there = days.setdefault(entry.effective_on, {}).setdefault((account, None), {})
                there[partner_id] = there.get(partner_id, 0) + amount
    for on, amounts in sorted(days.items()):
        weights = commitments(tx, fund_id=close.fund_id, as_of=on)
        yield on, {place: rebalance(of, weights) for place, of in amounts.items()}


def move_postings(tx: Tx, *, close: CapitalClose, moves: Moves, on: date, step: str = "") -> list[Posting]:
    """The moves of a close as they are booked; `step` tells those of one close and place apart."""
    codes = codes_in_order(tx, fund_id=close.fund_id)
    return [
        Posting(
            reference=f"CLOSE-{close.number}/{codes[partner_id]}/{account}{step}"
            + ("" if holding_id is None else f"/H{holding_id}"),
            effective_on=on,
            debit=Account.BETWEEN_PARTNERS if amount > 0 else Account(account),
            credit=Account(account) if amount > 0 else Account.BETWEEN_PARTNERS,
            amount=abs(amount),
            memo=f"第 {close.number} 次交割 / Close {close.number}",
            act=f"close:{close.key}",
            debit_partner_id=None if amount > 0 else partner_id,
            credit_partner_id=partner_id if amount > 0 else None,
            holding_id=holding_id,
        )
        for (account, holding_id), moved in moves.items()
        for partner_id, amount in moved.items()
    ]


def stands(tx: Tx, *, fund_id: int, until: date, accounts: Sequence[Account]) -> dict[Place, dict[int, int]]:
    """What stands on some accounts at the end of a day by who holds the interests."""
    found: dict[Place, dict[int, int]] = {}
    for balance in balances(tx, fund_id=fund_id, as_of=until, accounts=accounts):
        if balance.account is not None and balance.partner_id is not None:
            place = (balance.account, balance.holding_id)
            found.setdefault(place, {})[balance.partner_id] = balance.amount
    passed = passed_balances(tx, fund_id=fund_id, as_of=until)
    add(found, {place: of for place, of in passed.items() if place[0] in accounts})
    return found


def rebalanced(tx: Tx, *, close: CapitalClose, amounts: Moves) -> Moves:
    """What comes to each partner once `amounts` lie by their shares on the due date of the close."""
    assert close.due_on is not None
    fund_id, on = close.fund_id, close.due_on
    # Several accounts lie at one holding, and most at none: each share is asked once.
    shares = {
        holding_id: commitments(tx, fund_id=fund_id, as_of=on)
        if holding_id is None
        else participation(tx, fund_id=fund_id, as_of=on, holding_id=holding_id)
        for holding_id in {holding_id for _, holding_id in amounts}
    }
    return {place: rebalance(of, shares[place[1]]) for place, of in amounts.items()}


def add(to: dict[Place, dict[int, int]], more: Moves) -> None:
    """Add what comes to each partner to what is there."""
    for place, of in more.items():
        there = to.setdefault(place, {})
        for partner_id, amount in of.items():
            there[partner_id] = there.get(partner_id, 0) + amount
