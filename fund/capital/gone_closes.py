"""Later closes that were taken back, and the days on which one counted all the same: those that were settled by then.

A close that is taken back never counted on an open day. On the days that were locked it did; so it did until a call to
its newcomers, a fee of theirs or what they got was taken back that had stood. What these days held stays. Nothing that
is shared out is booked of them any more: what was known before the close was taken back lies otherwise there than what
comes after, and the order of writing down would change an answer.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from fund.capital.commitment_sheets import CloseSheet
from fund.capital.own_days import is_fact
from fund.capital.queries import closes, commitment_sheets
from fund.capital.shared_anew import SHARED_ANEW
from fund.ledger.belonging import partners_sides
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.following import Booked
from fund.ledger.queries import locked_through
from fund.ledger.undo_rules import kind_of
from fund.ledger.undone import undone_acts
from kernel.db import Tx
from kernel.errors import Conflict, Invalid, Problem
from kernel.identity.rules import Actor

# What goes with a close, and carry, which is worked out anew.
_GOES_ALONG = ("close", "carry")


class CountedUntil(Conflict):
    code = "gone_close_counted"
    says = (
        "Close {number} was taken back as of {until} and counted until then; {reference} cannot be booked as of {on} "
        "any more. Book it as of {until} or later."
    )


class TakenBackLate(Invalid):
    code = "close_taken_back_late"
    says = (
        "Close {number} is taken back as if it had never been: as of {since}, its first day that is not settled, "
        "and not from {on} on."
    )


def taken_back_from(tx: Tx, *, fund_id: int, close: CloseSheet) -> date:
    """The day as of which a later close is taken back: its own, or the first on which nothing is settled for good."""
    locked = locked_through(tx, fund_id=fund_id)
    first = date.min if locked is None else locked + timedelta(days=1)
    settled = [one.undone_on for one in counted(tx, fund_id=fund_id) if one.undone_on is not None]
    return max([close.closed_on, first, *settled, *_stood_until(tx, fund_id, close)])


def _stood_until(tx: Tx, fund_id: int, close: CloseSheet) -> list[date]:
    """The days as of which what the newcomers alone owed, paid, got or passed on was taken back, where it had stood.

    What was earned and spent can be shared anew without them; a call, a fee or a distribution cannot.
    """
    found = [one for one in commitment_sheets(tx, fund_id=fund_id) if one.close_number == close.number]
    newcomers = [one.partner_id for one in found]
    own = {f"call:{one.call_id}" for one in closes(tx, fund_id=fund_id)}
    accounts = [one for one in CAPITAL_ACCOUNTS if one not in SHARED_ANEW]
    return [
        one.on
        for one in partners_sides(tx, fund_id=fund_id, accounts=accounts, partner_ids=newcomers)
        if one.is_reversal
        and one.on > one.first
        and one.act not in own
        and kind_of(one.act) not in _GOES_ALONG
    ]


def check_taken_back_on(on: date, *, number: int, since: date) -> None:
    """Refuse to let a close count until a day of one's choice."""
    if on > since:
        facts = {"number": number, "since": since, "on": on}
        raise TakenBackLate(problems=[Problem("on", TakenBackLate.says, facts)], **facts)


def counted(tx: Tx, *, fund_id: int) -> list[CloseSheet]:
    """The later closes that were taken back and did count on some days."""
    if not undone_acts(tx, kind="close", fund_id=fund_id):
        return []
    known = closes(tx, fund_id=fund_id)
    return [one for one in known if one.undone_on is not None and one.closed_on < one.undone_on]


def check_days(tx: Tx, _actor: Actor, /, *, fund_id: int, booked: Sequence[Booked], **_: object) -> None:
    """Refuse what is shared out, or undone, as of a day that a close has changed which was taken back since.

    That is any until it was taken back: from the close on, and before it where it has shared the past anew by then.
    """
    facts = [one.line for one in booked if is_fact(one.line.act)]
    for close in counted(tx, fund_id=fund_id) if facts else []:
        assert close.due_on is not None
        assert close.undone_on is not None
        first = date.min if close.due_on < close.undone_on else close.closed_on
        for line in facts:
            if first <= line.effective_on < close.undone_on:
                raise CountedUntil(
                    number=close.number,
                    until=close.undone_on,
                    reference=line.reference,
                    on=line.effective_on,
                )
