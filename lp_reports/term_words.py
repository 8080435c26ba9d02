"""What each term of a fund is called and what it says, in both languages, with its formula.

A term that is not among them still appears on the sheet, under its plain name: no term is lost for want of words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lp_reports.facts import Text


@dataclass(frozen=True)
class Wording:
    """A term's title, the words of its clause, and the formula by which the software applies it."""

    title: Text
    says: Text
    formula: Text | None = None


TERMS: Mapping[str, Wording] = {
    "size": Wording(
        Text("认缴规模", "Size"),
        Text(
            "基金的认缴出资总额目标。计算限额时以当日实际认缴总额为准。",
            "The commitments sought. Limits are counted against what is committed on the day.",
        ),
    ),
    "first_close_on": Wording(
        Text("首次交割日", "First close"),
        Text(
            "基金自该日起成立运作，管理费自该日起计收。",
            "The fund begins on this day, and so does the management fee.",
        ),
    ),
    "final_close_on": Wording(
        Text("最终交割日", "Final close"),
        Text(
            "该日之后不再接纳新合伙人或新增认缴。",
            "After this day no partner joins and no commitment is increased.",
        ),
    ),
    "commitment_period_ends_on": Wording(
        Text("投资期届满日", "Commitment period ends"),
        Text(
            "投资期含该日。届满后不再为新项目缴款；管理费基数自次日起依费基条款转换。",
            "The day is included. Afterwards nothing is called for new investments; from the next day the basis of the "
            "fee turns where the fee basis says so.",
        ),
    ),
    "term_ends_on": Wording(
        Text("存续期届满日", "Term ends"),
        Text("存续期含该日，其后不计管理费。", "The day is included; no fee runs after it."),
    ),
    "fee_rate": Wording(
        Text("管理费率（年）", "Management fee a year"),
        Text(
            "按季预收，逐个合伙人计算；不足一季按当季实际天数折算，每人每季四舍五入一次，精确到分。",
            "Charged quarterly in advance, partner by partner; a part of a quarter by the actual days of that quarter, "
            "rounded once for each partner and quarter, to the fen.",
        ),
        Text(
            "管理费＝费率 ÷ 4 × 基数 × 天数 ÷ 当季天数", "fee = rate ÷ 4 × basis × days ÷ days of the quarter"
        ),
    ),
    "fee_basis": Wording(
        Text("管理费基数", "Fee basis"),
        Text(
            "在投成本为投资成本扣除已退出、已核销部分，并剔除经认定为永久性减值且估值低于成本一半的单项投资的全部成本；实缴为累计实缴出资，均取季初第一日余额。",
            "Invested cost is cost less what was realised or written off, without any instrument marked permanently "
            "below half of its cost; paid in is all contributions; both at the start of the quarter’s first day.",
        ),
    ),
    "offset_share": Wording(
        Text("费用抵减比例", "Fee offset"),
        Text(
            "管理人及其人员向被投企业收取的费用，按该比例抵减管理费：收取当日确认，在下一次计提管理费时抵减，"
            "抵减后不低于零，余额结转。",
            "Of fees that the manager or its people receive from companies of the portfolio this share is set off: "
            "recognised on the day received, applied against the next fee, never below nil, the rest carried forward.",
        ),
        Text(
            "本期抵减＝未使用抵减额与当期管理费之较小者",
            "applied = the smaller of what is unapplied and the fee",
        ),
    ),
    "hurdle": Wording(
        Text("门槛收益率（年）", "Hurdle a year"),
        Text(
            "自缴款到期日起至返还日止计算的门槛收益；仅为分配计算基准，并非预期收益，亦不构成任何保证。",
            "Runs on contributions from their due dates until they are returned. It is a basis of calculation only, "
            "neither an expected return nor guaranteed.",
        ),
    ),
    "compounding": Wording(
        Text("门槛收益计息方式", "How the hurdle grows"),
        Text(
            "按日复利：实际天数／365；按年复利：每满一年计复利，不足一年按单利；单利：实际天数／365。"
            "同一日先计缴款后计分配。",
            "Daily: compound on actual days over 365. Anniversary: compound at each full year, simple in between. "
            "Simple: actual days over 365. On one day contributions come before distributions.",
        ),
        Text("按日复利：H ← H ×（1＋r）^（天数 ÷ 365）", "daily: H ← H × (1 + r)^(days ÷ 365)"),
    ),
    "catch_up": Wording(
        Text("追补比例", "Catch-up"),
        Text(
            "返还出资并支付门槛收益后，按该比例向普通合伙人追补，直至其所得达到（门槛收益＋追补）的超额收益比例。"
            "追补比例须大于超额收益比例，否则永远无法追平。",
            "Once contributions are returned and the hurdle is paid, this share goes to the general partner until it "
            "holds the carry of hurdle and catch-up together. It must exceed the carry, or it never catches up.",
        ),
        Text(
            "追补总额＝分成比例 × 门槛收益 ÷（追补比例－分成比例）",
            "X = carry × preferred ÷ (catch-up − carry)",
        ),
    ),
    "carry": Wording(
        Text("超额收益比例", "Carry"),
        Text(
            "追补完成后的剩余收益中归普通合伙人的比例，其余归有限合伙人。",
            "Of what is left after the catch-up this share goes to the general partner, the rest to the partners.",
        ),
    ),
    "carry_form": Wording(
        Text("分配方式", "Waterfall"),
        Text(
            "按基金整体：先返还全部实缴；"
            "逐项目（ILPA 口径）：先返还本项目、已退出项目、未实现亏损及其分摊费用对应的实缴。",
            "Over the whole fund everything paid in comes back first; deal by deal, in ILPA’s form, what was paid in "
            "for the deal at hand, for realised deals, for unrealised losses and for the fees and expenses allocated "
            "to them.",
        ),
    ),
    "further": Wording(
        Text("进一步分成档", "Further tiers"),
        Text(
            "合伙人所得达到实缴的该倍数（200% 即 2.0 倍）或该年化收益率后，其后的分配按更高比例提取超额收益。",
            "Once a partner has this multiple of what it paid in (200 % is 2.0 x), or this return a year, a higher "
            "carry is taken of what still comes.",
        ),
    ),
    "carry_tax": Wording(
        Text("回拨时扣除的税率", "Tax that a clawback leaves on carry"),
        Text(
            "回拨金额以已收超额收益扣除该比例税款后的余额为限。",
            "A clawback takes at most the carry received less this share of it.",
        ),
        Text(
            "回拨＝min｛max（超收，不足额），已收－税款｝",
            "clawback = min(max(excess, shortfall), received − tax)",
        ),
    ),
    "carry_escrow": Wording(
        Text("超额收益留存比例", "Carry kept in escrow"),
        Text(
            "每次支付超额收益时按该比例留存于专户，作为回拨的保证；回拨时先以留存款支付。",
            "Of each payment of carry this share stays on an account of its own and secures the clawback, which is "
            "paid from it first.",
        ),
        Text("留存＝超额收益 × 留存比例，向下取整到分", "escrow = carry × share, rounded down to the fen"),
    ),
    "escrow_test": Wording(
        Text("留存释放条件", "Escrow is released"),
        Text(
            "实缴与门槛收益已返还：各合伙人已收回全部实缴及门槛收益；基金终止：存续期届满或已全部退出，且无应回拨款。",
            "Once every partner has its contributions and the hurdle back; or at the fund’s end, when the term is over "
            "or nothing is held any more, and nothing is owed back.",
        ),
    ),
    "organisation_cap": Wording(
        Text("开办费上限", "Cap on organisation costs"),
        Text(
            "基金承担的开办费累计不超过该金额；超出部分由管理人承担，基金先行支付的记为应收管理人款项，"
            "由管理人现金偿还或自应付管理费中扣除。",
            "The fund bears organisation costs up to this amount. What is above is the manager’s: where the fund has "
            "paid it, the manager owes it back, in cash or out of the fee that is payable.",
        ),
        Text(
            "基金承担＝min（费用，上限－已承担）",
            "borne by the fund = min(cost, cap − borne before)",
        ),
    ),
    "organisation_share": Wording(
        Text("开办费上限（占认缴）", "Cap on organisation costs, of commitments"),
        Text(
            "同一上限按费用发生日全体认缴出资的比例计；两者并存时取低者。",
            "The same cap as a share of all commitments on the day of the cost; where both are set the lower counts.",
        ),
    ),
    "unused_return_days": Wording(
        Text("未使用缴款退回期限（天）", "Unused money back within days"),
        Text(
            "为投资或费用缴入而自缴款到期日起该天数内未使用的款项退还合伙人：恢复未缴额度、减少实缴出资，不作为分配。",
            "Money called for an investment or expense and not used within so many days of its due date goes back: it "
            "restores what can be called, lowers what was paid in, and is no distribution.",
        ),
    ),
    "recall_cap": Wording(
        Text("可再次催缴的上限（占认缴）", "Recallable in all, of commitments"),
        Text(
            "返还后可再次催缴的出资合计以此为限。",
            "The most capital that may be called again over the fund's life.",
        ),
    ),
    "recall_fees_cap": Wording(
        Text("费用可再次催缴的上限（占认缴）", "Recallable for fees and expenses, of commitments"),
        Text(
            "与已缴管理费和基金费用等额的返还出资，在上述上限和返还期限之外另可再次催缴，合计以此为限。",
            "Beyond the limit and the months: as much as was paid in for fees and expenses, up to this share.",
        ),
    ),
    "recall_within_months": Wording(
        Text("可再次催缴的返还期限（月）", "Recallable if back within months"),
        Text("自缴款起在此期限内返还的出资方可再缴。", "Counted from the day on which it was paid in."),
    ),
    "recall_expires_months": Wording(
        Text("可再次催缴的有效期（月）", "Recallable for months"),
        Text(
            "催缴时先用可再缴部分，先返还先用；逾期作废。",
            "A call uses it first, the oldest first; then it expires.",
        ),
        Text("可再缴余额＝返还－已用－过期", "recallable = given back − used − expired"),
    ),
    "giveback_cap": Wording(
        Text("分配款返还上限（占已收分配）", "Given back at most, of distributions received"),
        Text(
            "基金须支付赔偿、退出保证责任等债务而资金不足时，可书面通知各合伙人返还已收分配款：按各自尚在返还期限内的"
            "分配分摊，每人累计返还不超过其累计已收分配的该比例；不计超额收益（另依回拨条款）。未约定的，不得要求返还。",
            "So that the fund can pay an indemnity, a claim under an exit’s warranties or another liability, partners "
            "give distributions back on notice: by what each has received and is still within the period, and never "
            "more in all than this share of what it has received. Carry goes back by the clawback instead. Without "
            "this term nothing is asked back.",
        ),
        Text(
            "每人上限＝min（期限内尚未返还的分配，累计分配 × 上限比例－已返还），向下取整到分",
            "most of each = min(what is within the period and not given back, received × cap − given back), to the fen",
        ),
    ),
    "giveback_months": Wording(
        Text("分配款返还期限（月）", "Given back within months of the distribution"),
        Text(
            "自分配支付日起至返还通知日止；逾期的分配不再返还。先前的返还视为最近的分配先返还。",
            "From the day of payment to the day of the notice; later the distribution is free. What was given back "
            "before came out of the latest distributions.",
        ),
    ),
    "giveback_restores": Wording(
        Text("返还的分配款是否恢复未缴额度", "What is given back can be called again"),
        Text(
            "返还在认缴之外：计入实缴，不占用未缴额度。约定恢复的，投资期内未缴额度相应增加。",
            "It stands outside the commitment: it counts as paid in and uses up nothing that can be called. Where it "
            "restores, so much more can be called while the commitment period lasts.",
        ),
    ),
    "equalisation_rate": Wording(
        Text("后续入伙利率（年）", "Interest for later partners"),
        Text(
            "后续合伙人补缴此前各期缴款中的非管理费部分时，自原到期日起按单利、实际天数／365 计付补偿金，"
            "归先入伙的合伙人；不计入实缴，不占认缴。",
            "Whoever joins later pays simple interest on actual days over 365 on its part of earlier calls other than "
            "fees, from their due dates, to the earlier partners; it is no contribution and uses up no commitment.",
        ),
        Text("补偿金＝金额 × 利率 × 天数 ÷ 365", "interest = amount × rate × days ÷ 365"),
    ),
    "close_at_nav": Wording(
        Text("后续交割可否按净值", "A later close may go by net asset value"),
        Text(
            "可以的，普通合伙人可就某次交割选择以增值补偿款代替上述利息：因交割分得的投资收益（按交割日最近经批准的估值）"
            "扣除其上已计提的超额收益；不计入实缴，不占认缴。",
            "Where it may, newcomers of a close can be asked to pay, instead of that interest, for the gains that come "
            "to them (at the last approved marks) less the carry accrued on them; it is no contribution either.",
        ),
    ),
    "notice_business_days": Wording(
        Text("缴款通知期（工作日）", "Notice of a call, business days"),
        Text(
            "缴款通知发出日至到期日之间的最少工作日数，按中国法定节假日及调休安排计算；到期日须为工作日。",
            "At least so many business days of the Chinese calendar, with its working weekends, lie between the notice "
            "and the due date, which is itself a business day.",
        ),
    ),
    "language": Wording(
        Text("文书语言", "Documents in"),
        Text("未另行约定时文书所用语言。", "Used for papers unless agreed otherwise."),
    ),
}
