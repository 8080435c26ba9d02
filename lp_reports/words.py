"""Printed names of the codes that figures carry, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from fund.ledger.chart import CHART, EXPENSE_ACCOUNTS, FEE_ACCOUNTS
from lp_reports.edition import Edition
from lp_reports.facts import Text

ACCOUNT: Mapping[str, Text] = {
    "opening": Text("期初净值", "Opening net asset value"),
    "contributions": Text("缴款", "Contributions"),
    "given_back": Text("分配款返还", "Distributions given back"),
    "distributions": Text("分配", "Distributions"),
    "management_fee": Text("管理费（净）", "Management fee, net"),
    "expenses": Text("合伙费用", "Partnership expenses"),
    "income": Text("股息、利息及其他收入", "Dividends, interest and other income"),
    "realised": Text("已实现损益", "Realised gain or loss"),
    "unrealised": Text("未实现损益变动", "Change in unrealised gain or loss"),
    "carry": Text("超额收益分成（计提与支付）", "Carried interest, accrued and paid"),
    "carry_accrued": Text("超额收益分成（计提）", "Carried interest, accrued"),
    "carry_earned": Text("超额收益分成（支付减回拨）", "Carried interest, paid less returned"),
    "transfers": Text("份额转让", "Transfers of interest"),
    "closing": Text("期末净值", "Closing net asset value"),
}

STEPS: Mapping[str, Text] = {
    "opening": Text("期初", "Opening"),
    "contributions": Text("缴款", "Paid in"),
    "given_back": Text("分配款返还", "Given back"),
    "distributions": Text("分配", "Paid out"),
    "management_fee": Text("管理费", "Mgmt fee"),
    "expenses": Text("费用", "Expenses"),
    "income": Text("收入", "Income"),
    "realised": Text("已实现", "Realised"),
    "unrealised": Text("未实现", "Unrealised"),
    "carry": Text("分成", "Carry"),
    "carry_accrued": Text("分成计提", "Carry accrued"),
    "carry_earned": Text("分成支付减回拨", "Carry paid less returned"),
    "transfers": Text("转让", "Transfers"),
    "invested": Text("投入", "Invested"),
    "sold": Text("退出", "Sold"),
    "company": Text("企业自身", "Company"),
    "market": Text("市场", "Market"),
    "rights": Text("权利条款", "Rights"),
    "currency": Text("汇率", "Currency"),
    "other": Text("其他", "Other"),
    "closing": Text("期末", "Closing"),
}

COMMITMENT: Mapping[str, Text] = {
    "opening_unfunded": Text("期初未缴出资", "Opening unfunded commitment"),
    "committed": Text("新增认缴", "Commitments made"),
    "contributions": Text("减：计入认缴的缴款", "Less contributions counted against commitment"),
    "recallable": Text("加：可再次要求缴付的分配", "Plus recallable distributions"),
    "returned": Text(
        "加：退回未使用缴款及恢复的返还款", "Plus unused contributions returned and givebacks restored"
    ),
    "transferred": Text("加：份额转让转入（减：转出）", "Plus passed by transfers of interest"),
    "released": Text("减：免除或到期", "Less released or expired"),
    "closing_unfunded": Text("期末未缴出资", "Closing unfunded commitment"),
}

ESTIMATED: Mapping[str, Text] = {
    "plan": Text(
        "管理人计划：管理费按最近一季计收数，投资按情景 {scenario} 所列拟投项目",
        "the manager's plan: the fee as last charged, and the investments planned in scenario {scenario}",
    ),
    "simulation": Text(
        "情景 {scenario} 各次模拟的中位数（随机种子 {seed}），区间为第 5 至第 95 百分位",
        "the median of the plays of scenario {scenario} (seed {seed}), from the 5th to the 95th percentile",
    ),
    "pacing": Text(
        "以基金自身历年缴款拟合的 Takahashi–Alexander 节奏模型，全年数按天数分摊至各季",
        "the pacing model of Takahashi and Alexander fitted to the fund's own years, each year spread over its days",
    ),
    "trend": Text(
        "最近四个季度缴款的平均数", "what was called in the last four quarters, an even part in each to come"
    ),
}

COSTS: Mapping[str, Text] = {
    account.value: Text(CHART[account].name_zh, CHART[account].name_en)
    for account in (*FEE_ACCOUNTS, *EXPENSE_ACCOUNTS)
}

OWED: Mapping[str, Text] = {
    "5043": Text("管理人：超出上限的开办费", "The manager: organisation costs above the cap"),
    "5053": Text("拟共同投资方：未成交项目费用", "Co-investors: costs of broken deals"),
}

OFFSETS: Mapping[str, Text] = {
    "opening": Text("期初未使用", "Opening, unapplied"),
    "added": Text("加：本期确认", "Plus recognised"),
    "applied": Text("减：本期使用", "Less applied"),
    "closing": Text("期末未使用", "Closing, unapplied"),
}

CARRY: Mapping[str, Text] = {
    "opening": Text("期初计提余额", "Accrued at the opening"),
    "accrued": Text("本期计提（转回）", "Accrued (taken back)"),
    "released": Text("随分配支付而结转", "Released by distributions"),
    "closing": Text("期末计提余额", "Accrued at the closing"),
    "paid": Text("随分配支付的超额收益", "Carried interest paid by distributions"),
    "returned": Text(
        "经回拨测试应退回的超额收益", "Carried interest to be returned after tests of the clawback"
    ),
}

CHANGES: Mapping[str, Text] = {
    "new_holding": Text("新投资", "New investment"),
    "mark_up": Text("估值上调", "Marked up"),
    "mark_down": Text("估值下调", "Marked down"),
    "follow_on": Text("追加投资", "Follow-on"),
    "exit": Text("退出", "Exit"),
    "write_off": Text("核销", "Written off"),
    "call": Text("缴款", "Capital call"),
    "distribution": Text("分配", "Distribution"),
    "giveback": Text("分配款返还", "Distributions to be given back"),
    "close": Text("后续交割", "Later close"),
    "terms": Text("条款修订", "Terms amended"),
    "method": Text("方法变动", "Method changed"),
    "restatement": Text("重述", "Restated"),
}

PERIODS: Mapping[str, Text] = {
    "quarter": Text("本季", "Quarter"),
    "year_to_date": Text("本年", "Year to date"),
    "one_year": Text("近一年", "One year"),
    "inception": Text("成立以来", "Since inception"),
}

DIMENSIONS: Mapping[str, Text] = {
    "company": Text("单一企业", "Company"),
    "sector": Text("行业", "Sector"),
    "chain_position": Text("产业链位置", "Chain position"),
    "stage": Text("投资阶段", "Stage"),
    "origin": Text("来源", "Origin"),
    "city": Text("地区", "Place"),
    "readiness": Text("技术成熟度", "Readiness"),
    "vintage": Text("投资年份", "Year of investment"),
    "borrowing": Text("借款", "Borrowing"),
    "related": Text("关联交易", "Related parties"),
}

BASES: Mapping[str, Text] = {
    "size": Text("占认缴总额", "of commitments"),
    "commitments": Text("占认缴总额", "of commitments"),
    "cost": Text("占投资成本", "of cost"),
    "nav": Text("占净值", "of net asset value"),
    "value": Text("占组合价值", "of portfolio value"),
    "invested": Text("占投资成本", "of cost"),
}

MEASURES: Mapping[str, Text] = {
    "chain": Text("贵方产业链内企业", "Companies in your industrial chain"),
    "label": Text("指定类别", "What lies under the label"),
    "largest": Text("最集中的一项", "The fullest"),
    "reinvestment": Text("返投", "Reinvestment"),
    "veto": Text("一票否决", "Veto"),
}

EFFECTS: Mapping[str, Text] = {
    "warns": Text("违反时提示", "warned about"),
    "blocks": Text("违反时不付款", "holds the money back"),
}

CHAIN_ROLES: Mapping[str, Text] = {
    "customer": Text("贵方为客户", "you are its customer"),
    "supplier": Text("贵方为供应商", "you are its supplier"),
    "shareholder": Text("贵方为股东", "you are its shareholder"),
}

CLAIM_KINDS: Mapping[str, Text] = {
    "plant": Text("工厂", "Plant"),
    "line": Text("产线", "Production line"),
    "research": Text("研发机构", "Research facility"),
    "office": Text("办公及总部", "Office"),
    "purchase": Text("本地采购", "Local purchases"),
}

VETO_STATES: Mapping[str, Text] = {
    "asked": Text("待答复", "not answered yet"),
    "not_exercised": Text("未行使", "not exercised"),
    "exercised": Text("已行使", "exercised"),
}

STATUSES: Mapping[str, Text] = {
    "held": Text("持有", "held"),
    "partly_realised": Text("部分退出", "partly realised"),
    "realised": Text("已退出", "exited"),
    "written_off": Text("已核销", "written off"),
}


EXITS: Mapping[str, Text] = {
    "sale_to_lp": Text("转让给合伙人", "Sold to a limited partner"),
    "licence": Text("技术许可", "Licence of its technology"),
    "joint_venture": Text("合资设立公司", "Joint venture"),
    "redemption": Text("回购", "Repurchased"),
    "trade_sale": Text("并购转让", "Trade sale"),
    "ipo": Text("首发上市", "Listing"),
    "secondary": Text("二手份额转让", "Secondary sale"),
    "liquidation": Text("清算核销", "Liquidation"),
}

CHAINS: Mapping[str, Text] = {
    "yours": Text("进入贵司产业链", "into your industrial chain"),
    "partner": Text("进入一位合伙人的产业链", "into a partner’s industrial chain"),
}


def named(words: Mapping[str, Text], edition: Edition) -> dict[str, str]:
    """The wording of every code in one language."""
    return {code: edition.name(text) for code, text in words.items()}


def say(words: Mapping[str, Text], code: str) -> Text:
    """The wording of a code; an unknown one prints as itself, so that no row is lost."""
    return words.get(code, Text(code, code))
