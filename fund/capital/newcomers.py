"""What is booked of the time before a later close, once the close was written down, is shared with its newcomers too.

It is booked as the partners stood on its day, and as of the due date of the close it is shared anew with all of the
past, as it would have been had the close found it in the books: to the fen the same, whatever was written down first.
So it is with what is undone of that time, from the day of the reversal on. What a close by net asset value has put a
price on cannot follow: that is refused.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select

from fund.capital.models import CapitalClose
from fund.capital.premiums import CloseBasis
from fund.capital.shared_anew import SHARED_ANEW, Moves, add, move_postings, rebalanced
from fund.interests.queries import passed_balances, standing_transfers
from fund.ledger.belonging import Place, belonging
from fund.ledger.booking import book_following
from fund.ledger.chart import INCOME_ACCOUNTS, Account
from fund.ledger.following import Booked
from fund.ledger.rules import Line
from fund.ledger.undo_rules import kind_of, own_undo
from fund.ledger.undone import undone_acts
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
    touched: dict[Place, date] = {}
    acts: list[str] = []
    for close in _later_closes(tx, fund_id):
        assert close.due_on is not None
        acts.append(f"close:{close.key}")
        for one in booked:
            if _belongs(one, close):
                _check_not_priced(one.first, close)
                for place in _places(one.line):
                    touched[place] = max(one.line.effective_on, touched.get(place, close.due_on))
        for on in sorted({max(day, close.due_on) for day in touched.values()}):
            there = [place for place, day in touched.items() if max(day, close.due_on) == on]
            moves = rebalanced(tx, close=close, amounts=_past(tx, close, there, acts))
            postings = move_postings(
                tx, close=close, moves=moves, on=on, step=f"/after-{booked[0].line.number}"
            )
            if postings:
                book_following(tx, actor, fund_id=fund_id, postings=postings, of=close.due_on, now=now)


def _later_closes(tx: Tx, fund_id: int) -> list[CapitalClose]:
    """The later closes that stand, in their order."""
    later = select(CapitalClose).where(CapitalClose.fund_id == fund_id, col(CapitalClose.due_on).is_not(None))
    found = tx.exec(later.order_by(col(CapitalClose.number))).all()
    gone = undone_acts(tx, kind="close", fund_id=fund_id) if found else {}
    return [one for one in found if f"close:{one.key}" not in gone]


def _belongs(one: Booked, close: CapitalClose) -> bool:
    """Whether an entry is of the past that a close shares anew; what closes move themselves is not looked at again."""
    assert close.due_on is not None
    if kind_of(one.line.act) == "close":
        return False
    return one.first.effective_on <= close.due_on or one.first.recorded_at <= close.recorded_at


def _places(line: Line) -> set[Place]:
    return {
        (account, line.holding_id)
        for account, partner_id in (
            (line.debit, line.debit_partner_id),
            (line.credit, line.credit_partner_id),
        )
        if account in SHARED_ANEW and partner_id is not None
    }


def _past(tx: Tx, close: CapitalClose, places: Sequence[Place], acts: Sequence[str]) -> Moves:
    """All that a close shares anew at some places, by who held the interests on its due date."""
    assert close.due_on is not None
    fund_id, until = close.fund_id, close.due_on
    transfers = [f"transfer:{one.id}" for one in standing_transfers(tx, fund_id=fund_id, as_of=until)]
    found = belonging(
        tx,
        fund_id=fund_id,
        places=places,
        until=until,
        written_by=close.recorded_at,
        acts=[*acts, *transfers],
    )
    passed = passed_balances(tx, fund_id=fund_id, as_of=until, and_later_of_these=True)
    add(found, {place: of for place, of in passed.items() if place in found})
    return found


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
