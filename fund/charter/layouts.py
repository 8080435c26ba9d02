"""What a sheet of a fund's terms holds, and what stands there unless the sheet says otherwise:

8 % a year compounded daily, full catch-up, 20 % carry, a fee of 2 % of commitments and then of invested cost, ten
business days' notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

from fund.charter.carry_rules import CarryForm, EscrowTest, FurtherTier, Measure
from fund.charter.rules import Basis, Compounding, Dimension, FeeBasis, Limit, Terms
from kernel.sheets.days import Day
from kernel.sheets.numbers import Amount, Share, Whole
from kernel.sheets.reading import Column, Layout
from kernel.sheets.words import Choice, Code, Text, YesNo

_FEE_BASES = {
    "投资期按认缴，其后按在投成本": FeeBasis.COMMITMENT_THEN_INVESTED,
    "认缴": FeeBasis.COMMITMENT,
    "实缴": FeeBasis.PAID_IN,
    "在投成本": FeeBasis.INVESTED,
}
_COMPOUNDING = {
    "按日复利": Compounding.DAILY,
    "按年复利": Compounding.ANNIVERSARY,
    "单利": Compounding.SIMPLE,
}
_FORMS = {"按基金整体": CarryForm.WHOLE_FUND, "逐项目": CarryForm.DEAL_BY_DEAL}
_ESCROW_TESTS = {"实缴与门槛收益已返还": EscrowTest.HURDLE, "基金终止": EscrowTest.END}
_MEASURES = {"回报倍数": Measure.MULTIPLE, "年化收益率": Measure.RETURN}
DIMENSIONS = {
    "单一企业": Dimension.COMPANY,
    "行业": Dimension.SECTOR,
    "产业链环节": Dimension.CHAIN_POSITION,
    "阶段": Dimension.STAGE,
    "来源": Dimension.ORIGIN,
    "城市": Dimension.CITY,
    "投资年份": Dimension.VINTAGE,
}
_BASES = {"认缴总额": Basis.COMMITMENTS, "投资成本": Basis.COST, "估值": Basis.VALUE}


@dataclass(frozen=True)
class TermsRow:
    """The fund and what it promises."""

    code: str
    name_zh: str
    name_en: str
    currency: str
    size: int
    first_close_on: date
    final_close_on: date
    commitment_period_ends_on: date
    term_ends_on: date
    fee_rate: Fraction
    fee_basis: FeeBasis
    hurdle: Fraction
    compounding: Compounding
    catch_up: Fraction
    carry: Fraction
    notice_business_days: int
    equalisation_rate: Fraction
    close_at_nav: bool
    offset_share: Fraction
    carry_form: CarryForm
    carry_tax: Fraction
    carry_escrow: Fraction
    escrow_test: EscrowTest
    organisation_cap: int | None
    organisation_share: Fraction | None
    unused_return_days: int | None
    recall_cap: Fraction | None
    recall_fees_cap: Fraction | None
    recall_within_months: int | None
    recall_expires_months: int | None
    giveback_cap: Fraction | None
    giveback_months: int | None
    giveback_restores: bool
    effective_on: date | None
    is_example: bool


TERMS = Layout(
    "fund terms",
    TermsRow,
    (
        Column("code", Code(), ("基金代码", "Fund code")),
        Column("name_zh", Text(), ("基金名称", "Fund name")),
        Column("name_en", Text(), ("英文名称", "English name"), False, ""),
        Column("currency", Code(), ("币种", "Currency"), False, "CNY"),
        Column("size", Amount(), ("认缴规模", "Size")),
        Column("first_close_on", Day(), ("首次交割日", "First close")),
        Column("final_close_on", Day(), ("最终交割日", "Final close")),
        Column("commitment_period_ends_on", Day(), ("投资期届满日", "Commitment period ends")),
        Column("term_ends_on", Day(), ("存续期届满日", "Term ends")),
        Column("fee_rate", Share(), ("管理费率", "Fee rate"), False, Fraction(2, 100)),
        Column(
            "fee_basis",
            Choice(FeeBasis, _FEE_BASES),
            ("管理费基数", "Fee basis"),
            False,
            FeeBasis.COMMITMENT_THEN_INVESTED,
        ),
        Column("hurdle", Share(), ("门槛收益率", "Hurdle"), False, Fraction(8, 100)),
        Column(
            "compounding",
            Choice(Compounding, _COMPOUNDING),
            ("门槛计息方式", "Compounding"),
            False,
            Compounding.DAILY,
        ),
        Column("catch_up", Share(), ("追补比例", "Catch-up"), False, Fraction(1)),
        Column("carry", Share(), ("超额收益比例", "Carry"), False, Fraction(20, 100)),
        Column("notice_business_days", Whole(0, 60), ("缴款通知工作日", "Notice, business days"), False, 10),
        Column("equalisation_rate", Share(), ("后续入伙利率", "Equalisation rate"), False, Fraction(8, 100)),
        Column("close_at_nav", YesNo(), ("后续入伙可按净值", "Later close at NAV"), False, False),
        Column("offset_share", Share(), ("费用抵减比例", "Fee offset share"), False, Fraction(1)),
        Column(
            "carry_form",
            Choice(CarryForm, _FORMS),
            ("分配方式", "Waterfall"),
            False,
            CarryForm.WHOLE_FUND,
        ),
        Column("carry_tax", Share(), ("回拨扣税率", "Tax on carry"), False, Fraction(0)),
        Column("carry_escrow", Share(), ("超额收益留存比例", "Carry in escrow"), False, Fraction(0)),
        Column(
            "escrow_test",
            Choice(EscrowTest, _ESCROW_TESTS),
            ("留存释放条件", "Escrow released"),
            False,
            EscrowTest.HURDLE,
        ),
        Column("organisation_cap", Amount(), ("开办费上限", "Organisation cost cap"), False),
        Column(
            "organisation_share", Share(), ("开办费上限比例", "Organisation cap, share of commitments"), False
        ),
        Column(
            "unused_return_days",
            Whole(1, 3660),
            ("未使用缴款退回天数", "Unused money back within days"),
            False,
        ),
        Column("recall_cap", Share(), ("可再缴上限比例", "Recall cap, share of commitments"), False),
        Column(
            "recall_fees_cap", Share(), ("费用可再缴上限比例", "Recall of fees, share of commitments"), False
        ),
        Column(
            "recall_within_months", Whole(1, 360), ("可再缴返还期限（月）", "Recall within months"), False
        ),
        Column(
            "recall_expires_months",
            Whole(1, 360),
            ("可再缴有效期（月）", "Recall expires after months"),
            False,
        ),
        Column("giveback_cap", Share(), ("返还分配上限比例", "Giveback cap, share of distributions"), False),
        Column("giveback_months", Whole(1, 360), ("返还分配期限（月）", "Giveback within months"), False),
        Column(
            "giveback_restores",
            YesNo(),
            ("返还分配是否恢复认缴", "Giveback restores commitment"),
            False,
            False,
        ),
        Column("effective_on", Day(), ("生效日", "Effective on"), False),
        Column("is_example", YesNo(), ("是否示例", "Example"), False, False),
    ),
    unique=("code",),
)


@dataclass(frozen=True)
class LimitRow:
    """One limit of the charter."""

    dimension: Dimension
    key: str | None
    maximum: Fraction
    basis: Basis


LIMITS = Layout(
    "limits",
    LimitRow,
    (
        Column("dimension", Choice(Dimension, DIMENSIONS), ("维度", "Dimension")),
        Column("key", Text(), ("对象", "Key"), False),
        Column("maximum", Share(), ("上限", "Maximum")),
        Column("basis", Choice(Basis, _BASES), ("计算基数", "Basis"), False, Basis.COMMITMENTS),
    ),
    unique=("dimension", "key"),
)


@dataclass(frozen=True)
class TierRow:
    """One further tier of the waterfall; a multiple is a percentage of what was paid in, 200 % for 2.0 x."""

    measure: Measure
    threshold: Fraction
    carry: Fraction


TIERS = Layout(
    "further tiers",
    TierRow,
    (
        Column("measure", Choice(Measure, _MEASURES), ("门槛类型", "Measure")),
        Column("threshold", Share(high=10_000), ("门槛", "Threshold")),
        Column("carry", Share(), ("超额收益比例", "Carry")),
    ),
    unique=("measure", "threshold"),
)


def terms_of(row: TermsRow, limits: Sequence[LimitRow], tiers: Sequence[TierRow] = ()) -> Terms:
    """The terms that a row of the sheet promises, under the limits and with the tiers of the sheets beside it."""
    shared = {one.name for one in fields(TermsRow)} & {one.name for one in fields(Terms)}
    said = {name: getattr(row, name) for name in shared - {"effective_on"}}
    bounds = tuple(Limit(one.dimension, one.key, one.maximum, one.basis) for one in limits)
    further = tuple(FurtherTier(one.measure, one.threshold, one.carry) for one in tiers)
    return Terms(**said, limits=bounds, further=further)
