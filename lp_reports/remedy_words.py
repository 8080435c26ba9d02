"""What each remedy against a partner that did not pay is called on the term sheet, and what it says."""

from collections.abc import Mapping

from lp_reports.facts import Text
from lp_reports.term_words import Wording

REMEDIES: Mapping[str, Wording] = {
    "suspension": Wording(
        Text("违约处置：暂停权利", "Remedy: suspension"),
        Text(
            "补救期届满仍未补救的，经咨询委员会同意，违约合伙人不参与新项目，其委派委员不参加表决。",
            "Once the days to cure are over and the advisory committee has consented, the partner takes no part in "
            "new deals and its people do not vote.",
        ),
    ),
    "reduction": Wording(
        Text("违约处置：削减认缴", "Remedy: reduction of the commitment"),
        Text(
            "同上条件下，违约合伙人尚可缴付的认缴不再缴付；已通知的欠缴款仍应缴付。",
            "On the same conditions nothing more is called of the partner; what it owes on calls stays owed.",
        ),
    ),
    "forfeiture": Wording(
        Text("违约处置：没收份额", "Remedy: forfeiture"),
        Text(
            "同上条件下，先削减认缴，再将违约合伙人权益的该比例无偿转归条款相同且未违约的其他合伙人，按各自认缴比例分配，"
            "精确到分；欠缴款仍应缴付。",
            "On the same conditions the commitment is reduced, and then this share of the interest passes without a "
            "price to the partners on the same terms that are in no default, by their commitments, to the fen; what is "
            "owed stays owed.",
        ),
        Text(
            "转归各人＝没收部分 × 其认缴 ÷ 受让各人认缴合计",
            "to each = forfeited × its commitment ÷ all of theirs",
        ),
    ),
    "sale": Wording(
        Text("违约处置：强制转让", "Remedy: forced sale"),
        Text(
            "同上条件下，违约合伙人的全部权益按决议价格转让给指定受让方；欠缴款仍由违约合伙人缴付。",
            "On the same conditions the whole interest passes to the buyer at the price resolved; what is owed stays "
            "the partner’s own debt.",
        ),
    ),
    "set_off": Wording(
        Text("违约处置：以分配款抵销", "Remedy: set-off against distributions"),
        Text(
            "同上条件下，此后分配给违约合伙人的税后款项先抵销其欠缴款，余额方予支付；抵销视同缴付，分配仍按全额计。",
            "On the same conditions what is distributed to the partner after tax first pays what it owes on the call; "
            "only the rest is paid out. What is set off counts as paid in, and the distribution counts in full.",
        ),
    ),
}
