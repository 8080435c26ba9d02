"""Holdings and marks as others see them: frozen, complete, and with no way back to the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fund.holdings.mark_rules import Bridge, Causes, MarkState, Technique
from fund.holdings.models import Holding, HoldingMark, MarkApproval, MarkRejection
from fund.holdings.position import Status, status
from fund.holdings.records import Stake
from fund.holdings.rules import InstrumentKind


@dataclass(frozen=True)
class MarkSheet:
    """A mark with its working and both names. `inputs` and `milestones` are plain JSON."""

    id: int
    holding_id: int
    instrument: str
    number: int
    marked_on: date
    value: int
    technique: Technique
    inputs: tuple[dict[str, Any], ...]
    calibration: str
    reason: str
    bridge: Bridge
    milestones: tuple[dict[str, Any], ...]
    ownership: Fraction | None
    is_permanent_loss: bool
    is_assisted: bool
    state: MarkState
    supersedes_id: int | None
    prepared_by: str
    prepared_by_id: int | None
    prepared_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    minute: str
    rejected_by: str | None
    reject_reason: str


@dataclass(frozen=True)
class InstrumentSheet:
    """What is held of one instrument; `marked_on` is the day of the mark its value comes from."""

    code: str
    kind: InstrumentKind
    quantity: Fraction
    cost: int
    value: int
    mark_id: int | None
    marked_on: date | None
    is_permanent_loss: bool


@dataclass(frozen=True)
class HoldingSheet:
    """A holding on a day. Amounts in minor units.

    invested: all that was ever paid. cost: of what is still held. value: its fair value (cost before the first
    mark). proceeds: from disposals. income: dividends and interest. ownership: the fund's part of the company as
    last said.
    """

    id: int
    fund_id: int
    code: str
    party_id: int
    deal_code: str
    name: str
    name_en: str
    sector: str
    chain_position: str
    stage: str
    origin: str
    city: str
    acquired_on: date | None
    status: Status
    invested: int
    cost: int
    value: int
    proceeds: int
    income: int
    ownership: Fraction | None
    marked_on: date | None
    instruments: tuple[InstrumentSheet, ...]

    @property
    def vintage(self) -> str:
        """The year of the first purchase; "" before it."""
        return vintage_of(self.acquired_on)

    @property
    def realised(self) -> int:
        """All that came back: proceeds and income."""
        return self.proceeds + self.income

    @property
    def unrealised(self) -> int:
        """What the value is above (below: negative) the cost of what is held."""
        return self.value - self.cost

    @property
    def realised_gain(self) -> int:
        """Proceeds less the cost of what left; income is not in it."""
        return self.proceeds - (self.invested - self.cost)

    @property
    def cost_for_fee(self) -> int:
        """The cost on which a fee may be charged: without what is permanently marked below half of its cost."""
        return sum(
            one.cost for one in self.instruments if not (one.is_permanent_loss and 2 * one.value < one.cost)
        )


def vintage_of(acquired_on: date | None) -> str:
    """The year of a first purchase; "" before it."""
    return str(acquired_on.year) if acquired_on else ""


def mark_sheet(
    row: HoldingMark,
    approval: MarkApproval | None,
    rejection: MarkRejection | None,
    *,
    instrument: str,
    state: MarkState,
) -> MarkSheet:
    """The mark as others see it."""
    causes = Causes(row.company, row.market, row.rights, row.currency)
    return MarkSheet(
        id=row.key,
        holding_id=row.holding_id,
        instrument=instrument,
        number=row.number,
        marked_on=row.marked_on,
        value=row.value,
        technique=row.technique,
        inputs=tuple(row.inputs),
        calibration=row.calibration,
        reason=row.reason,
        bridge=Bridge(row.opening, row.bought, row.sold, causes),
        milestones=tuple(row.milestones),
        ownership=row.ownership,
        is_permanent_loss=row.is_permanent_loss,
        is_assisted=row.is_assisted,
        state=state,
        supersedes_id=row.supersedes_id,
        prepared_by=row.prepared_by,
        prepared_by_id=row.prepared_by_id,
        prepared_at=row.recorded_at,
        approved_by=approval.approved_by if approval else None,
        approved_at=approval.recorded_at if approval else None,
        minute=approval.minute if approval else "",
        rejected_by=rejection.rejected_by if rejection else None,
        reject_reason=rejection.reason if rejection else "",
    )


def holding_sheet(
    row: Holding, found: Sequence[Stake], *, labels: Mapping[str, str], income: int, as_of: date
) -> HoldingSheet:
    """The holding at the end of `as_of`, under the `labels` of that day."""
    positions = [record.position.until(as_of) for record in found]
    instruments = [_instrument(record, as_of) for record in found]
    bought = [lot.bought_on for position in positions for lot in position.kept]
    marked = [one.marked_on for one in instruments if one.marked_on is not None and one.quantity]
    said = sorted(said for record in found for said in record.ownership if said[0] <= as_of)
    return HoldingSheet(
        id=row.key,
        fund_id=row.fund_id,
        code=row.code,
        party_id=row.party_id,
        deal_code=row.deal_code,
        name=row.name,
        name_en=row.name_en,
        **labels,
        acquired_on=min(bought, default=None),
        status=status(positions),
        invested=sum(position.invested for position in positions),
        cost=sum(position.cost for position in positions),
        value=sum(position.value for position in positions),
        proceeds=sum(position.proceeds for position in positions),
        income=income,
        ownership=said[-1][1] if said else None,
        marked_on=min(marked, default=None),
        instruments=tuple(instruments),
    )


def _instrument(record: Stake, as_of: date) -> InstrumentSheet:
    position = record.position.until(as_of)
    mark = position.mark
    return InstrumentSheet(
        code=record.instrument.code,
        kind=record.instrument.kind,
        quantity=position.quantity,
        cost=position.cost,
        value=position.value,
        mark_id=mark.mark_id if mark else None,
        marked_on=mark.marked_on if mark else None,
        is_permanent_loss=bool(mark and mark.mark_id in record.losses),
    )
