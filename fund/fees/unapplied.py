"""What was taken off the fee, and what of the offsets recognised is not applied yet: read from rows and books."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlmodel import col, select

from fund.fees.models import FeeRelief, FeeReliefDecision, FeeReliefLine
from fund.fees.queries import ChargeSheet
from fund.fees.relief_rules import OffsetKind, ReliefKind, ReliefUnknown, RollForward, Turn
from fund.ledger.chart import Account
from fund.ledger.queries import EntrySheet, flows
from fund.ledger.undone import undone_acts
from kernel.db import Tx
from kernel.identity.rules import Actor


@dataclass(frozen=True)
class ReliefSheet:
    """An offset, waiver or rebate with every part that the reader may see; decided by nobody yet where None."""

    id: int
    reference: str
    kind: ReliefKind
    effective_on: date
    amount: int
    reason: str
    quarter: str | None
    offset_kind: OffsetKind | None
    holding_id: int | None
    received: int | None
    share: Fraction | None
    prepared_by: int | None
    prepared_name: str
    recorded_at: datetime
    is_approved: bool | None
    decided_name: str | None
    undone_on: date | None
    parts: Mapping[int, int]


@dataclass(frozen=True)
class Recognised:
    """Offsets recognised or taken back on a day; `partner_id` None is the whole fund's, kept by itself."""

    on: date
    kind: OffsetKind
    partner_id: int | None
    amount: int


@dataclass(frozen=True)
class Offsets:
    """Everything that was recognised and applied, as known at an instant; asked about any period."""

    recognised: tuple[Recognised, ...]
    applied: tuple[EntrySheet, ...]

    def turns(self, partner_id: int) -> list[Turn]:
        """A partner's offsets by day."""
        added = [Turn(one.on, one.amount) for one in self.recognised if one.partner_id == partner_id]
        return [*added, *(Turn(one.effective_on, -_adds(one, partner_id)) for one in self.applied)]

    def over(self, partner_id: int | None, *, since: date | None, as_of: date) -> RollForward:
        """The roll-forward of a partner, or of the fund under None, from `since` (None: the beginning) to `as_of`."""
        first = since or date.min
        own = [one for one in self.recognised if one.partner_id == partner_id and one.on <= as_of]
        used = [(one.effective_on, _adds(one, partner_id)) for one in self.applied]
        opening = sum(one.amount for one in own if one.on < first) - sum(
            amount for on, amount in used if on < first
        )
        by_kind: dict[OffsetKind, int] = defaultdict(int)
        for one in own:
            if one.on >= first:
                by_kind[one.kind] += one.amount
        return RollForward(opening, by_kind, sum(amount for on, amount in used if first <= on <= as_of))


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The parts that `actor` may see; the database's row-level security says the same."""
    return sa.true() if actor.reach == "all" else col(FeeReliefLine.partner_id).in_(actor.partner_ids)


def reliefs(
    tx: Tx,
    *,
    fund_id: int,
    actor: Actor | None = None,
    is_approved: bool | None = None,
    known_at: datetime | None = None,
) -> list[ReliefSheet]:
    """Offsets, waivers and rebates by day with their parts; with `is_approved` those decided so, as then known.

    A partner's people see what was approved and has a part of theirs, and no other partner's part.
    """
    statement = (
        select(FeeRelief, FeeReliefLine, FeeReliefDecision)
        .join(FeeReliefLine, col(FeeReliefLine.relief_id) == FeeRelief.id)
        .join(FeeReliefDecision, col(FeeReliefDecision.relief_id) == FeeRelief.id, isouter=True)
        .where(FeeRelief.fund_id == fund_id)
    )
    if actor is not None:
        statement = statement.where(visible_to(actor))
        is_approved = is_approved if actor.reach == "all" else True
    if is_approved is not None:
        statement = statement.where(FeeReliefDecision.is_approved == is_approved)
    if known_at is not None:
        statement = statement.where(FeeReliefDecision.decided_at <= known_at)
    order = (col(FeeRelief.effective_on), col(FeeRelief.id), col(FeeReliefLine.partner_id))
    gone = undone_acts(tx, kind="relief", fund_id=fund_id, known_at=known_at)
    found: dict[int, tuple[FeeRelief, FeeReliefDecision | None, dict[int, int]]] = {}
    for row, line, decision in tx.exec(statement.order_by(*order)):
        found.setdefault(row.key, (row, decision, {}))[2][line.partner_id] = line.amount
    return [_sheet(row, decision, parts, gone) for row, decision, parts in found.values()]


def relief(tx: Tx, *, fund_id: int, reference: str, actor: Actor | None = None) -> ReliefSheet:
    """The one with that reference."""
    for one in reliefs(tx, fund_id=fund_id, actor=actor):
        if one.reference == reference:
            return one
    raise ReliefUnknown(reference=reference)


def standing(tx: Tx, *, fund_id: int, quarter: str) -> list[ReliefSheet]:
    """The waivers and rebates of a quarter's fee that were approved and not taken back."""
    found = reliefs(tx, fund_id=fund_id, is_approved=True)
    return [one for one in found if one.quarter == quarter and one.undone_on is None]


def offsets(tx: Tx, *, fund_id: int, known_at: datetime | None = None) -> Offsets:
    """What was recognised, from its rows, and what was applied, from the books."""
    recognised = []
    for one in reliefs(tx, fund_id=fund_id, is_approved=True, known_at=known_at):
        if one.offset_kind is None:
            continue
        days = [(one.effective_on, 1), *([(one.undone_on, -1)] if one.undone_on else [])]
        whose: list[tuple[int | None, int]] = [(None, one.amount), *one.parts.items()]
        recognised += [
            Recognised(on, one.offset_kind, key, sign * amount) for on, sign in days for key, amount in whose
        ]
    entries = flows(tx, fund_id=fund_id, as_of=date.max, accounts=[Account.FEE_OFFSETS], known_at=known_at)
    return Offsets(tuple(recognised), tuple(entries))


def applied_to(tx: Tx, *, fund_id: int, charges: Iterable[ChargeSheet]) -> dict[str, int]:
    """What was applied against the fee of each quarter, for all partners."""
    entries = offsets(tx, fund_id=fund_id).applied
    return {
        one.quarter: applied_by([entry for entry in entries if entry.act == f"fee:{one.id}"], None)
        for one in charges
    }


def applied_by(entries: Iterable[EntrySheet], partner_id: int | None) -> int:
    """What the entries apply of a partner's offsets, or of all."""
    return sum(_adds(one, partner_id) for one in entries)


def _adds(entry: EntrySheet, partner_id: int | None) -> int:
    """What an entry adds to the offsets applied."""
    code = Account.FEE_OFFSETS
    credited = entry.credit == code and partner_id in (None, entry.credit_partner_id)
    debited = entry.debit == code and partner_id in (None, entry.debit_partner_id)
    return entry.amount * (credited - debited)


def _sheet(
    row: FeeRelief, decision: FeeReliefDecision | None, parts: dict[int, int], gone: Mapping[str, date]
) -> ReliefSheet:
    own = {name: getattr(row, name) for name in ReliefSheet.__dataclass_fields__ if hasattr(row, name)}
    return ReliefSheet(
        **own,
        is_approved=decision.is_approved if decision else None,
        decided_name=decision.decided_name if decision else None,
        undone_on=gone.get(f"relief:{row.reference}"),
        parts=parts,
    )
