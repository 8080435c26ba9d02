"""Printed names of what notices carry, each with its definition, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lp_reports.facts import Text
from lp_reports.rules import NoticeKind

NONE = Text("")


@dataclass(frozen=True)
class Word:
    """A name, and what the figure beside it is."""

    name: Text
    means: Text = NONE


TITLES: Mapping[NoticeKind, Text] = {
    NoticeKind.CALL: Text("缴款通知书", "Capital call notice"),
    NoticeKind.REFUND: Text("退款通知书", "Refund notice"),
    NoticeKind.DISTRIBUTION: Text("分配通知书", "Distribution notice"),
    NoticeKind.NETTING: Text("缴款与分配轧差通知书", "Net call and distribution notice"),
    NoticeKind.GIVEBACK: Text("分配款返还通知书", "Giveback notice"),
}

TABLES: Mapping[str, Text] = {
    "items": Text("款项用途", "What it is for"),
    "kinds": Text("分配性质", "What is distributed"),
    "payment": Text("由分配额到实付额", "From the distribution to the payment"),
    "net": Text("轧差：缴款减应得分配", "Netted: the call less what is due"),
    "net_paid": Text("轧差：应得分配减缴款", "Netted: what is due less the call"),
    "giveback": Text("返还额的确定", "How much is given back"),
}

FIGURES: Mapping[str, Word] = {
    "investment": Word(
        Text("投资款", "Investment"),
        Text(
            "按未缴出资比例分担，不含已获豁免的合伙人；追加投资按该项目份额分担",
            "shared by remaining commitments of those not excused; a follow-on by the share in that deal",
        ),
    ),
    "expense": Word(
        Text("合伙费用", "Partnership expenses"),
        Text(
            "按认缴出资比例分担；已出资项目的费用按该项目份额分担",
            "shared by commitments; what a deal that was paid for costs by the share in it",
        ),
    ),
    "fee": Word(
        Text("管理费", "Management fee"),
        Text("按各合伙人适用的费率与基数逐户计算", "worked out for each partner by its own terms"),
    ),
    "premium": Word(
        Text("增值补偿款", "Premium of a later close"),
        Text(
            "按净值入伙：后续合伙人因该次交割分得的投资收益，按交割日最近一次经批准的估值计，扣除其上已计提的超额收益；"
            "代替利息，不计入认缴，也不计入实缴",
            "by net asset value: the gains that come to the newcomers by the close, at the last approved marks on its "
            "day, less the carry accrued on them; instead of interest, outside commitment and contributions",
        ),
    ),
    "interest": Word(
        Text("后续交割利息", "Interest of a later close"),
        Text("不计入认缴，也不计入实缴", "outside commitment and contributions"),
    ),
    "called": Word(Text("应缴合计", "Called in all")),
    "refunded": Word(Text("退还合计", "Refunded in all")),
    "return_of_capital": Word(
        Text("投资本金部分", "Return of capital, by source"),
        Text(
            "款项来源中的投资成本，非瀑布第一步",
            "the cost in the proceeds, not the first step of the waterfall",
        ),
    ),
    "income": Word(
        Text("收益", "Income"), Text("股息、利息及许可收入", "dividends, interest, licence income")
    ),
    "gain": Word(Text("资本利得", "Gain"), Text("退出价款超过成本的部分", "proceeds above cost")),
    "distributed": Word(
        Text("分配额", "Distributed"),
        Text("扣除超额收益后归合伙人的部分", "the partner’s, after carried interest"),
    ),
    "gross": Word(
        Text("扣除超额收益前", "Before carried interest"),
        Text("按参与该分配的比例应得", "by the share in what is distributed"),
    ),
    "carry": Word(
        Text("减：承担的超额收益", "Less carried interest borne"),
        Text("归普通合伙人，计算过程见下", "the general partner’s; worked out below"),
    ),
    "carry_received": Word(Text("加：收取的超额收益", "Plus carried interest received")),
    "escrowed": Word(
        Text("减：暂存的超额收益", "Less carried interest in escrow"),
        Text("满足释放条件前留存", "kept until its test is met"),
    ),
    "withheld": Word(
        Text("减：代扣税款", "Less tax withheld"),
        Text(
            "由基金代缴税务机关，仍计入分配额",
            "paid to the tax office for the partner; it has been distributed",
        ),
    ),
    "in_kind": Word(
        Text("减：以股份交付", "Less handed over in shares"),
        Text("按当日价格计值，计入分配额", "at the price of the day; it has been distributed"),
    ),
    "set_off": Word(
        Text("减：抵销应缴款项", "Less set off against calls"),
        Text("抵付合伙人对基金的应缴款", "pays what the partner owes the fund"),
    ),
    "paid": Word(Text("实付额", "Paid"), Text("汇入合伙人登记账户", "to the partner’s account on record")),
    "net_called": Word(Text("本次缴款", "The call")),
    "net_due": Word(
        Text("本次应得分配（税后）", "Due of the distribution, after tax"),
        Text("分配额减代扣税款", "distributed less tax withheld"),
    ),
    "to_pay": Word(Text("轧差后应缴", "To pay after netting")),
    "to_get": Word(Text("轧差后应付贵司", "To be paid to you after netting")),
    "received": Word(
        Text("累计已收分配", "Distributions received"), Text("税前，含代扣税款", "tax withheld included")
    ),
    "given": Word(Text("减：此前已返还", "Less given back before")),
    "within": Word(
        Text("可要求返还的分配", "Within reach"),
        Text("在约定期限内且尚未返还", "within the agreed time and not given back"),
    ),
    "most": Word(Text("返还上限", "At most"), Text("按约定比例上限计算", "what the agreed cap leaves of it")),
    "given_back": Word(
        Text("本次返还", "To be given back"),
        Text("按各合伙人所收分配的比例分担", "shared by what each received"),
    ),
    "unfunded": Word(
        Text("未缴出资", "Unfunded commitment"),
        Text(
            "认缴减已通知缴款，加可再次要求缴付的金额；不含利息",
            "committed less called, plus what may be called again; interest is outside it",
        ),
    ),
    "recallable": Word(
        Text("可再缴金额", "Recallable"),
        Text("已返还并可再次要求缴付的出资", "capital given back that may be called again"),
    ),
    "contributed": Word(Text("累计实缴", "Contributed")),
    "returned": Word(Text("此前已返还实缴", "Returned before")),
    "preferred_paid": Word(Text("此前已付门槛收益", "Hurdle paid before")),
    "catch_up_before": Word(Text("此前追补", "Caught up before")),
    "split_before": Word(Text("此前超额分成", "Split before")),
}
TIERS: Mapping[str, Word] = {
    "return_of_capital": Word(
        Text("第一步　返还实缴", "1  Return of capital"),
        Text("尚未返还的实缴出资全部返还", "contributions that have not come back"),
    ),
    "preferred": Word(
        Text("第二步　门槛收益", "2  Hurdle"),
        Text("未返还出资按门槛收益率计算的应付额", "the hurdle rate on capital that is out"),
    ),
    "catch_up": Word(
        Text("第三步　追补", "3  Catch-up"),
        Text("普通合伙人追补至约定分成比例", "until the general partner has its agreed share"),
    ),
    "residual": Word(
        Text("第四步　超额部分分成", "4  Split above"),
        Text("余额按约定比例分成", "the rest by the agreed shares"),
    ),
    "further": Word(Text("进一步分成", "Further tier"), Text("超过约定门槛后的分成", "above its threshold")),
}
COMPOUNDINGS: Mapping[str, Text] = {
    "daily": Text("按日复利", "compounded daily"),
    "anniversary": Text("按周年复利", "compounded on anniversaries"),
    "simple": Text("单利", "simple"),
}
FORMS: Mapping[str, Text] = {
    "whole_fund": Text("按全基金计算", "over the whole fund"),
    "deal_by_deal": Text("逐项目计算", "deal by deal"),
}


def word(words: Mapping[str, Word], code: str) -> Word:
    """A figure's name and definition; of an item from which the partner is excused it says so."""
    base = code.removesuffix("_excused")
    found = words.get(base) or Word(Text(code, code))
    if base == code:
        return found
    name = Text(f"{found.name.zh}（已豁免）", f"{found.name.en} (excused)")
    return Word(name, Text("贵司豁免参与，未缴出资不减少", "you are excused; your unfunded commitment stays"))
