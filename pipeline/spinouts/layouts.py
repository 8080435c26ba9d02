"""What lists of companies, their founders and their rights look like: their columns, in either language."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kernel.sheets.days import Day
from kernel.sheets.numbers import Amount, Share
from kernel.sheets.reading import Column, Layout
from kernel.sheets.words import Choice, Code, Text, YesNo
from pipeline.spinouts.rules import Form, Route

_FORMS = {
    "有限公司": Form.LIMITED_COMPANY,
    "有限责任公司": Form.LIMITED_COMPANY,
    "股份公司": Form.JOINT_STOCK,
}
_ROUTES = {"协议定价": Route.AGREEMENT, "挂牌": Route.LISTING, "拍卖": Route.AUCTION}


@dataclass(frozen=True)
class CompanyRow:
    """A company born of an achievement, or found elsewhere."""

    code: str
    name: str
    form: Form
    founded_on: date | None
    city: str
    sector: str
    achievement: str
    business: str
    registered_capital: int


@dataclass(frozen=True)
class FounderRow:
    """A founder's share of a company."""

    company: str
    founder: str
    share: Fraction
    role: str
    is_inventor: bool


@dataclass(frozen=True)
class EquityRow:
    """The transfer of one achievement's rights into a company, from pricing to booking."""

    company: str
    achievement: str
    route: Route
    price: int
    notice_from: date | None
    notice_until: date | None
    appraisal: str
    screened_on: date | None
    screened_by: str
    inventor: str
    inventors_share: Fraction
    other: str
    others_share: Fraction
    booked_on: date | None


COMPANIES = Layout(
    "companies",
    CompanyRow,
    (
        Column("code", Code(), ("公司编号", "Company code")),
        Column("name", Text(), ("公司名称", "Company")),
        Column("form", Choice(Form, _FORMS), ("公司类型", "Form"), False, Form.LIMITED_COMPANY),
        Column("founded_on", Day(), ("成立日期", "Founded on"), False),
        Column("city", Text(), ("注册地", "城市", "City"), False, ""),
        Column("sector", Text(), ("方向", "领域", "Sector"), False, ""),
        Column("achievement", Code(), ("成果编号", "Achievement"), False, ""),
        Column("business", Text(), ("主营业务", "Business"), False, ""),
        Column("registered_capital", Amount(), ("注册资本", "Registered capital")),
    ),
    unique=("code",),
)

FOUNDERS = Layout(
    "founders",
    FounderRow,
    (
        Column("company", Code(), ("公司编号", "Company code")),
        Column("founder", Text(), ("创始人", "Founder")),
        Column("share", Share(), ("持股比例", "Share")),
        Column("role", Text(), ("职务", "Role"), False, ""),
        Column("is_inventor", YesNo(), ("是否发明人", "Inventor"), False, False),
    ),
    unique=("company", "founder"),
)

EQUITY = Layout(
    "rights booked as equity",
    EquityRow,
    (
        Column("company", Code(), ("公司编号", "Company code")),
        Column("achievement", Code(), ("成果编号", "Achievement")),
        Column("route", Choice(Route, _ROUTES), ("定价方式", "Route"), False, Route.AGREEMENT),
        Column("price", Amount(), ("作价", "Price")),
        Column("notice_from", Day(), ("公示开始", "Notice from"), False),
        Column("notice_until", Day(), ("公示结束", "Notice until"), False),
        Column("appraisal", Text(), ("评估报告", "Appraisal"), False, ""),
        Column("screened_on", Day(), ("涉密审查日期", "Screened on"), False),
        Column("screened_by", Text(), ("涉密审查机构", "Screened by"), False, ""),
        Column("inventor", Text(), ("发明人", "Inventor")),
        Column("inventors_share", Share(), ("发明人比例", "Inventor's share")),
        Column("other", Text(), ("其他受益人", "Other holder")),
        Column("others_share", Share(), ("其他比例", "Other holder's share")),
        Column("booked_on", Day(), ("入股日期", "Booked on"), False),
    ),
    unique=("company", "achievement"),
)
