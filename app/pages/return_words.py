"""What pages and workbooks call the values of returns, and why a period has no rate."""

from app.pages.wording import RATE_WORDS


def _n(says: str) -> str:
    return says


# What the two ends of the whole fund's bridge are called, so that nobody takes them for the value of net returns.
FUND_ENDS = {
    "opening": _n("Opening net asset value of the fund"),
    "closing": _n("Closing net asset value of the fund"),
}
# Why a period has no rate: its flows are not asked for one, or they have not exactly one.
LACK_WORDS = RATE_WORDS | {
    "younger": _n("The first flow is later than the period begins."),
    "nothing": _n("Nothing was there and nothing moved."),
    "below_zero": _n("The opening value is below zero."),
}
