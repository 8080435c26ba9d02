"""Notices of a call: what each partner pays and for what, or what of it goes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fund.capital.inflows import call_header, call_sheet, item_parts
from fund.capital.positions import unfunded_before
from fund.capital.rules import CallKind
from fund.capital.sheets import CallRow, CallSheet, ItemSheet
from fund.nettings.queries import announced_in
from kernel.db import Tx
from lp_reports.facts import Text
from lp_reports.gathering.notice_frame import Frame, frame, summed
from lp_reports.notice import Figure, Moved, Notice, Table
from lp_reports.rules import NoticeInNetting, NoticeKind, NoticeNotGiven, NoticeOnPaper


def check_given(tx: Tx, *, act_id: int) -> None:
    """Refuse a call of which no notice was given here by itself."""
    _given(tx, call_header(tx, call_id=act_id))


def _given(tx: Tx, call: CallRow) -> datetime:
    """The instant at which a call was issued.

    Refused: a draft, one from before the software, one that was told in a netting.
    """
    if call.issued_at is None or call.notice_on is None:
        raise NoticeNotGiven(act=call.code)
    if call.is_loaded:
        raise NoticeOnPaper(act=call.code)
    netting = announced_in(tx, call_id=call.id)
    if netting is not None:
        raise NoticeInNetting(act=call.code, netting=netting)
    return call.issued_at


EQUALISED = Text("后续交割的均衡款", "Equalisation of a later close")


@dataclass(frozen=True)
class Called:
    """A call read once for all its notices: who pays (1), to whom money goes back (-1), the sums of both by item."""

    sheet: CallSheet
    parts: Mapping[int, Mapping[int, int]]
    companies: Mapping[int, Text]
    signs: Mapping[int, int]
    wholes: Mapping[tuple[int, int], int]

    def whole(self, sign: int) -> int:
        """What all who pay pay, or what goes back to all."""
        return sum(amount for (one, _), amount in self.wholes.items() if one == sign)


def called(of: Frame, call_id: int) -> Called:
    """The call with what its notices need of it."""
    sheet, parts = call_sheet(of.tx, call_id=call_id), item_parts(of.tx, call_id=call_id)
    signs = {line.partner_id: -1 if line.amount < 0 else 1 for line in sheet.lines}
    wholes: dict[tuple[int, int], int] = {}
    for position, own in parts.items():
        for partner_id, amount in own.items():
            key = (signs[partner_id], position)
            wholes[key] = wholes.get(key, 0) + amount
    named = {item.holding_id for item in sheet.items if item.holding_id is not None}
    return Called(sheet, parts, of.companies(named), signs, wholes)


def gather(tx: Tx, *, act_id: int) -> dict[int, Notice]:
    """The notice of a call to each partner that has a part in it, by the figures known when it was issued."""
    header = call_header(tx, call_id=act_id)
    of = frame(tx, fund_id=header.fund_id, act=header.code, at=_given(tx, header))
    return _notices(of, called(of, act_id))


def _notices(of: Frame, one: Called) -> dict[int, Notice]:
    call = one.sheet.call
    before, is_settling = moved_by(of, one.sheet), call.kind is CallKind.EQUALISATION
    banks, own, promised = of.banks(), of.own_account(), of.promised(call.due_on)
    totals = {sign: abs(one.whole(sign)) for sign in (1, -1)}
    found = {}
    for line in one.sheet.lines:
        sign = one.signs[line.partner_id]
        kind = NoticeKind.REFUND if sign < 0 else NoticeKind.CALL
        found[line.partner_id] = Notice(
            **of.head(line.partner_id, kind, call.due_on),
            purpose=EQUALISED if is_settling else of.told(call.purpose, line.partner_id),
            pays=sign > 0,
            amount=abs(line.amount),
            fund_amount=totals[sign],
            tables=(items_table(of, one, line.partner_id),),
            moved=(before[line.partner_id],),
            account=banks.get(line.partner_id) if sign < 0 else own,
            **(promised if sign > 0 else {}),
        )
    return found


def moved_by(of: Frame, sheet: CallSheet) -> dict[int, Moved]:
    """By partner, what could be called before the call and after it; interest and premium touch no commitment."""
    call = sheet.call
    as_of = max(call.due_on, call.notice_on or call.due_on)
    before = unfunded_before(of.tx, fund_id=of.fund.id, call_id=call.id, as_of=as_of, known_at=call.issued_at)
    return {
        line.partner_id: Moved(
            "unfunded",
            before.get(line.partner_id, 0),
            before.get(line.partner_id, 0) - line.within,
        )
        for line in sheet.lines
    }


def items_table(of: Frame, one: Called, partner_id: int) -> Table:
    """Item by item the partner's part beside that of all who pay, or of all to whom money goes back."""
    sign, lines = one.signs[partner_id], []
    for item in one.sheet.items:
        own = one.parts.get(item.position, {}).get(partner_id, 0)
        whole = one.wholes.get((sign, item.position), 0)
        is_excused = partner_id in item.excused
        if own or whole:
            code = f"{item.kind.value}_excused" if is_excused else item.kind.value
            note = _for_what(of, item, partner_id, one.companies)
            lines.append(Figure(code, sign * own, sign * whole, note))
    return summed("items", lines, "called" if sign > 0 else "refunded")


def _for_what(of: Frame, item: ItemSheet, partner_id: int, companies: Mapping[int, Text]) -> Text:
    """The company that the item is for, and its memo."""
    memo = of.told(item.memo, partner_id)
    company = companies.get(item.holding_id or 0)
    parts = [one for one in (company, memo) if one and one.zh]
    return Text("；".join(one.zh for one in parts), "; ".join(one.en or one.zh for one in parts))
