"""Notices of a netting: the call and the distribution of one day, and what of both is money."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fund.capital.inflows import call_sheet, item_parts
from fund.capital.netted import NettingSheet, netting_sheet
from fund.capital.outflows import distribution_sheet
from fund.capital.positions import recallable, unfunded
from fund.capital.sheets import CallSheet, DistributionSheet, PartnerDistribution
from fund.nettings.rules import NettingPart
from kernel.db import Tx
from lp_reports.gathering.notice_calls import Parts, companies_of, items_table, moved_by
from lp_reports.gathering.notice_distributions import kinds_table
from lp_reports.gathering.notice_frame import Frame, frame
from lp_reports.gathering.notice_waterfall import waterfall
from lp_reports.notice import Figure, Moved, Notice, Table
from lp_reports.rules import NoticeKind, NoticeNotGiven


@dataclass(frozen=True)
class Pair:
    """Both sides of a netting, read once for all its notices."""

    netting: NettingSheet
    call: CallSheet
    paid: DistributionSheet
    items: Parts

    def line(self, partner_id: int) -> PartnerDistribution | None:
        """What the partner is distributed, if anything."""
        return next((one for one in self.paid.lines if one.partner_id == partner_id), None)

    def is_called(self, partner_id: int) -> bool:
        """Whether the partner has a part in the call."""
        return any(line.partner_id == partner_id for line in self.call.lines)


def check_given(tx: Tx, *, netting_id: int) -> datetime:
    """The instant at which a netting was issued. Refused: one that was not."""
    sheet = netting_sheet(tx, netting_id=netting_id)
    if sheet.issued_at is None:
        raise NoticeNotGiven(act=sheet.code)
    return sheet.issued_at


def gather(tx: Tx, *, netting_id: int) -> dict[int, Notice]:
    """The notice of a netting to each partner that was told of it, by what was told then."""
    at = check_given(tx, netting_id=netting_id)
    sheet = netting_sheet(tx, netting_id=netting_id)
    of = frame(tx, fund_id=sheet.fund_id, act=sheet.code, at=at)
    pair = Pair(
        sheet,
        call_sheet(tx, call_id=sheet.call_id),
        distribution_sheet(tx, distribution_id=sheet.distribution_id),
        item_parts(tx, call_id=sheet.call_id),
    )
    moved = _moved(of, pair)
    promised, banks, own = of.promised(sheet.on), of.banks(), of.own_account()
    companies = companies_of(of, pair.call)
    found = {}
    for part in (one for one in sheet.parts if one.called or one.distributed):
        pays, line = part.net > 0, pair.line(part.partner_id)
        tables = [kinds_table(line, pair.paid.lines)] if line else []
        if pair.is_called(part.partner_id):
            tables.insert(0, items_table(of, pair.call, pair.items, companies, part.partner_id))
        both = f"{pair.call.call.code} · {pair.paid.distribution.code}"
        found[part.partner_id] = Notice(
            **of.head(part.partner_id, NoticeKind.NETTING, sheet.on),
            purpose=of.told(both, part.partner_id),
            pays=pays,
            amount=abs(part.net),
            fund_amount=sheet.to_pay if pays else sheet.to_get,
            tables=(*tables, _net(part, sheet)),
            moved=moved(part),
            account=own if pays else banks.get(part.partner_id),
            is_recallable=sheet.recallable,
            waterfall=waterfall(pair.paid.lines, line) if line else None,
            **(promised if pays else {}),
        )
    return found


def _net(part: NettingPart, sheet: NettingSheet) -> Table:
    """The call less what is due; beside it the sums of all who pay, or are paid, on balance."""
    sign = 1 if part.net > 0 else -1
    alike = [one for one in sheet.parts if (one.net > 0) == (part.net > 0)]
    called = Figure("net_called", sign * part.called, sign * sum(one.called for one in alike))
    due = Figure("net_due", -sign * part.due, -sign * sum(one.due for one in alike))
    lines = [called, due] if sign > 0 else [due, called]
    total = Figure(
        "to_pay" if sign > 0 else "to_get", abs(part.net), abs(sum(one.net for one in alike)), is_sum=True
    )
    return Table("net" if sign > 0 else "net_paid", (*lines, total))


def _moved(of: Frame, pair: Pair) -> Callable[[NettingPart], tuple[Moved, ...]]:
    """What could be called before both and after both; what comes back to be called again raises it."""
    called = moved_by(of, pair.call)
    on = pair.netting.on
    left = unfunded(of.tx, fund_id=of.fund.id, as_of=on, known_at=of.at)
    again = recallable(of.tx, fund_id=of.fund.id, as_of=on, known_at=of.at)

    def moved(part: NettingPart) -> tuple[Moved, ...]:
        key, line = part.partner_id, pair.line(part.partner_id)
        back = min(line.return_of_capital, line.gross) if line and pair.netting.recallable else 0
        standing = left.get(key, 0)
        one = called.get(key, Moved("unfunded", standing, standing))
        before = again.get(key, 0)
        found = [Moved("unfunded", one.before, one.after + back), Moved("recallable", before, before + back)]
        return tuple(row for row in found if row.code == "unfunded" or row.after)

    return moved
