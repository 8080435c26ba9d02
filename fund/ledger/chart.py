"""The chart of accounts: pure data that the books' law (`rules.py`) judges by.

Every side on an account of capital, income or expense names its partner; hence a partner's capital is the sum
of its own rows and the partners sum to the fund by construction. No account exists for borrowed money: a
venture fund may not borrow, so a loan cannot be posted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """Every account there is. 50NN carries the number NN of its row in the ILPA reporting template."""

    CASH = "1000"
    CARRY_ESCROW_CASH = "1010"
    CONTRIBUTIONS_RECEIVABLE = "1100"
    INVESTMENTS_AT_COST = "1200"
    UNREALISED_APPRECIATION = "1250"
    INCOME_RECEIVABLE = "1300"
    EXPENSES_RECOVERABLE = "1310"
    ACCOUNTS_PAYABLE = "2000"
    MANAGEMENT_FEE_PAYABLE = "2100"
    DISTRIBUTIONS_PAYABLE = "2200"
    TAX_WITHHELD = "2250"
    EQUALISATION_PAYABLE = "2300"
    DEFAULT_INTEREST_PAYABLE = "2310"
    CONTRIBUTIONS = "3000"
    GIVEN_BACK = "3010"
    DISTRIBUTIONS = "3100"
    CARRY_ACCRUED = "3200"
    CARRY_EARNED = "3210"
    CARRY_ESCROWED = "3215"
    CARRY_RETURNED = "3220"
    TRANSFERS = "3300"
    BETWEEN_PARTNERS = "3900"
    REALISED_GAIN = "4000"
    UNREALISED_GAIN = "4100"
    DIVIDEND_INCOME = "4200"
    INTEREST_INCOME = "4300"
    OTHER_INCOME = "4900"
    OFFERING_COSTS = "5015"
    PLACEMENT_FEES = "5016"
    MANAGEMENT_FEE = "5021"
    FEE_REBATES = "5022"
    FEE_WAIVERS = "5023"
    FEE_OFFSETS = "5024"
    ADMINISTRATION = "5036"
    VALUATION_SERVICES = "5037"
    INFORMATION_TECHNOLOGY = "5038"
    LEGAL = "5039"
    INVESTIGATION = "5040"
    AUDIT = "5041"
    TAX_SERVICES = "5042"
    ORGANISATION = "5043"
    TAXES = "5044"
    BANK_FEES = "5045"
    SUBSCRIPTION_FACILITY_FEES = "5046"
    SUBSCRIPTION_FACILITY_INTEREST = "5047"
    OTHER_FACILITY_FEES = "5048"
    OTHER_FACILITY_INTEREST = "5049"
    OTHER_INTEREST = "5050"
    CUSTODY = "5051"
    DUE_DILIGENCE = "5052"
    BROKEN_DEALS = "5053"
    TRAVEL = "5054"
    INSURANCE = "5055"
    PORTFOLIO_COSTS = "5056"
    OTHER_EXPENSES = "5057"


class Kind(StrEnum):
    """Which statement an account belongs to."""

    ASSET = "asset"
    LIABILITY = "liability"
    CAPITAL = "capital"
    INCOME = "income"
    EXPENSE = "expense"


class Naming(StrEnum):
    """Whether an entry on the account names a holding."""

    MUST = "must"
    MAY = "may"
    NEVER = "never"


@dataclass(frozen=True)
class Facts:
    """What the chart says of one account. `partner`: each side on it names a partner."""

    name_zh: str
    name_en: str
    kind: Kind
    partner: bool
    holding: Naming


# Account, whether its side names a partner, whether its entry names a holding, Chinese name, English name.
_LINES: tuple[tuple[Account, bool, str, str, str], ...] = (
    (Account.CASH, False, "never", "银行存款", "Cash at bank"),
    (Account.CARRY_ESCROW_CASH, False, "never", "超额收益留存专户", "Carry in escrow (restricted cash)"),
    (Account.CONTRIBUTIONS_RECEIVABLE, True, "may", "应收缴款", "Contributions receivable"),
    (Account.INVESTMENTS_AT_COST, False, "must", "投资成本", "Investments at cost"),
    (Account.UNREALISED_APPRECIATION, True, "must", "投资未实现增值", "Unrealised appreciation"),
    (Account.INCOME_RECEIVABLE, False, "may", "应收收益", "Income receivable"),
    (Account.EXPENSES_RECOVERABLE, False, "never", "应收代垫费用", "Expenses recoverable"),
    (Account.ACCOUNTS_PAYABLE, False, "may", "应付款项", "Accounts payable"),
    (Account.MANAGEMENT_FEE_PAYABLE, False, "never", "应付管理费", "Management fee payable"),
    (Account.DISTRIBUTIONS_PAYABLE, True, "may", "应付分配款", "Distributions payable"),
    (Account.TAX_WITHHELD, True, "never", "应交代扣税款", "Tax withheld, payable"),
    (Account.EQUALISATION_PAYABLE, True, "never", "应付后续交割补偿", "Equalisation payable"),
    (Account.DEFAULT_INTEREST_PAYABLE, True, "never", "应付违约利息", "Default interest payable"),
    (Account.CONTRIBUTIONS, True, "may", "实缴出资", "Contributions"),
    (Account.GIVEN_BACK, True, "never", "合伙人返还分配款", "Distributions given back by partners"),
    (Account.DISTRIBUTIONS, True, "may", "累计分配", "Distributions"),
    (Account.CARRY_ACCRUED, True, "may", "计提超额收益", "Carried interest accrued"),
    (Account.CARRY_EARNED, True, "may", "已实现超额收益", "Carried interest earned"),
    (Account.CARRY_ESCROWED, True, "never", "已实现超额收益（留存）", "Carried interest earned, in escrow"),
    (Account.CARRY_RETURNED, True, "never", "超额收益回拨", "Carried interest returned"),
    (Account.TRANSFERS, True, "never", "份额转让", "Transfers of interests"),
    (Account.BETWEEN_PARTNERS, False, "may", "合伙人间调整（过渡）", "Between partners (clearing, nil)"),
    (Account.REALISED_GAIN, True, "must", "已实现投资损益", "Realised gain or loss"),
    (Account.UNREALISED_GAIN, True, "must", "公允价值变动损益", "Unrealised gain or loss"),
    (Account.DIVIDEND_INCOME, True, "may", "股息红利收入", "Dividend income"),
    (Account.INTEREST_INCOME, True, "may", "利息收入", "Interest income"),
    (Account.OTHER_INCOME, True, "may", "其他收入", "Other income"),
    (Account.OFFERING_COSTS, True, "never", "募集费用", "Offering and syndication costs"),
    (Account.PLACEMENT_FEES, True, "never", "募集代理费", "Placement fees"),
    (Account.MANAGEMENT_FEE, True, "never", "管理费", "Management fee"),
    (Account.FEE_REBATES, True, "never", "管理费返还", "Management fee rebates"),
    (Account.FEE_WAIVERS, True, "never", "管理费减免", "Management fee waivers"),
    (Account.FEE_OFFSETS, True, "never", "管理费抵减", "Management fee offsets"),
    (Account.ADMINISTRATION, True, "may", "基金行政与核算费", "Fund administration and accounting"),
    (Account.VALUATION_SERVICES, True, "may", "估值服务费", "Valuation services"),
    (Account.INFORMATION_TECHNOLOGY, True, "may", "信息技术费", "Information technology"),
    (Account.LEGAL, True, "may", "法律与合规费", "Legal, regulatory and compliance"),
    (Account.INVESTIGATION, True, "may", "调查与检查费", "Investigation and examination"),
    (Account.AUDIT, True, "may", "审计费", "Audit"),
    (Account.TAX_SERVICES, True, "may", "税务服务费", "Tax preparation and advisory"),
    (Account.ORGANISATION, True, "may", "开办费", "Organisation costs"),
    (Account.TAXES, True, "may", "税费", "Taxes"),
    (Account.BANK_FEES, True, "may", "银行手续费", "Bank fees"),
    (Account.SUBSCRIPTION_FACILITY_FEES, True, "never", "认缴融资费用", "Subscription facility fees"),
    (Account.SUBSCRIPTION_FACILITY_INTEREST, True, "never", "认缴融资利息", "Subscription facility interest"),
    (Account.OTHER_FACILITY_FEES, True, "never", "其他融资费用", "Other credit facility fees"),
    (Account.OTHER_FACILITY_INTEREST, True, "never", "其他融资利息", "Other credit facility interest"),
    (Account.OTHER_INTEREST, True, "never", "其他利息支出", "Other interest expense"),
    (Account.CUSTODY, True, "may", "托管费", "Custody fees"),
    (Account.DUE_DILIGENCE, True, "may", "尽职调查费", "Due diligence"),
    (Account.BROKEN_DEALS, True, "may", "未成交项目费用", "Broken deals"),
    (Account.TRAVEL, True, "may", "差旅与招待费", "Travel and entertainment"),
    (Account.INSURANCE, True, "may", "保险费", "Insurance"),
    (Account.PORTFOLIO_COSTS, True, "may", "未收回的项目费用", "Unreimbursed portfolio costs"),
    (Account.OTHER_EXPENSES, True, "may", "其他费用", "Other partnership expenses"),
)
_KINDS = {"1": Kind.ASSET, "2": Kind.LIABILITY, "3": Kind.CAPITAL, "4": Kind.INCOME, "5": Kind.EXPENSE}

CHART: Mapping[Account, Facts] = {
    account: Facts(name_zh, name_en, _KINDS[account[0]], partner, Naming(holding))
    for account, partner, holding, name_zh, name_en in _LINES
}

CODES = frozenset(account.value for account in Account)

# Both partners of such a move know each other (a limited partner and the general partner; seller and buyer),
# so one row may name both and both may read it. Whatever else passes from one partner to another is posted as
# two rows, each against BETWEEN_PARTNERS: every partner then reads all of its own rows and no other's.
MOVES_BETWEEN_PARTNERS = frozenset(
    {
        Account.CARRY_ACCRUED,
        Account.CARRY_EARNED,
        Account.CARRY_ESCROWED,
        Account.CARRY_RETURNED,
        Account.TRANSFERS,
    }
)

# A partner's capital is the sum of its rows on these; the net asset value is their sum over all partners.
CAPITAL_ACCOUNTS: tuple[Account, ...] = tuple(a for a in Account if a >= "3000" and CHART[a].partner)
NET_ASSET_ACCOUNTS: tuple[Account, ...] = tuple(a for a in Account if a < "3000")
FEE_ACCOUNTS = (Account.MANAGEMENT_FEE, Account.FEE_REBATES, Account.FEE_WAIVERS, Account.FEE_OFFSETS)
INCOME_ACCOUNTS: tuple[Account, ...] = tuple(a for a in Account if CHART[a].kind is Kind.INCOME)
EXPENSE_ACCOUNTS: tuple[Account, ...] = tuple(
    a for a in Account if CHART[a].kind is Kind.EXPENSE and a not in FEE_ACCOUNTS
)


def is_account(code: str) -> bool:
    """Whether the chart has an account with that code."""
    return code in CODES


def expense_account(row: int) -> Account:
    """The account of the expenses that feed a row of the ILPA reporting template: 41 -> 5041."""
    return Account(str(5000 + row))


def ilpa_row(account: Account) -> int | None:
    """The row of the ILPA reporting template that an expense account feeds: 5041 -> 41."""
    return int(account) - 5000 if CHART[account].kind is Kind.EXPENSE else None
