"""What a fund may promise: its terms, in exact fractions, and the limits it has set itself.

A catch-up at or below the carry never catches up: full catch-up pays the general partner
carry * preferred / (catch_up - carry), which needs catch_up > carry. No catch-up at all is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from fund.charter.carry_rules import CarryForm, EscrowTest, FurtherTier, tier_faults
from fund.charter.giveback_rules import giveback_faults
from fund.charter.recycling_rules import SPANS, recycling_faults
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_percent
from kernel.periods import Quarter


def _n(says: str) -> str:
    return says


# The days of the terms in the order in which they follow each other, by the words for them.
_DAYS = {
    "first_close_on": _n("First close"),
    "final_close_on": _n("Final close"),
    "commitment_period_ends_on": _n("Commitment period ends"),
    "term_ends_on": _n("Term ends"),
}


class FeeBasis(StrEnum):
    """What the management fee is a rate of.

    The first is the usual promise: commitments until the commitment period ends, then invested cost.
    """

    COMMITMENT_THEN_INVESTED = "commitment_then_invested"
    COMMITMENT = "commitment"
    PAID_IN = "paid_in"
    INVESTED = "invested"


class Compounding(StrEnum):
    """How the preferred return grows; the waterfall takes the same words."""

    DAILY = "daily"
    ANNIVERSARY = "anniversary"
    SIMPLE = "simple"


class Language(StrEnum):
    """In which languages somebody is written to."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"


class Dimension(StrEnum):
    """By what the fund's investments are counted against its limits."""

    COMPANY = "company"
    SECTOR = "sector"
    CHAIN_POSITION = "chain_position"
    STAGE = "stage"
    ORIGIN = "origin"
    CITY = "city"
    VINTAGE = "vintage"


class Basis(StrEnum):
    """What a limit is a share of. Against commitments and cost the investment counts at cost."""

    COMMITMENTS = "commitments"
    COST = "cost"
    VALUE = "value"


@dataclass(frozen=True)
class Limit:
    """At most `maximum` of `basis` in one `key` of `dimension`; without a key, in any one of them."""

    dimension: Dimension
    key: str | None
    maximum: Fraction
    basis: Basis = Basis.COMMITMENTS


@dataclass(frozen=True)
class Terms:
    """What the fund has promised. Money in minor units, rates and shares as exact fractions a year.

    A clawback leaves `carry_tax` of the carry for tax; `carry_escrow` of each payment of carry is kept in escrow until
    `escrow_test` is met. Organisation costs above `organisation_cap`, or above
    `organisation_share` of the commitments, are the manager's; None is no such cap.

    Unused money goes back within `unused_return_days`. Capital that comes back may be called again up to `recall_cap`
    of the commitments in all, where it comes back within `recall_within_months` of being paid in, and for
    `recall_expires_months`; None is no such limit. Amounts equal to what was paid in for fees and expenses may be
    called again beyond both, up to `recall_fees_cap` of the commitments; None is no such term.

    Partners give distributions back to pay a liability up to `giveback_cap` of what each has received (None: never),
    those paid within `giveback_months` (None: all); whether that can be called again says `giveback_restores`.

    Who joins later pays cost and interest; where `close_at_nav`, a close may go by net asset value instead.
    """

    size: int
    currency: str
    first_close_on: date
    final_close_on: date
    commitment_period_ends_on: date
    term_ends_on: date
    fee_rate: Fraction
    fee_basis: FeeBasis
    hurdle: Fraction
    compounding: Compounding
    catch_up: Fraction
    carry: Fraction
    notice_business_days: int = 10
    limits: tuple[Limit, ...] = ()
    equalisation_rate: Fraction = Fraction(8, 100)
    close_at_nav: bool = False
    language: Language = Language.BOTH
    offset_share: Fraction = Fraction(1)
    carry_form: CarryForm = CarryForm.WHOLE_FUND
    carry_tax: Fraction = Fraction(0)
    carry_escrow: Fraction = Fraction(0)
    escrow_test: EscrowTest = EscrowTest.HURDLE
    organisation_cap: int | None = None
    organisation_share: Fraction | None = None
    unused_return_days: int | None = None
    recall_cap: Fraction | None = None
    recall_fees_cap: Fraction | None = None
    recall_within_months: int | None = None
    recall_expires_months: int | None = None
    giveback_cap: Fraction | None = None
    giveback_months: int | None = None
    giveback_restores: bool = False
    further: tuple[FurtherTier, ...] = ()
    version: int = 1
    effective_on: date | None = None


class TermsInvalid(Invalid):
    code = "terms_invalid"
    says = "These terms cannot be promised."


class FundTaken(Conflict):
    code = "fund_taken"
    says = "There is already a fund {code}."


class FundUnknown(NotFound):
    code = "fund_unknown"
    says = "There is no fund {code}."


class FundNotOnlyOne(Conflict):
    code = "fund_not_only_one"
    says = "There are {count} funds; say which one."


class NoFundYet(FundNotOnlyOne):
    code = "no_fund_yet"
    says = "There is no fund yet; a manager opens it."


class TermsChanged(Conflict):
    code = "terms_changed"
    says = "Version {latest} of the terms was written meanwhile; look at it before writing another."


class TermsUnknown(NotFound):
    code = "terms_unknown"
    says = "The fund had no terms on {as_of}."


class AmendmentTooEarly(Invalid):
    code = "amendment_too_early"
    says = "Terms take effect from {effective_on}; the version before it from {latest}. Take a later day."


class TermsLocked(Conflict):
    code = "terms_locked"
    says = (
        "The terms cannot change from {effective_on}: {quarter} is locked. Take {first} or a later day, "
        "or open {quarter} again first."
    )


class CurrencyFixed(Conflict):
    code = "currency_fixed"
    says = "The fund's currency is {currency} for good."


def check_terms(terms: Terms) -> None:
    """Refuse with TermsInvalid, naming each fault, what cannot be promised."""
    problems = [*_rate_faults(terms), *_date_faults(terms), *_limit_faults(terms.limits)]
    problems += tier_faults(terms.further, hurdle=terms.hurdle, carry=terms.carry)
    if terms.size <= 0:
        problems.append(Problem("size", "the size must be above zero"))
    if (terms.organisation_cap or 0) < 0:
        problems.append(Problem("organisation_cap", "the cap cannot be negative; leave it out for none"))
    problems += recycling_faults({name: getattr(terms, name) for name in SPANS})
    problems += giveback_faults(
        cap=terms.giveback_cap, months=terms.giveback_months, restores=terms.giveback_restores
    )
    if terms.notice_business_days < 0:
        problems.append(Problem("notice_business_days", "the notice cannot be negative"))
    if problems:
        raise TermsInvalid(problems=problems)


def _rate_faults(terms: Terms) -> list[Problem]:
    rates = {
        "fee_rate": terms.fee_rate,
        "hurdle": terms.hurdle,
        "catch_up": terms.catch_up,
        "carry": terms.carry,
        "equalisation_rate": terms.equalisation_rate,
        "offset_share": terms.offset_share,
        "carry_tax": terms.carry_tax,
        "carry_escrow": terms.carry_escrow,
        "organisation_share": terms.organisation_share or Fraction(0),
        "recall_cap": terms.recall_cap or Fraction(0),
        "recall_fees_cap": terms.recall_fees_cap or Fraction(0),
    }
    says = "expected from 0 % to 100 %, got {rate}"
    beyond = {name: format_percent(rate) for name, rate in rates.items() if not 0 <= rate <= 1}
    faults = [Problem(name, says, {"rate": rate}) for name, rate in beyond.items()]
    if terms.carry == 1:
        faults.append(Problem("carry", "carried interest cannot be everything"))
    if 0 < terms.catch_up <= terms.carry:
        says = "a catch-up of {catch_up} never reaches a carry of {carry}; take more than the carry, or 0"
        facts = {"catch_up": format_percent(terms.catch_up), "carry": format_percent(terms.carry)}
        faults.append(Problem("catch_up", says, facts))
    return faults


def _date_faults(terms: Terms) -> list[Problem]:
    steps = [(name, getattr(terms, name)) for name in _DAYS]
    return [
        Problem(name, "{name} comes before {earlier}", {"name": _DAYS[name], "earlier": _DAYS[earlier]})
        for (earlier, first), (name, second) in pairwise(steps)
        if second < first
    ]


def _limit_faults(limits: Sequence[Limit]) -> list[Problem]:
    faults = []
    seen: set[tuple[Dimension, str | None, Basis]] = set()
    for position, limit in enumerate(limits, start=1):
        where = f"limit {position}"
        if not 0 < limit.maximum <= 1:
            says = "expected more than 0 % and at most 100 %, got {share}"
            faults.append(Problem(where, says, {"share": format_percent(limit.maximum)}))
        if limit.key is not None and not limit.key.strip():
            faults.append(Problem(where, "the key is empty; leave it out to bind every one"))
        same = (limit.dimension, limit.key, limit.basis)
        if same in seen:
            faults.append(Problem(where, "the same limit stands twice"))
        seen.add(same)
    return faults


def check_amendment(*, effective_on: date, latest: date) -> None:
    """Refuse a version that would take effect before the one it follows."""
    if effective_on < latest:
        raise AmendmentTooEarly(effective_on=effective_on, latest=latest)


def check_terms_open(effective_on: date, locked_through: date | None) -> None:
    """Refuse terms that would hold from a day within the locked part of the books."""
    if locked_through is not None and effective_on <= locked_through:
        quarter, first = Quarter.containing(effective_on), locked_through + timedelta(days=1)
        raise TermsLocked(effective_on=effective_on, quarter=str(quarter), first=first)


def check_read(*, read: int | None, latest: int) -> None:
    """Refuse an amendment by somebody who has not read the version it follows; None asks nothing."""
    if read is not None and read != latest:
        raise TermsChanged(latest=latest)
