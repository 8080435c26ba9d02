"""Money: whole minor units with a currency.

Inside the code an amount is a plain `int` of minor units (fen) wherever the currency is clear from the row;
`Money` carries both where it is not, at the edges above all. No floating-point number comes near either.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from kernel.errors import Invalid

PLACES = {"CNY": 2, "EUR": 2, "GBP": 2, "HKD": 2, "JPY": 0, "USD": 2}

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,18})(?:\.(?P<part>[0-9]+))?", re.ASCII)


class MixedCurrencies(Invalid):
    code = "mixed_currencies"
    says = "{left} and {right} cannot be put together; there is no exchange rate here."


class UnknownCurrency(Invalid):
    code = "unknown_currency"
    says = "{currency} is not a currency this software knows ({known})."


class NotAnAmount(Invalid):
    code = "not_an_amount"
    says = (
        "“{text}” is not an amount in {currency}; expected digits, at most {places} decimals, as in 1234.50."
    )


def places_of(currency: str) -> int:
    """How many decimals `currency` has; an unknown one is refused."""
    if currency not in PLACES:
        raise UnknownCurrency(currency=currency, known=", ".join(PLACES))
    return PLACES[currency]


def format_amount(minor: int, *, places: int = 2, brackets: bool = True, unit: int = 1) -> str:
    """`minor` hundredths as printed: "1,234.50", and "(1,234.50)" or "-1,234.50" below zero.

    `unit` divides first (10_000 for 万元); the result is rounded half up, away from zero, to `places`
    decimals. Rounding is for the eye only: nothing is ever computed from the text.
    """
    divisor = 100 * unit
    scaled = (2 * abs(minor) * 10**places + divisor) // (2 * divisor)
    text = f"{scaled // 10**places:,}"
    if places:
        text += f".{scaled % 10**places:0{places}d}"
    if minor >= 0 or scaled == 0:
        return text
    return f"({text})" if brackets else f"-{text}"


def format_percent(share: Fraction) -> str:
    """A share in percent as printed, to at most four decimals and without trailing zeros: 6/5 is "120 %"."""
    scaled = (2 * abs(share.numerator) * 10**6 + share.denominator) // (2 * share.denominator)
    text = f"{scaled // 10**4:,}.{scaled % 10**4:04d}".rstrip("0").rstrip(".")
    return f"-{text} %" if share < 0 and scaled else f"{text} %"


@dataclass(frozen=True)
class Money:
    """An amount of one currency, in whole minor units. Two currencies never mix."""

    amount: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a plain decimal string ("1234.5", "-0.07"); anything else is refused, also a third decimal."""
        places = places_of(currency)
        found = _DECIMAL.fullmatch(text.strip())
        part = (found["part"] or "") if found else ""
        if found is None or len(part) > places:
            raise NotAnAmount(text=text, currency=currency, places=places)
        amount = int(found["whole"] + part.ljust(places, "0"))
        return cls(-amount if found["sign"] else amount, currency)

    def text(self) -> str:
        """The plain decimal string that `parse` reads: "-1234.50"."""
        places = places_of(self.currency)
        digits = f"{abs(self.amount):0{places + 1}d}"
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def __str__(self) -> str:
        return f"{self.currency} {self.text()}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(left=self.currency, right=other.currency)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)
