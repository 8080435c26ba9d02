"""What a line of a statement may be: every proposal with a score, and the reasons that make it up. Pure.

The score is a plain sum of points per clue, the same from the same facts; nothing is ever booked because of it alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations


class Clue(StrEnum):
    """One reason why a line may be what is proposed."""

    ONE_CALL = "amount_of_one_call"
    ALL_CALLS = "amount_of_all_open_calls"
    SOME_CALLS = "amount_of_some_open_calls"
    PART = "part_of_a_call"
    BEYOND = "more_than_is_owed"
    DUE = "amount_of_what_is_open"
    PART_DUE = "part_of_what_is_open"
    ITEM = "amount_of_the_payment"
    ACCOUNT = "account_on_record"
    SAME_NAME = "same_name"
    LEGAL_FORM = "same_name_but_for_its_form"
    NAME_WITHIN = "name_within_the_other"
    REFERENCE = "reference_named"
    CODE = "partner_code_named"
    SAME_DAY = "same_day"
    NEAR_DAY = "day_close_by"


POINTS = {
    Clue.ONE_CALL: 50,
    Clue.ALL_CALLS: 45,
    Clue.SOME_CALLS: 40,
    Clue.ITEM: 50,
    Clue.DUE: 45,
    Clue.PART: 10,
    Clue.PART_DUE: 10,
    Clue.BEYOND: 5,
    Clue.ACCOUNT: 30,
    Clue.SAME_NAME: 30,
    Clue.LEGAL_FORM: 25,
    Clue.NAME_WITHIN: 15,
    Clue.REFERENCE: 15,
    Clue.CODE: 5,
    Clue.SAME_DAY: 10,
    Clue.NEAR_DAY: 5,
}
WHOLE = frozenset({Clue.ONE_CALL, Clue.ALL_CALLS, Clue.ITEM, Clue.DUE})
SURE = frozenset({Clue.ACCOUNT, Clue.SAME_NAME, Clue.LEGAL_FORM, Clue.REFERENCE})
NEAR_DAYS = 10
# Sums of some of a partner's open calls are looked for among its oldest few only.
MOST_CALLS = 8
_FORMS = re.compile(
    r"(有限合伙|特殊普通合伙|普通合伙|有限责任公司|股份有限公司|有限公司|合伙企业|股份公司|公司|集团"
    r"|colimited|coltd|limited|ltd|llc|llp|lp|inc|corporation|corp|co|gmbh|partnership)$"
)


@dataclass(frozen=True)
class Movement:
    """What is open of a line: positive where it came in. `account_no` is "" where it is not known."""

    amount: int
    on: date
    name: str
    account_no: str
    memo: str
    reference: str


@dataclass(frozen=True)
class Owed:
    """What a partner still owes on one call, interest of a later close included; or interest on a default."""

    call_id: int
    call: str
    due_on: date
    outstanding: int
    default_id: int | None = None


@dataclass(frozen=True)
class Payer:
    """A partner that owes: its names, the accounts on record, and its open calls, the oldest first."""

    partner_id: int
    code: str
    names: tuple[str, ...]
    accounts: tuple[str, ...]
    owed: tuple[Owed, ...]


@dataclass(frozen=True)
class Payment:
    """A payment in the books of which `left` is not matched yet (signed); `names` are whose it may be."""

    item: str
    left: int
    on: date
    memo: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Due:
    """An expense that is owed (`left` below nil) or income that is to come, by its reference; from `on` it counts."""

    reference: str
    left: int
    on: date
    names: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What a line may be, and why: `calls` with an amount each of one partner's, a payment `item` in the books, or
    something `due`, which accepting it books as paid or received.

    `covers` is how much of the line that is; `is_exact` that nothing else comes as near and its amount is the whole.
    """

    partner_id: int | None
    calls: tuple[tuple[Owed, int], ...]
    item: str | None
    covers: int
    clues: tuple[Clue, ...]
    is_exact: bool = False
    due: Due | None = None

    @property
    def score(self) -> int:
        """The sum of its clues' points."""
        return sum(POINTS[clue] for clue in self.clues)


def bare(name: str) -> str:
    """A name without width, case, brackets, blanks and marks: 包头钢铁（集团） is 包头钢铁集团."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()


def core(name: str) -> str:
    """A bare name without its legal form at the end; a name that is nothing else stays."""
    plain = bare(name)
    while (shorter := _FORMS.sub("", plain)) != plain and shorter:
        plain = shorter
    return plain


def name_clue(line: str, names: Sequence[str]) -> Clue | None:
    """How near the name on a line is to the nearest of `names`."""
    if not bare(line):
        return None
    known = [name for name in names if bare(name)]
    if any(bare(line) == bare(name) for name in known):
        return Clue.SAME_NAME
    if any(core(line) == core(name) for name in known):
        return Clue.LEGAL_FORM
    if any(_within(core(line), core(name)) or _within(core(name), core(line)) for name in known):
        return Clue.NAME_WITHIN
    return None


def proposals(
    line: Movement,
    payers: Sequence[Payer],
    payments: Sequence[Payment],
    dues: Sequence[Due] = (),
    *,
    most: int = 5,
) -> list[Proposal]:
    """What the line may be, the likeliest first; what scores the same stands in the order of partner and payment."""
    found = [one for payer in payers if line.amount > 0 for one in _of_payer(line, payer)]
    found += [one for payment in payments for one in _of_payment(line, payment)]
    found += [one for due in dues for one in _of_due(line, due)]
    ranked = sorted(found, key=lambda one: -one.score)[:most]
    if not ranked or not _may_be_exact(ranked[0]) or (len(ranked) > 1 and ranked[1].score == ranked[0].score):
        return ranked
    return [replace(ranked[0], is_exact=True), *ranked[1:]]


def _of_payer(line: Movement, payer: Payer) -> Iterator[Proposal]:
    who = [*_who(line, payer.names), *([Clue.ACCOUNT] if _is_account(line, payer) else [])]
    if _names_code(line.memo, payer.code):
        who.append(Clue.CODE)
    calls, amount = _calls(line, payer)
    if amount is None:
        return
    if amount in {Clue.PART, Clue.BEYOND} and not who:
        return
    named = any(_names_code(line.memo, owed.call) for owed, _ in calls)
    days = min(abs((line.on - owed.due_on).days) for owed, _ in calls)
    clues = (amount, *who, *([Clue.REFERENCE] if named else []), *_day(days))
    yield Proposal(payer.partner_id, calls, None, sum(part for _, part in calls), clues)


def _calls(line: Movement, payer: Payer) -> tuple[tuple[tuple[Owed, int], ...], Clue | None]:
    """Which of the payer's open calls the money is for: an exact amount where there is one, else the oldest first."""
    owed = [one for one in payer.owed if one.outstanding > 0]
    if not owed:
        return (), None
    singles = [one for one in owed if one.outstanding == line.amount]
    if singles:
        # Of several calls over the same amount, the one that the memo names, else the oldest.
        chosen = next((one for one in singles if _names_code(line.memo, one.call)), singles[0])
        return ((chosen, line.amount),), Clue.ONE_CALL
    if sum(one.outstanding for one in owed) == line.amount:
        return tuple((one, one.outstanding) for one in owed), Clue.ALL_CALLS
    for size in range(2, min(len(owed), MOST_CALLS)):
        for some in combinations(owed[:MOST_CALLS], size):
            if sum(one.outstanding for one in some) == line.amount:
                return tuple((one, one.outstanding) for one in some), Clue.SOME_CALLS
    named = [one for one in owed if _names_code(line.memo, one.call)]
    return _oldest_first(line.amount, [*named, *(one for one in owed if one not in named)])


def _oldest_first(amount: int, owed: Sequence[Owed]) -> tuple[tuple[tuple[Owed, int], ...], Clue]:
    left, parts = amount, []
    for one in owed:
        part = min(left, one.outstanding)
        if part:
            parts.append((one, part))
        left -= part
    return tuple(parts), Clue.BEYOND if left else Clue.PART


def _of_payment(line: Movement, payment: Payment) -> Iterator[Proposal]:
    if payment.left != line.amount:
        return
    clues = [Clue.ITEM, *_who(line, payment.names)]
    is_named = bool(line.reference) and bare(line.reference) == bare(payment.memo)
    clues += [Clue.REFERENCE] if is_named else []
    clues += _day(abs((line.on - payment.on).days))
    yield Proposal(None, (), payment.item, abs(line.amount), tuple(clues))


def _of_due(line: Movement, due: Due) -> Iterator[Proposal]:
    """What is open and goes the way of the line, once it counts: the whole, or a part for one that is named."""
    if (due.left > 0) is not (line.amount > 0) or line.on < due.on or abs(line.amount) > abs(due.left):
        return
    who = _who(line, due.names)
    if _names_code(line.memo, due.reference) or _names_code(line.reference, due.reference):
        who.append(Clue.REFERENCE)
    is_whole = line.amount == due.left
    if is_whole or who:
        clues = (Clue.DUE if is_whole else Clue.PART_DUE, *who)
        yield Proposal(None, (), None, abs(line.amount), clues, due=due)


def _who(line: Movement, names: Sequence[str]) -> list[Clue]:
    clue = name_clue(line.name, names)
    return [clue] if clue else []


def _is_account(line: Movement, payer: Payer) -> bool:
    return bool(line.account_no) and bare(line.account_no) in {bare(one) for one in payer.accounts}


def _day(days: int) -> list[Clue]:
    return [Clue.SAME_DAY] if days == 0 else [Clue.NEAR_DAY] if days <= NEAR_DAYS else []


def _within(short: str, whole: str) -> bool:
    return len(short) >= 4 and short in whole


def _names_code(memo: str, code: str) -> bool:
    """Whether a memo names a code as a word of its own: CALL-001 is not named by CALL-0010."""
    words = re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFKC", code).casefold())
    wanted = r"[\W_]*".join(map(re.escape, words))
    plain = unicodedata.normalize("NFKC", memo).casefold()
    return bool(words) and re.search(rf"(?<![0-9a-z]){wanted}(?![0-9a-z])", plain) is not None


def _may_be_exact(best: Proposal) -> bool:
    return bool(WHOLE.intersection(best.clues)) and bool(SURE.intersection(best.clues))
