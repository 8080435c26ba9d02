"""Returns and multiples as they stood at the end of each quarter, from one reading of the flows. Pure."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fund.results.rules import Flow, is_full_year, is_paid_in, is_payout, ratios
from kernel.periods import Quarter
from valuation.irr import Rate, xirr


def part_of(reference: str) -> str:
    """What a contribution was called for, or a distribution is, by the end of its entry's reference:
    "CALL-004/LP02/fee" is "fee", and so is its reversal.
    """
    return reference.removesuffix("/reversal").removesuffix("-back").rpartition("/")[2]


@dataclass(frozen=True)
class Move:
    """A flow and the reference of the contribution that it takes back or is taken back by, if it is one.

    What came with an interest that was bought counts `since` the transfer, whenever it was paid, and `until` the day
    on which the transfer was taken back. What left with one that was sold `is_flow` no more: it is taken off what was
    paid in and received, and the rate does not see it.
    """

    flow: Flow
    twin: str | None
    since: date | None = None
    until: date | None = None
    is_flow: bool = True


@dataclass(frozen=True)
class Stage:
    """What the investors had at the end of a quarter; a rate of less than a year may not be printed as annual."""

    quarter: Quarter
    paid_in: int
    distributed: int
    nav: int
    net_irr: Rate
    tvpi: float | None
    dpi: float | None
    rvpi: float | None
    is_full_year: bool


@dataclass
class _Run:
    """The flows that count so far: their sums and their number by day, and which contributions stand."""

    sums: dict[date, int] = field(default_factory=dict)
    counts: dict[date, int] = field(default_factory=dict)
    standing: dict[str, Flow] = field(default_factory=dict)
    received: int = 0
    paid_in: int = 0
    distributed: int = 0

    def take(self, move: Move) -> None:
        """Count one more flow; a contribution that is taken back leaves together with what takes it back."""
        if not move.is_flow:
            self._count(move.flow, 1)
            return
        twin = self.standing.pop(move.twin, None) if move.twin else None
        if twin is not None:
            self._add(twin, -1)
            return
        if is_paid_in(move.flow) and move.flow.reference:
            self.standing[move.flow.reference] = move.flow
        self._add(move.flow, 1)

    def leave(self, move: Move) -> None:
        """Count a flow no more."""
        (self._add if move.is_flow else self._count)(move.flow, -1)

    def _add(self, flow: Flow, sign: int) -> None:
        self.sums[flow.on] = self.sums.get(flow.on, 0) + sign * flow.amount
        self.counts[flow.on] = self.counts.get(flow.on, 0) + sign
        if not self.counts[flow.on]:
            del self.sums[flow.on], self.counts[flow.on]
        self.received += sign * (flow.amount > 0)
        self._count(flow, sign)

    def _count(self, flow: Flow, sign: int) -> None:
        """Count what was paid in and received, with an interest that passed or without."""
        if is_payout(flow):
            self.distributed += sign * flow.amount
        elif is_paid_in(flow):
            self.paid_in -= sign * flow.amount

    def stage(self, quarter: Quarter, nav: int) -> Stage:
        """Where this stands with `nav` at the end of the quarter: nothing, too, is a value if all was lost."""
        on = quarter.ends_on
        days = list(self.sums.items())
        if nav or (days and not self.received):
            days.append((on, nav))
        found = ratios(paid_in=self.paid_in, distributed=self.distributed, nav=nav, committed=0)
        return Stage(
            quarter,
            self.paid_in,
            self.distributed,
            nav,
            xirr([day for day, _ in days], [amount for _, amount in days]),
            found.tvpi,
            found.dpi,
            found.rvpi,
            is_full_year(min((day for day, _ in days), default=on), on),
        )


def stages(moves: Iterable[Move], navs: Mapping[Quarter, int]) -> tuple[Stage, ...]:
    """The stage of every quarter of `navs`, which come in order; each flow is looked at once, however many."""
    takes = [(max(move.flow.on, move.since or date.min), 0, move) for move in moves]
    leaves = [(move.until, 1, move) for _, _, move in takes if move.until is not None]
    coming = deque(sorted([*takes, *leaves], key=lambda one: (one[:2], one[2].flow.reference or "")))
    run, found = _Run(), []
    for quarter, nav in navs.items():
        while coming and coming[0][0] <= quarter.ends_on:
            _, leaving, move = coming.popleft()
            (run.leave if leaving else run.take)(move)
        found.append(run.stage(quarter, nav))
    return tuple(found)
