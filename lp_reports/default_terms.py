"""The terms of default as the term sheet prints them: interest, days to cure, remedies, each in words."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from fund.defaults.promise_rules import Remedy
from fund.defaults.rules import DefaultTerms, Payment, interest
from kernel.money import format_amount
from lp_reports.edition import percent
from lp_reports.facts import Text
from lp_reports.remedy_words import REMEDIES

MILLION = 100_000_000
"""One million yuan in fen."""

Line = tuple[Text, Text, Text, Text | None, Text | None]


def lines_of(terms: DefaultTerms, since: date) -> list[Line]:
    """Title, value, words, formula and example of each term, in the order in which they are read."""
    found: list[Line] = [_interest(terms, since), _cure(terms)]
    found += [_remedy(one, terms.remedies.forfeit) for one in terms.remedies.named]
    return found


def _interest(terms: DefaultTerms, since: date) -> Line:
    ran = interest(
        principal=MILLION,
        due_on=date(2026, 3, 2),
        payments=[Payment(date(2026, 4, 1), MILLION)],
        rate=terms.rate,
        until=date(2026, 4, 1),
    )
    return (
        Text("违约利息（年）", "Interest on default a year"),
        _same(_percent(terms.rate)),
        Text(
            f"自 {since} 起适用。对逾期未缴出资自到期日起按单利、实际天数／365 计收，归当期已缴款的其他合伙人；"
            "不计入实缴，不占认缴，不计入收益率。",
            f"In force from {since}. Simple, on actual days over 365, from the due date on what is still owed; it goes "
            "to the partners that had paid, and is no contribution and in no rate of return.",
        ),
        Text("利息＝欠缴金额 × 利率 × 天数 ÷ 365", "interest = owed × rate × days ÷ 365"),
        Text(
            f"欠缴 100 万元 30 天：{format_amount(ran)} 元。",
            f"On 1 million owed for 30 days it is {format_amount(ran)}.",
        ),
    )


def _cure(terms: DefaultTerms) -> Line:
    return (
        Text("补救期", "Days to cure"),
        Text(f"{terms.cure_days} 天", f"{terms.cure_days} days"),
        Text(
            "自催缴通知发出之次日起算；缴清欠款及利息即视为补救。",
            "Counted from the day after the notice; it is cured once what is owed and the interest are paid.",
        ),
        None,
        None,
    )


def _remedy(one: Remedy, forfeit: Fraction) -> Line:
    wording = REMEDIES[one.value]
    is_share = one is Remedy.FORFEITURE
    share = _percent(forfeit)
    value = Text(f"不超过 {share}", f"at most {share}") if is_share else Text("适用", "Applies")
    return wording.title, value, wording.says, wording.formula, None


def _percent(share: Fraction) -> str:
    return percent(Decimal(share.numerator) / Decimal(share.denominator), 2)


def _same(text: str) -> Text:
    return Text(text, text)
