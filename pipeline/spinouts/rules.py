"""When a university-owned right may be booked as a company's equity (作价入股), and who owns the company.

Sources: Law on Promoting the Transformation of Scientific and Technological Achievements, articles 18 and 45
(pricing by agreement, listing or auction; an agreed price needs a public notice of at least 15 days; at least
50 % to those who made the achievement); Beijing's regulation permits 70 % to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from kernel.errors import Conflict, Invalid, NotFound, Problem

NOTICE_DAYS = 15
LOWEST_INVENTORS_SHARE = Fraction(1, 2)
WHOLE = Fraction(1)


class Form(StrEnum):
    """What kind of company it is: its capital is registered, or divided into shares."""

    LIMITED_COMPANY = "limited_company"
    JOINT_STOCK = "joint_stock"


class Route(StrEnum):
    """How the price of a right was found."""

    AGREEMENT = "agreement"
    LISTING = "listing"
    AUCTION = "auction"


class Appraisal(StrEnum):
    """Whether somebody appraised the right."""

    DONE = "done"
    WAIVED = "waived"


class SpinoutUnknown(NotFound):
    code = "spinout_unknown"
    says = "There is no company {spinout}."


class SpinoutInvalid(Invalid):
    code = "spinout_invalid"
    says = "The company cannot be kept as it is:"


class PartyTwice(Invalid):
    code = "party_twice"
    says = "Nobody may be named twice; put the shares of one person into one line."


class PriceInvalid(Invalid):
    code = "rights_price_invalid"
    says = "The price of a right is above zero, or is left open."


class ObjectionInvalid(Invalid):
    code = "objection_invalid"
    says = "Say who objects and to what."


class RightsUnknown(NotFound):
    code = "rights_unknown"
    says = "There is no transfer of rights {rights}."


class NoticeMissing(Conflict):
    code = "notice_missing"
    says = "There has been no public notice to object to."


class AppraisalInvalid(Invalid):
    code = "appraisal_invalid"
    says = "Name the appraisal report, or the reason why none is needed."


class ObjectionUnknown(NotFound):
    code = "objection_unknown"
    says = "There is no objection {objection}."


class SplitInvalid(Invalid):
    code = "split_invalid"
    says = "The shares add up to {total} %, not to 100.00 %; each must be more than nothing."


class FloorTooLow(Invalid):
    code = "inventors_floor_too_low"
    says = "The inventors' share may not be set below 50 % ({floor} % asked)."


class NoticeInvalid(Invalid):
    code = "notice_invalid"
    says = "The public notice cannot be kept as it is:"


class RightsNotReady(Conflict):
    code = "rights_not_ready"
    says = "The right may not yet be booked as equity; this is missing:"


class RightsBooked(Conflict):
    code = "rights_booked"
    says = "The right has been booked as equity on {booked_on} and can no longer be changed."


class ObjectionHandled(Conflict):
    code = "objection_handled"
    says = "The objection was handled on {handled_on} already."


class OutsideNotice(Conflict):
    code = "objection_outside_notice"
    says = "An objection is received while the notice runs ({starts_on} to {ends_on}), not on {received_on}."


class HandlingMissing(Invalid):
    code = "handling_missing"
    says = "Say how the objection was handled."


@dataclass(frozen=True)
class Notice:
    """A public notice: what it named, and its first and last day."""

    achievement: str
    price: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Objection:
    """An objection to the notice; upheld means that it was right and the notice must be made again."""

    received_on: date
    handled_on: date | None
    is_upheld: bool = False


@dataclass(frozen=True)
class RightsFacts:
    """Everything the gate looks at. Prices are minor units; shares are fractions of the net income or shares."""

    achievement: str
    route: Route
    price: int | None
    notice: Notice | None
    objections: tuple[Objection, ...]
    appraisal: Appraisal | None
    appraisal_reference: str
    waiver_reason: str
    secrecy_screened_on: date | None
    secrecy_clear: bool
    inventors: tuple[Fraction, ...]
    others: tuple[Fraction, ...]


def percent(share: Fraction) -> str:
    """A share as printed, "33.33", cut (never rounded up) to hundredths of a percent."""
    hundredths = int(share * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def check_company(*, code: str, registered_capital: int | None) -> None:
    """Refuse a company without a code, or with capital below zero."""
    problems = []
    if not code.strip():
        problems.append(Problem("code", "must not be empty"))
    if registered_capital is not None and registered_capital < 0:
        problems.append(Problem("registered_capital", "must not be below zero"))
    if problems:
        raise SpinoutInvalid(problems=problems)


def check_once(party_ids: Sequence[int]) -> None:
    """Refuse a list that names somebody twice."""
    if len(set(party_ids)) != len(party_ids):
        raise PartyTwice


def check_price(price: int | None) -> None:
    """Refuse a price of nothing or less; one that is not known yet may be left open."""
    if price is not None and price <= 0:
        raise PriceInvalid


def check_objection(objector: str, says: str) -> None:
    """Refuse an objection of nobody, or one that says nothing."""
    if not objector.strip() or not says.strip():
        raise ObjectionInvalid


def check_split(shares: Sequence[Fraction]) -> None:
    """Refuse shares that do not add up to exactly 100.00 %, or one that is nothing or less."""
    total = sum(shares, Fraction(0))
    if total != WHOLE or any(share <= 0 for share in shares):
        raise SplitInvalid(total=percent(total))


def check_floor(floor: Fraction) -> None:
    """Refuse a house rule that gives inventors less than the law does, or more than everything."""
    if not LOWEST_INVENTORS_SHARE <= floor <= WHOLE:
        raise FloorTooLow(floor=percent(floor))


def check_notice(notice: Notice) -> None:
    """Refuse a notice without achievement or price, or too short.

    The day of posting does not count (Civil Code, article 201), so the last day is at least 15 days later.
    """
    problems = []
    if not notice.achievement.strip():
        problems.append(Problem("achievement", "the notice names the achievement"))
    if notice.price <= 0:
        problems.append(Problem("price", "the notice names the intended price"))
    if (notice.ends_on - notice.starts_on).days < NOTICE_DAYS:
        earliest = notice.starts_on + min(timedelta(days=NOTICE_DAYS), date.max - notice.starts_on)
        problems.append(
            Problem(
                "ends_on", "15 days are owed; the earliest last day is {earliest}", {"earliest": earliest}
            )
        )
    if problems:
        raise NoticeInvalid(problems=problems)


def check_received(notice: Notice, received_on: date) -> None:
    """Refuse an objection dated before or after the notice."""
    if not notice.starts_on <= received_on <= notice.ends_on:
        raise OutsideNotice(starts_on=notice.starts_on, ends_on=notice.ends_on, received_on=received_on)


def check_handling(handled_on: date | None, handling: str) -> None:
    """Refuse to handle an objection twice or without a word."""
    if handled_on is not None:
        raise ObjectionHandled(handled_on=handled_on)
    if not handling.strip():
        raise HandlingMissing()


def check_appraisal(appraisal: Appraisal, says: str) -> None:
    """Refuse an appraisal without its report and a waiver without its reason."""
    if not says.strip():
        raise AppraisalInvalid(appraisal=appraisal)


def check_not_booked(booked_on: date | None) -> None:
    """Refuse to touch a right that has become equity."""
    if booked_on is not None:
        raise RightsBooked(booked_on=booked_on)
