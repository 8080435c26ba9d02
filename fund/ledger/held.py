"""What is corrected of an interest after it passed to another partner passes on as well.

An entry of the seller's that is reversed afterwards, or booked as of the day of the transfer or before, moves capital
that the buyer has taken over: an interest passes as its day ends. It is booked as the partners stood on its day, and of
what the seller has more or less by it the same part passes that passed of its commitment: on account 3300, as of the
day of the transfer or of the correction, whichever is later; from the day as of which the transfer was taken back it is
the seller's again. So it is with whoever sold the interest on. What decided the terms of the transfer themselves cannot
be passed on so: what was paid in and out, and the fee, which a transfer splits by days. That is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from fund.interests.corrections import SINCE, CorrectionSheet, count, of_day
from fund.interests.queries import TransferSheet, transfers_until
from fund.ledger.belonging import Place
from fund.ledger.chart import CAPITAL_ACCOUNTS, Account
from fund.ledger.had_before import WORKED_OUT_ANEW, Change, belongs_before, had_before, parts_of
from fund.ledger.models import Entry
from fund.ledger.resting import PASSES_ON, Resting, resting_on
from fund.ledger.rules import Posting
from fund.ledger.undo_rules import kind_of
from fund.ledger.undone import first_number
from kernel.db import Tx
from kernel.errors import Conflict

_VALUE = Account.UNREALISED_APPRECIATION


class InterestPassedOn(Conflict):
    code = "interest_passed_on"
    says = "{reference} belongs to an interest that passed on {on} by {transfer}; take that back first."


@dataclass(frozen=True)
class Following:
    """What passes on by a booking: its postings, and what of it is capital."""

    postings: tuple[Posting, ...] = ()
    capital: tuple[CorrectionSheet, ...] = ()

    def __add__(self, other: "Following") -> "Following":
        return Following(self.postings + other.postings, self.capital + other.capital)


@dataclass(frozen=True)
class _Diff:
    """What a partner has more (credit) on an account by a correction, as of a day."""

    partner_id: int
    account: Account
    holding_id: int | None
    on: date
    amount: int
    act: str
    of: date = date.min

    def turned(self, partner_id: int) -> "_Diff":
        """What another has less."""
        return replace(self, partner_id=partner_id, amount=-self.amount)


@dataclass(frozen=True)
class Back:
    """What goes back to the seller at a place as of a day; `of` is the day of what the buyer had, `act` one of its."""

    place: Place
    of: date
    on: date
    amount: int
    act: str


def passes_on(
    tx: Tx,
    *,
    fund_id: int,
    postings: Sequence[Posting],
    undone: Sequence[Entry] = (),
    of: date | None = None,
    at: datetime,
) -> Following:
    """What passes on by `postings` (`undone`: what each reverses) with the interests that passed after their day.

    The postings belong to the day `of` where that is another than those on which they take effect.

    Refused: what decided the terms of a transfer; the problems name what is to be taken back first, in its order.
    """
    derived: list[_Diff] = []
    found = Following()
    every = transfers_until(tx, fund_id=fund_id, as_of=date.max)
    for turn, sheet in enumerate(every):
        first = first_number(tx, fund_id=fund_id, act=f"transfer:{sheet.id}") if undone else None
        diffs = [one for one in derived if one.partner_id == sheet.seller_id]
        for place, posting in enumerate(postings):
            original = undone[place] if undone else None
            if _moves_capital(posting, sheet) and _is_of_before(posting, original, sheet, first, of):
                if not sheet.is_undone:
                    _check_passes(tx, fund_id, posting, original, sheet)
                elif not _passes(posting, sheet):
                    continue
                diffs += _diffs(posting, sheet.seller_id)
        moved = _while_it_counts(sheet, _parts(tx, sheet, every[:turn], diffs))
        derived += [part for one in moved for part in (one, one.turned(sheet.seller_id))]
        found += _following(tx, sheet, moved, at)
    return found


def passes_back(
    tx: Tx, *, fund_id: int, sheet: TransferSheet, back: Sequence[Back], at: datetime
) -> Following:
    """What passes back by a transfer that was taken back, and on with interests that its two sides sold since."""
    derived: list[_Diff] = []
    found = Following()
    every = transfers_until(tx, fund_id=fund_id, as_of=date.max)
    for turn, one in enumerate((sheet, *every), start=-1):
        if one is sheet:
            moved = [
                _Diff(
                    sheet.buyer_id,
                    Account(each.place[0]),
                    each.place[1],
                    each.on,
                    -each.amount,
                    each.act,
                    each.of,
                )
                for each in back
            ]
        else:
            its = [
                each for each in derived if each.partner_id == one.seller_id and each.of <= one.effective_on
            ]
            moved = _while_it_counts(one, _parts(tx, one, every[:turn], its))
        derived += [part for each in moved for part in (each, each.turned(one.seller_id))]
        found += _following(tx, one, moved, at)
    return found


def _while_it_counts(sheet: TransferSheet, moved: list[_Diff]) -> list[_Diff]:
    """What comes to the buyer, and goes from it again on the day as of which the transfer was taken back."""
    gone_on = sheet.cancelled_on
    if gone_on is None:
        return moved
    return [
        part
        for one in moved
        if one.on < gone_on
        for part in (one, replace(one, on=gone_on, amount=-one.amount))
    ]


def _following(tx: Tx, sheet: TransferSheet, moved: Sequence[_Diff], at: datetime) -> Following:
    """The postings of what comes to the buyer, and what is kept of it beside the books."""
    number = count(tx, transfer_id=sheet.id) + 1 if moved else 0
    found = Following()
    for place, one in enumerate(moved, start=number):
        named = f"{SINCE}{place}" if sheet.is_undone else f"/after-{place}"
        step = f"{sheet.code}/{one.account.value}{named}" + ("" if one.of == date.min else of_day(one.of))
        is_value = one.account is _VALUE
        its = tuple(_value_postings(sheet, one, step) if is_value else [_posting(sheet, one, step)])
        facts = (sheet.id, one.act, step, one.on, one.account.value, one.holding_id, one.amount, at)
        found += Following(its, (CorrectionSheet(*facts),))
    return found


def _parts(
    tx: Tx, sheet: TransferSheet, earlier: Sequence[TransferSheet], diffs: Sequence[_Diff]
) -> list[_Diff]:
    """What of the seller's differences comes to the buyer, act by act: the part that passed of its commitment, of all
    that the seller has of the time before on each account.
    """
    acts: dict[tuple[Account, int | None], dict[str, list[Change]]] = {}
    for one in diffs:
        of_place = acts.setdefault((one.account, one.holding_id), {})
        of_place.setdefault(one.act, []).append(Change(max(one.on, sheet.effective_on), one.amount))
    found: list[_Diff] = []
    for (account, holding_id), changes in acts.items():
        place = (account.value, holding_id)
        had = had_before(tx, fund_id=sheet.fund_id, sheet=sheet, earlier=earlier, place=place)
        for act, more in changes.items():
            moves = parts_of(had, more, part=sheet.commitment, whole=sheet.whole)
            found += [_Diff(sheet.buyer_id, account, holding_id, on, amount, act) for on, amount in moves]
            had += more
    return found


def _diffs(posting: Posting, partner_id: int) -> list[_Diff]:
    return [
        _Diff(partner_id, Account(account), posting.holding_id, posting.effective_on, amount, posting.act)
        for account, of, amount in (
            (posting.credit, posting.credit_partner_id, posting.amount),
            (posting.debit, posting.debit_partner_id, -posting.amount),
        )
        if of == partner_id
    ]


def _posting(sheet: TransferSheet, one: _Diff, reference: str) -> Posting:
    """Capital passes on account 3300, as it did with the transfer."""
    gives, gets = (sheet.seller_id, sheet.buyer_id) if one.amount > 0 else (sheet.buyer_id, sheet.seller_id)
    return Posting(
        reference=reference,
        effective_on=one.on,
        debit=Account.TRANSFERS,
        credit=Account.TRANSFERS,
        amount=abs(one.amount),
        memo=one.act,
        act=f"transfer:{sheet.id}",
        debit_partner_id=gives,
        credit_partner_id=gets,
    )


def _value_postings(sheet: TransferSheet, one: _Diff, reference: str) -> list[Posting]:
    """Value above cost lies on the partners' own rows; it passes beside, against the clearing account."""
    return [
        Posting(
            reference=f"{reference}/{step}",
            effective_on=one.on,
            debit=Account.BETWEEN_PARTNERS if amount > 0 else _VALUE,
            credit=_VALUE if amount > 0 else Account.BETWEEN_PARTNERS,
            amount=abs(amount),
            memo=one.act,
            act=f"transfer:{sheet.id}",
            debit_partner_id=None if amount > 0 else partner_id,
            credit_partner_id=partner_id if amount > 0 else None,
            holding_id=one.holding_id,
        )
        for step, partner_id, amount in (
            ("from", sheet.seller_id, -one.amount),
            ("to", sheet.buyer_id, one.amount),
        )
    ]


def _check_passes(
    tx: Tx, fund_id: int, posting: Posting, original: Entry | None, sheet: TransferSheet
) -> None:
    if _passes(posting, sheet):
        return
    rests = resting_on(
        tx, fund_id=fund_id, sheet=sheet, first=first_number(tx, fund_id=fund_id, act=f"transfer:{sheet.id}")
    )
    itself = Resting.of("transfer:", reference=sheet.code, on=sheet.effective_on)
    raise InterestPassedOn(
        problems=[one.problem for one in (*rests, itself)],
        reference=original.reference if original else posting.reference,
        on=sheet.effective_on,
        transfer=sheet.code,
    )


def _passes(posting: Posting, sheet: TransferSheet) -> bool:
    """Whether what a posting does to the seller can pass on; what a transfer moved that is gone does not again."""
    accounts = {Account(code) for code, partner_id in _sides(posting) if partner_id == sheet.seller_id}
    return accounts <= PASSES_ON and not (sheet.is_undone and kind_of(posting.act) == "transfer")


def _is_of_before(
    posting: Posting, original: Entry | None, sheet: TransferSheet, first: int | None, of: date | None
) -> bool:
    """Whether a posting is of the time before the interest passed, or undoes what stood then.

    What decided the terms of the transfer is so on days before alone: what is called and paid out on its day is
    the buyer's where it is written down afterwards.
    """
    if original is None:
        reference, on, was_there = posting.reference, of or posting.effective_on, False
    else:
        reference, on = original.reference, original.effective_on
        was_there = _stood(original, sheet, first)
    if not _passes(posting, sheet) and on >= sheet.effective_on:
        return was_there
    return belongs_before(sheet, act=posting.act, reference=reference, on=on, was_there=was_there)


def _stood(entry: Entry, sheet: TransferSheet, first: int | None) -> bool:
    """Whether an entry stood when the interest passed; of one instant those numbered before the transfer."""
    assert sheet.approved_at is not None
    if first is not None and entry.recorded_at == sheet.approved_at:
        return entry.effective_on <= sheet.effective_on and entry.number < first
    return entry.effective_on <= sheet.effective_on and entry.recorded_at <= sheet.approved_at


def _moves_capital(what: Posting, sheet: TransferSheet) -> bool:
    if kind_of(what.act) == WORKED_OUT_ANEW:
        return False
    return any(
        account in CAPITAL_ACCOUNTS and partner_id == sheet.seller_id for account, partner_id in _sides(what)
    )


def _sides(what: Posting) -> Iterator[tuple[str, int | None]]:
    yield what.debit, what.debit_partner_id
    yield what.credit, what.credit_partner_id
