"""Notices of a netting: the call and the distribution of one day, and what of both is money."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fund.capital.netted import NettingSheet, netting_sheet
from fund.capital.outflows import distribution_sheet
from fund.capital.positions import recallable, unfunded
from fund.capital.sheets import PartnerDistribution
from fund.nettings.rules import NettingPart
from kernel.db import Tx
from lp_reports.gathering.notice_calls import Called, called, items_table, moved_by
from lp_reports.gathering.notice_distributions import Paid, kinds_table, paid
from lp_reports.gathering.notice_frame import Frame, frame
from lp_reports.gathering.notice_waterfall import deals_in, waterfall
from lp_reports.notice import Figure, Moved, Notice, Table
from lp_reports.rules import NoticeKind, NoticeNotGiven


@dataclass(frozen=True)
class Pair:
    """Both sides of a netting, read once for all its notices."""

    netting: NettingSheet
    call: Called
    paid: Paid
    lines: Mapping[int, PartnerDistribution]

    def line(self, partner_id: int) -> PartnerDistribution | None:
        """What the partner is distributed, if anything."""
        return self.lines.get(partner_id)


def check_given(tx: Tx, *, act_id: int) -> None:
    """Refuse a netting of which no notice was given."""
    _given(netting_sheet(tx, netting_id=act_id))


def _given(sheet: NettingSheet) -> datetime:
    """The instant at which a netting was issued. Refused: one that was not."""
    if sheet.issued_at is None:
        raise NoticeNotGiven(act=sheet.code)
    return sheet.issued_at


def gather(tx: Tx, *, act_id: int) -> dict[int, Notice]:
    """The notice of a netting to each partner that was told of it, by what was told then."""
    sheet = netting_sheet(tx, netting_id=act_id)
    of = frame(tx, fund_id=sheet.fund_id, act=sheet.code, at=_given(sheet))
    found_paid = distribution_sheet(tx, distribution_id=sheet.distribution_id)
    lines = {line.partner_id: line for line in found_paid.lines}
    pair = Pair(sheet, called(of, sheet.call_id), paid(found_paid), lines)
    moved = _moved(of, pair)
    deals = of.companies(deals_in(found_paid.lines))
    promised, banks, own = of.promised(sheet.on), of.banks(), of.own_account()
    both = f"{sheet.call} · {sheet.distribution}"
    sums = {pays: _sums(part for part in sheet.parts if (part.net > 0) == pays) for pays in (True, False)}
    found = {}
    for part in (one for one in sheet.parts if one.called or one.distributed):
        pays, line = part.net > 0, pair.line(part.partner_id)
        tables = [kinds_table(line, pair.paid)] if line else []
        if part.partner_id in pair.call.signs:
            tables.insert(0, items_table(of, pair.call, part.partner_id))
        found[part.partner_id] = Notice(
            **of.head(part.partner_id, NoticeKind.NETTING, sheet.on),
            purpose=of.told(both, part.partner_id),
            pays=pays,
            amount=abs(part.net),
            fund_amount=sheet.to_pay if pays else sheet.to_get,
            tables=(*tables, _net(part, sums[part.net > 0])),
            moved=moved(part),
            account=own if pays else banks.get(part.partner_id),
            is_recallable=sheet.recallable,
            waterfall=waterfall(pair.paid.worked, line, deals) if line else None,
            **(promised if pays else {}),
        )
    return found


def _sums(parts: Iterable[NettingPart]) -> tuple[int, int]:
    """What is called of some partners in all, and what is due to them."""
    found = [(part.called, part.due) for part in parts]
    return sum(one for one, _ in found), sum(due for _, due in found)


def _net(part: NettingPart, sums: tuple[int, int]) -> Table:
    """The call less what is due; beside it the sums of all who pay, or are paid, on balance."""
    sign, (all_called, all_due) = (1 if part.net > 0 else -1), sums
    asked = Figure("net_called", sign * part.called, sign * all_called)
    due = Figure("net_due", -sign * part.due, -sign * all_due)
    lines = [asked, due] if sign > 0 else [due, asked]
    whole = abs(all_called - all_due)
    total = Figure("to_pay" if sign > 0 else "to_get", abs(part.net), whole, is_sum=True)
    return Table("net" if sign > 0 else "net_paid", (*lines, total))


def _moved(of: Frame, pair: Pair) -> Callable[[NettingPart], tuple[Moved, ...]]:
    """What could be called before both and after both; what comes back to be called again raises it."""
    asked = moved_by(of, pair.call.sheet)
    on = pair.netting.on
    left = unfunded(of.tx, fund_id=of.fund.id, as_of=on, known_at=of.at)
    again = recallable(of.tx, fund_id=of.fund.id, as_of=on, known_at=of.at)

    def moved(part: NettingPart) -> tuple[Moved, ...]:
        key, line = part.partner_id, pair.line(part.partner_id)
        back = min(line.return_of_capital, line.gross) if line and pair.netting.recallable else 0
        standing = left.get(key, 0)
        one = asked.get(key, Moved("unfunded", standing, standing))
        before = again.get(key, 0)
        found = [Moved("unfunded", one.before, one.after + back), Moved("recallable", before, before + back)]
        return tuple(row for row in found if row.code == "unfunded" or row.after)

    return moved
