"""The gate before a right may be booked as equity: everything that is missing, at once. Pure."""

from datetime import date
from fractions import Fraction

from kernel.errors import Problem
from pipeline.spinouts.rules import (
    LOWEST_INVENTORS_SHARE,
    WHOLE,
    Appraisal,
    RightsFacts,
    Route,
    percent,
)


def rights_may_be_booked(
    facts: RightsFacts, *, as_of: date, floor: Fraction = LOWEST_INVENTORS_SHARE
) -> list[Problem]:
    """Everything that keeps the right from being booked as equity on `as_of`; an empty list means it may be."""
    problems = []
    if facts.price is None or facts.price <= 0:
        problems.append(Problem("price", "the price of the right is missing"))
    if facts.route == Route.AGREEMENT:
        problems += _notice_problems(facts, as_of)
    problems += _appraisal_problems(facts)
    if facts.secrecy_screened_on is None or facts.secrecy_screened_on > as_of:
        problems.append(Problem("secrecy", "the key-technology and secrecy screen has not been done"))
    elif not facts.secrecy_clear:
        problems.append(
            Problem("secrecy", "the key-technology and secrecy screen did not clear the achievement")
        )
    return problems + _split_problems(facts, floor)


def _notice_problems(facts: RightsFacts, as_of: date) -> list[Problem]:
    notice = facts.notice
    if notice is None:
        return [Problem("notice", "an agreed price needs a public notice of at least 15 days; there is none")]
    problems = []
    if notice.achievement != facts.achievement:
        problems.append(
            Problem(
                "notice", "the public notice names another achievement ({name})", {"name": notice.achievement}
            )
        )
    if notice.price != facts.price:
        problems.append(Problem("notice", "the public notice names another price"))
    if as_of <= notice.ends_on:
        problems.append(
            Problem("notice", "the public notice runs until {ends_on}", {"ends_on": notice.ends_on})
        )
    for objection in facts.objections:
        said = {"received_on": objection.received_on}
        if objection.handled_on is None or objection.handled_on > as_of:
            problems.append(Problem("objection", "the objection of {received_on} has not been handled", said))
        elif objection.is_upheld:
            problems.append(
                Problem("objection", "the objection of {received_on} was upheld; give a new notice", said)
            )
    return problems


def _appraisal_problems(facts: RightsFacts) -> list[Problem]:
    if facts.appraisal is None:
        return [Problem("appraisal", "there is neither an appraisal nor a reason for waiving it")]
    if facts.appraisal == Appraisal.DONE and not facts.appraisal_reference.strip():
        return [Problem("appraisal", "the appraisal report is not named")]
    if facts.appraisal == Appraisal.WAIVED and not facts.waiver_reason.strip():
        return [Problem("appraisal", "the appraisal was waived without a reason")]
    return []


def _split_problems(facts: RightsFacts, floor: Fraction) -> list[Problem]:
    problems = []
    shares = (*facts.inventors, *facts.others)
    total = sum(shares, Fraction(0))
    if total != WHOLE:
        problems.append(
            Problem("split", "the shares add up to {total} %, not to 100.00 %", {"total": percent(total)})
        )
    inventors = sum(facts.inventors, Fraction(0))
    if inventors < floor:
        said = {"share": percent(inventors), "floor": percent(floor)}
        problems.append(
            Problem("inventors", "the inventors get {share} %; at least {floor} % is theirs", said)
        )
    return problems
