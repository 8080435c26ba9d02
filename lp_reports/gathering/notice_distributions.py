"""Notices of a distribution: what it is, what of it is paid, and the working of the waterfall step by step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from fund.capital.outflows import distribution_header, distribution_sheet
from fund.capital.positions import recallable, unfunded
from fund.capital.sheets import DistributionRow, DistributionSheet, PartnerDistribution
from fund.nettings.queries import announced_in
from kernel.db import Tx
from lp_reports.facts import Text
from lp_reports.gathering.notice_frame import Frame, frame, summed
from lp_reports.gathering.notice_waterfall import Worked, deals_in, waterfall, worked
from lp_reports.notice import NO_NOTE, Figure, Moved, Notice, Table
from lp_reports.rules import NoticeInNetting, NoticeKind, NoticeNotGiven

KINDS = ("return_of_capital", "income", "gain")
# From the share in what is distributed to the payment: what is added, and what is taken off.
STEPS = {
    "gross": 1,
    "carry": -1,
    "carry_received": 1,
    "escrowed": -1,
    "withheld": -1,
    "in_kind": -1,
    "set_off": -1,
}
Line = PartnerDistribution


def check_given(tx: Tx, *, act_id: int) -> None:
    """Refuse a distribution of which no notice was given by itself."""
    _given(tx, distribution_header(tx, distribution_id=act_id))


def _given(tx: Tx, row: DistributionRow) -> datetime:
    """The instant at which a distribution was paid. Refused: one that is not, one that was told in a netting."""
    netting = announced_in(tx, distribution_id=row.id)
    if netting is not None:
        raise NoticeInNetting(act=row.code, netting=netting)
    if row.paid_at is None:
        raise NoticeNotGiven(act=row.code)
    return row.paid_at


@dataclass(frozen=True)
class Paid:
    """A distribution read once for all its notices: the sums of all partners, and the sums of all their workings."""

    sheet: DistributionSheet
    wholes: Mapping[str, int]
    worked: Worked


def paid(sheet: DistributionSheet) -> Paid:
    """The distribution with its sums."""
    wholes = {field: sum(getattr(line, field) for line in sheet.lines) for field in (*KINDS, *STEPS, "paid")}
    return Paid(sheet, wholes, worked(sheet.lines))


def gather(tx: Tx, *, act_id: int) -> dict[int, Notice]:
    """The notice of a distribution to each partner that has a part in it, by what was known when it was paid."""
    sheet = distribution_sheet(tx, distribution_id=act_id)
    row = sheet.distribution
    of = frame(tx, fund_id=row.fund_id, act=row.code, at=_given(tx, row))
    banks, moved, whole = of.banks(), _moved(of, sheet), paid(sheet)
    deals = of.companies(deals_in(sheet.lines))
    return {
        line.partner_id: Notice(
            **of.head(line.partner_id, NoticeKind.DISTRIBUTION, row.pay_on),
            purpose=of.told(row.source, line.partner_id),
            pays=False,
            amount=line.paid,
            fund_amount=whole.wholes["paid"],
            tables=(kinds_table(line, whole), payment_table(of, whole, line)),
            moved=moved(line.partner_id),
            account=banks.get(line.partner_id),
            is_recallable=row.recallable,
            waterfall=waterfall(whole.worked, line, deals),
        )
        for line in sheet.lines
        if line.gross or line.carry_received
    }


def kinds_table(line: Line, whole: Paid) -> Table:
    """What is distributed to the partner by what it is, beside all of it."""
    kinds = [Figure(kind, getattr(line, kind), whole.wholes[kind]) for kind in KINDS]
    return summed("kinds", kinds, "distributed")


def payment_table(of: Frame, whole: Paid, line: Line) -> Table:
    """From the share in what is distributed to what reaches the partner's account; what nobody has is left out."""
    notes = {"withheld": _tax(of, line), "in_kind": _units(whole.sheet, line)}
    lines = [
        Figure(code, sign * getattr(line, code), sign * whole.wholes[code], notes.get(code, NO_NOTE))
        for code, sign in STEPS.items()
    ]
    return summed("payment", [one for one in lines if one.yours or one.fund], "paid")


def _tax(of: Frame, line: Line) -> Text:
    """Of what income and gain which shares are withheld, and why."""
    tax = line.tax
    if tax is None or not tax.amount:
        return NO_NOTE
    why = of.told(tax.reason, line.partner_id)
    income, gain = _percent(tax.income_rate), _percent(tax.gain_rate)
    return Text(
        f"收益 {income}，利得 {gain}（{why.zh}）", f"{income} of income, {gain} of gain ({why.en or why.zh})"
    )


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.2f}".rstrip("0").rstrip(".") + "%"


def _units(sheet: DistributionSheet, line: Line) -> Text:
    """The units handed over and their price."""
    shares = sheet.delivery
    if shares is None or not line.units:
        return NO_NOTE
    price = f"{float(shares.price):.4f}".rstrip("0").rstrip(".")
    return Text(
        f"{line.units:,} 股 {shares.instrument}，每股 {price} 元",
        f"{line.units:,} units of {shares.instrument} at {price} yuan",
    )


def _moved(of: Frame, sheet: DistributionSheet) -> Callable[[int], tuple[Moved, ...]]:
    """What could be called and what could be called again, before the distribution and after it."""
    asked: dict[str, Any] = {"fund_id": of.fund.id, "as_of": sheet.distribution.pay_on}
    answers = [
        (code, ask(of.tx, known_at=of.just_before, **asked), ask(of.tx, known_at=of.at, **asked))
        for code, ask in (("unfunded", unfunded), ("recallable", recallable))
    ]

    def moved(partner_id: int) -> tuple[Moved, ...]:
        found = [
            Moved(code, one.get(partner_id, 0), other.get(partner_id, 0)) for code, one, other in answers
        ]
        return tuple(one for one in found if one.code == "unfunded" or one.before or one.after)

    return moved
