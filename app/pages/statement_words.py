"""The lines of the financial statements, and what ties them to each other, in words."""


def _n(says: str) -> str:
    return says


CASH_WORDS = {
    "investments_bought": _n("Investments bought"),
    "investments_sold": _n("Proceeds of investments sold"),
    "income_received": _n("Income received"),
    "fee_paid": _n("Management fee paid"),
    "expenses_paid": _n("Expenses paid"),
    "other_cash": _n("Other operating cash"),
    "contributions_received": _n("Contributions received"),
    "distributions_paid": _n("Distributions paid to partners"),
    "tax_withheld_paid": _n("Tax withheld from partners, paid"),
    "equalisation": _n("Equalisation passed between partners"),
    "distributions_returned": _n("Carry and distributions given back"),
    "carry_escrow": _n("Carry moved into and out of escrow"),
    "default_interest": _n("Interest on defaults passed between partners"),
}

STANDING_WORDS = {"paid_ahead": _n("Contributions received in advance")}

COLUMN_WORDS = {
    "opening": _n("Before the period"),
    "contributions": _n("Contributions"),
    "given_back": _n("Distributions given back"),
    "distributions": _n("Distributions"),
    "management_fee": _n("Management fee"),
    "expenses": _n("Expenses"),
    "income": _n("Income"),
    "realised": _n("Realised"),
    "unrealised": _n("Unrealised"),
    "carry": _n("Carry"),
    "transfers": _n("Transfers"),
    "closing": _n("At its end"),
}

TIE_WORDS = {
    "net_assets_opening": _n("Assets less liabilities are the partners' capital, at the opening"),
    "net_assets_closing": _n("Assets less liabilities are the partners' capital, at the close"),
    "change_in_capital": _n(
        "Opening capital, operations and what passed to and from partners make the closing capital"
    ),
    "operations_shared": _n("The partners' parts in operations sum to the statement of operations"),
    "partners_opening": _n("The partners' opening capitals sum to the fund's"),
    "partners_closing": _n("The partners' closing capitals sum to the fund's"),
    "partner_rolls": _n("A partner's capital rolls from its opening to its closing"),
    "carry_between_partners": _n("Carried interest passes between partners and sums to nothing"),
    "transfers_between_partners": _n("Transfers pass between partners and sum to nothing"),
    "cash": _n("Opening cash and the cash flows make the closing cash"),
    "schedule_cost": _n("The schedule's cost is the cost in assets"),
    "schedule_value": _n("The schedule's value is cost and unrealised appreciation in assets"),
}

ASSERTION_WORDS = {
    "value_in_all_columns": _n("The closing value (row 95) is one in quarter, year and life"),
    "unfunded_in_all_columns": _n("The unfunded commitment (row 114) is one in quarter, year and life"),
    "fees_both_ways": _n("Net fees and expenses agree both ways (rows 82 and 85)"),
    "opens_as_last_closed": _n("The quarter opens as the last one closed"),
    "partners_sum_to_fund": _n("All partners sum to the fund on every row"),
    "life_rolls_on": _n("Since inception is the quarter before and this quarter"),
    "offsets_not_below_zero": _n("No more is offset than was recognised (row 81)"),
}

LINE_WORDS = {**COLUMN_WORDS, **CASH_WORDS, **STANDING_WORDS, "cost": _n("Cost"), "value": _n("Fair value")}
