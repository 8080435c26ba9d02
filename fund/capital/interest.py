"""An interest as it stands on a day, and what of it passes: promised, paid in and out, on each account of capital."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa

from fund.capital.lines import distributed_lines, paid_lines
from fund.capital.positions import CONTRIBUTED, commitments
from fund.charter.queries import terms
from fund.indemnities.queries import given_lines
from fund.interests.queries import passed_balances
from fund.interests.rules import LineKind, part_of, passed
from fund.ledger.chart import CAPITAL_ACCOUNTS
from fund.ledger.queries import balances
from fund.ledger.rules import Account
from kernel.db import Tx

# Carry accrued passes on its own account, so that it is taken back or paid where it lies; the rest on account 3300.
ON_ITS_OWN = Account.CARRY_ACCRUED


@dataclass(frozen=True)
class Line:
    """One thing that passes, as the buyer gets it; the fields are those of `TransferLine`."""

    kind: LineKind
    amount: int
    happened_on: date | None = None
    counts_from: date | None = None
    item_id: int | None = None
    item_kind: str | None = None
    holding_id: int | None = None
    distribution_id: int | None = None
    recallable: bool = False
    gross: int = 0
    return_of_capital: int = 0
    account: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it passes."""
        return not (self.amount or self.gross or self.return_of_capital)

    def turned(self) -> "Line":
        """The same for the seller, who has so much less."""
        return replace(
            self,
            amount=-self.amount,
            gross=-self.gross,
            return_of_capital=-self.return_of_capital,
        )


@dataclass(frozen=True)
class Interest:
    """What passes: its lines, the carry accrued that is borne on it, what holdings are worth above cost, by holding."""

    lines: tuple[Line, ...]
    carry: int
    appreciation: Mapping[int, int]
    unfunded: int

    def total(self, kind: LineKind) -> int:
        """What passes of one kind."""
        return sum(line.amount for line in self.lines if line.kind is kind)

    @property
    def capital(self) -> int:
        """The capital that passes, net of the carry accrued on it."""
        return self.total(LineKind.BALANCE) - self.carry

    def by_account(self) -> dict[str, int]:
        """The capital but for the carry accrued, by account."""
        found: dict[str, int] = {}
        for line in self.lines:
            if line.kind is LineKind.BALANCE and line.account is not None:
                found[line.account] = found.get(line.account, 0) + line.amount
        return found


def committed(tx: Tx, *, fund_id: int, partner_id: int, on: date) -> int:
    """What a partner has committed on a day, transfers so far counted."""
    return commitments(tx, fund_id=fund_id, as_of=on).get(partner_id, 0)


def interest_of(tx: Tx, *, fund_id: int, partner_id: int, part: int, whole: int, on: date) -> Interest:
    """What passes of a partner's interest as it stands at the end of a day with `part` of its commitment `whole`."""
    carry, standing = _balances(tx, fund_id, partner_id, part, whole, on)
    lines = [
        Line(LineKind.COMMITMENT, part),
        *_contributions(tx, fund_id, partner_id, part, whole, on),
        *_distributions(tx, fund_id, partner_id, part, whole, on),
        *_given_back(tx, fund_id, partner_id, part, whole, on),
        *standing,
    ]
    return Interest(
        tuple(line for line in lines if not line.is_empty),
        carry,
        _appreciation(tx, fund_id, partner_id, part, whole, on),
        _unfunded(tx, fund_id, lines, on),
    )


def _unfunded(tx: Tx, fund_id: int, lines: Sequence[Line], on: date) -> int:
    """What may still be called of what passes, as its own lines make it."""
    left = sum(
        line.amount * {LineKind.COMMITMENT: 1, LineKind.CONTRIBUTION: -1}.get(line.kind, 0) for line in lines
    )
    if on > terms(tx, fund_id=fund_id, as_of=on).commitment_period_ends_on:
        return max(0, left)
    again = [line for line in lines if line.recallable]
    back = sum(line.amount for line in again if line.kind is LineKind.GIVEBACK)
    return left + back + sum(min(line.return_of_capital, line.gross) for line in again)


def _contributions(tx: Tx, fund_id: int, partner_id: int, part: int, whole: int, on: date) -> Iterator[Line]:
    """What was paid in, item by item in the order in which it earns: so the layers of preferred return part alike."""
    lines = paid_lines(fund_id, on, CONTRIBUTED)
    keys = (
        lines.c.counts_from,
        lines.c.item_id,
        lines.c.kind,
        lines.c.due_on,
        lines.c.holding_id,
    )
    summed = sa.cast(sa.func.sum(lines.c.amount), sa.BigInteger)
    statement = sa.select(*keys, summed).where(lines.c.partner_id == partner_id)
    rows = tx.execute(statement.group_by(*keys).having(summed != 0).order_by(*keys)).all()
    parts = passed([row[-1] for row in rows], part=part, whole=whole)
    for (counts_from, item_id, kind, due_on, holding_id, _), amount in zip(rows, parts, strict=True):
        yield Line(
            LineKind.CONTRIBUTION,
            amount,
            happened_on=due_on,
            counts_from=counts_from,
            item_id=item_id,
            item_kind=str(kind),
            holding_id=holding_id,
        )


def _distributions(tx: Tx, fund_id: int, partner_id: int, part: int, whole: int, on: date) -> Iterator[Line]:
    """What was paid out; first what may be called again, so that this sum, too, parts exactly."""
    lines = distributed_lines(fund_id, on)
    keys = (lines.c.recallable, lines.c.pay_on, lines.c.distribution_id, lines.c.holding_id)
    sums = [
        sa.cast(sa.func.sum(column), sa.BigInteger)
        for column in (lines.c.gross, lines.c.gross - lines.c.carry, lines.c.return_of_capital)
    ]
    statement = sa.select(*keys, *sums).where(lines.c.partner_id == partner_id).group_by(*keys)
    rows = tx.execute(statement.order_by(keys[0].desc(), *keys[1:])).all()
    columns = [passed([row[place] for row in rows], part=part, whole=whole) for place in (4, 5, 6)]
    for row, gross, net, capital in zip(rows, *columns, strict=True):
        recallable, pay_on, distribution_id, holding_id = row[:4]
        yield Line(
            LineKind.DISTRIBUTION,
            net,
            happened_on=pay_on,
            distribution_id=distribution_id,
            holding_id=holding_id,
            recallable=recallable,
            gross=gross,
            return_of_capital=capital,
        )


def _given_back(tx: Tx, fund_id: int, partner_id: int, part: int, whole: int, on: date) -> Iterator[Line]:
    """What was given back of distributions; first what can be called again."""
    lines = given_lines(fund_id, on)
    keys = (lines.c.restores, lines.c.due_on, lines.c.indemnity_id)
    summed = sa.cast(sa.func.sum(lines.c.amount), sa.BigInteger)
    statement = sa.select(*keys, summed).where(lines.c.partner_id == partner_id).group_by(*keys)
    rows = tx.execute(statement.order_by(keys[0].desc(), *keys[1:])).all()
    parts = passed([row[-1] for row in rows], part=part, whole=whole)
    for (restores, due_on, indemnity_id, _), amount in zip(rows, parts, strict=True):
        yield Line(LineKind.GIVEBACK, amount, happened_on=due_on, item_id=indemnity_id, recallable=restores)


def _balances(
    tx: Tx, fund_id: int, partner_id: int, part: int, whole: int, on: date
) -> tuple[int, Sequence[Line]]:
    """What stands on the accounts of capital, as if all of it had been the partner's from the beginning."""
    found = balances(
        tx,
        fund_id=fund_id,
        as_of=on,
        accounts=CAPITAL_ACCOUNTS,
        partner_id=partner_id,
        by=("account", "holding"),
    )
    stands = {(str(one.account), one.holding_id): one.amount for one in found}
    bought = passed_balances(tx, fund_id=fund_id, as_of=on, partner_id=partner_id)
    for key, amounts in bought.items():
        amount = amounts[partner_id]
        stands[key] = stands.get(key, 0) + amount
        held = (Account.TRANSFERS.value, None)
        stands[held] = stands.get(held, 0) - amount
    keys = sorted(stands, key=lambda key: (key[0], key[1] or 0))
    # Each by itself, as what is corrected of it later: what passes of one account hangs on no other.
    parts = {key: part_of(stands[key], part=part, whole=whole) for key in keys}
    carry = -sum(amount for key, amount in parts.items() if key[0] == ON_ITS_OWN)
    return carry, [
        Line(LineKind.BALANCE, amount, account=account, holding_id=holding_id)
        for (account, holding_id), amount in parts.items()
        if account != ON_ITS_OWN
    ]


def _appreciation(tx: Tx, fund_id: int, partner_id: int, part: int, whole: int, on: date) -> dict[int, int]:
    """What the partner carries of each holding's value above cost and passes on; below cost it is negative."""
    found = balances(
        tx,
        fund_id=fund_id,
        as_of=on,
        accounts=[Account.UNREALISED_APPRECIATION],
        partner_id=partner_id,
        by=("holding",),
    )
    held = {one.holding_id: -one.amount for one in found if one.holding_id is not None}
    parts = {key: part_of(amount, part=part, whole=whole) for key, amount in held.items()}
    return {key: amount for key, amount in parts.items() if amount}
