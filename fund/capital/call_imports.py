"""Reading calls from a sheet: one row per item, or per item and partner; all rows or none.

The rows of one call carry its code and stand together: as a draft, or, where its notice was given before, as history.
A call that is recorded already and said again is left alone.
"""

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fund.capital.acts import next_of_fund
from fund.capital.calls import draft_call, load_call
from fund.capital.inflows import call_by_code, item_parts
from fund.capital.models import Call
from fund.capital.positions import standings
from fund.capital.rules import CallState, CallUnknown, Item, ItemKind
from fund.capital.sheets import CallSheet
from fund.partners.queries import codes_in_order, partners
from fund.partners.rules import PartnerUnknown
from kernel.allocation import allocate
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor
from kernel.instants import day_in_beijing
from kernel.money import format_amount
from kernel.sheets.days import Day
from kernel.sheets.importing import PASSED_OVER, Imported, Known, book, known_as_said
from kernel.sheets.numbers import Amount, Whole
from kernel.sheets.reading import Column, Layout, Reading, read_file
from kernel.sheets.words import Choice, Code, Text, Texts

_ITEMS = {"投资款": ItemKind.INVESTMENT, "管理费": ItemKind.FEE, "合伙费用": ItemKind.EXPENSE}
_NUMBERED = re.compile(r"CALL-([0-9]{1,6})", re.ASCII)


class CallNumberDiffers(Conflict):
    code = "call_number_differs"
    says = "The next call of this fund is {next}, not {code}."


class CallRowsDiffer(Conflict):
    code = "call_rows_differ"
    says = "The rows of {code} do not agree on its notice and due date."


class CallPartDiffers(Conflict):
    code = "call_part_differs"
    says = (
        "{code} asks {partner} for {found} by the rules of the fund, and not for {said}; leave the partners out, or "
        "give the day of its notice where the call was issued before."
    )


class PartnersIncomplete(Conflict):
    code = "call_partners_incomplete"
    says = "{code} names a partner on some rows of an item only; expected one on each of them, or on none."


@dataclass(frozen=True)
class CallItemRow:
    """One item of one call, or one partner's part of it, in fen.

    `position` tells items of one kind and purpose apart. A call that was withdrawn where the list comes from says when.
    """

    code: str
    notice_on: date | None
    due_on: date
    kind: ItemKind
    amount: int
    purpose: str
    call_purpose: str = ""
    position: int | None = None
    partner: str = ""
    excused: tuple[str, ...] = ()
    withdrawn_on: date | None = None

    @property
    def item(self) -> Hashable:
        """What the rows of one item have in common."""
        return self.position, self.kind, self.purpose


@dataclass(frozen=True)
class CallRow:
    """One call with all its items."""

    code: str
    items: tuple[CallItemRow, ...]

    @property
    def notice_on(self) -> date | None:
        """The day on which notice is meant to be given."""
        return self.items[0].notice_on

    @property
    def purpose(self) -> str:
        """What the call is for: its own words, or those of its items."""
        return self.items[0].call_purpose or " · ".join(dict.fromkeys(item.purpose for item in self.items))

    @property
    def by_item(self) -> list[tuple[CallItemRow, ...]]:
        """The rows of each item."""
        found: dict[Hashable, list[CallItemRow]] = {}
        for row in self.items:
            found.setdefault(row.item, []).append(row)
        return [tuple(rows) for rows in found.values()]


CALLS = Layout(
    "calls",
    CallItemRow,
    (
        Column("code", Code(), ("缴款编号", "Call code", "Call")),
        Column("notice_on", Day(), ("通知日", "Notice on"), False),
        Column("due_on", Day(), ("缴款截止日", "Due on")),
        Column("kind", Choice(ItemKind, _ITEMS), ("款项类别", "Item")),
        Column("amount", Amount(), ("金额", "缴款金额", "Amount")),
        Column("purpose", Text(), ("用途", "Purpose")),
        Column("call_purpose", Text(), ("缴款事由", "Purpose of the call"), False, ""),
        Column("position", Whole(1, 999), ("款项序号", "Item number"), False),
        Column("partner", Code(), ("合伙人编号", "Partner code"), False, ""),
        Column("excused", Texts(), ("豁免合伙人", "Excused partners"), False, ()),
        Column("withdrawn_on", Day(), ("撤回日期", "Withdrawn on"), False),
    ),
    unique=("code", "position", "kind", "purpose", "partner"),
)


def import_calls(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Draft every call of a sheet; nothing is booked until somebody else approves and it is issued.

    A call whose notice was given before the day of `now` is history: it is loaded as it was issued, each partner's
    part too where the rows say it. One that was withdrawn there only takes up its number.
    """
    reading = together(read_file(filename, content, CALLS))
    gone = {line.value.code for line in reading.lines if line.value.items[0].withdrawn_on is not None}

    def act(row: CallRow) -> Known | int:
        return _known(tx, row, fund_id=fund_id) or add_call(
            tx, actor, row=row, fund_id=fund_id, passed_over=gone, now=now
        )

    return (book(tx, reading, act, what="calls", dry_run=dry_run),)


def together(reading: Reading[CallItemRow]) -> Reading[CallRow]:
    """The rows of each call as one line, which stands where its first row stands."""
    return reading.gathered(lambda row: row.code, lambda rows: CallRow(rows[0].code, rows))


def add_call(
    tx: Tx,
    actor: Actor,
    *,
    row: CallRow,
    fund_id: int,
    passed_over: Collection[str] = (),
    now: datetime,
) -> int:
    """Draft one call, or load it as history, and return its id; a fee is shared by commitment among its bearers.

    Refused: another code than the next (but for those `passed_over`), rows that disagree, what `draft_call` refuses.
    """
    first = row.items[0]
    if any((item.due_on, item.notice_on) != (first.due_on, first.notice_on) for item in row.items):
        raise CallRowsDiffer(code=row.code)
    is_history = first.notice_on is not None and first.notice_on < day_in_beijing(now)
    items = _items(tx, row, fund_id=fund_id, is_history=is_history)
    if is_history:
        assert first.notice_on is not None
        drafted = load_call(
            tx,
            actor,
            fund_id=fund_id,
            items=items,
            notice_on=first.notice_on,
            due_on=first.due_on,
            purpose=row.purpose,
            number=_number(tx, row.code, passed_over, fund_id=fund_id),
            now=now,
        ).call
    else:
        drafted = draft_call(
            tx, actor, fund_id=fund_id, items=items, due_on=first.due_on, purpose=row.purpose, now=now
        ).call
    if drafted.code != row.code:
        raise CallNumberDiffers(next=drafted.code, code=row.code)
    _check_parts(tx, row, drafted.id, fund_id=fund_id)
    return drafted.id


def _number(tx: Tx, code: str, passed_over: Collection[str], *, fund_id: int) -> int | None:
    """The call's own number where all before it were withdrawn; else it takes the next."""
    at = next_of_fund(tx, model=Call, fund_id=fund_id)
    wanted = _NUMBERED.fullmatch(code)
    if wanted is None or any(f"CALL-{one:03}" not in passed_over for one in range(at, int(wanted[1]))):
        return None
    return int(wanted[1])


def _items(tx: Tx, row: CallRow, *, fund_id: int, is_history: bool) -> list[Item]:
    ids = {code: key for key, code in codes_in_order(tx, fund_id=fund_id).items()}
    found = []
    for rows in row.by_item:
        first, amount = rows[0], sum(one.amount for one in rows)
        named = {_key(ids, one.partner): one.amount for one in rows if one.partner}
        if len(named) not in (0, len(rows)):
            raise PartnersIncomplete(code=row.code)
        excused = frozenset(_key(ids, code.upper()) for code in first.excused)
        if first.kind is ItemKind.FEE:
            named = named or _fee(tx, first, fund_id=fund_id)
        elif not is_history:
            named = {}
        as_issued = bool(named) and is_history
        found.append(Item(first.kind, amount, first.purpose, None, excused, named, as_issued=as_issued))
    return found


def _key(ids: Mapping[str, int], code: str) -> int:
    if code not in ids:
        raise PartnerUnknown()
    return ids[code]


def _fee(tx: Tx, row: CallItemRow, *, fund_id: int) -> dict[int, int]:
    bearing = {partner.id for partner in partners(tx, fund_id=fund_id) if partner.bears_fee}
    paying = [one for one in standings(tx, fund_id=fund_id, on=row.due_on) if one.partner_id in bearing]
    parts = allocate(row.amount, [one.commitment for one in paying])
    return {one.partner_id: part for one, part in zip(paying, parts, strict=True)}


def _parts(tx: Tx, call_id: int, *, fund_id: int) -> list[dict[str, int]]:
    """Each item's parts by the partners' codes."""
    codes = codes_in_order(tx, fund_id=fund_id)
    found = item_parts(tx, call_id=call_id)
    return [{codes[key]: amount for key, amount in found[place].items()} for place in sorted(found)]


def _check_parts(tx: Tx, row: CallRow, call_id: int, *, fund_id: int) -> None:
    for rows, parts in zip(row.by_item, _parts(tx, call_id, fund_id=fund_id), strict=True):
        for one in rows:
            found = parts.get(one.partner, 0)
            if one.partner and found != one.amount:
                raise CallPartDiffers(
                    code=row.code,
                    partner=one.partner,
                    found=format_amount(found),
                    said=format_amount(one.amount),
                )


def _known(tx: Tx, row: CallRow, *, fund_id: int) -> Known | None:
    """That a call is recorded and says the same, or was withdrawn where the list comes from."""
    first = row.items[0]
    try:
        sheet = call_by_code(tx, fund_id=fund_id, code=row.code)
    except CallUnknown:
        return None if first.withdrawn_on is None else Known(row.code, PASSED_OVER)
    state = sheet.call.state
    said = CallState.ISSUED if state is CallState.CANCELLED else state
    pairs: dict[str, tuple[object, object]] = {
        "due_on": (first.due_on, sheet.call.due_on),
        "notice_on": (first.notice_on, sheet.call.notice_on),
        "call_purpose": (first.call_purpose, sheet.call.purpose),
        "amount": _said_and_recorded(tx, row, sheet, fund_id=fund_id),
        "withdrawn_on": (said if first.withdrawn_on is None else CallState.CANCELLED, state),
    }
    return known_as_said(CALLS, name=row.code, pairs=pairs)


def _said_and_recorded(tx: Tx, row: CallRow, sheet: CallSheet, *, fund_id: int) -> tuple[str, str]:
    """The items as a row says them and as they are recorded, by partner where the row names partners."""
    recorded = _parts(tx, sheet.id, fund_id=fund_id)
    items = row.by_item
    if len(items) == len(recorded) and all(one.partner for one in row.items):
        said = [{one.partner: one.amount for one in rows} for rows in items]
        pairs = [
            (f"{code} {format_amount(there.get(code, 0))}", f"{code} {format_amount(here.get(code, 0))}")
            for there, here in zip(said, recorded, strict=True)
            for code in sorted({*there, *here})
        ]
        return next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    said_sums = [(rows[0].kind, sum(one.amount for one in rows)) for rows in items]
    recorded_sums = [(item.kind, item.amount) for item in sheet.items]
    return _listed(said_sums), _listed(recorded_sums)


def _listed(sums: Sequence[tuple[ItemKind, int]]) -> str:
    return ", ".join(f"{kind.value} {format_amount(amount)}" for kind, amount in sums)
