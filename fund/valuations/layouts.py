"""The columns of a list of marks: what a row says, how its cells are read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from fund.holdings.mark_rules import Technique
from fund.valuations.file import RightsMethod
from kernel.sheets.cells import Cell, Unreadable, narrow
from kernel.sheets.days import Day
from kernel.sheets.numbers import Amount, Ratio, Share, Whole, number_in
from kernel.sheets.reading import Column, Layout
from kernel.sheets.words import Choice, Code, Records, Text, YesNo

TECHNIQUE_WORDS = {
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
METHOD_WORDS = {
    "期权定价": RightsMethod.OPTION_PRICING,
    "期权定价法": RightsMethod.OPTION_PRICING,
    "反推法": RightsMethod.BACKSOLVE,
    "概率加权": RightsMethod.PROBABILITY_WEIGHTED,
    "概率加权法": RightsMethod.PROBABILITY_WEIGHTED,
    "现值法": RightsMethod.CURRENT_VALUE,
    "完全稀释法": RightsMethod.FULLY_DILUTED,
}
_PARTS = re.compile(r"([0-9]{1,24})/([1-9][0-9]{0,10})", re.ASCII)


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
class Exact:
    """An exact number, not below 0: a decimal, or what has none as "4/3"."""

    def read(self, cell: Cell) -> Fraction:
        """The number."""
        written = (
            _PARTS.fullmatch(narrow(cell.value).replace(" ", "")) if isinstance(cell.value, str) else None
        )
        return Fraction(int(written[1]), int(written[2])) if written else Number().read(cell)


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
    readers={"technique": Choice(Technique, TECHNIQUE_WORDS), "weight": Ratio(), "value": Amount()},
)
INPUTS = Lines(("name", "value", "source", "on"), readers={"on": Day()})
MILESTONES = Lines(
    ("what", "what_en", "due_on", "met_on", "evidence"),
    needed=3,
    lacking=("what_en",),
    readers={"due_on": Day(), "met_on": Day()},
)
SCENARIOS = Lines(
    ("name", "probability", "proceeds", "years", "rate", "is_converted"),
    needed=3,
    readers={
        "probability": Ratio(),
        "proceeds": Amount(),
        "years": Exact(),
        "rate": Share(high=500),
        "is_converted": YesNo(),
    },
)
QUOTED = Lines(("number", "now", "why"), needed=2, readers={"number": Whole(1, 10_000), "now": Exact()})
WORKING = Lines(
    ("method", "held", "held_shares", "equity", "volatility", "years", "rate", "priced", "price"),
    needed=3,
    readers={
        "method": Choice(RightsMethod, METHOD_WORDS),
        "held_shares": Exact(),
        "equity": Amount(),
        "volatility": Share(high=500),
        "years": Exact(),
        "rate": Share(low=-50),
        "price": Exact(),
    },
)


INSTRUMENT_HEADINGS = ("投资工具", "Instrument")
WORKING_HEADINGS = ("类别估值", "Class valuation")


@dataclass(frozen=True)
class MarkRow:
    """One mark, amounts in fen; what the causes leave open counts as the company's. `instrument` "": the only one.

    `working`: how the classes on record are valued, in yuan a share; at most one line.
    """

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
    instrument: str
    ownership: Fraction | None
    working: tuple[dict[str, Any], ...]

    @property
    def has_file(self) -> bool:
        """Whether the row says anything that only a valuation file holds."""
        told = (self.techniques, self.scenarios, self.quoted, self.left_out, self.assisted_by, self.working)
        return any(told) or self.synergy is not None or self.readiness is not None


MARKS = Layout(
    "marks",
    MarkRow,
    (
        Column("marked_on", Day(), ("估值日", "Marked on")),
        Column("holding", Code(), ("持仓编号", "Holding")),
        Column("value", Amount(), ("公允价值", "Fair value", "Value")),
        Column("technique", Choice(Technique, TECHNIQUE_WORDS), ("估值技术", "Technique")),
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
        Column("instrument", Code(), INSTRUMENT_HEADINGS, False, ""),
        Column("ownership", Ratio(), ("持股比例", "Ownership"), False),
        Column("working", WORKING, WORKING_HEADINGS, False, ()),
    ),
    unique=("marked_on", "holding", "instrument"),
)
