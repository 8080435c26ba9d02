"""A partner's veto over a class of deals: which deals it covers, who answers, and what the answer does. Pure.

A veto that covers a deal is put to its partner as a question; the partner's own person answers, or a manager takes the
answer down with the document in which it was given. The last answer counts. An exercised veto holds the money back;
one that nobody has answered does so where the clause says that it blocks.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fund.mandates.rules import ClauseTerms, Consequence, Measure
from fund.results.exposure_rules import Part, promised_part
from kernel.errors import Conflict, Forbidden, Invalid, NotFound


class VetoState(StrEnum):
    """Where a veto stands about one deal."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    NOT_EXERCISED = "not_exercised"
    EXERCISED = "exercised"


class VetoUnknown(NotFound):
    code = "veto_question_unknown"
    says = "There is no such question about a veto."


class NothingToAsk(Conflict):
    code = "veto_nothing_to_ask"
    says = "No veto covers {subject} that has not been asked about already."


class VetoReasonMissing(Invalid):
    code = "veto_reason_missing"
    says = "Say why the veto is exercised, or was lifted."


class VetoDocumentMissing(Invalid):
    code = "veto_document_missing"
    says = (
        "What somebody of the fund takes down for a partner names the document in which the partner said it."
    )


class NotThePartners(Forbidden):
    code = "veto_not_the_partners"
    says = "A veto is answered by the partner's own people, or taken down by a manager."


class VetoDayInvalid(Invalid):
    code = "veto_day_invalid"
    says = "The answer was given between the day of the question, {asked_on}, and today."


@dataclass(frozen=True)
class Proposal:
    """An investment that is considered: as a part of the portfolio, its company, its amount in minor units.

    `rest`: what else of it is approved and not paid with it.
    """

    part: Part
    party_id: int
    amount: int
    rest: int = 0

    @property
    def parts(self) -> tuple[Part, ...]:
        """The investment, and what is still to be paid after it."""
        return (self.part, promised_part(self.part, self.rest)) if self.rest else (self.part,)


@dataclass(frozen=True)
class Standing:
    """The answer that counts: what it says, and of which amount the partner was asked."""

    state: VetoState
    amount: int


def covers(terms: ClauseTerms, proposal: Proposal, *, is_competitor: bool) -> bool:
    """Whether a deal belongs to the class that a veto names: everything that it names must be so."""
    if terms.measure is not Measure.VETO:
        return False
    labelled = terms.dimension is None or proposal.part.under(terms.dimension) in terms.keys
    large = terms.above is None or proposal.amount > terms.above
    return labelled and large and (is_competitor or not terms.competitor)


def state_of(found: Standing | None, *, amount: int) -> VetoState:
    """Where a veto stands about `amount`: not exercised is said of what was asked about, and not of more."""
    if found is None or (found.state is not VetoState.EXERCISED and amount > found.amount):
        return VetoState.NOT_ASKED
    return found.state


def holds_back(state: VetoState, effect: Consequence) -> bool:
    """Whether the money may not go out."""
    if state is VetoState.EXERCISED:
        return True
    return state is not VetoState.NOT_EXERCISED and effect is Consequence.BLOCKS


def check_answer(
    *,
    exercised: bool,
    before: VetoState,
    reason: str,
    document: str,
    by_partner: bool,
    asked_on: date,
    answered_on: date,
    today: date,
) -> None:
    """Refuse an answer without the reason it needs, one taken down without its document, and one of another time."""
    if (exercised or before is VetoState.EXERCISED) and not reason.strip():
        raise VetoReasonMissing()
    if not by_partner and not document:
        raise VetoDocumentMissing()
    if not asked_on <= answered_on <= today:
        raise VetoDayInvalid(asked_on=asked_on)
