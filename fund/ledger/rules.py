"""The books' own law: what a posting names, when it may be booked, how it is undone, how entries are chained.

A posting moves a positive amount from one account (credit) to another (debit): it cannot be out of balance.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fund.ledger.chart import CHART, MOVES_BETWEEN_PARTNERS, Account, Naming, is_account
from kernel.audit.rules import canonical, instant_text
from kernel.errors import Conflict, Invalid, Problem
from kernel.periods import Quarter

__all__ = ["Account", "Line", "Posting", "check_postings", "line_hash", "reversal"]


class Grain(StrEnum):
    """How finely a checkpoint's balance is told: by account alone, by partner as well, or by holding as well."""

    ACCOUNT = "account"
    PARTNER = "partner"
    HOLDING = "holding"


@dataclass(frozen=True)
class Posting:
    """A move of `amount` minor units from `credit` to `debit`, as it is handed in.

    `reference` is unique in the fund and made from the act ("CALL-004/LP02/investment"), so that the same act
    twice is refused; `act` names the act that caused it ("call:4").
    """

    reference: str
    effective_on: date
    debit: Account | str
    credit: Account | str
    amount: int
    memo: str
    act: str
    debit_partner_id: int | None = None
    credit_partner_id: int | None = None
    holding_id: int | None = None


class PostingsInvalid(Invalid):
    code = "postings_invalid"
    says = "{count} of the postings cannot be booked; none was."


class ReferenceTaken(Conflict):
    code = "reference_taken"
    says = "The reference {reference} is already in the books; the same act is not booked twice."


class PeriodLocked(Conflict):
    code = "period_locked"
    says = "The books are locked up to {through}; {reference} takes effect on {effective_on}."


class AlreadyReversed(Conflict):
    code = "already_reversed"
    says = "The entry {reference} has been reversed before, by {by}."


class NotReversible(Conflict):
    code = "reversal_not_reversible"
    says = "The entry {reference} is itself a reversal; book what is right as a new entry."


class ReversalTooEarly(Invalid):
    code = "reversal_too_early"
    says = "The entry {reference} takes effect on {effective_on}; it cannot be reversed before that day."


class ReasonMissing(Invalid):
    code = "reason_missing"
    says = "Say why: a reason is needed here."


class PeriodNotOver(Conflict):
    code = "period_not_over"
    says = "The quarter {quarter} ends on {ends_on} and is not over."


class PeriodAlreadyLocked(Conflict):
    code = "period_already_locked"
    says = "The books are already locked up to {through}."


class PeriodBeforeFund(Conflict):
    code = "period_before_fund"
    says = "{quarter} lies before the fund's first quarter, {first}."


class EarlierOpen(Conflict):
    code = "period_earlier_open"
    says = "{quarter} cannot be closed yet: quarters close in their order, and still open before it: {open}."


class PeriodNotLocked(Conflict):
    code = "period_not_locked"
    says = "The quarter {quarter} is not locked."


def check_postings(postings: Sequence[Posting]) -> None:
    """Refuse with PostingsInvalid, naming each fault, unless every posting may be booked."""
    problems = [problem for posting in postings for problem in faults(posting)]
    seen: set[str] = set()
    for posting in postings:
        if posting.reference in seen:
            problems.append(Problem(posting.reference, "the reference stands twice in this batch"))
        seen.add(posting.reference)
    if problems:
        raise PostingsInvalid(count=len({problem.where for problem in problems}), problems=problems)


def faults(posting: Posting) -> list[Problem]:
    """Everything that is wrong with one posting by itself."""
    where = posting.reference or "(no reference)"
    found = [says for says, holds in _plain_faults(posting) if holds]
    sides = [(posting.debit, posting.debit_partner_id), (posting.credit, posting.credit_partner_id)]
    unknown = [code for code, _ in sides if not is_account(code)]
    problems = [Problem(where, says) for says in found]
    if unknown:
        says = "there is no account {account}"
        return problems + [Problem(where, says, {"account": code}) for code in unknown]
    for code, partner_id in sides:
        problems += _partner_faults(where, Account(code), partner_id)
    return problems + [Problem(where, says) for says in _holding_faults(posting) + _pair_faults(posting)]


def _plain_faults(posting: Posting) -> list[tuple[str, bool]]:
    return [
        ("the reference is missing", not posting.reference.strip()),
        ("the act is missing", not posting.act.strip()),
        ("the amount must be above zero", posting.amount <= 0),
    ]


def _partner_faults(where: str, account: Account, partner_id: int | None) -> list[Problem]:
    if CHART[account].partner and partner_id is None:
        return [Problem(where, "account {account} needs a partner", {"account": account.value})]
    if not CHART[account].partner and partner_id is not None:
        return [Problem(where, "account {account} takes no partner", {"account": account.value})]
    return []


def _holding_faults(posting: Posting) -> list[str]:
    needs = {CHART[Account(code)].holding for code in (posting.debit, posting.credit)}
    if Naming.MUST in needs and posting.holding_id is None:
        return ["the holding is missing"]
    if needs == {Naming.NEVER} and posting.holding_id is not None:
        return ["neither account takes a holding"]
    return []


def _pair_faults(posting: Posting) -> list[str]:
    partners = {posting.debit_partner_id, posting.credit_partner_id}
    if posting.debit == posting.credit and len(partners) == 1:
        return ["debit and credit are the same account"]
    between = posting.debit == posting.credit and Account(posting.debit) in MOVES_BETWEEN_PARTNERS
    if len(partners - {None}) == 2 and not between:
        return ["it passes from one partner to another; post it as two, each against account 3900"]
    return []


def check_open(posting: Posting, locked_through: date | None) -> None:
    """Refuse a posting that takes effect within the locked part of the books."""
    check_day_open(posting.effective_on, locked_through, what=posting.reference)


def check_day_open(on: date, locked_through: date | None, *, what: str | Problem) -> None:
    """Refuse an act that takes effect within the locked part of the books, whether it books anything or not."""
    if locked_through is not None and on <= locked_through:
        raise PeriodLocked(through=locked_through, reference=what, effective_on=on)


def open_quarters(first: Quarter, through: Quarter, *, locked_through: date | None) -> list[Quarter]:
    """The quarters up to `through` that are not locked, in their order from the fund's first on."""
    at = first if locked_through is None else max(first, Quarter.containing(locked_through).next)
    found = []
    while at <= through:
        found.append(at)
        at = at.next
    return found


def check_lock(quarter: Quarter, *, first: Quarter, locked_through: date | None, today: date) -> None:
    """Refuse to lock a quarter that is not over, lies before the fund or in what is locked, or is not the next."""
    if quarter.ends_on >= today:
        raise PeriodNotOver(quarter=str(quarter), ends_on=quarter.ends_on)
    if locked_through is not None and quarter.ends_on <= locked_through:
        raise PeriodAlreadyLocked(through=locked_through)
    check_of_fund(quarter, first=first)
    earlier = open_quarters(first, quarter.previous, locked_through=locked_through)
    if earlier:
        raise EarlierOpen(quarter=str(quarter), open=", ".join(str(one) for one in earlier))


def check_of_fund(quarter: Quarter, *, first: Quarter) -> None:
    """Refuse a quarter from before the fund: it was never locked by itself, and nothing of it can be closed."""
    if quarter < first:
        raise PeriodBeforeFund(quarter=str(quarter), first=str(first))


def check_reopen(quarter: Quarter, *, first: Quarter, locked_through: date | None, reason: str) -> None:
    """Refuse to reopen what lies before the fund (all of the books would open), is not locked, or has no reason."""
    check_of_fund(quarter, first=first)
    if locked_through is None or quarter.starts_on > locked_through:
        raise PeriodNotLocked(quarter=str(quarter))
    if not reason.strip():
        raise ReasonMissing()


@dataclass(frozen=True)
class Line:
    """One entry as it is chained, whole. `number` counts from 1 without gaps per fund."""

    number: int
    reference: str
    effective_on: date
    recorded_at: datetime
    debit: str
    credit: str
    amount: int
    currency: str
    debit_partner_id: int | None
    credit_partner_id: int | None
    holding_id: int | None
    act: str
    memo: str
    reverses_id: int | None


def line_hash(line: Line, previous: str) -> str:
    """The entry's fingerprint: SHA-256 over the canonical JSON of its content and the one before it."""
    body = {
        **vars(line),
        "effective_on": line.effective_on.isoformat(),
        "recorded_at": instant_text(line.recorded_at),
        "previous": previous,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def posting_of(line: Line) -> Posting:
    """The posting that the entry was booked from."""
    return Posting(**{name: getattr(line, name) for name in Posting.__dataclass_fields__})


def undoes(undone: Line, original: Line) -> bool:
    """Whether `undone` is the same move as `original`, the other way."""
    return _sides(undone) == _sides(original, turned=True)


def _sides(line: Line, *, turned: bool = False) -> tuple[object, ...]:
    debit, credit = (line.debit, line.debit_partner_id), (line.credit, line.credit_partner_id)
    first, second = (credit, debit) if turned else (debit, credit)
    return (first, second, line.amount, line.currency, line.holding_id)


def reversal(line: Line, *, reason: str, effective_on: date) -> Posting:
    """The posting that undoes `line`: the same amount the other way.

    Refused: a reversal of a reversal, a day before the entry's own, a missing reason.
    """
    if line.reverses_id is not None:
        raise NotReversible(reference=line.reference)
    if effective_on < line.effective_on:
        raise ReversalTooEarly(reference=line.reference, effective_on=line.effective_on)
    if not reason.strip():
        raise ReasonMissing()
    return Posting(
        reference=f"{line.reference}/reversal",
        effective_on=effective_on,
        debit=line.credit,
        credit=line.debit,
        amount=line.amount,
        memo=reason,
        act=line.act,
        debit_partner_id=line.credit_partner_id,
        credit_partner_id=line.debit_partner_id,
        holding_id=line.holding_id,
    )
