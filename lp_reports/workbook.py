"""Figures as a workbook: cash flows, capital account, commitment, schedule, and the fingerprint they belong to.

Totals, multiples and the rate of return are live formulas over the partner's own figures in the same file, each with
what we make of it. XlsxWriter with every date taken from the figures: the same figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import xlsxwriter

from kernel.sheets.writing import Formula
from lp_reports import words
from lp_reports.facts import Line, Rate, Text
from lp_reports.ilpa_sheet import write_ilpa
from lp_reports.snapshot import Figures
from valuation.irr import xirr

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | date | Formula | None
FLOWS, PAID, BACK, VALUE = (
    "现金流 Cash flows",
    "缴款 contribution",
    "分配 distribution",
    "期末净值 closing value",
)


@dataclass(frozen=True)
class Sheet:
    """One sheet: a name, heads and rows; `money` names the columns that hold minor units.

    A formula over money comes to whole minor units, any other formula to a ratio.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    money: frozenset[int] = frozenset()


def workbook(figures: Figures, sha256: str) -> bytes:
    """The bytes of figures.xlsx; amounts in yuan with two decimals, headings in both languages."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {
            "title": figures.document.number,
            "author": figures.fund.manager.zh,
            "comments": f"sha256 {sha256}",
            "created": figures.document.frozen_at,
        }
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "money": book.add_format({"num_format": "#,##0.00_);(#,##0.00)"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "ratio": book.add_format({"num_format": "0.000000"}),
    }
    for sheet in sheets(figures, sha256):
        _write(book.add_worksheet(sheet.name), sheet, formats)
    if figures.ilpa is not None:
        write_ilpa(book, figures, figures.ilpa)
    book.close()
    return target.getvalue()


def sheets(figures: Figures, sha256: str) -> tuple[Sheet, ...]:
    """What the workbook holds, as plain rows."""
    flows = _cash_flows(figures)
    return (
        _about(figures, sha256),
        flows,
        _returns(figures, flows.rows),
        _lines("资本账户 Capital account", figures.account, words.ACCOUNT),
        _lines("出资承诺 Commitment", figures.commitment, words.COMMITMENT),
        _curve(figures),
        _schedule(figures),
    )


def _about(figures: Figures, sha256: str) -> Sheet:
    document, fund = figures.document, figures.fund
    rows: tuple[tuple[Cell, ...], ...] = (
        ("基金 Fund", both(fund.name)),
        ("合伙人 Partner", both(figures.partner.name)),
        ("文件编号 Document", document.number),
        ("截至 As of", document.ends_on),
        ("币种 Currency", fund.currency),
        ("figures.json sha256", sha256),
        ("示例 Example", "是 yes" if fund.is_example else "否 no"),
    )
    return Sheet("说明 About", ("项目 Item", "内容 Content"), rows)


def _cash_flows(figures: Figures) -> Sheet:
    calls = [
        (call.due_on, call.number, PAID, -(call.investment + call.fee + call.expense))
        for call in figures.calls
    ]
    back = [(one.paid_on, one.number, BACK, one.amount) for one in figures.distributions]
    value = (figures.key.as_of, "", VALUE, figures.key.nav)
    heads = ("日期 Date", "通知 Notice", "类别 Kind", "金额 Amount")
    return Sheet(FLOWS, heads, (*sorted(calls + back), value), frozenset({3}))


def _returns(figures: Figures, flows: Sequence[Sequence[Cell]]) -> Sheet:
    """What the cash `flows` come to, as formulas over their sheet; plain where they are not all there is.

    Of an interest that was bought or sold the flows before that are another partner's and stand in no sheet of this
    one: then the figures stand here without formulas.
    """
    key = figures.key
    last = len(flows) + 1
    kinds, amounts, days = (f"'{FLOWS}'!{column}2:{column}{last}" for column in "CDA")
    paid_in, distributed = -_sum_of(flows, PAID), _sum_of(flows, BACK)
    heads = ("项目 Item", "数值 Figure")
    money: list[Cell] = [key.paid_in, key.distributed, key.nav]
    ratios: list[Cell] = [key.dpi, key.rvpi, key.tvpi]
    if (paid_in, distributed) == (key.paid_in, key.distributed):
        money = [
            Formula(f'=-SUMIF({kinds},"{PAID}",{amounts})', paid_in),
            Formula(f'=SUMIF({kinds},"{BACK}",{amounts})', distributed),
            Formula(f"='{FLOWS}'!D{last}", key.nav),
        ]
        if paid_in > 0:
            ratios = [
                Formula("=B3/B2", Fraction(distributed, paid_in)),
                Formula("=B4/B2", Fraction(key.nav, paid_in)),
                Formula("=(B3+B4)/B2", Fraction(distributed + key.nav, paid_in)),
            ]
    names = ("累计实缴 Paid in", "累计分配 Distributed", "净值 NAV", "DPI", "RVPI", "TVPI", "净 IRR Net IRR")
    rows = zip(
        names, (*money, *ratios, _irr(figures.key.net_irr, flows, f"=XIRR({amounts},{days})")), strict=True
    )
    return Sheet("业绩 Returns", heads, tuple(rows), frozenset({1}))


def _sum_of(flows: Sequence[Sequence[Cell]], kind: str) -> int:
    return sum(amount for *_, of, amount in flows if of == kind and isinstance(amount, int))


def _irr(frozen: Rate, flows: Sequence[Sequence[Cell]], formula: str) -> Cell:
    """The rate as a formula where the flows in the file are those that it was solved from, and there is just one."""
    if frozen.status != "unique" or frozen.value is None:
        return None
    days = [row[0] for row in flows if isinstance(row[0], date)]
    solved = xirr(days, [row[3] for row in flows if isinstance(row[3], int)]).value
    if solved is None or abs(Decimal(solved) - frozen.value) > Decimal("1e-8"):
        return frozen.value
    return Formula(formula, round(solved, 12))


def _lines(name: str, lines: Sequence[Line], wording: Mapping[str, Text]) -> Sheet:
    heads = ("项目 Line", "QTD", "YTD", "ITD", "基金 Fund QTD", "基金 Fund YTD", "基金 Fund ITD")
    rows = [
        (
            both(words.say(wording, line.code)),
            *(line.yours.qtd, line.yours.ytd, line.yours.itd),
            *(line.fund.qtd, line.fund.ytd, line.fund.itd),
        )
        for line in lines
    ]
    says, *closing = rows[-1]
    added = (
        Formula(f"=SUM({column}2:{column}{len(rows)})", amount)
        for column, amount in zip("BCDEFG", closing, strict=True)
    )
    return Sheet(name, heads, (*rows[:-1], (says, *added)), frozenset(range(1, 7)))


def _curve(figures: Figures) -> Sheet:
    heads = ("季末 Quarter end", "累计实缴 Paid in", "累计分配 Distributed", "净值 NAV", "DPI", "TVPI")
    rows = tuple(
        (point.quarter, point.paid_in, point.distributed, point.nav, point.dpi, point.tvpi)
        for point in figures.curve
    )
    return Sheet("逐季 By quarter", heads, rows, frozenset({1, 2, 3}))


def _schedule(figures: Figures) -> Sheet:
    heads = (
        *("企业 Company", "行业 Sector", "投资日 Acquired", "成本 Cost", "已收回 Received"),
        *("公允价值 Fair value", "倍数 Multiple", "毛 IRR Gross IRR", "贵司份额 Your part"),
        *("退出方式 Exit", "退出日 Left on"),
    )
    rows = tuple(
        (
            *(both(line.name), both(line.sector), line.acquired_on, line.cost, line.realised),
            *(line.value, line.moic, line.irr.value, line.yours),
            *((both(words.say(words.EXITS, line.left.kind)), line.left.on) if line.left else (None, None)),
        )
        for line in figures.investments
    )
    return Sheet("投资明细 Schedule", heads, rows, frozenset({3, 4, 5, 8}))


def both(text: Text) -> str:
    """A name in both languages in one cell."""
    return f"{text.zh} {text.en}" if text.en and text.en != text.zh else text.zh


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, formats: dict[str, object]) -> None:
    page.freeze_panes(1, 1)
    for column, head in enumerate(sheet.heads):
        page.set_column(column, column, 34 if column == 0 else 18)
        page.write_string(0, column, head, formats["head"])
    for row, cells in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, date):
                page.write_datetime(row, column, cell, formats["day"])
            elif isinstance(cell, Formula):
                is_money = isinstance(cell.value, int)
                shown = float(cell.value) / 100 if is_money else float(cell.value)
                page.write_formula(row, column, cell.text, formats["money" if is_money else "ratio"], shown)
            elif isinstance(cell, Decimal):
                page.write_number(row, column, cell, formats["ratio"])
            elif isinstance(cell, int):
                amount = Decimal(cell) / 100 if column in sheet.money else Decimal(cell)
                page.write_number(row, column, amount, formats["money" if column in sheet.money else "ratio"])
            else:
                page.write_string(row, column, cell)
