"""With what a fund may be opened: its code, its name and its currency. Pure."""

from kernel.errors import Invalid
from kernel.money import PLACES, places_of

# Fen, cents, pence: amounts are whole hundredths throughout.
PLACES_OF_THE_BOOKS = 2


class FundInvalid(Invalid):
    code = "fund_invalid"
    says = "A fund needs a code and a name."


class CurrencyNotInHundredths(Invalid):
    code = "currency_not_in_hundredths"
    says = "The books count hundredths; {currency} has none, so a fund cannot be kept in it. Take one of {known}."


def check_name(*, code: str, name_zh: str) -> None:
    """Refuse a fund without a code or a Chinese name."""
    if not code.strip() or not name_zh.strip():
        raise FundInvalid()


def check_currency(currency: str) -> None:
    """Refuse a currency whose smallest unit is not a hundredth: every amount is kept and printed in hundredths."""
    if places_of(currency) != PLACES_OF_THE_BOOKS:
        known = [code for code, places in PLACES.items() if places == PLACES_OF_THE_BOOKS]
        raise CurrencyNotInHundredths(currency=currency, known=", ".join(known))
