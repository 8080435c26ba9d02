"""What transfers of interests mean for the returns and the curves of those who sold and those who bought.

The rule: whoever sells is paid out with the capital that passed, on the day on which it passed, and its rate since
inception ends there or goes on with what it kept. Whoever buys steps into the seller's shoes [ILPA: the transferee
takes over the transferor's capital account, its contributions and distributions to date]: since inception it has what
the interest paid in and received, on the days on which it did. Over a stretch of time that began before the transfer
the buyer has put in the capital that passed. Between partners that are taken together nothing happens.

What was paid in and what was distributed follow the interest: from the day of the transfer on they are the buyer's and
the seller's no longer, so that the partners sum to the fund. The multiples are of these; the capital that passed is in
none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from fund.interests.corrections import capital_of, corrections
from fund.interests.queries import PassedFlow, TransferSheet, history, transfers_until, undone_by
from fund.interests.rules import LineKind
from fund.ledger.chart import Account
from fund.ledger.queries import journal
from fund.results.progress_rules import Move
from fund.results.reading import Scope
from fund.results.rules import Flow
from kernel.db import Tx
from kernel.periods import Quarter


@dataclass(frozen=True)
class Passed:
    """A transfer as it concerns some partners: capital that passed, in (positive) or out, and the past with it.

    `past` is what the interest had paid in and received before: the buyer's from then on, and taken off the seller, of
    whom the amounts come with their signs turned. It counts until `until`, if the transfer was taken back. `reference`
    is one of its entries.
    """

    sheet: TransferSheet
    reference: str | None
    capital: int
    past: tuple[PassedFlow, ...]
    is_sold: bool
    until: date | None

    @property
    def on(self) -> date:
        """The day from which it counts."""
        return self.sheet.effective_on

    @property
    def paid_in(self) -> int:
        """What the interest had paid in before; below zero of the seller."""
        return -sum(flow.amount for flow in self.past if flow.kind is not LineKind.DISTRIBUTION)

    @property
    def distributed(self) -> int:
        """What it had received before; below zero of the seller."""
        return sum(flow.amount for flow in self.past if flow.kind is LineKind.DISTRIBUTION)


def passed_by(tx: Tx, *, scope: Scope, as_of: date, known_at: datetime | None = None) -> list[Passed]:
    """The transfers by a day that lead into or out of these partners' hands, in the order of their days."""
    found = []
    for sheet in transfers_until(tx, fund_id=scope.fund_id, as_of=as_of, known_at=known_at):
        sold, bought = sheet.seller_id in scope.partner_ids, sheet.buyer_id in scope.partner_ids
        if sold != bought:
            after = corrections(tx, transfer_id=sheet.id, as_of=as_of, known_at=known_at)
            capital = (sheet.capital or 0) + capital_of(after)
            side = sheet.buyer_id if bought else sheet.seller_id
            past = tuple(history(tx, sheet=sheet, partner_id=side))
            until = undone_by(sheet, known_at)
            until = until if until is not None and until <= as_of else None
            entry = _entry(tx, sheet)
            found.append(Passed(sheet, entry, capital if bought else -capital, past, sold, until))
    return found


def moves_of(found: list[Passed], *, by_day: bool = False) -> Iterator[Move]:
    """The flows that they add; with `by_day` what was bought is money put in on the day of the transfer.

    The seller's past is taken off what it paid in and received, and is no flow of its rate.
    """
    for one in found:
        moved = Flow(one.on, -one.capital, "transfer", one.reference)
        past = [Flow(flow.on, flow.amount, flow.kind.value, one.reference, flow.part) for flow in one.past]
        steps_in = bool(past) and not (by_day or one.is_sold)
        if one.capital and not steps_in:
            yield Move(moved, None, since=one.on, until=one.until)
        for flow in past:
            yield Move(flow, None, since=one.on, until=one.until, is_flow=steps_in)


def by_quarter(found: list[Passed]) -> dict[Quarter, tuple[int, int]]:
    """What they add to paid in and to distributed in each quarter; what is taken back is taken off again."""
    sums: dict[Quarter, tuple[int, int]] = {}
    for one in found:
        for on, sign in ((one.on, 1), (one.until, -1)):
            if on is not None:
                paid_in, distributed = sums.get(Quarter.containing(on), (0, 0))
                sums[Quarter.containing(on)] = (
                    paid_in + sign * one.paid_in,
                    distributed + sign * one.distributed,
                )
    return sums


def _entry(tx: Tx, sheet: TransferSheet) -> str | None:
    """An entry of the transfer that both sides may read."""
    act = f"transfer:{sheet.id}"
    page = journal(tx, fund_id=sheet.fund_id, act=act, account=Account.TRANSFERS, limit=1)
    return next((entry.reference for entry in page.items), None)
