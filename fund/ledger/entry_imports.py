"""Reading entries from a sheet: an accountant's journal, or the entries of a fund as they were taken out.

Entries that stand in the books and are said again are known. Those of another act than a journal are not made here:
the act is brought in, and writes them; where it was taken back, its entries and their reversals sum to nothing and are
passed over. All rows of a file or none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import col, select

from fund.charter.queries import first_quarter
from fund.ledger.actions import reverse_entries
from fund.ledger.chart import CHART, CODES
from fund.ledger.entries import EntrySheet, sheets
from fund.ledger.hand_rules import (
    JOURNAL,
    REVERSED,
    ReversalDiffers,
    account_faults,
    check_act,
    is_by_hand,
    is_own_act,
    reference_faults,
)
from fund.ledger.journals import book_journal, next_journal
from fund.ledger.locks import locked_through
from fund.ledger.models import Entry
from fund.ledger.rules import Posting, PostingsInvalid, check_day_open, faults
from fund.ledger.undo_rules import kind_of
from fund.partners.queries import codes_in_order
from kernel.db import Tx
from kernel.errors import Problem
from kernel.identity.rules import Actor, Role
from kernel.instants import day_in_beijing
from kernel.money import format_amount
from kernel.sheets.cells import Cell, Unreadable, narrow
from kernel.sheets.days import Day
from kernel.sheets.importing import PASSED_OVER, Imported, Known, book, known_as_said
from kernel.sheets.numbers import Amount, Whole
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Code, Text


def _n(says: str) -> str:
    return says


NO_ACCOUNT = _n("“{found}” is no account of the chart; expected its number or its name")


@dataclass(frozen=True)
class AccountNamed:
    """An account by its number ("5041"), its name in either language, or both."""

    def read(self, cell: Cell) -> str:
        """The account's number."""
        text = narrow(cell.shown).removesuffix(".0")
        if text[:4] in CODES:
            return text[:4]
        for account, facts in CHART.items():
            if text.casefold() in (narrow(facts.name_zh), facts.name_en.casefold()):
                return account.value
        raise Unreadable(NO_ACCOUNT, found=cell.shown)


@dataclass(frozen=True)
class EntryRow:
    """One entry: a positive amount in fen from `credit` to `debit`. `number` is its place where it comes from."""

    reference: str
    effective_on: date
    debit: str
    credit: str
    amount: int
    debit_partner: str = ""
    credit_partner: str = ""
    memo: str = ""
    number: int | None = None
    holding: str = ""
    act: str = ""
    reverses: str = ""
    reversed_by: str = ""


ENTRIES = Layout(
    "entries",
    EntryRow,
    (
        Column("number", Whole(1), ("序号", "No."), False),
        Column("reference", Text(120), ("凭证编号", "Reference")),
        Column("effective_on", Day(), ("生效日期", "Effective on")),
        Column("debit", AccountNamed(), ("借方科目", "Debit", "Debit account")),
        Column("credit", AccountNamed(), ("贷方科目", "Credit", "Credit account")),
        Column("amount", Amount(), ("金额", "Amount")),
        Column("debit_partner", Code(), ("借方合伙人", "Debited partner"), False, ""),
        Column("credit_partner", Code(), ("贷方合伙人", "Credited partner"), False, ""),
        Column("holding", Text(), ("项目", "Holding"), False, ""),
        Column("act", Text(60), ("业务", "Act"), False, ""),
        Column("memo", Text(400), ("摘要", "Memo"), False, ""),
        Column("reverses", Text(), ("冲回凭证", "Reverses"), False, ""),
        Column("reversed_by", Text(), ("被冲回凭证", "Reversed by"), False, ""),
    ),
    unique=("reference",),
)


def import_entries(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Book every entry of a sheet that is new, in one journal. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, ENTRIES)
    ordered = sorted(reading.lines, key=lambda line: line.value.number or 0)
    reading = replace(reading, lines=tuple(ordered))
    making = _Making(tx, actor, fund_id=fund_id, rows=[line.value for line in ordered], now=now)
    done = book(tx, reading, making.take, what="entries")
    with tx.begin_nested() as whole:
        book_journal(tx, actor, fund_id=fund_id, postings=making.postings, now=now)
        _reverse(tx, actor, making.reversals, fund_id=fund_id, now=now)
        if dry_run:
            whole.rollback()
    return (done.tried(dry_run),)


class _Making:
    """Judges row after row and gathers what is to be booked."""

    def __init__(
        self, tx: Tx, actor: Actor, *, fund_id: int, rows: Sequence[EntryRow], now: datetime
    ) -> None:
        self.tx, self.actor, self.fund_id = tx, actor, fund_id
        self.codes = codes_in_order(tx, fund_id=fund_id)
        self.ids = {code: key for key, code in self.codes.items()}
        self.booked = _booked(tx, rows, fund_id=fund_id)
        self.journal = next_journal(tx, fund_id=fund_id)
        self.locked, self.today = locked_through(tx, fund_id=fund_id), day_in_beijing(now)
        self.postings: list[Posting] = []
        self.reversals: list[EntryRow] = []

    def take(self, row: EntryRow) -> Known | None:
        """Judge one row. Refused: what differs from what is booked, what another act makes, what no journal may."""
        self.actor.require(Role.MANAGER, Role.ACCOUNTANT)
        if row.reference in self.booked:
            return self._known(row, self.booked[row.reference])
        if (row.reverses or row.reversed_by) and not is_by_hand(row.act):
            return Known(row.reference, PASSED_OVER)
        if kind_of(row.act) == "close" and _is_shared_anew(self.tx, row.reference, fund_id=self.fund_id):
            return Known(row.reference, PASSED_OVER)
        check_act(reference=row.reference, act=row.act)
        check_day_open(row.effective_on, self.locked, what=row.reference)
        if row.reverses:
            self._take_reversal(row)
            return None
        posting = self._posting(row)
        problems = [*self._faults(row), *(replace(one, where="") for one in faults(posting))]
        if problems:
            raise PostingsInvalid(count=1, problems=problems)
        self.postings.append(posting)
        return None

    def _known(self, row: EntryRow, there: EntrySheet) -> Known:
        name = {None: ""} | self.codes
        pairs: dict[str, tuple[object, object]] = {
            "effective_on": (row.effective_on, there.effective_on),
            "debit": (row.debit, there.debit),
            "credit": (row.credit, there.credit),
            "amount": (format_amount(row.amount), format_amount(there.amount)),
            "debit_partner": (row.debit_partner, name[there.debit_partner_id]),
            "credit_partner": (row.credit_partner, name[there.credit_partner_id]),
        }
        return known_as_said(ENTRIES, name=row.reference, pairs=pairs)

    def _faults(self, row: EntryRow) -> list[Problem]:
        found = [
            *reference_faults(row.reference),
            *account_faults(_heading("debit"), row.debit),
            *account_faults(_heading("credit"), row.credit),
        ]
        found += [
            Problem(_heading(field), _n("there is no partner {partner}"), {"partner": code})
            for field, code in (("debit_partner", row.debit_partner), ("credit_partner", row.credit_partner))
            if code and code not in self.ids
        ]
        if row.holding:
            says = _n("an entry that names a holding is made by the acts of the holding; leave it out")
            found.append(Problem(_heading("holding"), says))
        first = first_quarter(self.tx, fund_id=self.fund_id).starts_on
        if not first <= row.effective_on <= self.today:
            facts = {"first": first, "last": self.today}
            found.append(
                Problem(_heading("effective_on"), _n("expected a day from {first} to {last}"), facts)
            )
        return found

    def _posting(self, row: EntryRow) -> Posting:
        place = len(self.postings) + 1
        return Posting(
            reference=row.reference,
            effective_on=row.effective_on,
            debit=row.debit,
            credit=row.credit,
            amount=row.amount,
            memo=row.memo,
            act=row.act if is_own_act(row.act) else f"{JOURNAL}:{self.journal}.{place}",
            debit_partner_id=self.ids.get(row.debit_partner),
            credit_partner_id=self.ids.get(row.credit_partner),
        )

    def _take_reversal(self, row: EntryRow) -> None:
        there = self.booked.get(row.reverses)
        fresh = next((one for one in self.postings if one.reference == row.reverses), None)
        turned = (row.credit, row.debit, row.amount)
        known = {(str(one.debit), str(one.credit), one.amount) for one in (there, fresh) if one}
        is_journal = there is None or kind_of(there.act) == JOURNAL
        if row.reference != f"{row.reverses}{REVERSED}" or turned not in known or not is_journal:
            raise ReversalDiffers(
                reference=row.reference, reverses=row.reverses, expected=f"{row.reverses}{REVERSED}"
            )
        self.reversals.append(row)


def _booked(tx: Tx, rows: Sequence[EntryRow], *, fund_id: int) -> Mapping[str, EntrySheet]:
    names = [name for row in rows for name in (row.reference, row.reverses) if name]
    found = tx.exec(select(Entry).where(Entry.fund_id == fund_id, col(Entry.reference).in_(names))).all()
    return {one.reference: one for one in sheets(tx, rows=found)}


def _is_shared_anew(tx: Tx, reference: str, *, fund_id: int) -> bool:
    """Whether the later close of an entry has shared its past anew here: by other entries where it was booked first."""
    close = f"{reference.partition('/')[0]}/"
    there = select(Entry.id).where(
        Entry.fund_id == fund_id,
        col(Entry.reference).startswith(close, autoescape=True),
        col(Entry.act).startswith("close:"),
    )
    return tx.exec(there.limit(1)).first() is not None


def _reverse(tx: Tx, actor: Actor, rows: Sequence[EntryRow], *, fund_id: int, now: datetime) -> None:
    """Reverse what the sheet says was reversed: rows of one day and reason together."""
    together: dict[tuple[date, str], list[str]] = {}
    for row in rows:
        together.setdefault((row.effective_on, row.memo), []).append(row.reverses)
    for (on, reason), names in together.items():
        wanted = select(Entry).where(Entry.fund_id == fund_id, col(Entry.reference).in_(names))
        entries = tx.exec(wanted.order_by(col(Entry.id))).all()
        reverse_entries(tx, actor, fund_id=fund_id, entries=entries, reason=reason, effective_on=on, now=now)


def _heading(field: str) -> str:
    return next(column.headings[0] for column in ENTRIES.columns if column.field == field)
