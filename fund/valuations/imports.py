"""Reading a quarter's marks from a sheet; one row, one error message, all rows or none.

A row says the value at the end of a day, the technique, why it moved, and the inputs with their sources. A row that
says how techniques weigh, or anything else that only a valuation file holds, hands the file in with its mark. All
marks come in as drafts: whoever imports them prepares them, somebody else approves. A row marked as a correction
replaces the last mark of its day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Protocol

from fund.holdings.mark_rules import Causes, Technique
from fund.holdings.marks import prepare_mark
from fund.holdings.queries import HoldingSheet, holding_by_code, marks
from fund.valuations.actions import prepare
from fund.valuations.file import File, Future, Input, Planned, Quoted, Synergy, Weighed
from fund.valuations.rules import MarkDiffers
from kernel.db import Tx
from kernel.errors import Conflict, Invalid
from kernel.identity.rules import Actor
from kernel.sheets.cells import Cell, Unreadable
from kernel.sheets.days import Day
from kernel.sheets.importing import Imported, book
from kernel.sheets.numbers import Amount, Share, Whole, number_in
from kernel.sheets.reading import Column, Layout, read_file
from kernel.sheets.words import Choice, Code, Records, Text, YesNo


class NothingToCorrect(Conflict):
    code = "nothing_to_correct"
    says = "{holding} has no mark of {marked_on} that could be corrected."


class InputUndated(Invalid):
    code = "valuation_input_undated"
    says = "The input {name} has no day; a valuation file says of which day each input is."


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


class Reader(Protocol):
    """Reads one cell."""

    def read(self, cell: Cell) -> Any:
        """What the cell says."""


@dataclass(frozen=True)
class Number:
    """An exact number, not below 0."""

    def read(self, cell: Cell) -> Fraction:
        """The number."""
        found = Fraction(number_in(cell))
        if found < 0:
            raise Unreadable("“{found}” is negative; expected zero or more", found=cell.shown)
        return found


@dataclass(frozen=True)
class Lines(Records):
    """Records whose parts are read by readers of their own; a part that is left out stays ""."""

    readers: Mapping[str, Reader] = field(default_factory=dict)

    def read(self, cell: Cell) -> tuple[dict[str, Any], ...]:
        """The records with their parts read."""
        found: tuple[dict[str, Any], ...] = super().read(cell)
        for one in found:
            for name, reader in self.readers.items():
                if one[name]:
                    one[name] = reader.read(Cell(one[name]))
        return found


TECHNIQUES = Lines(
    ("technique", "weight", "value", "why"),
    needed=2,
    readers={"technique": Choice(Technique, _TECHNIQUES), "weight": Share(), "value": Amount()},
)
INPUTS = Lines(("name", "value", "source", "on"), readers={"on": Day()})
MILESTONES = Lines(
    ("what", "what_en", "due_on", "met_on", "evidence"), needed=3, readers={"due_on": Day(), "met_on": Day()}
)
SCENARIOS = Lines(
    ("name", "probability", "proceeds", "years", "rate"),
    needed=3,
    readers={"probability": Share(), "proceeds": Amount(), "years": Number(), "rate": Share(high=500)},
)
QUOTED = Lines(("number", "now", "why"), needed=2, readers={"number": Whole(1, 10_000), "now": Number()})


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
    inputs: tuple[dict[str, Any], ...]
    calibration: str
    milestones: tuple[dict[str, Any], ...]
    is_permanent_loss: bool
    corrects: bool
    currency: int
    techniques: tuple[dict[str, Any], ...]
    scenarios: tuple[dict[str, Any], ...]
    quoted: tuple[dict[str, Any], ...]
    readiness: int | None
    readiness_source: str
    synergy: bool | None
    left_out: str
    assisted_by: str

    @property
    def has_file(self) -> bool:
        """Whether the row says anything that only a valuation file holds."""
        told = (self.techniques, self.scenarios, self.quoted, self.left_out, self.assisted_by)
        return any(told) or self.synergy is not None or self.readiness is not None


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
        Column("inputs", INPUTS, ("主要输入", "Inputs"), False, ()),
        Column("calibration", Text(), ("校准", "Calibration"), False, ""),
        Column("milestones", MILESTONES, ("里程碑", "Milestones"), False, ()),
        Column("is_permanent_loss", YesNo(), ("永久性减值", "Permanent loss"), False, False),
        Column("corrects", YesNo(), ("更正", "Correction"), False, False),
        Column("currency", Amount(negative=True), ("汇率因素", "Currency"), False, 0),
        Column("techniques", TECHNIQUES, ("技术与权重", "Techniques and weights"), False, ()),
        Column("scenarios", SCENARIOS, ("情景概率", "Scenarios"), False, ()),
        Column("quoted", QUOTED, ("校准沿用", "Calibrations now"), False, ()),
        Column("readiness", Whole(1, 9, ("TRL", "级")), ("技术成熟度", "Readiness"), False),
        Column("readiness_source", Text(), ("成熟度来源", "Readiness source"), False, ""),
        Column("synergy", YesNo(), ("存在协同溢价", "Synergy"), False),
        Column("left_out", Text(), ("剔除部分", "Left out"), False, ""),
        Column("assisted_by", Text(), ("自动化辅助", "Assisted by"), False, ""),
    ),
    unique=("marked_on", "holding"),
)


class Settle(Protocol):
    """Completes a file from what the caller knows of the company."""

    def __call__(self, tx: Tx, *, sheet: HoldingSheet, on: date, file: File) -> File: ...


def import_marks(
    tx: Tx,
    actor: Actor,
    *,
    fund_id: int,
    filename: str,
    content: bytes,
    dry_run: bool = False,
    settle: Settle | None = None,
    now: datetime,
) -> tuple[Imported, ...]:
    """Prepare every mark of a sheet as a draft. `settle` completes the file of each from what the caller knows of the
    company. Refused: see SheetRefused, each fault with its row.
    """
    reading = read_file(filename, content, MARKS)

    def act(row: MarkRow) -> None:
        add_mark(tx, actor, row=row, fund_id=fund_id, settle=settle, now=now)

    return (book(tx, reading, act, what="marks", dry_run=dry_run),)


def add_mark(
    tx: Tx, actor: Actor, *, row: MarkRow, fund_id: int, settle: Settle | None = None, now: datetime
) -> int:
    """Prepare one mark, with its file where the row says more than a quick mark does, and return its id."""
    found = holding_by_code(tx, fund_id=fund_id, code=row.holding, as_of=row.marked_on)
    facts: dict[str, Any] = {
        "holding_id": found.id,
        "marked_on": row.marked_on,
        "value": row.value,
        "calibration": row.calibration,
        "reason": _both(row.reason, row.reason_en),
        "causes": _causes(row),
        "is_permanent_loss": row.is_permanent_loss,
        "supersedes_id": _corrected(tx, row, holding_id=found.id),
        "now": now,
    }
    if not row.has_file:
        inputs = [_plain(one) for one in row.inputs]
        milestones = [_plain(one) for one in row.milestones]
        facts |= {"technique": row.technique, "inputs": inputs, "milestones": milestones}
        return prepare_mark(tx, actor, **facts).id
    file = _file(row)
    if settle is not None:
        file = settle(tx, sheet=found, on=row.marked_on, file=file)
    if file.techniques and file.leading is not row.technique:
        raise MarkDiffers(what="technique")
    return prepare(tx, actor, file=file, **facts).mark_id


def _plain(one: Mapping[str, Any]) -> dict[str, str]:
    """A record as a mark keeps it: days as ISO text, without what only a file holds."""
    told = {name: part.isoformat() if isinstance(part, date) else part for name, part in one.items()}
    told.pop("evidence", None)
    if told.get("on") == "":
        del told["on"]
    return told


def _file(row: MarkRow) -> File:
    """The valuation file of a row. Refused: an input whose day is not told."""
    undated = next((one["name"] for one in row.inputs if not one["on"]), None)
    if undated is not None:
        raise InputUndated(name=undated)
    return File(
        techniques=tuple(
            Weighed(one["technique"], one["weight"], one["value"] if one["value"] != "" else None, one["why"])
            for one in row.techniques
        ),
        inputs=tuple(Input(one["name"], one["value"], one["source"], one["on"]) for one in row.inputs),
        quoted=tuple(Quoted(one["number"], one["now"], one["why"]) for one in row.quoted),
        milestones=tuple(
            Planned(one["what"], one["due_on"], one["met_on"] or None, one["what_en"], one["evidence"])
            for one in row.milestones
        ),
        readiness=row.readiness,
        readiness_source=row.readiness_source,
        scenarios=tuple(
            Future(
                one["name"],
                one["probability"],
                one["proceeds"],
                one["years"] or Fraction(0),
                one["rate"] or Fraction(0),
            )
            for one in row.scenarios
        ),
        synergy=None if row.synergy is None else Synergy(row.synergy, row.left_out),
        assisted_by=row.assisted_by,
    )


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
    return Causes(row.company, row.market, row.rights, row.currency)


def _both(reason: str, reason_en: str) -> str:
    """The reason in both languages, parted as everywhere: 中文 / English."""
    return " / ".join(text for text in (reason, reason_en) if text)
