"""Which income is earned and not received yet, and what became of it, on any day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from fund.fees.accrual_rules import Outstanding, Settled
from fund.income.models import EarnedIncome, IncomeSettlement
from fund.income.rules import EarnedKind, EarnedUnknown, IncomeWay
from fund.ledger.undone import undone_acts
from kernel.db import Tx


@dataclass(frozen=True)
class IncomeSettlementSheet(Settled):
    """A receipt or release as others see it; `act` is that of its entries."""

    act: str = ""
    reason: str = ""
    recorded_by: str = ""


@dataclass(frozen=True)
class EarnedSheet(Outstanding):
    """Income booked as earned."""

    settled: tuple[IncomeSettlementSheet, ...]
    reference: str
    kind: EarnedKind
    earned_on: date
    amount: int
    payer: str
    memo: str
    holding_id: int | None
    recorded_by: str
    recorded_at: datetime
    undone_on: date | None

    @property
    def whole(self) -> int:
        """Its amount."""
        return self.amount

    @property
    def began_on(self) -> date:
        """The day on which it was earned."""
        return self.earned_on

    @property
    def gone_on(self) -> date | None:
        """The day on which it was taken back."""
        return self.undone_on

    @property
    def received(self) -> int:
        """What came in of it."""
        return self.settled_by(IncomeWay.RECEIVED)

    @property
    def released(self) -> int:
        """What never comes."""
        return self.settled_by(IncomeWay.RELEASED)


def earned(
    tx: Tx, *, fund_id: int, as_of: date = date.max, reference: str | None = None
) -> list[EarnedSheet]:
    """All income booked as earned, or that of one reference, the oldest day first, as it stands on a day."""
    wanted = select(EarnedIncome).where(EarnedIncome.fund_id == fund_id)
    if reference is not None:
        wanted = wanted.where(EarnedIncome.reference == reference)
    rows = tx.exec(wanted.order_by(col(EarnedIncome.earned_on), col(EarnedIncome.id))).all()
    gone = {
        act: on
        for kind in ("earned", "receivable", "income")
        for act, on in undone_acts(tx, kind=kind, fund_id=fund_id).items()
    }
    keys = [row.key for row in rows]
    found: dict[int, list[IncomeSettlement]] = {}
    parts = select(IncomeSettlement).where(col(IncomeSettlement.earned_id).in_(keys))
    for part in tx.exec(parts.order_by(col(IncomeSettlement.number))):
        found.setdefault(part.earned_id, []).append(part)
    return [
        EarnedSheet(
            reference=row.reference,
            kind=row.kind,
            earned_on=row.earned_on,
            amount=row.amount,
            payer=row.payer,
            memo=row.memo,
            holding_id=row.holding_id,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
            undone_on=gone.get(f"earned:{row.reference}"),
            settled=tuple(_settled(row, part, gone) for part in found.get(row.key, [])),
            as_of=as_of,
        )
        for row in rows
    ]


def earned_of(
    tx: Tx, *, fund_id: int, reference: str, as_of: date = date.max
) -> tuple[EarnedIncome, EarnedSheet]:
    """The income of that reference, as a row and as others see it."""
    wanted = select(EarnedIncome).where(EarnedIncome.fund_id == fund_id, EarnedIncome.reference == reference)
    row = tx.exec(wanted).first()
    if row is None:
        raise EarnedUnknown(reference=reference)
    (sheet,) = earned(tx, fund_id=fund_id, as_of=as_of, reference=reference)
    return row, sheet


def payers(tx: Tx, *, fund_id: int) -> dict[str, str]:
    """Who paid what was received, by its act in the books."""
    return {
        part.act: sheet.payer
        for sheet in earned(tx, fund_id=fund_id)
        for part in sheet.settled
        if part.way is IncomeWay.RECEIVED
    }


def _settled(row: EarnedIncome, one: IncomeSettlement, gone: dict[str, date]) -> IncomeSettlementSheet:
    act = f"income:{one.income_id}" if one.income_id else f"receivable:{row.reference}.{one.number}"
    return IncomeSettlementSheet(
        number=one.number,
        way=one.way,
        amount=one.amount,
        settled_on=one.settled_on,
        undone_on=gone.get(act),
        act=act,
        reason=one.reason,
        recorded_by=one.recorded_by,
    )
