"""What lists of demands and achievements look like: their columns, in either language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kernel.sheets.days import Day
from kernel.sheets.numbers import Amount, Whole
from kernel.sheets.reading import Column, Layout
from kernel.sheets.words import Choice, Code, Records, Text, Texts, YesNo
from pipeline.channel.rules import AchievementState, ChainPosition, RightKind, RightStatus, Urgency

POSITIONS: Mapping[str, ChainPosition] = MappingProxyType(
    {
        "上游": ChainPosition.UPSTREAM,
        "厂内": ChainPosition.IN_HOUSE,
        "下游": ChainPosition.DOWNSTREAM,
    }
)
_URGENCIES = {"低": Urgency.LOW, "一般": Urgency.NORMAL, "高": Urgency.HIGH, "紧急": Urgency.CRITICAL}
_STATES = {
    "沉睡": AchievementState.SLEEPING,
    "活跃": AchievementState.ACTIVE,
    "转化中": AchievementState.IN_TRANSFORMATION,
    "已转化": AchievementState.TRANSFORMED,
}
_KINDS = {
    "发明专利": RightKind.INVENTION_PATENT,
    "实用新型": RightKind.UTILITY_MODEL,
    "外观设计": RightKind.DESIGN,
    "软件著作权": RightKind.SOFTWARE,
    "技术秘密": RightKind.KNOW_HOW,
    "标准": RightKind.STANDARD,
}
_STATUSES = {
    "拟申请": RightStatus.PLANNED,
    "申请中": RightStatus.FILED,
    "公开": RightStatus.PUBLISHED,
    "授权": RightStatus.GRANTED,
    "许可": RightStatus.LICENSED,
    "转让": RightStatus.TRANSFERRED,
    "失效": RightStatus.LAPSED,
}


@dataclass(frozen=True)
class DemandRow:
    code: str
    enterprise: str
    title: str
    problem: str
    sector: str
    specification: tuple[dict[str, str], ...]
    wanted_trl: int | None
    site: str
    budget: int | None
    deadline_on: date | None
    market_capacity: str
    urgency: Urgency
    chain_position: ChainPosition
    is_common_need: bool
    is_confidential: bool


@dataclass(frozen=True)
class AchievementRow:
    code: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    discipline: str
    sector: str
    team: tuple[str, ...]
    state: AchievementState
    site: str
    cost: int | None
    available_on: date | None


@dataclass(frozen=True)
class RightRow:
    achievement: str
    number: str
    kind: RightKind
    status: RightStatus
    title: str
    as_of: date


@dataclass(frozen=True)
class ReadinessRow:
    achievement: str
    element: str
    is_critical: bool
    assessed_on: date
    trl: int | None
    mrl: int | None
    evidence: str
    assessor: str


DEMANDS = Layout(
    "demands",
    DemandRow,
    (
        Column("code", Code(), ("需求编号", "Demand code", "Demand")),
        Column("enterprise", Text(), ("提出单位", "需求单位", "Enterprise")),
        Column("title", Text(), ("标题", "需求名称", "Title")),
        Column("problem", Text(), ("问题描述", "需求描述", "Problem")),
        Column("sector", Text(), ("方向", "领域", "Sector")),
        Column(
            "specification",
            Records(("name", "value", "unit"), needed=2),
            ("指标", "技术指标", "Specification"),
            False,
            (),
        ),
        Column(
            "wanted_trl",
            Whole(1, 9, around=("TRL", "级")),
            ("期望成熟度", "Wanted readiness", "Wanted TRL"),
            False,
        ),
        Column("site", Text(), ("现场", "场地", "Site"), False, ""),
        Column("budget", Amount(), ("预算", "Budget"), False),
        Column("deadline_on", Day(), ("期望完成日期", "完成期限", "Deadline"), False),
        Column("market_capacity", Text(), ("市场容量", "Market capacity"), False, ""),
        Column("urgency", Choice(Urgency, _URGENCIES), ("紧急程度", "Urgency"), False, Urgency.NORMAL),
        Column("chain_position", Choice(ChainPosition, POSITIONS), ("产业链位置", "Chain position")),
        Column("is_common_need", YesNo(), ("是否行业共性", "Common need"), False, False),
        Column("is_confidential", YesNo(), ("是否保密", "Confidential"), False, False),
    ),
    unique=("code",),
)

ACHIEVEMENTS = Layout(
    "achievements",
    AchievementRow,
    (
        Column("code", Code(), ("成果编号", "Achievement code", "Achievement")),
        Column("title_zh", Text(), ("成果名称", "中文名称", "Title in Chinese")),
        Column("title_en", Text(), ("英文名称", "Title", "Title in English"), False, ""),
        Column("summary_zh", Text(), ("简介", "中文简介", "Summary in Chinese"), False, ""),
        Column("summary_en", Text(), ("英文简介", "Summary", "Summary in English"), False, ""),
        Column("discipline", Text(), ("学科", "Discipline")),
        Column("sector", Text(), ("方向", "领域", "Sector")),
        Column("team", Texts(), ("负责人", "团队", "Team", "Lead"), False, ()),
        Column(
            "state",
            Choice(AchievementState, _STATES),
            ("状态", "State"),
            False,
            AchievementState.SLEEPING,
        ),
        Column("site", Text(), ("可试验场地", "场地", "Site"), False, ""),
        Column("cost", Amount(), ("熟化经费", "Cost", "Cost of maturing"), False),
        Column("available_on", Day(), ("预计可用日期", "Available on"), False),
    ),
    unique=("code",),
)

RIGHTS = Layout(
    "rights",
    RightRow,
    (
        Column("achievement", Code(), ("成果编号", "Achievement code", "Achievement")),
        Column("number", Code(), ("证书号", "Number")),
        Column("kind", Choice(RightKind, _KINDS), ("类别", "Kind")),
        Column("status", Choice(RightStatus, _STATUSES), ("法律状态", "Status")),
        Column("title", Text(), ("名称", "Title"), False, ""),
        Column("as_of", Day(), ("状态日期", "As of")),
    ),
    unique=("achievement", "number"),
)

READINESS = Layout(
    "readiness",
    ReadinessRow,
    (
        Column("achievement", Code(), ("成果编号", "Achievement code", "Achievement")),
        Column("element", Text(), ("关键要素", "要素", "Element")),
        Column("is_critical", YesNo(), ("是否关键", "Critical"), False, True),
        Column("assessed_on", Day(), ("评价日期", "Assessed on")),
        Column("trl", Whole(1, 9, around=("TRL", "级")), ("技术成熟度", "TRL", "技术成熟度 TRL"), False),
        Column("mrl", Whole(1, 10, around=("MRL", "级")), ("制造成熟度", "MRL", "制造成熟度 MRL"), False),
        Column("evidence", Text(), ("佐证材料", "Evidence")),
        Column("assessor", Text(), ("评价机构", "Assessor")),
    ),
    unique=("achievement", "element", "assessed_on"),
)
