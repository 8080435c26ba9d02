"""What a partner counts as reinvested for it, with its evidence, and no plant counted twice. Pure.

A claim says that a company which the fund holds has put an amount to use in a place (a plant, a line, an office), and
that so much of it counts for one partner. A plant is a company in a place. Everybody who claims of it names the same
whole, and the claims of all together are never more than that whole: what counts for one does not count for another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_amount

LONGEST = 200


class ClaimKind(StrEnum):
    """What was brought to the place."""

    PLANT = "plant"
    LINE = "line"
    RESEARCH = "research"
    OFFICE = "office"
    PURCHASE = "purchase"


class ClaimInvalid(Invalid):
    code = "reinvestment_claim_invalid"
    says = "The claim cannot be taken down like this."


class ClaimedAlready(Conflict):
    code = "reinvestment_claimed_already"
    says = (
        "Of the {whole} that {company} has put into {place}, {claimed} count for other claims already; {left} are left "
        "to be claimed. Split the amount, or withdraw the other claim."
    )


class OtherWhole(Conflict):
    code = "reinvestment_other_whole"
    says = "{company} in {place} is on record with {whole} in all; one plant has one whole."


class NotHeld(Invalid):
    code = "reinvestment_company_not_held"
    says = "{company} is no company that the fund held on {on}."


class ClaimUnknown(NotFound):
    code = "reinvestment_claim_unknown"
    says = "There is no such claim."


class ClaimWithdrawn(Conflict):
    code = "reinvestment_claim_withdrawn"
    says = "The claim was withdrawn already, as of {withdrawn_on}."


@dataclass(frozen=True)
class ClaimFacts:
    """A claim: `amount` of the `whole` that a company put into a place counts for the partner. Minor units."""

    kind: ClaimKind
    place: str
    amount: int
    whole: int
    claimed_on: date
    document: str


@dataclass(frozen=True)
class Standing:
    """A claim of the same plant that stands."""

    amount: int
    whole: int


def plant_key(place: str) -> str:
    """A place as it is compared: without blanks and without upper and lower case."""
    return "".join(place.split()).casefold()


def check_claim(facts: ClaimFacts, *, today: date) -> None:
    """Refuse, naming each fault, a claim without amount, place or evidence, of more than there is, or of tomorrow."""
    faults = []
    if facts.amount <= 0:
        faults.append(Problem("amount", "must be above zero"))
    if facts.amount > facts.whole:
        faults.append(
            Problem("amount", "it is more than the whole, {whole}", {"whole": format_amount(facts.whole)})
        )
    if not facts.place.strip():
        faults.append(Problem("place", "say where"))
    if len(facts.place) > LONGEST:
        faults.append(Problem("place", "at most {limit} characters", {"limit": LONGEST}))
    if not facts.document:
        faults.append(Problem("document", "a claim carries its evidence"))
    if facts.claimed_on > today:
        faults.append(Problem("claimed_on", "it has not happened yet"))
    if faults:
        raise ClaimInvalid(problems=faults)


def check_plant(facts: ClaimFacts, standing: Iterable[Standing], *, company: str) -> None:
    """Refuse a claim that counts a plant twice: another whole than is on record, or more than is left of it."""
    found = list(standing)
    place = facts.place.strip()
    if found and found[0].whole != facts.whole:
        raise OtherWhole(company=company, place=place, whole=format_amount(found[0].whole))
    claimed = sum(one.amount for one in found)
    if claimed + facts.amount > facts.whole:
        whole, left = format_amount(facts.whole), format_amount(max(0, facts.whole - claimed))
        raise ClaimedAlready(
            company=company, place=place, whole=whole, claimed=format_amount(claimed), left=left
        )
