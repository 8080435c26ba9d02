"""Holdings, what was bought and sold of them, and what they were said to be worth.

All of it is append-only. A limited partner reads the holdings of its own fund, and of the
marks those that were approved.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from fund.holdings.mark_rules import Technique
from fund.holdings.position import DisposalKind
from fund.holdings.rules import IncomeKind, InstrumentKind
from kernel import columns, walls
from kernel.columns import Row


class Holding(Row, table=True):
    """A company of which the fund owns or owned something, under the labels by which exposure was counted at first."""

    __tablename__ = "holding"
    __table_args__ = (sa.UniqueConstraint("fund_id", "code"), sa.UniqueConstraint("fund_id", "id"))

    fund_id: int = columns.ref("fund.id")
    code: str = columns.code()
    party_id: int = columns.ref("party.id", index=True)
    deal_code: str = columns.code()
    name: str = columns.text()
    name_en: str = columns.text()
    sector: str = columns.text()
    chain_position: str = columns.text()
    stage: str = columns.text()
    origin: str = columns.text()
    city: str = columns.text()
    recorded_at: datetime = columns.instant()


class HoldingLabel(Row, table=True):
    """The labels of a holding from a day on; the latest day's last row holds, before the first the holding's own."""

    __tablename__ = "holding_label"

    holding_id: int = columns.ref("holding.id", index=True)
    effective_on: date = columns.day()
    sector: str = columns.text()
    chain_position: str = columns.text()
    stage: str = columns.text()
    origin: str = columns.text()
    city: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class Instrument(Row, table=True):
    """One kind of right in a company: a share class, registered capital, a convertible loan."""

    __tablename__ = "holding_instrument"
    __table_args__ = (
        sa.UniqueConstraint("holding_id", "code"),
        columns.choices_check("kind", InstrumentKind),
    )

    holding_id: int = columns.ref("holding.id")
    code: str = columns.code()
    kind: InstrumentKind = columns.choice(InstrumentKind)
    recorded_at: datetime = columns.instant()


class HoldingLot(Row, table=True):
    """A purchase. `number` counts per holding; `ownership` is the fund's part of the company, fully diluted."""

    __tablename__ = "holding_lot"
    __table_args__ = (
        sa.UniqueConstraint("holding_id", "number"),
        sa.CheckConstraint("cost >= 0", name="cost_not_negative"),
    )

    holding_id: int = columns.ref("holding.id")
    instrument_id: int = columns.ref("holding_instrument.id", index=True)
    number: int = columns.number()
    bought_on: date = columns.day()
    quantity: Fraction = columns.fraction()
    cost: int = columns.minor()
    ownership: Fraction | None = columns.fraction(nullable=True)
    memo: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class HoldingDisposal(Row, table=True):
    """A sale or write-off of a quantity of one instrument."""

    __tablename__ = "holding_disposal"
    __table_args__ = (
        sa.UniqueConstraint("holding_id", "number"),
        sa.CheckConstraint("proceeds >= 0", name="proceeds_not_negative"),
        sa.CheckConstraint("kind IN ('sale', 'write_off')", name="kind_known"),
    )

    holding_id: int = columns.ref("holding.id")
    instrument_id: int = columns.ref("holding_instrument.id", index=True)
    number: int = columns.number()
    kind: DisposalKind = columns.choice(DisposalKind)
    sold_on: date = columns.day()
    quantity: Fraction = columns.fraction()
    proceeds: int = columns.minor()
    buyer_party_id: int | None = columns.ref("party.id", nullable=True)
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class HoldingRelief(Row, table=True):
    """What a disposal took from a lot."""

    __tablename__ = "holding_relief"
    __table_args__ = (
        sa.UniqueConstraint("disposal_id", "lot_id"),
        sa.CheckConstraint("cost >= 0", name="cost_not_negative"),
    )

    holding_id: int = columns.ref("holding.id", index=True)
    disposal_id: int = columns.ref("holding_disposal.id")
    lot_id: int = columns.ref("holding_lot.id", index=True)
    quantity: Fraction = columns.fraction()
    cost: int = columns.minor()


class HoldingIncome(Row, table=True):
    """A dividend or interest received from a company while it is held."""

    __tablename__ = "holding_income"
    __table_args__ = (
        sa.UniqueConstraint("holding_id", "number"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        columns.choices_check("kind", IncomeKind),
    )

    holding_id: int = columns.ref("holding.id")
    number: int = columns.number()
    kind: IncomeKind = columns.choice(IncomeKind)
    received_on: date = columns.day()
    amount: int = columns.minor()
    memo: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class HoldingMark(Row, table=True):
    """The fair value of one instrument at the end of a day, as prepared.

    opening + bought - sold + company + market + rights + currency = value. The first mark of a day supersedes
    none and there is one such only; each later one names the one before it, and each is named once.
    """

    __tablename__ = "holding_mark"
    __table_args__ = (
        sa.UniqueConstraint("holding_id", "number"),
        sa.Index(
            "uq_holding_mark_first",
            "instrument_id",
            "marked_on",
            unique=True,
            postgresql_where=sa.text("supersedes_id IS NULL"),
        ),
        sa.CheckConstraint("value >= 0", name="value_not_negative"),
        sa.CheckConstraint(
            "opening + bought - sold + company + market + rights + currency = value", name="bridge_arrives"
        ),
        sa.CheckConstraint(
            "opening + bought - sold <> value OR btrim(reason) <> ''", name="unchanged_has_reason"
        ),
        columns.choices_check("technique", Technique),
    )

    holding_id: int = columns.ref("holding.id")
    instrument_id: int = columns.ref("holding_instrument.id")
    number: int = columns.number()
    marked_on: date = columns.day()
    value: int = columns.minor()
    technique: Technique = columns.choice(Technique)
    inputs: list[dict[str, Any]] = columns.jsonb()
    calibration: str = columns.text()
    reason: str = columns.text()
    opening: int = columns.minor()
    bought: int = columns.minor()
    sold: int = columns.minor()
    company: int = columns.minor()
    market: int = columns.minor()
    rights: int = columns.minor()
    currency: int = columns.minor()
    milestones: list[dict[str, Any]] = columns.jsonb()
    ownership: Fraction | None = columns.fraction(nullable=True)
    is_permanent_loss: bool = columns.flag()
    is_assisted: bool = columns.flag()
    supersedes_id: int | None = columns.ref("holding_mark.id", nullable=True, unique=True)
    prepared_by_id: int | None = columns.ref("app_user.id", nullable=True)
    prepared_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class MarkApproval(Row, table=True):
    """The second pair of eyes: from here on the mark holds and is in the books."""

    __tablename__ = "mark_approval"
    __table_args__ = (
        sa.CheckConstraint("approved_by_id IS DISTINCT FROM prepared_by_id", name="approver_is_not_preparer"),
    )

    holding_id: int = columns.ref("holding.id", index=True)
    mark_id: int = columns.ref("holding_mark.id", unique=True)
    prepared_by_id: int | None = columns.ref("app_user.id", nullable=True)
    approved_by_id: int | None = columns.ref("app_user.id", nullable=True)
    approved_by: str = columns.text()
    minute: str = columns.text()
    recorded_at: datetime = columns.instant()


class HelpWanted(Row, table=True):
    """What a company asks of industry, a line for each wish, from a day on; the latest day's last row holds."""

    __tablename__ = "holding_help"

    holding_id: int = columns.ref("holding.id", index=True)
    wanted_on: date = columns.day()
    says: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class MarkRejection(Row, table=True):
    """A draft that was turned down, with the reason; another may be prepared for its day."""

    __tablename__ = "mark_rejection"
    __table_args__ = (sa.CheckConstraint("btrim(reason) <> ''", name="has_reason"),)

    holding_id: int = columns.ref("holding.id", index=True)
    mark_id: int = columns.ref("holding_mark.id", unique=True)
    reason: str = columns.text()
    rejected_by_id: int | None = columns.ref("app_user.id", nullable=True)
    rejected_by: str = columns.text()
    recorded_at: datetime = columns.instant()


_PARTS = (
    "holding_label",
    "holding_instrument",
    "holding_lot",
    "holding_disposal",
    "holding_relief",
    "holding_income",
    "mark_approval",
    "holding_help",
)
for _table in ("holding", *_PARTS, "holding_mark", "mark_rejection"):
    walls.append_only(_table)

walls.readable(
    "holding",
    """afund_reach() = 'all'
    OR 'committee' = ANY (afund_roles())
    OR ('lp_user' = ANY (afund_roles())
        AND EXISTS (SELECT FROM partner p WHERE p.fund_id = holding.fund_id AND p.id = ANY (afund_partners())))""",
)
for _table in _PARTS:
    walls.readable(_table, f"EXISTS (SELECT FROM holding h WHERE h.id = {_table}.holding_id)")
# A draft is the house's own until a file is handed in; then those read it who may read the file (`valuation_file`),
# for they answer it. Another committee's member, who may be a partner's, does not.
_FILED = "EXISTS (SELECT FROM valuation_file f WHERE f.mark_id = {mark})"
walls.readable("mark_rejection", f"afund_reach() = 'all' OR {_FILED.format(mark='mark_rejection.mark_id')}")
walls.readable(
    "holding_mark",
    f"""afund_reach() = 'all'
    OR EXISTS (SELECT FROM mark_approval a WHERE a.mark_id = holding_mark.id)
    OR {_FILED.format(mark="holding_mark.id")}""",
)
