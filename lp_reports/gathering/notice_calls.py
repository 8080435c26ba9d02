"""Notices of a call: what each partner pays and for what, or what of it goes back."""

from collections.abc import Mapping
from datetime import datetime

from fund.capital.inflows import call_header, call_sheet, item_parts
from fund.capital.positions import unfunded_before
from fund.capital.sheets import CallSheet, ItemSheet
from fund.holdings.queries import holding
from fund.nettings.queries import announced_in
from kernel.db import Tx
from kernel.instants import day_in_beijing
from lp_reports.facts import Text
from lp_reports.gathering.notice_frame import Frame, frame, summed
from lp_reports.notice import Figure, Moved, Notice, Table
from lp_reports.rules import NoticeInNetting, NoticeKind, NoticeNotGiven, NoticeOnPaper

Parts = Mapping[int, Mapping[int, int]]


def check_given(tx: Tx, *, call_id: int) -> datetime:
    """The instant at which a call was issued.

    Refused: a draft, one from before the software, one that was told in a netting.
    """
    call = call_header(tx, call_id=call_id)
    if call.issued_at is None or call.notice_on is None:
        raise NoticeNotGiven(act=call.code)
    if call.is_loaded:
        raise NoticeOnPaper(act=call.code)
    netting = announced_in(tx, call_id=call_id)
    if netting is not None:
        raise NoticeInNetting(act=call.code, netting=netting)
    return call.issued_at


def gather(tx: Tx, *, call_id: int) -> dict[int, Notice]:
    """The notice of a call to each partner that has a part in it, by the figures known when it was issued."""
    at = check_given(tx, call_id=call_id)
    sheet = call_sheet(tx, call_id=call_id)
    of = frame(tx, fund_id=sheet.call.fund_id, act=sheet.call.code, at=at)
    return _notices(of, sheet, item_parts(tx, call_id=call_id))


def _notices(of: Frame, sheet: CallSheet, parts: Parts) -> dict[int, Notice]:
    call = sheet.call
    before = moved_by(of, sheet)
    companies = companies_of(of, sheet)
    banks, own, promised = of.banks(), of.own_account(), of.promised(call.due_on)
    totals = {
        sign: sum(line.amount for line in sheet.lines if (line.amount < 0) == (sign < 0)) for sign in (1, -1)
    }
    found = {}
    for line in sheet.lines:
        sign = -1 if line.amount < 0 else 1
        kind = NoticeKind.REFUND if sign < 0 else NoticeKind.CALL
        found[line.partner_id] = Notice(
            **of.head(line.partner_id, kind, call.due_on),
            purpose=of.told(call.purpose, line.partner_id),
            pays=sign > 0,
            amount=abs(line.amount),
            fund_amount=abs(totals[sign]),
            tables=(items_table(of, sheet, parts, companies, line.partner_id),),
            moved=(before[line.partner_id],),
            account=banks.get(line.partner_id) if sign < 0 else own,
            **(promised if sign > 0 else {}),
        )
    return found


def moved_by(of: Frame, sheet: CallSheet) -> dict[int, Moved]:
    """By partner, what could be called before the call and after it; interest touches no commitment."""
    call = sheet.call
    as_of = max(call.due_on, call.notice_on or call.due_on)
    before = unfunded_before(of.tx, fund_id=of.fund.id, call_id=call.id, as_of=as_of, known_at=call.issued_at)
    return {
        line.partner_id: Moved(
            "unfunded",
            before.get(line.partner_id, 0),
            before.get(line.partner_id, 0) - line.amount + line.interest,
        )
        for line in sheet.lines
    }


def companies_of(of: Frame, sheet: CallSheet) -> dict[int, Text]:
    """The companies that a call is for, by holding."""
    named = {item.holding_id for item in sheet.items if item.holding_id is not None}
    day = day_in_beijing(of.at)
    found = {key: holding(of.tx, holding_id=key, as_of=day) for key in sorted(named)}
    return {key: Text(one.name, one.name_en) for key, one in found.items()}


def items_table(
    of: Frame, sheet: CallSheet, parts: Parts, companies: Mapping[int, Text], partner_id: int
) -> Table:
    """Item by item the partner's part beside that of all who pay, or of all to whom money goes back."""
    sign = -1 if sheet.line(partner_id).amount < 0 else 1
    alike = {line.partner_id for line in sheet.lines if (line.amount < 0) == (sign < 0)}
    lines = []
    for item in sheet.items:
        own = parts.get(item.position, {})
        whole = sum(amount for key, amount in own.items() if key in alike)
        is_excused = partner_id in item.excused
        if own.get(partner_id) or whole:
            code = f"{item.kind.value}_excused" if is_excused else item.kind.value
            note = _for_what(of, item, partner_id, companies)
            lines.append(Figure(code, sign * own.get(partner_id, 0), sign * whole, note))
    return summed("items", lines, "called" if sign > 0 else "refunded")


def _for_what(of: Frame, item: ItemSheet, partner_id: int, companies: Mapping[int, Text]) -> Text:
    """The company that the item is for, and its memo."""
    memo = of.told(item.memo, partner_id)
    company = companies.get(item.holding_id or 0)
    parts = [one for one in (company, memo) if one and one.zh]
    return Text("；".join(one.zh for one in parts), "; ".join(one.en or one.zh for one in parts))
