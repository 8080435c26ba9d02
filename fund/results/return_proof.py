"""Proving carry that was given back: what each test asks against the books, account by account."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from fund.capital.models import Distribution, DistributionLine
from fund.capital.sharing import DistributionState
from fund.givebacks.escrow import held, held_for
from fund.givebacks.escrow_rules import ReleaseState
from fund.givebacks.models import EscrowRelease
from fund.givebacks.queries import CarryReturnSheet, carry_returns, from_partner, paid_back
from fund.givebacks.rules import CarryReturnState
from fund.ledger.chart import Account
from fund.ledger.queries import balances, flows
from fund.partners.queries import general_partner
from kernel.audit.rules import Break
from kernel.db import Tx
from kernel.paging import MAXIMUM_LIMIT

_LIVE = {CarryReturnState.APPROVED, CarryReturnState.RECEIVED, CarryReturnState.PAID}


def prove_returns(tx: Tx, *, fund_id: int, codes: Mapping[int, str]) -> Iterator[Break]:
    """Every line of a return that stands is on account 3220, one taken back is not, and the cash agrees."""
    sheets = _all(tx, fund_id)
    said: Counter[int] = Counter()
    cash: Counter[str] = Counter()
    for sheet in sheets:
        if sheet.amount != sum(line.amount for line in sheet.lines):
            yield Break(f"carry_return {sheet.code}", "its parts do not sum to its amount")
        if sheet.state in _LIVE:
            said.update({line.partner_id: line.amount for line in sheet.lines})
        if sheet.state is CarryReturnState.RECEIVED:
            cash[f"carryback:{sheet.id}"] = sheet.amount
    found = balances(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.CARRY_RETURNED], by=("partner",))
    booked = {one.partner_id: one.amount for one in found}
    if said:
        said[general_partner(tx, fund_id=fund_id).id] = -sum(said.values())
    for partner_id, code in codes.items():
        if booked.get(partner_id, 0) != said[partner_id]:
            what = f"said {said[partner_id]}, in the books {booked.get(partner_id, 0)}"
            yield Break(f"carry returned {code}", what)
    yield from _cash(tx, fund_id, cash)
    yield from _escrow(tx, fund_id, sheets)


def distributed_back(tx: Tx, *, fund_id: int) -> Counter[int]:
    """What account 3100 holds by partner beside its distributions: carry returned to it; of the general partner what
    was released from escrow, less what it has given back.
    """
    found = Counter(paid_back(tx, fund_id=fund_id, as_of=date.max))
    own = _released(tx, fund_id) - from_partner(tx, fund_id=fund_id, as_of=date.max)
    if own:
        found[general_partner(tx, fund_id=fund_id).id] += own
    return found


def _released(tx: Tx, fund_id: int) -> int:
    row = EscrowRelease
    summed = sa.select(sa.func.coalesce(sa.func.sum(row.amount), 0)).where(
        col(row.fund_id) == fund_id, col(row.state) == ReleaseState.PAID
    )
    return int(tx.execute(summed).scalar_one())


def _escrow(tx: Tx, fund_id: int, sheets: Sequence[CarryReturnSheet]) -> Iterator[Break]:
    """What distributions kept, less what was released and used, lies at the bank and on the partners' accounts."""
    line = DistributionLine
    summed = (
        sa.select(sa.func.coalesce(sa.func.sum(line.escrowed), 0))
        .join(Distribution, col(Distribution.id) == col(line.distribution_id))
        .where(col(Distribution.fund_id) == fund_id, col(Distribution.state) == DistributionState.PAID)
    )
    used = sum(sheet.from_escrow for sheet in sheets if sheet.state in _LIVE)
    said = int(tx.execute(summed).scalar_one()) - _released(tx, fund_id) - used
    found = held(tx, fund_id=fund_id, as_of=date.max)
    borne = sum(held_for(tx, fund_id=fund_id, as_of=date.max).values())
    if said != found:
        yield Break(
            f"account {Account.CARRY_ESCROW_CASH}", f"escrow should hold {said}, in the books {found}"
        )
    if said != borne:
        yield Break(f"account {Account.CARRY_ESCROWED}", f"partners bear {borne} of {said} in escrow")


def _cash(tx: Tx, fund_id: int, said: Counter[str]) -> Iterator[Break]:
    """What came in and was not paid on is the only cash that a return leaves in the bank."""
    booked: Counter[str] = Counter()
    for entry in flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.CASH]):
        if entry.act.startswith("carryback:"):
            booked[entry.act] += entry.amount if entry.debit == Account.CASH else -entry.amount
    for act in sorted(booked.keys() | said.keys()):
        if booked[act] != said[act]:
            yield Break(act, f"its cash should be {said[act]}, in the books {booked[act]}")


def _all(tx: Tx, fund_id: int) -> list[CarryReturnSheet]:
    found: list[CarryReturnSheet] = []
    after: str | None = None
    while True:
        page = carry_returns(tx, fund_id=fund_id, after=after, limit=MAXIMUM_LIMIT)
        found += page.items
        if page.next is None:
            return found
        after = page.next
