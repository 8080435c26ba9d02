"""Printed wordings of the values that other rooms keep as keys or as free text in one language."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pypinyin import lazy_pinyin

from lp_reports.facts import Text
from lp_reports.rules import SOMEBODY, conceal

_PAIRS = (
    ("氢能材料", "Hydrogen materials", "hydrogen", "hydrogen_materials"),
    ("碳中和", "Carbon neutrality", "carbon", "carbon_neutrality"),
    ("新能源材料", "New energy materials", "new_energy", "new_energy_materials", "energy_materials"),
    ("智能算力", "GPU computing", "gpu", "gpu_computing", "computing"),
    ("GPU 算力", "GPU computing", "GPU算力", "GPU计算", "GPU 计算"),
    ("智能制造", "Intelligent manufacturing", "intelligent_manufacturing", "manufacturing"),
    ("先进材料", "Advanced materials", "advanced_materials"),
    ("上游", "Upstream", "upstream"),
    ("厂内", "In-house", "in_house", "in-house", "内部", "中游"),
    ("下游", "Downstream", "downstream"),
    ("种子轮", "Seed", "seed", "种子"),
    ("天使轮", "Angel", "angel", "天使"),
    ("Pre-A 轮", "Pre-A", "pre_a", "pre-a", "Pre-A轮"),
    ("A 轮", "Series A", "a", "series_a", "A轮"),
    ("A+ 轮", "Series A+", "a+", "A+轮"),
    ("B 轮", "Series B", "b", "series_b", "B轮"),
    ("C 轮", "Series C", "c", "series_c", "C轮"),
    ("早期", "Early stage", "early"),
    ("成长期", "Growth", "growth"),
    ("小试", "Laboratory scale", "lab_scale"),
    ("中试", "Pilot scale", "pilot"),
    ("量产", "Mass production", "mass_production"),
    ("产业化", "Industrialisation", "industrialisation"),
    ("初创期", "Start-up", "startup"),
    ("实验室", "Laboratory", "laboratory"),
    ("联合创新中心", "Joint innovation centre", "joint_innovation_centre"),
    ("研究中心", "Research centre", "research_centre"),
    ("校友企业", "Alumni firm", "alumni_firm"),
    ("合伙人分拆", "Carved out of a partner", "lp_carve_out"),
    ("合伙人推荐", "Referred by a partner", "lp_referral"),
)


def _known() -> dict[str, Text]:
    found = {}
    for zh, en, *keys in _PAIRS:
        for key in (zh, en, *keys):
            found[key.casefold()] = Text(zh, en)
    return found


VALUES: Mapping[str, Text] = _known()

TECHNIQUES: Mapping[str, Text] = {
    "multiples": Text("市场乘数法", "Market multiples"),
    "benchmarks": Text("行业指标法", "Industry benchmarks"),
    "market_price": Text("可得市场价格", "Available market prices"),
    "dcf_business": Text("企业现金流折现法", "Discounted cash flow of the business"),
    "dcf_investment": Text("投资现金流折现法", "Discounted cash flow of the investment"),
    "net_assets": Text("净资产法", "Net assets"),
    "milestones": Text("里程碑校准法", "Calibrated milestone analysis"),
    "scenarios": Text("概率加权情景法", "Probability-weighted scenarios"),
    "option_pricing": Text("期权定价法", "Option pricing"),
}

CONFLICTS: Mapping[str, Text] = {
    "customer": Text("客户", "Customer"),
    "supplier": Text("供应商", "Supplier"),
    "competitor": Text("竞争对手", "Competitor"),
    "potential_acquirer": Text("潜在收购方", "Potential acquirer"),
    "inventors_employer": Text("发明人所在单位", "Employer of the inventors"),
    "co_applicant": Text("共同专利申请人", "Co-applicant of a patent"),
    "prior_investor": Text("在先投资人", "Prior investor"),
    "inventor": Text("发明人", "Inventor"),
    "relative": Text("亲属", "Relative"),
    "university_officer": Text("高校任职", "Officer of the university"),
    "university": Text("成果所属高校", "University of origin"),
    "affiliate": Text("关联方", "Affiliate"),
    "employer": Text("任职单位", "Employer"),
    "group_parent": Text("控股股东", "Group parent"),
    "shareholder": Text("股东", "Shareholder"),
    "officer": Text("董事或高级管理人员", "Director or officer"),
    "other": Text("其他", "Other"),
}

CAPACITIES: Mapping[str, Text] = {
    "fund": Text("基金委派委员", "A member appointed by the fund"),
    "lp": Text("另一位合伙人委派的委员", "A member appointed by another partner"),
    "expert": Text("专家委员", "An expert member"),
    "observer": Text("观察员", "An observer"),
    "yours": Text("贵司委派委员", "The member you appointed"),
}

MATTERS: Mapping[str, Text] = {
    "new_deal": Text("新项目", "new deal"),
    "follow_on": Text("追加投资", "follow-on"),
    "related_party": Text("关联交易", "related-party transaction"),
    "exit": Text("退出", "exit"),
    "valuation": Text("估值", "valuation"),
    "write_off": Text("核销", "write-off"),
}

# What industry can give next, by the level a technology has reached [readiness levels 1 to 9].


def bilingual(text: str) -> Text:
    """A text typed as "中文 / English" in both languages; one without that division is Chinese only."""
    zh, divider, en = text.rpartition(" / ")
    if divider and not zh.isascii() and en.isascii():
        return Text(zh.strip(), en.strip())
    return Text(text.strip())


def value(text: str) -> Text:
    """A category in both languages; what is not known prints as it was typed."""
    known = VALUES.get(text.strip().casefold())
    if known is not None:
        return known
    return Text(text, text if text.isascii() else "")


def place(name: str) -> Text:
    """A Chinese place with its name in pinyin: 包头 is Baotou."""
    if not name or name.isascii():
        return Text(name, name)
    return Text(name, "".join(lazy_pinyin(name.removesuffix("市"))).capitalize())


def without(text: Text, hidden: Collection[str], own: Collection[str] = ()) -> Text:
    """A text in which the `hidden` partners are not named; an `own` name stays whole."""
    return Text(conceal(text.zh, hidden, SOMEBODY, own), conceal(text.en, hidden, "a partner", own))
