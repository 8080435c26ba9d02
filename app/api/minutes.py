"""The minutes of a decided motion: who was there, who voted how, what was decided."""

from datetime import date, datetime

from fastapi import APIRouter

from app.api.motion_shapes import ConditionOut, DecisionOut, Hash, PaperOut
from app.api.schemas import REFUSALS, MoneyField, Out
from app.deps import ApiActor, Now, TxDep
from fund.parties.conflict_rules import ConflictKind
from pipeline.committee import minutes as kept
from pipeline.committee.motion_rules import Matter, Source
from pipeline.committee.receipts import receipt
from pipeline.committee.rules import Choice

router = APIRouter(prefix="/api/v1/motions", tags=["motions"], responses=REFUSALS)


class VoteOut(Out):
    """One ballot by name. `commitment` is the SHA-256 over it and its `nonce` that the audit trail has held."""

    seat: str
    name: str
    round: int
    choice: Choice
    conditions: list[str]
    reason: str
    cast_at: datetime
    nonce: str
    commitment: str
    is_counted: bool


class DeclaredOut(Out):
    """A conflict that a member declared."""

    kind: ConflictKind
    statement: str


class RecusedOut(DeclaredOut):
    """Why a seat was kept out, and whether the member or the graph of parties said so."""

    source: Source


class AttendanceOut(Out):
    """A seat at the decision; `suspension` is why it was suspended, empty where it was not."""

    code: str
    name: str
    capacity: str
    is_chair: bool
    declared: list[DeclaredOut]
    recusals: list[RecusedOut]
    is_recused: bool
    is_present: bool
    suspension: str


class MinutesOut(Out):
    """Everything a reader needs to follow the decision."""

    code: str
    title: str
    proposal: str
    deal_code: str
    deal_name: str
    matter: Matter
    amount: MoneyField | None
    policy_version: int
    papers: list[PaperOut]
    papers_hash: str
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime
    is_closed_early: bool
    attendance: list[AttendanceOut]
    votes: list[VoteOut]
    decision: DecisionOut
    conditions: list[ConditionOut]
    expires_on: date | None


class ReceiptOut(Out):
    """The ballot behind a receipt; `is_intact` says that it still opens the commitment that was handed out."""

    vote: VoteOut
    is_intact: bool


class AdoptedOut(Out):
    """The fingerprint of the minutes as they are kept."""

    sha256: Hash


@router.get("/{motion_id}/minutes")
def read(motion_id: int, tx: TxDep, actor: ApiActor) -> MinutesOut:
    """The minutes, votes by name; refused before the vote has been counted."""
    return minutes_out(kept.minutes(tx, actor=actor, motion_id=motion_id))


@router.get("/{motion_id}/receipts/{commitment}")
def find_receipt(motion_id: int, commitment: Hash, tx: TxDep, actor: ApiActor) -> ReceiptOut:
    """The ballot behind a voter's receipt, the `commitment` given when it was cast; refused before the count."""
    found = receipt(tx, actor=actor, motion_id=motion_id, handed_out=commitment)
    return ReceiptOut.model_validate(found)


@router.post("/{motion_id}/minutes", status_code=201)
def adopt(motion_id: int, tx: TxDep, actor: ApiActor, now: Now) -> AdoptedOut:
    """Keep the minutes as they stand; adopting them again gives the same answer."""
    return AdoptedOut(sha256=kept.adopt_minutes(tx, actor, motion_id=motion_id, now=now))


def minutes_out(sheet: kept.Minutes) -> MinutesOut:
    """Minutes as the API writes them."""
    own = {name: getattr(sheet, name) for name in MinutesOut.model_fields if hasattr(sheet, name)}
    seats = [_attendance(one) for one in sheet.attendance]
    return MinutesOut.of(own | {"policy_version": sheet.policy.version, "attendance": seats}, sheet.currency)


def _attendance(one: kept.Attendance) -> dict[str, object]:
    seat = {name: getattr(one.seat, name) for name in ("code", "name", "capacity", "is_chair")}
    declared = [{"kind": kind, "statement": says} for kind, says in one.declared]
    recusals = [{"kind": kind, "source": source, "statement": says} for kind, source, says in one.recusals]
    kept_facts = {name: getattr(one, name) for name in ("is_recused", "is_present", "suspension")}
    return {**seat, "declared": declared, "recusals": recusals, **kept_facts}
