"""What may be said of a holding's worth, by whom, and what that replaces.

A mark is a fair value at the end of a day [IPEV, December 2025]. The price of a recent round calibrates a technique
and is none itself, so it is not on the list; a value that did not move needs a reason; whoever prepares a mark does
not approve it; a correction is a new mark that names the one it replaces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fund.holdings.position import Position
from fund.holdings.rules import NothingHeld
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.money import format_amount


class Technique(StrEnum):
    """How a fair value was found."""

    MULTIPLES = "multiples"
    BENCHMARKS = "benchmarks"
    MARKET_PRICE = "market_price"
    DCF_BUSINESS = "dcf_business"
    DCF_INVESTMENT = "dcf_investment"
    NET_ASSETS = "net_assets"
    MILESTONES = "milestones"
    SCENARIOS = "scenarios"
    OPTION_PRICING = "option_pricing"


class MarkState(StrEnum):
    """A draft waits for approval; a rejected one was turned down; a superseded mark has been replaced by a later one
    of the same day.
    """

    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class MarkUnknown(NotFound):
    code = "mark_unknown"
    says = "There is no such mark."


class MarkInvalid(Invalid):
    code = "mark_invalid"
    says = "The mark is not complete."


class MarkNegative(Invalid):
    code = "mark_negative"
    says = "The value is {value}; a holding is not worth less than nothing."


class MarkInFuture(Invalid):
    code = "mark_in_future"
    says = "The mark is for {marked_on}, which is still to come; today is {today}."


class MarkBeforeAcquisition(Invalid):
    code = "mark_before_acquisition"
    says = "The mark is for {marked_on}; the holding was acquired on {acquired_on}."


class MarkTaken(Conflict):
    code = "mark_taken"
    says = "There is already a mark for {marked_on} (number {mark_id}); a correction names it as superseded."


class MarkSupersedesOther(Invalid):
    code = "mark_supersedes_other"
    says = "Mark {mark_id} is not the last one for this instrument on {marked_on}."


class UnchangedWithoutReason(Invalid):
    code = "unchanged_mark_without_reason"
    says = "The value did not move by its own since {since}; an unchanged value needs a written reason."


class BridgeBroken(Invalid):
    code = "mark_bridge_broken"
    says = "The bridge explains {explained}, the value moved by {movement}."


class ApproverIsPreparer(Forbidden):
    code = "mark_approver_is_preparer"
    says = "{name} prepared this mark and cannot approve it; ask somebody else."


class MarkReplaced(Conflict):
    code = "mark_replaced"
    says = "Mark {mark_id} was replaced by mark {by}."


class MarkAlreadyApproved(Conflict):
    code = "mark_already_approved"
    says = "Mark {mark_id} is already approved."


class MarkRejected(Conflict):
    code = "mark_rejected"
    says = "Mark {mark_id} was rejected; prepare another one for its day."


class MarkNotYours(Forbidden):
    code = "mark_not_yours"
    says = "A draft is turned down by a manager, or withdrawn by whoever prepared it."


class MarkReasonMissing(Invalid):
    code = "mark_reason_missing"
    says = "Say why the mark is turned down."


class MarkStale(Conflict):
    code = "mark_stale"
    says = "What is held has changed since mark {mark_id} was prepared; prepare it again."


@dataclass(frozen=True)
class Causes:
    """Why the value moved on its own. Without a split the whole movement counts as the company's."""

    company: int = 0
    market: int = 0
    rights: int = 0
    currency: int = 0

    @property
    def total(self) -> int:
        """The movement that they explain."""
        return self.company + self.market + self.rights + self.currency


@dataclass(frozen=True)
class Bridge:
    """From the mark before to this one: opening + bought - sold + causes = closing."""

    opening: int
    bought: int
    sold: int
    causes: Causes

    @property
    def closing(self) -> int:
        """The value it arrives at."""
        return self.opening + self.bought - self.sold + self.causes.total


@dataclass(frozen=True)
class Made:
    """One mark of a chain (same instrument, same day) as the rules see it."""

    mark_id: int
    approved: bool
    rejected: bool = False


def check_mark_day(position: Position, *, marked_on: date, today: date) -> None:
    """Refuse a mark of a day to come, before the acquisition, or when nothing is held."""
    if marked_on > today:
        raise MarkInFuture(marked_on=marked_on, today=today)
    acquired_on = min((lot.bought_on for lot in position.kept), default=None)
    if acquired_on is None:
        raise NothingHeld(on=marked_on)
    if marked_on < acquired_on:
        raise MarkBeforeAcquisition(marked_on=marked_on, acquired_on=acquired_on)
    if not position.until(marked_on).quantity:
        raise NothingHeld(on=marked_on)


def check_chain(chain: Sequence[Made], *, marked_on: date, supersedes_id: int | None) -> int | None:
    """The mark that a new one of the day replaces: the one named, or the last one if that was rejected.

    Refused: a second mark for a day that does not name the last one, and a name that is not the last one's.
    """
    last = chain[-1].mark_id if chain else None
    if supersedes_id is not None and supersedes_id != last:
        raise MarkSupersedesOther(mark_id=supersedes_id, marked_on=marked_on)
    if last is not None and supersedes_id is None and not chain[-1].rejected:
        raise MarkTaken(marked_on=marked_on, mark_id=last)
    return last


def check_rejection(
    chain: Sequence[Made], *, mark_id: int, reason: str, is_manager: bool, is_preparer: bool
) -> None:
    """Refuse to turn down what is no draft any more, without a reason, or as somebody whose affair it is not."""
    check_draft(chain, mark_id=mark_id)
    if not (is_manager or is_preparer):
        raise MarkNotYours()
    if not reason.strip():
        raise MarkReasonMissing()


def check_draft(chain: Sequence[Made], *, mark_id: int) -> None:
    """Refuse a mark that was approved, rejected or replaced."""
    position = [made.mark_id for made in chain].index(mark_id)
    if chain[position].approved:
        raise MarkAlreadyApproved(mark_id=mark_id)
    if chain[position].rejected:
        raise MarkRejected(mark_id=mark_id)
    if position + 1 < len(chain):
        raise MarkReplaced(mark_id=mark_id, by=chain[position + 1].mark_id)


def bridge(position: Position, *, marked_on: date, value: int, causes: Causes | None, reason: str) -> Bridge:
    """The way from the mark before `marked_on` to `value`.

    Refused: a negative value, causes that do not add up to the movement, no movement and no reason for it.
    """
    if value < 0:
        raise MarkNegative(value=format_amount(value))
    before = position.until(marked_on).without_mark(marked_on)
    opening, bought, sold = before.since_mark()
    movement = value - (opening + bought - sold)
    if causes is not None and causes.total != movement:
        raise BridgeBroken(explained=format_amount(causes.total), movement=format_amount(movement))
    if movement == 0 and not reason.strip():
        raise UnchangedWithoutReason(since=before.mark.marked_on if before.mark else "the purchase")
    return Bridge(opening, bought, sold, causes or Causes(company=movement))


def check_still_true(position: Position, *, marked_on: date, said: Bridge, mark_id: int) -> None:
    """Refuse a mark prepared on a record that has changed since: another opening, a purchase or a sale more."""
    before = position.until(marked_on).without_mark(marked_on)
    if before.since_mark() != (said.opening, said.bought, said.sold):
        raise MarkStale(mark_id=mark_id)


def check_approval(
    chain: Sequence[Made], *, mark_id: int, prepared_by: int | None, approver: int | None, name: str
) -> None:
    """Refuse an approval by the preparer, of a mark that was replaced or rejected, or a second one."""
    check_draft(chain, mark_id=mark_id)
    if prepared_by == approver:
        raise ApproverIsPreparer(name=name)


def state(chain: Sequence[Made], mark_id: int) -> MarkState:
    """Where a mark stands among those of its day.

    An approved mark holds until a later one is approved; a draft is gone as soon as another is prepared.
    """
    at = [made.mark_id for made in chain].index(mark_id)
    later = chain[at + 1 :]
    if not chain[at].approved:
        if chain[at].rejected:
            return MarkState.REJECTED
        return MarkState.SUPERSEDED if later else MarkState.DRAFT
    return MarkState.SUPERSEDED if any(made.approved for made in later) else MarkState.APPROVED
