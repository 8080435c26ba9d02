"""What may be done about a partner that has not paid when the days to cure are over, and who has a say in it. Pure.

The contract says which remedies there are. The manager proposes one, the advisory committee consents or refuses by the
majority of the votes cast, without the partner it is about; only then can it be carried out, by a second person. The
debt itself stays a debt under every remedy: what is owed on the call can still be paid.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fund.defaults.promise_rules import Remedies, Remedy
from fund.defaults.rules import DefaultState, DefaultWithdrawn
from kernel.allocation import allocate
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from kernel.money import format_percent

MOST_VOTES = 100


class RemedyState(StrEnum):
    """Where a remedy stands."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    CONSENTED = "consented"
    EXECUTED = "executed"
    UNDONE = "undone"


class Say(StrEnum):
    """How a member of the advisory committee voted."""

    FOR = "for"
    AGAINST = "against"
    ABSTAINED = "abstained"


class RemedyUnknown(NotFound):
    code = "default_remedy_unknown"
    says = "There is no such remedy."


class RemedyInvalid(Invalid):
    code = "default_remedy_invalid"
    says = "This remedy cannot be proposed so."


class RemedyNotPromised(Conflict):
    code = "default_remedy_not_promised"
    says = (
        "The terms of default of that day do not name this remedy; only what the contract gives may be done."
    )


class NotPastCure(Conflict):
    code = "default_not_past_cure"
    says = "The partner can cure this default until {until}, or has cured it; a remedy comes after that."


class RemedyStands(Conflict):
    code = "default_remedy_stands"
    says = "The same remedy is proposed or in force already."


class RemedyInWrongState(Conflict):
    code = "default_remedy_wrong_state"
    says = "This remedy is not in the state for that; look at it again."


class TransferOfRemedy(Conflict):
    code = "transfer_of_remedy"
    says = "{transfer} was booked by a remedy against a partner in default; take the remedy back, and it goes with it."


class ResolutionInvalid(Invalid):
    code = "default_resolution_invalid"
    says = "This resolution of the advisory committee cannot be recorded."


class RemedyBySamePerson(Forbidden):
    code = "default_remedy_same_person"
    says = "You proposed this remedy; somebody else must carry it out."


class RemedyOutOfTime(Invalid):
    code = "default_remedy_out_of_time"
    says = "The remedy takes effect from {first} to {last}; got {on}."


class NobodyToReceive(Conflict):
    code = "default_nobody_to_receive"
    says = "No other partner stands on the same terms and is free of default; nobody can receive what is forfeited."


@dataclass(frozen=True)
class Proposal:
    """A remedy as proposed: the `share` forfeited, or to whom the interest is sold and at what price."""

    remedy: Remedy
    share: Fraction | None = None
    buyer_id: int | None = None
    price: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Vote:
    """How one member voted, and for which partner it sits (None: for none)."""

    member: str
    partner_id: int | None
    say: Say


def check_proposal(
    given: Proposal,
    *,
    promised: Remedies,
    state: DefaultState,
    until: date,
    standing: Collection[Remedy],
    buyers: Collection[int],
) -> None:
    """Refuse a remedy that the contract does not give, in the days to cure, twice, or without its facts.

    `buyers` are the partners to whom the interest may be sold: the fund's, but for the one in default.
    """
    if given.remedy not in promised.named:
        raise RemedyNotPromised()
    _check_past_cure(state, until)
    if given.remedy in standing:
        raise RemedyStands()
    problems = [*_share_faults(given, promised.forfeit), *_sale_faults(given, buyers)]
    if not given.reason.strip():
        problems.append(Problem("reason", "say why"))
    if problems:
        raise RemedyInvalid(problems=problems)


def _check_past_cure(state: DefaultState, until: date) -> None:
    if state is DefaultState.WITHDRAWN:
        raise DefaultWithdrawn()
    if state is not DefaultState.PAST_CURE:
        raise NotPastCure(until=until)


def _share_faults(given: Proposal, most: Fraction) -> list[Problem]:
    if given.remedy is not Remedy.FORFEITURE:
        return [] if given.share is None else [Problem("share", "a share is forfeited by a forfeiture only")]
    if given.share is None or not 0 < given.share <= most:
        says = "expected more than 0 % and at most the {most} of the terms"
        return [Problem("share", says, {"most": format_percent(most)})]
    return []


def _sale_faults(given: Proposal, buyers: Collection[int]) -> list[Problem]:
    named = given.buyer_id is not None and given.price is not None and given.price >= 0
    if given.remedy is Remedy.SALE and not named:
        return [Problem("buyer_id", "a sale names its buyer and a price of zero or more")]
    if given.remedy is Remedy.SALE and given.buyer_id not in buyers:
        return [Problem("buyer_id", "the buyer is another partner of the fund than the one in default")]
    if given.remedy is not Remedy.SALE and (given.buyer_id is not None or given.price is not None):
        return [Problem("buyer_id", "only a sale has a buyer and a price")]
    return []


def is_consent(votes: Sequence[Vote]) -> bool:
    """Whether more members voted for it than against; who abstains counts for neither."""
    says = [one.say for one in votes]
    return says.count(Say.FOR) > says.count(Say.AGAINST)


def check_resolution(
    votes: Sequence[Vote],
    *,
    interested: Collection[int],
    known: Collection[int],
    has_minutes: bool,
    resolved_on: date,
    first: date,
    today: date,
) -> None:
    """Refuse, naming each fault, a resolution without votes, with a member twice, or with one of the `interested`."""
    problems = []
    names = [one.member.strip() for one in votes]
    if not any(one.say is not Say.ABSTAINED for one in votes) or len(votes) > MOST_VOTES:
        problems.append(Problem("votes", "expected at least one vote for or against"))
    if "" in names or len(set(names)) != len(names):
        problems.append(Problem("votes", "each member is named, and once"))
    if any(one.partner_id in interested for one in votes):
        says = "the partner in default, who buys from it, and their groups have no vote in this"
        problems.append(Problem("votes", says))
    if any(one.partner_id is not None and one.partner_id not in known for one in votes):
        problems.append(Problem("votes", "a member sits for a partner that this fund has not"))
    if not has_minutes:
        problems.append(Problem("minutes", "hand in the minutes"))
    if not first <= resolved_on <= today:
        facts = {"first": first, "last": today}
        problems.append(Problem("resolved_on", "expected a day from {first} to {last}", facts))
    if problems:
        raise ResolutionInvalid(problems=problems)


def check_execution(
    *,
    state: RemedyState,
    default: DefaultState,
    until: date,
    proposer_id: int | None,
    actor_id: int | None,
    on: date,
    first: date,
    today: date,
) -> None:
    """Refuse to carry out what has no consent, what was cured meanwhile, by its proposer, or as of another time."""
    if state is not RemedyState.CONSENTED:
        raise RemedyInWrongState()
    _check_past_cure(default, until)
    if proposer_id == actor_id:
        raise RemedyBySamePerson()
    if not first <= on <= today:
        raise RemedyOutOfTime(first=first, last=today, on=on)


def forfeited(whole: int, share: Fraction, others: Mapping[int, int]) -> dict[int, int]:
    """What passes to each of the others of a commitment `whole`: the share of it, by what each has committed itself.

    The share is rounded down to the minor unit, its parts sum to it.
    """
    part = int(whole * share)
    if not any(others.values()) or part <= 0:
        raise NobodyToReceive()
    parts = allocate(part, list(others.values()))
    return {key: amount for key, amount in zip(others, parts, strict=True) if amount}
