"""Past income and expenses shared anew at later closes, on their own accounts and as of days.

A newcomer counts from the day of its close for what goes by commitments, and from the due date for all of the past:
what belongs to a holding goes by what each has paid for it as of that date, the rest by commitments. It does not matter
what was written down first, the close, what it shares (`newcomers` follows on what is booked later), or another close:
between the due dates of two closes the past is shared among those who have joined by the first, and who joins by the
second has its part of its own days alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select

from fund.capital.equalisation import rebalance
from fund.capital.leaving import Parts
from fund.capital.models import CapitalClose, Commitment
from fund.capital.own_days import Span, add_parts, is_past_of, opened, own_day, wanted
from fund.capital.participation import participation, shares_of_day
from fund.capital.positions import commitments
from fund.interests.corrections import of_day
from fund.interests.queries import passed_balances, transfers_until
from fund.ledger.belonging import Place, Side, partners_sides
from fund.ledger.chart import EXPENSE_ACCOUNTS, INCOME_ACCOUNTS, Account
from fund.ledger.queries import balances
from fund.ledger.rules import Posting
from fund.ledger.undone import undone_acts
from fund.partners.queries import codes_in_order
from kernel.db import Tx

VALUE = Account.UNREALISED_APPRECIATION.value
ABOVE_COST = {VALUE: 1, Account.UNREALISED_GAIN.value: -1}
"""What a holding is worth above cost, and the gain that stands against it: what leaves of one leaves of the other."""
SHARED_ANEW = (Account.UNREALISED_APPRECIATION, *INCOME_ACCOUNTS, *EXPENSE_ACCOUNTS)

Moves = Mapping[Place, Mapping[int, int]]
"""By place, what comes to each partner."""


class Move(NamedTuple):
    """What comes to each partner at a place by a close on a day; it belongs to the time until `of`."""

    close: CapitalClose
    place: Place
    on: date
    of: date
    parts: Mapping[int, int]
    step: str


@dataclass
class Anew:
    """The later closes of a fund that stand, in their order, entries to be shared anew, and what is moved so far."""

    tx: Tx
    fund_id: int
    closes: Sequence[CapitalClose]
    sides: list[Side]
    moves: list[Move] = field(default_factory=list)

    def __post_init__(self) -> None:
        joined: dict[int, set[int]] = {}
        own = sa.select(col(Commitment.close_id), col(Commitment.partner_id))
        for close_id, partner_id in self.tx.execute(own.where(col(Commitment.fund_id) == self.fund_id)):
            joined.setdefault(close_id, set()).add(partner_id)
        self.spans = {one.key: span(one, joined.get(one.key, ())) for one in self.closes}
        self.numbers = {one.act: one.number for one in self.spans.values()}
        self._shares: dict[tuple[int | None, date, bool], Parts] = {}
        self._passed: dict[tuple[date, date], Moves] = {}

    def on_own_days(self, close: CapitalClose, sides: Sequence[Side], *, step: str = "") -> None:
        """Give the newcomers of a close their part of some entries on the entries' own days."""
        its = self.spans[close.key]
        places = {one.place for one in sides if its.counts_on_its_day(one)}
        for place in sorted(places, key=in_turn):
            asked = {
                (one.first, one.on) for one in sides if one.place == place and its.counts_on_its_day(one)
            }
            found = {} if place[0] in ABOVE_COST else self._wanted(close, place)
            for of, on in sorted(asked):
                if place[0] in ABOVE_COST:
                    # What leaves goes by what each carries by then, which the days before it have moved.
                    found = self._wanted(close, place, of)
                if (of, on) not in found:
                    continue
                lies, shall = found[of, on]
                here = (one for one in self.sides if one.place == place and one.on == on)
                add_parts(lies, _summed(one for one in here if own_day(one) == of))
                add_parts(shall, lies, -1)
                at = f"/on-{of.isoformat()}" + ("" if of == on else f"/{on.isoformat()}")
                self._move(Move(close, place, on, of, shall, at + step))

    def _wanted(
        self, close: CapitalClose, place: Place, of: date | None = None
    ) -> dict[tuple[date, date], tuple[dict[int, int], dict[int, int]]]:
        """How the acts at a place lie and are to lie, of all days or of one, as was known when it was closed."""
        weigh = partial(self._weights, self.spans[close.key], place[1])
        known = [one for one in self.sides if one.written_at <= close.recorded_at]
        here = [one for one in known if one.place == place]
        if of is None:
            return wanted(here, weigh)
        return wanted([one for one in here if one.first == of], weigh, carried=carried_at(known, place, of))

    def as_of_due(
        self,
        close: CapitalClose,
        start: Mapping[Place, date],
        *,
        by: CapitalClose | None = None,
        step: str = "",
    ) -> None:
        """Share all of the past of a close anew as of its due date, at some places from a day on.

        `by` is the close that makes it necessary, where it is a later one.
        """
        its = self.spans[close.key]
        # One that was taken back by then nets out, but for what passed back of the days between.
        known = transfers_until(self.tx, fund_id=self.fund_id, as_of=its.due_on)
        transfers = {f"transfer:{one.id}" for one in known}
        outside = self._later(its)
        for place in sorted(start, key=in_turn):
            rows = [
                (max(one.on, its.due_on), one)
                for one in self.sides
                if one.place == place and is_past_of(one, its, numbers=self.numbers, transfers=transfers)
            ]
            lies = _summed(one for day, one in rows if day < start[place])
            days = sorted({start[place], *(day for day, _ in rows if day > start[place])})
            for turn, on in enumerate(days):
                add_parts(lies, _summed(one for day, one in rows if day == on))
                parts = dict(lies)
                add_parts(parts, self._passed_by(its.due_on, on).get(place, {}))
                mine = {key: amount for key, amount in parts.items() if key not in outside}
                moved = rebalance(mine, self._weights(its, place[1], its.due_on, is_past=True))
                add_parts(lies, moved)
                at = step + (f".{turn}" if turn and step else "")
                at = at or ("" if on == its.due_on else f"/back-{on.isoformat()}")
                at = f"/on-{its.due_on.isoformat()}/due-{its.number}{at}" if by else at
                at += "" if by or on == its.due_on else of_day(its.due_on)
                self._move(Move(by or close, place, on, its.due_on, moved, at))

    def _move(self, move: Move) -> None:
        parts = {key: amount for key, amount in move.parts.items() if amount}
        if not parts:
            return
        self.moves.append(move._replace(parts=parts))
        act = self.spans[move.close.key].act
        facts = (move.on, move.on, move.close.recorded_at, act, f"CLOSE{move.step}", False)
        self.sides += [Side(move.place, key, amount, *facts) for key, amount in parts.items()]

    def _weights(self, its: Span, holding_id: int | None, on: date, *, is_past: bool = False) -> Parts:
        """The shares of a day of all who had joined when that close was settled: in what is of the day, or in all that
        `is_past` by then, for which an interest that passes as the day ends has passed.
        """
        key = (holding_id, on, is_past)
        if key not in self._shares:
            asked = shares_on if is_past else shares_of_day
            self._shares[key] = asked(self.tx, fund_id=self.fund_id, on=on, holding_id=holding_id)
        outside = self._later(its)
        return {one: part for one, part in self._shares[key].items() if one not in outside}

    def _later(self, its: Span) -> Collection[int]:
        return {key for one in self.spans.values() if one.number > its.number for key in one.newcomers}

    def _passed_by(self, by: date, on: date) -> Moves:
        """What stands for another than the entries name, by transfers until one day and corrections until another."""
        if (by, on) not in self._passed:
            self._passed[by, on] = passed_balances(
                self.tx, fund_id=self.fund_id, as_of=by, corrected_until=on
            )
        return self._passed[by, on]


def shared_anew(tx: Tx, *, close: CapitalClose) -> list[Posting]:
    """What moves between the partners by a close that is written down now, each against the clearing account."""
    assert close.due_on is not None
    earlier = [one for one in later_closes(tx, fund_id=close.fund_id) if one.key != close.key]
    found = partners_sides(tx, fund_id=close.fund_id, accounts=SHARED_ANEW)
    anew = Anew(tx, close.fund_id, [*earlier, close], found)
    # Whose part of a holding is shared anew on the due date first: what leaves later goes by what each carries then.
    anew.on_own_days(close, [one for one in found if one.place[1] is None])
    for one in earlier:
        assert one.due_on is not None
        if one.due_on < close.due_on:
            # What the newcomers have of days until then is no more of what was shared anew on that date.
            touched = {move.place: one.due_on for move in anew.moves if move.of <= one.due_on}
            anew.as_of_due(one, touched, by=close)
    anew.as_of_due(close, {one.place: close.due_on for one in found})
    anew.on_own_days(close, [one for one in found if one.place[1] is not None])
    return move_postings(tx, fund_id=close.fund_id, moves=anew.moves)


def later_closes(tx: Tx, *, fund_id: int) -> list[CapitalClose]:
    """The later closes that stand, in their order, which is that of their days."""
    later = select(CapitalClose).where(CapitalClose.fund_id == fund_id, col(CapitalClose.due_on).is_not(None))
    found = tx.exec(later.order_by(col(CapitalClose.number))).all()
    gone = undone_acts(tx, kind="close", fund_id=fund_id) if found else {}
    return [one for one in found if f"close:{one.key}" not in gone]


def span(close: CapitalClose, newcomers: Iterable[int]) -> Span:
    """A later close in figures."""
    assert close.due_on is not None
    return Span(close.number, f"close:{close.key}", close.closed_on, close.due_on, frozenset(newcomers))


def carried_at(sides: Iterable[Side], place: Place, on: date) -> Parts:
    """What each carries of the value above cost as a day begins, with the sign that it has at that place."""
    carried = opened((one for one in sides if one.place == (VALUE, place[1])), on)
    return {key: ABOVE_COST[place[0]] * part for key, part in carried.items()}


def between(
    place: Place, *, partner_id: int, amount: int, on: date, reference: str, act: str, memo: str
) -> Posting:
    """What comes to a partner (negative: goes) at a place, against the clearing account."""
    account, holding_id = Account(place[0]), place[1]
    return Posting(
        reference=reference + ("" if holding_id is None else f"/H{holding_id}"),
        effective_on=on,
        debit=Account.BETWEEN_PARTNERS if amount > 0 else account,
        credit=account if amount > 0 else Account.BETWEEN_PARTNERS,
        amount=abs(amount),
        memo=memo,
        act=act,
        debit_partner_id=None if amount > 0 else partner_id,
        credit_partner_id=partner_id if amount > 0 else None,
        holding_id=holding_id,
    )


def move_postings(tx: Tx, *, fund_id: int, moves: Sequence[Move]) -> list[Posting]:
    """Moves as they are booked, each partner's against the clearing account."""
    codes = codes_in_order(tx, fund_id=fund_id)
    return [
        between(
            one.place,
            partner_id=partner_id,
            amount=amount,
            on=one.on,
            reference=f"CLOSE-{one.close.number}/{codes[partner_id]}/{one.place[0]}{one.step}",
            act=f"close:{one.close.key}",
            memo=f"第 {one.close.number} 次交割 / Close {one.close.number}",
        )
        for one in moves
        for partner_id, amount in one.parts.items()
    ]


def stands(tx: Tx, *, fund_id: int, until: date, accounts: Sequence[Account]) -> dict[Place, dict[int, int]]:
    """What stands on some accounts at the end of a day by who holds the interests."""
    found: dict[Place, dict[int, int]] = {}
    for balance in balances(tx, fund_id=fund_id, as_of=until, accounts=accounts):
        if balance.account is not None and balance.partner_id is not None:
            place = (balance.account, balance.holding_id)
            found.setdefault(place, {})[balance.partner_id] = balance.amount
    for place, of in passed_balances(tx, fund_id=fund_id, as_of=until).items():
        if place[0] in accounts:
            add_parts(found.setdefault(place, {}), of)
    return found


def rebalanced(tx: Tx, *, close: CapitalClose, amounts: Moves, without: Collection[int] = ()) -> Moves:
    """What comes to each partner once `amounts` lie by their shares on the due date of the close."""
    assert close.due_on is not None
    # Several accounts lie at one holding, and most at none: each share is asked once.
    shares = {
        holding_id: shares_on(tx, fund_id=close.fund_id, on=close.due_on, holding_id=holding_id)
        for holding_id in {holding_id for _, holding_id in amounts}
    }
    return {
        place: rebalance(of, {key: part for key, part in shares[place[1]].items() if key not in without})
        for place, of in amounts.items()
    }


def shares_on(tx: Tx, *, fund_id: int, on: date, holding_id: int | None) -> Mapping[int, int]:
    """By what partners share on a day: their parts in a holding, else what they have committed."""
    if holding_id is None:
        return commitments(tx, fund_id=fund_id, as_of=on)
    return participation(tx, fund_id=fund_id, as_of=on, holding_id=holding_id)


def _summed(sides: Iterable[Side]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in sides:
        found[one.partner_id] = found.get(one.partner_id, 0) + one.amount
    return found


def in_turn(place: Place) -> tuple[str, int]:
    """Places by account and then by holding, those of none first."""
    return place[0], place[1] or 0
