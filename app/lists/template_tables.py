"""The ILPA Performance Template as a workbook of live formulas, from single flows up to rates and multiples.

Five sheets: gross to net, the flows with what each adds at each stage, the transaction types that say so, companies,
and their flows. Rates are solved by the spreadsheet's own XIRR; where there is not exactly one, none is written.
"""

from collections.abc import Sequence
from datetime import datetime

from app.formats import instant, percent
from app.lists.rate_words import modified_words
from app.lists.tables import Named, Reader
from app.pages.wording import RATE_WORDS
from fund.charter.template_rules import TemplateForm
from fund.results.gross_rules import Gross
from fund.results.rules import Flow
from fund.results.template import Template, performance_template
from fund.results.template_rules import FlowSide, ReturnStage, StageReturn, TransactionType
from fund.results.transaction_types import transaction_types
from kernel.periods import Quarter
from kernel.sheets.writing import Formula, Look, Sheet, Value
from valuation.irr import Rate

MONEY = Look.MONEY
# Above the rows stand the caption and the head.
FIRST = 3
STAGES = tuple(ReturnStage)


def _n(says: str) -> str:
    return says


SUMMARY, FLOWS, TYPES = _n("Gross to net"), _n("Fund cash flows"), _n("Transaction types")
COMPANIES, MOVES = _n("Portfolio returns"), _n("Portfolio cash flows")
NOT_USED = _n("Subscription facility: not used")
# Of the sheet of flows: what they are, then one column for each stage.
STAGE_COLUMNS = dict(zip(STAGES, "GHIJ", strict=True))


def template_book(
    reader: Reader, *, quarter: Quarter, form: TemplateForm | None, known_at: datetime | None
) -> bytes:
    """The template of a quarter's end as known at an instant; in the form chosen, or the one asked for before that."""
    found = performance_template(
        reader.tx, fund_id=reader.fund_id, quarter=quarter, form=form, known_at=known_at
    )
    return reader.book(
        _summary(reader, found), _flows(reader, found), _types(reader, found), *_portfolio(reader, found)
    )


def _summary(reader: Reader, found: Template) -> Sheet:
    heads: list[Named] = [
        _n("Stage"),
        (_n("Paid in"), MONEY),
        (_n("Paid out"), MONEY),
        (_n("Added back"), MONEY),
        (_n("Value at the end"), MONEY),
        (_n("Multiple"), Look.TIMES),
        ("IRR", Look.SHARE),
        (_n("Taken off the multiple"), Look.TIMES),
        _n("About the rate"),
    ]
    rows = [_stage(reader, found, place) for place in range(len(found.stages))]
    about = [found.quarter.ends_on.isoformat(), reader.label(found.form)]
    about += [instant(found.known_at)] if found.known_at else []
    about += [] if found.has_facility_costs else [reader.say(NOT_USED)]
    return reader.sheet(SUMMARY, heads, rows, *about, is_list=False)


def _stage(reader: Reader, found: Template, place: int) -> tuple[Value, ...]:
    one, row = found.stages[place], FIRST + place
    before = found.stages[place - 1].multiple if place else None
    sums = zip(FlowSide, (one.paid_in, one.distributed, one.added_back, one.value), strict=True)
    multiple = one.multiple
    lost = before - multiple if before is not None and multiple is not None else None
    return (
        reader.label(one.stage),
        *(_sum(reader, found, one.stage, side, amount) for side, amount in sums),
        Formula(f"=(C{row}+D{row}+E{row})/B{row}", multiple) if multiple is not None else None,
        _rate(one.irr, one.is_full_year, *_ranges(reader, found, one)),
        Formula(f"=F{row - 1}-F{row}", lost) if lost is not None else None,
        _about(reader, one.irr, one.is_full_year),
    )


def _sum(reader: Reader, found: Template, stage: ReturnStage, side: FlowSide, amount: int) -> Value:
    if not found.lines:
        return amount
    sign = "-" if side is FlowSide.PAID_IN else ""
    sheet, last = _named(reader, FLOWS), FIRST + len(found.lines) - 1
    column = STAGE_COLUMNS[stage]
    amounts, sides = (f"{sheet}${one}${FIRST}:${one}${last}" for one in (column, "F"))
    return Formula(f'={sign}SUMIFS({amounts},{sides},"{side.value}")', amount)


def _ranges(reader: Reader, found: Template, one: StageReturn) -> tuple[str, str]:
    """The amounts and the days of a stage, from the first flow that counts on: XIRR wants none of nothing before it."""
    counted = [one.stage in transaction_types()[line.type].counts(found.form) for line in found.lines]
    first = FIRST + (counted.index(True) if True in counted else 0)
    sheet, last, column = _named(reader, FLOWS), FIRST + len(found.lines) - 1, STAGE_COLUMNS[one.stage]
    return f"{sheet}{column}{first}:{column}{last}", f"{sheet}A{first}:A{last}"


def _rate(irr: Rate, is_full_year: bool, amounts: str, days: str) -> Value:
    if irr.value is None or len(irr.roots) != 1 or not is_full_year:
        return None
    return Formula(f"=XIRR({amounts},{days},{irr.value:.4f})", irr.value)


def _about(reader: Reader, irr: Rate, is_full_year: bool) -> str:
    if not is_full_year:
        return reader.say(_n("Less than a year: not annualised."))
    if irr.status not in RATE_WORDS:
        return ""
    roots = "、".join(percent(root) for root in irr.roots)
    return f"{reader.say(RATE_WORDS[irr.status])} {roots}{modified_words(reader, irr)}".strip()


def _flows(reader: Reader, found: Template) -> Sheet:
    heads: list[Named] = [
        (_n("Day"), Look.DAY),
        _n("Type"),
        _n("Transaction type"),
        _n("Entry"),
        (_n("Amount"), MONEY),
        _n("Part of the multiple"),
        *((reader.label(stage), MONEY) for stage in STAGES),
    ]
    types, last = _named(reader, TYPES), FIRST + len(transaction_types()) - 1
    rows = []
    for row, line in enumerate(found.lines, start=FIRST):
        kind = transaction_types()[line.type]
        counts = kind.counts(found.form)
        shown = [
            Formula(
                f"=$E{row}*VLOOKUP($B{row},{types}$A${FIRST}:$G${last},{place},FALSE)",
                line.amount if stage in counts else 0,
            )
            for place, stage in enumerate(STAGES, start=4)
        ]
        said = (kind.code, reader.name(kind.name_zh, kind.name_en), line.reference or "")
        rows.append((line.on, *said, line.amount, kind.side.value, *shown))
    return reader.sheet(FLOWS, heads, rows, found.quarter.ends_on.isoformat())


def _types(reader: Reader, found: Template) -> Sheet:
    heads: list[Named] = [
        _n("Type"),
        _n("Transaction type"),
        _n("Part of the multiple"),
        *((reader.label(stage), Look.WHOLE) for stage in STAGES),
    ]
    rows = [_type(reader, one, found.form) for one in transaction_types().values()]
    return reader.sheet(TYPES, heads, rows, reader.label(found.form), is_list=False)


def _type(reader: Reader, one: TransactionType, form: TemplateForm) -> tuple[Value, ...]:
    counts = (int(stage in one.counts(form)) for stage in STAGES)
    return (one.code, reader.name(one.name_zh, one.name_en), one.side.value, *counts)


def _portfolio(reader: Reader, found: Template) -> tuple[Sheet, Sheet]:
    """The companies, and their flows company by company, the one bought first at the top."""
    ordered = sorted(found.portfolio, key=lambda one: min(flow.on for flow in one.gross.flows))
    heads: list[Named] = [
        _n("Company"),
        (_n("Invested"), MONEY),
        (_n("Come back"), MONEY),
        (_n("Fair value"), MONEY),
        (_n("Gain"), MONEY),
        (_n("Multiple"), Look.TIMES),
        (_n("Gross IRR"), Look.SHARE),
        _n("About the rate"),
    ]
    rows, moves, first = [], [], FIRST
    for place, one in enumerate(ordered, start=FIRST):
        last = first + len(one.gross.flows) - 1
        name = f"{one.holding.code} {reader.name(one.holding.name, one.holding.name_en)}"
        rows.append(_return(reader, name, one.gross, place, first, last))
        moves += [_move(one.holding.code, flow) for flow in one.gross.flows]
        first = last + 1
    if rows:
        rows.append(
            _return(reader, reader.say(_n("Total")), found.whole, FIRST + len(rows), FIRST, first - 1)
        )
    named: list[Named] = [
        _n("Code"),
        (_n("Day"), Look.DAY),
        _n("Kind"),
        _n("Entry"),
        (_n("Amount"), MONEY),
    ]
    on = found.quarter.ends_on.isoformat()
    return reader.sheet(COMPANIES, heads, rows, on, is_list=False), reader.sheet(MOVES, named, moves, on)


def _move(code: str, flow: Flow) -> Sequence[Value]:
    return (code, flow.on, flow.kind, flow.reference or "", flow.amount)


def _return(reader: Reader, name: str, gross: Gross, row: int, first: int, last: int) -> tuple[Value, ...]:
    sheet = _named(reader, MOVES)
    kinds, amounts, days = (f"{sheet}${one}${first}:${one}${last}" for one in "CEB")
    return (
        name,
        Formula(f'=-SUMIFS({amounts},{kinds},"purchase")', gross.invested),
        Formula(f"=SUM({amounts})+B{row}-D{row}", gross.realised),
        Formula(f'=SUMIFS({amounts},{kinds},"value")', gross.value),
        Formula(f"=C{row}+D{row}-B{row}", gross.gain),
        Formula(f"=(C{row}+D{row})/B{row}", gross.multiple) if gross.multiple is not None else None,
        _rate(gross.irr, gross.is_full_year, amounts, days),
        _about(reader, gross.irr, gross.is_full_year),
    )


def _named(reader: Reader, title: str) -> str:
    """A sheet as formulas name it."""
    return f"'{reader.say(title)[:31]}'!"
