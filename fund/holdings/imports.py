"""Reading a quarter's marks from a sheet; one row, one error message, all rows or none.

A row says the value at the end of a day, the technique, why it moved, and the inputs with their sources. All
marks come in as drafts: whoever imports them prepares them, somebody else approves. A row marked as a correction
replaces the last mark of its day.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fund.holdings.mark_rules import Causes, Technique
from fund.holdings.marks import prepare_mark
from fund.holdings.queries import holding_by_code, marks
from kernel.db import Tx
from kernel.errors import Conflict
from kernel.identity.rules import Actor
from kernel.sheets.cells import Cell
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Choice, Code, Records, Text, YesNo


class NothingToCorrect(Conflict):
    code = "nothing_to_correct"
    says = "{holding} has no mark of {marked_on} that could be corrected."


_TECHNIQUES = {
    "市场乘数": Technique.MULTIPLES,
    "行业指标": Technique.BENCHMARKS,
    "可得市场价格": Technique.MARKET_PRICE,
    "企业现金流折现": Technique.DCF_BUSINESS,
    "投资现金流折现": Technique.DCF_INVESTMENT,
    "净资产": Technique.NET_ASSETS,
    "里程碑校准": Technique.MILESTONES,
    "情景分析": Technique.SCENARIOS,
    "期权定价": Technique.OPTION_PRICING,
}


@dataclass(frozen=True)
class Planned:
    """Milestones in one cell: what|in English|due|met, the last two as days."""

    def read(self, cell: Cell) -> tuple[dict[str, str], ...]:
        """The milestones as plain JSON, days as ISO text."""
        found = Records(("what", "what_en", "due_on", "met_on"), needed=3).read(cell)
        for milestone in found:
            for field in ("due_on", "met_on"):
                if milestone[field]:
                    milestone[field] = Day().read(Cell(milestone[field])).isoformat()
        return found


@dataclass(frozen=True)
class MarkRow:
    """One mark, amounts in fen; what the causes leave open counts as the company's."""

    marked_on: date
    holding: str
    value: int
    technique: Technique
    company: int | None
    market: int
    rights: int
    reason: str
    reason_en: str
    inputs: tuple[dict[str, str], ...]
    calibration: str
    milestones: tuple[dict[str, str], ...]
    is_permanent_loss: bool
    corrects: bool


MARKS = Layout(
    "marks",
    MarkRow,
    (
        Column("marked_on", Day(), ("估值日", "Marked on")),
        Column("holding", Code(), ("持仓编号", "Holding")),
        Column("value", Amount(), ("公允价值", "Fair value", "Value")),
        Column("technique", Choice(Technique, _TECHNIQUES), ("估值技术", "Technique")),
        Column("company", Amount(negative=True), ("企业因素", "Company"), False),
        Column("market", Amount(negative=True), ("市场因素", "Market"), False, 0),
        Column("rights", Amount(negative=True), ("权利因素", "Rights"), False, 0),
        Column("reason", Text(), ("说明", "估值说明", "Reason"), False, ""),
        Column("reason_en", Text(), ("英文说明", "Reason in English"), False, ""),
        Column("inputs", Records(("name", "value", "source")), ("主要输入", "Inputs"), False, ()),
        Column("calibration", Text(), ("校准", "Calibration"), False, ""),
        Column("milestones", Planned(), ("里程碑", "Milestones"), False, ()),
        Column("is_permanent_loss", YesNo(), ("永久性减值", "Permanent loss"), False, False),
        Column("corrects", YesNo(), ("更正", "Correction"), False, False),
    ),
    unique=("marked_on", "holding"),
)


def import_marks(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    now: datetime,
) -> tuple[Imported, ...]:
    """Prepare every mark of a sheet as a draft. Refused: see SheetRefused, each fault with its row."""
    reading = read_file(filename, content, MARKS)

    def act(row: MarkRow) -> None:
        add_mark(tx, actor, row=row, fund_id=fund_id, now=now)

    return (book(tx, reading, act, what="marks", dry_run=dry_run),)


def add_mark(tx: Tx, actor: Actor, *, row: MarkRow, fund_id: int, now: datetime) -> int:
    """Prepare one mark and return its id."""
    found = holding_by_code(tx, fund_id=fund_id, code=row.holding, as_of=row.marked_on)
    return prepare_mark(
        tx,
        actor,
        holding_id=found.id,
        marked_on=row.marked_on,
        value=row.value,
        technique=row.technique,
        inputs=row.inputs,
        calibration=row.calibration,
        reason=_both(row.reason, row.reason_en),
        causes=_causes(row),
        milestones=row.milestones,
        is_permanent_loss=row.is_permanent_loss,
        supersedes_id=_corrected(tx, row, holding_id=found.id),
        now=now,
    ).id


def _corrected(tx: Tx, row: MarkRow, *, holding_id: int) -> int | None:
    """The last mark of the day, if the row says that it corrects it."""
    if not row.corrects:
        return None
    of_day = [one.id for one in marks(tx, holding_id=holding_id) if one.marked_on == row.marked_on]
    if not of_day:
        raise NothingToCorrect(holding=row.holding, marked_on=row.marked_on)
    return max(of_day)


def _causes(row: MarkRow) -> Causes | None:
    """The movement as split in the row; without the company's part the whole movement is the company's."""
    if row.company is None:
        return None
    return Causes(company=row.company, market=row.market, rights=row.rights)


def _both(reason: str, reason_en: str) -> str:
    """The reason in both languages, parted as everywhere: 中文 / English."""
    return " / ".join(text for text in (reason, reason_en) if text)
