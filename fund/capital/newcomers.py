"""What is booked of the time before a later close, once the close was written down, is shared with its newcomers too.

It is booked as the partners stood on its day, and as of the due date of the close it is shared anew with all of the
past, as it would have been had the close found it in the books: to the fen the same, whatever was written down first.
So it is with what is undone of that time, from the day of the reversal on. What a close by net asset value has put a
price on cannot follow: that is refused.

A purchase of that time, or what takes one back, books nothing of the partners, but may change by what parts the past of
its holding is shared on the due date: then all of that is shared anew.
"""

from collections.abc import Sequence
from datetime import date, datetime

from fund.capital.models import CapitalClose
from fund.capital.own_days import is_fact
from fund.capital.premiums import CloseBasis
from fund.capital.shared_anew import SHARED_ANEW, Anew, Move, later_closes, move_postings
from fund.ledger.belonging import Place, partners_sides
from fund.ledger.booking import book_following
from fund.ledger.chart import INCOME_ACCOUNTS, Account
from fund.ledger.following import Booked
from fund.ledger.rules import Line
from fund.ledger.undo_rules import own_undo
from kernel.db import Tx
from kernel.errors import Conflict, Problem
from kernel.identity.rules import Actor

_PRICED = frozenset((Account.UNREALISED_APPRECIATION, *INCOME_ACCOUNTS))


class PricedByClose(Conflict):
    code = "close_by_nav_has_priced"
    says = (
        "Close {number} went by the net asset value of {closed_on}, which has a price on {reference} of {on}; book it "
        "as of a later day, or take that close back first."
    )


def share_with_newcomers(
    tx: Tx, actor: Actor, /, *, fund_id: int, booked: Sequence[Booked], now: datetime
) -> None:
    """Share what was booked of the time before a later close with who joined by it, close by close.

    Refused: gains of a day by which a close by net asset value has priced them, a due date within a locked period.
    """
    facts = [one for one in booked if is_fact(one.line.act)]
    closes = later_closes(tx, fund_id=fund_id) if facts else []
    late = [one for one in facts if any(_concerns(one, close) for close in closes)]
    if not late:
        return
    for close in closes:
        for one in late:
            _check_not_priced(one.first, close)
    moves = _moves(tx, fund_id, closes, late)
    for of in sorted({one.of for one in moves}):
        postings = move_postings(tx, fund_id=fund_id, moves=[one for one in moves if one.of == of])
        book_following(tx, actor, fund_id=fund_id, postings=postings, of=of, now=now)


def _concerns(one: Booked, close: CapitalClose) -> bool:
    """Whether an entry is of the past that a close shares anew, or takes back what a close shared on its own day."""
    assert close.due_on is not None
    was_there = one.original is not None and one.first.recorded_at <= close.recorded_at
    return one.first.effective_on <= close.due_on or was_there


def _moves(tx: Tx, fund_id: int, closes: Sequence[CapitalClose], late: Sequence[Booked]) -> Sequence[Move]:
    places = {place for one in late for place in _places(one.line)}
    anew = Anew(tx, fund_id, closes, partners_sides(tx, fund_id=fund_id, places=places))
    known = {one.place for one in anew.sides}
    step = f"/after-{late[0].line.number}"
    undone = {one.line.reference for one in late if one.original is not None}
    for close in closes:
        reversals = [
            one for one in anew.sides if one.reference in undone and one.written_at <= close.recorded_at
        ]
        anew.on_own_days(close, reversals, step=step)
    for close in closes:
        assert close.due_on is not None
        start: dict[Place, date] = {}
        for one in late:
            if one.first.effective_on <= close.due_on:
                on = max(one.line.effective_on, close.due_on)
                start |= {place: min(on, start.get(place, on)) for place in _places(one.line) & known}
        anew.as_of_due(close, start, step=step)
    return anew.moves


def _places(line: Line) -> set[Place]:
    """Where an entry changes what is the partners', or how it is shared among them."""
    if Account.INVESTMENTS_AT_COST in (line.debit, line.credit):
        return {(account, line.holding_id) for account in SHARED_ANEW}
    return {
        (account, line.holding_id)
        for account, partner_id in (
            (line.debit, line.debit_partner_id),
            (line.credit, line.credit_partner_id),
        )
        if account in SHARED_ANEW and partner_id is not None
    }


def _check_not_priced(line: Line, close: CapitalClose) -> None:
    if close.basis is not CloseBasis.NAV or line.effective_on > close.closed_on:
        return
    if not {line.debit, line.credit} & _PRICED:
        return
    raise PricedByClose(
        problems=[
            Problem(f"CLOSE-{close.number}", "{undo}", {"undo": own_undo(kind)})
            for kind in ("equalisation:", "close:")
        ],
        number=close.number,
        closed_on=close.closed_on,
        reference=line.reference,
        on=line.effective_on,
    )
