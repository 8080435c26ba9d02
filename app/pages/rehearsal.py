"""Showing an act before it is done: it is played, its entries are read off, and all of it is undone again.

The first sending of such a form shows what would happen, in figures; the second, with `confirmed`, does it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fastapi import Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk
from app.pages.who import account_names, holding_names, partner_names
from fund.ledger import queries
from fund.ledger.cash import lowest_cash
from fund.ledger.chart import CAPITAL_ACCOUNTS, CHART, Account, Kind
from fund.ledger.entries import EntrySheet
from kernel.errors import Conflict, Invalid
from kernel.instants import day_in_beijing

CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Seen:
    """What an act would book. Amounts in minor units.

    `cash` is what can be spent before and after it; `accounts` and `partners` say by how much each would move
    (accounts on the side where they grow, partners by their capital).
    """

    entries: Sequence[EntrySheet]
    cash: tuple[int, int]
    accounts: Sequence[tuple[str, int]]
    partners: Sequence[tuple[int, int]]


def rehearse(desk: Desk, act: Callable[[], object]) -> Seen:
    """Play `act` and undo it; refused where the act is."""
    fund_id, today = desk.fund.id, day_in_beijing(desk.now)
    before = lowest_cash(desk.tx, fund_id=fund_id, since=today)
    number, _ = queries.head(desk.tx, fund_id=fund_id)
    with desk.tx.begin_nested() as played:
        act()
        desk.tx.flush()
        entries = queries.recorded_after(desk.tx, fund_id=fund_id, number=number)
        after = lowest_cash(desk.tx, fund_id=fund_id, since=today)
        played.rollback()
    desk.tx.expire_all()
    return Seen(entries, (before, after), by_account(entries), by_partner(entries))


def by_account(entries: Sequence[EntrySheet]) -> list[tuple[str, int]]:
    """By how much each account grows (assets and expenses by debits), in the order of the chart."""
    sums: Counter[str] = Counter()
    for one in entries:
        sums[one.debit] += one.amount * _sign(one.debit)
        sums[one.credit] -= one.amount * _sign(one.credit)
    return sorted((account, amount) for account, amount in sums.items() if amount)


def by_partner(entries: Sequence[EntrySheet]) -> list[tuple[int, int]]:
    """By how much each partner's capital grows."""
    sums: Counter[int] = Counter()
    for one in entries:
        if one.debit in CAPITAL_ACCOUNTS and one.debit_partner_id is not None:
            sums[one.debit_partner_id] -= one.amount
        if one.credit in CAPITAL_ACCOUNTS and one.credit_partner_id is not None:
            sums[one.credit_partner_id] += one.amount
    return sorted((key, amount) for key, amount in sums.items() if amount)


def _sign(account: str) -> int:
    return 1 if CHART[Account(account)].kind in {Kind.ASSET, Kind.EXPENSE} else -1


def act_after_showing(
    desk: Desk,
    form: str,
    act: Callable[[], object],
    *,
    says: str,
    button: str,
    back: str,
    then: str | Callable[[], str],
    done: str,
    again: Callable[[Desk], Response],
) -> Response:
    """Show what `act` would do and ask; once that was confirmed, do it as `Desk.act` does.

    `says` and `button` are sentences of the catalogue; `back` is where the form stands.
    """
    if desk.fields.raw(CONFIRMED):
        return desk.act(form, act, then=then, done=done, again=again)
    try:
        seen = rehearse(desk, act)
    except (Conflict, Invalid) as refusal:
        return again(replace(desk, form=form, refusal=refusal, entered=desk.fields.typed()))
    return shown(desk, seen, says=says, button=button, back=back)


def shown(desk: Desk, seen: Seen, *, says: str, button: str, back: str) -> HTMLResponse:
    """The page between the form and the act."""
    kept = {name: value for name, value in desk.fields.typed().items() if name not in {"csrf", CONFIRMED}}
    return desk.show(
        "fund/rehearsal.html",
        seen=seen,
        says=desk.say(says),
        button=desk.say(button),
        back=back,
        kept=kept,
        path=desk.request.url.path,
        names=account_names(desk),
        partners=partner_names(desk),
        holdings=holding_names(desk),
    )
