"""Transfers of interests as rows, and line by line what passed by each: what the seller has less, the buyer more.

A partner reads a transfer in which it takes part, and of its lines its own. Calls and holdings stand above and are
named by their numbers only; what a line needs of them it says itself, for the buyer does not see the seller's calls.
"""

from datetime import date, datetime

import sqlalchemy as sa

from fund.interests.rules import LineKind, TransferState
from kernel import columns, walls
from kernel.columns import Row


class Transfer(Row, table=True):
    """An interest or a part of it that passes between partners on a day; `commitment` is the part.

    `price` is the parties' own: no money of the fund moves. What passed is written down when it is booked: paid in and
    received to date, unfunded, `capital` net of the `carry` accrued on it, the `fee` of the quarter that the
    buyer bears. One that was approved and taken back counts until `cancelled_on`.
    """

    __tablename__ = "interest_transfer"
    __table_args__ = (
        sa.UniqueConstraint("fund_id", "number"),
        sa.UniqueConstraint("fund_id", "code"),
        sa.ForeignKeyConstraint(["fund_id", "seller_id"], ["partner.fund_id", "partner.id"]),
        sa.ForeignKeyConstraint(["fund_id", "buyer_id"], ["partner.fund_id", "partner.id"]),
        columns.choices_check("state", TransferState),
        sa.CheckConstraint("seller_id <> buyer_id", name="two_sides"),
        sa.CheckConstraint("commitment > 0", name="commitment_positive"),
        sa.CheckConstraint("price >= 0", name="price_not_negative"),
        sa.CheckConstraint(
            "approved_at IS NULL OR num_nulls(contributed, distributed, unfunded, carry, capital, fee) = 0",
            name="booked_in_figures",
        ),
        sa.CheckConstraint("state <> 'approved' OR approved_at IS NOT NULL", name="approved_at_some_time"),
        sa.Index("ix_interest_transfer_seller", "seller_id"),
        sa.Index("ix_interest_transfer_buyer", "buyer_id"),
    )

    fund_id: int = columns.ref("fund.id")
    number: int = columns.number()
    code: str = columns.code()
    state: TransferState = columns.choice(TransferState)
    seller_id: int = columns.number()
    buyer_id: int = columns.number()
    effective_on: date = columns.day()
    commitment: int = columns.minor()
    price: int = columns.minor()
    contributed: int | None = columns.minor(nullable=True)
    distributed: int | None = columns.minor(nullable=True)
    unfunded: int | None = columns.minor(nullable=True)
    carry: int | None = columns.minor(nullable=True)
    capital: int | None = columns.minor(nullable=True)
    fee: int | None = columns.minor(nullable=True)
    reason: str = columns.text()
    consent: str = columns.text()
    consented_on: date = columns.day()
    are_related: bool = columns.flag()
    related_note: str = columns.text()
    prepared_by: int | None = columns.number(nullable=True)
    prepared_name: str = columns.text()
    approved_by: int | None = columns.number(nullable=True)
    approved_name: str | None = columns.text(nullable=True)
    approved_at: datetime | None = columns.instant(nullable=True)
    cancelled_on: date | None = columns.day(nullable=True)
    cancelled_at: datetime | None = columns.instant(nullable=True)
    cancel_reason: str | None = columns.text(nullable=True)
    recorded_at: datetime = columns.instant()


class TransferWhole(Row, table=True):
    """What the seller had committed on the day, of which a part is to pass; not for the buyer to read."""

    __tablename__ = "interest_whole"
    __table_args__ = (sa.CheckConstraint("committed > 0", name="committed_positive"),)

    transfer_id: int = columns.ref("interest_transfer.id", unique=True)
    partner_id: int = columns.ref("partner.id")
    committed: int = columns.minor()


class TransferLine(Row, table=True):
    """One thing that passed, for one side: the seller's with its sign turned.

    A contribution of `happened_on` (its due date) earns from `counts_from`; of a distribution `amount` is what was
    paid; a giveback (its row is `item_id`, its due date `happened_on`) is `recallable` where it can be called again; a
    balance is what stands on an account of capital, for a holding where entries name one.
    """

    __tablename__ = "interest_line"
    __table_args__ = (
        sa.UniqueConstraint("transfer_id", "partner_id", "position"),
        columns.choices_check("kind", LineKind),
        sa.CheckConstraint("kind <> 'balance' OR account IS NOT NULL", name="balance_of_account"),
        sa.CheckConstraint(
            "kind NOT IN ('contribution', 'distribution', 'giveback') OR happened_on IS NOT NULL",
            name="flow_has_day",
        ),
        sa.Index("ix_interest_line_partner", "partner_id", "kind"),
    )

    transfer_id: int = columns.ref("interest_transfer.id")
    partner_id: int = columns.ref("partner.id")
    position: int = columns.number()
    kind: LineKind = columns.choice(LineKind)
    amount: int = columns.minor()
    happened_on: date | None = columns.day(nullable=True)
    counts_from: date | None = columns.day(nullable=True)
    item_id: int | None = columns.number(nullable=True)
    item_kind: str | None = columns.code(nullable=True)
    holding_id: int | None = columns.number(nullable=True)
    distribution_id: int | None = columns.number(nullable=True)
    recallable: bool = columns.flag(default=False)
    gross: int = columns.minor(default=0)
    return_of_capital: int = columns.minor(default=0)
    account: str | None = columns.code(nullable=True)


class TransferCorrection(Row, table=True):
    """What of an interest passes after its transfer was booked, since something of before it was corrected, or passes
    back after it was taken back, since something was of the days between.

    `amount` came to the buyer on an account (negative: went back to the seller), as of `effective_on`, through the
    entry `reference`; `act` is what was corrected.
    """

    __tablename__ = "interest_correction"
    __table_args__ = (
        sa.UniqueConstraint("transfer_id", "position"),
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
    )

    transfer_id: int = columns.ref("interest_transfer.id")
    position: int = columns.number()
    act: str = columns.text()
    reference: str = columns.text()
    effective_on: date = columns.day()
    account: str = columns.code()
    holding_id: int | None = columns.number(nullable=True)
    amount: int = columns.minor()
    recorded_at: datetime = columns.instant()


class InterestReduction(Row, table=True):
    """What may still be called of a partner is called no more: its commitment is `amount` lower from a day on."""

    __tablename__ = "interest_reduction"
    __table_args__ = (
        sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
    )

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.number(index=True)
    amount: int = columns.minor()
    effective_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


class InterestSuspension(Row, table=True):
    """From a day on a partner takes no part in new deals, and its people do not vote."""

    __tablename__ = "interest_suspension"
    __table_args__ = (sa.ForeignKeyConstraint(["fund_id", "partner_id"], ["partner.fund_id", "partner.id"]),)

    fund_id: int = columns.ref("fund.id")
    partner_id: int = columns.number(index=True)
    effective_on: date = columns.day()
    reason: str = columns.text()
    recorded_by: str = columns.text()
    recorded_at: datetime = columns.instant()


for _table in ("interest_line", "interest_whole", "interest_reduction", "interest_suspension"):
    walls.append_only(_table)
    walls.readable(_table, "afund_reach() = 'all' OR partner_id = ANY (afund_partners())")
walls.append_only("interest_correction")
walls.readable(
    "interest_correction",
    "afund_reach() = 'all' OR EXISTS (SELECT FROM interest_transfer t WHERE t.id = interest_correction.transfer_id)",
)
walls.readable(
    "interest_transfer",
    """afund_reach() = 'all' OR (approved_at IS NOT NULL
        AND (seller_id = ANY (afund_partners()) OR buyer_id = ANY (afund_partners())))""",
)
for _table in ("interest_line", "interest_whole"):
    walls.agree(
        _table,
        "fund_id",
        through=("transfer_id", "interest_transfer"),
        named=("partner_id", "partner"),
    )
