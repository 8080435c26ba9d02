"""The shapes that many answers share: money, rates, pages and problems.

Money is a decimal string beside its currency, so that no reader's number type can round it. A rate is an object
with a status, never a bare number.
"""

import re
from fractions import Fraction
from typing import Annotated, Generic, Literal, Self, TypeVar

from fastapi import Query
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    JsonValue,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from kernel.money import Money
from kernel.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT
from kernel.texts import is_unseen
from valuation.irr import FINANCE_RATE, REINVEST_RATE, Rate

T = TypeVar("T")


class Body(BaseModel):
    """A request body: unknown fields are refused rather than silently dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _seen(cls, value: object) -> object:
        """A text of which nothing can be seen is an empty one."""
        return "" if isinstance(value, str) and is_unseen(value) else value


def example(**body: JsonValue) -> ConfigDict:
    """The settings of a body that shows what it may look like."""
    return ConfigDict(json_schema_extra={"example": body})


class Out(BaseModel):
    """An answer built from a frozen sheet's attributes."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, sheet: object, currency: str = "") -> Self:
        """The answer for `sheet`; whole minor units become money in `currency` (the sheet's own by default)."""
        return cls.model_validate(sheet, context={"currency": currency or getattr(sheet, "currency", "")})


class ChangeDecision(Body):
    """A decision on the change that was looked at; another that waits by now is not decided on."""

    model_config = Body.model_config | example(change=1)

    change: Annotated[int, Field(ge=1, description="The id of the change")]


class MoneyIn(Body):
    """An amount as a decimal string with at most two places, and its currency."""

    amount: Annotated[str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$", examples=["20000000.00"])]
    currency: Literal["CNY"] = "CNY"

    def minor(self) -> int:
        """The amount in whole minor units."""
        return Money.parse(self.amount, self.currency).amount


class AmountIn(MoneyIn):
    """An amount that cannot be negative."""

    amount: Annotated[str, Field(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["20000000.00"])]


class MoneyOut(BaseModel):
    """An amount as a decimal string, and its currency."""

    amount: Annotated[str, Field(examples=["6333333.33"])]
    currency: Annotated[str, Field(examples=["CNY"])]


class ModifiedOut(BaseModel):
    """The modified rate that stands beside several roots, with its rates of finance and reinvestment."""

    value: float
    finance_rate: float
    reinvest_rate: float


class RateOut(BaseModel):
    """A rate of return: `value` is a plain fraction (0.114 is 11.4 %) and is null unless there is one to report."""

    status: Literal["unique", "multiple", "none", "total_loss", "undefined"]
    value: float | None
    roots: list[float]
    log_roots: Annotated[
        list[float],
        Field(
            description="ln(1 + r) of each root: exact, also where the root is told as the float next to -1"
        ),
    ]
    modified: ModifiedOut | None


def _as_money(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, int):
        return value
    currency = (info.context or {}).get("currency")
    if not currency:
        raise ValueError("an amount without a currency")
    return {"amount": Money(value, currency).text(), "currency": currency}


def exact(value: Fraction) -> str:
    """A fraction as a decimal string where it has one, else as "2/3"."""
    scaled = value * 10**10
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    sign, digits = "-" if value < 0 else "", f"{abs(scaled.numerator):011d}"
    return f"{sign}{digits[:-10]}.{digits[-10:]}".rstrip("0").rstrip(".")


def _as_fraction(value: object) -> object:
    return Fraction(value) if isinstance(value, str) and FRACTION.fullmatch(value) else value


def _as_signed(value: object) -> object:
    return Fraction(value) if isinstance(value, str) and SIGNED.fullmatch(value) else value


def _as_exact(value: object) -> object:
    return exact(value) if isinstance(value, Fraction) else value


FRACTION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,10}|/[1-9][0-9]{0,8})?")
# An exact number from a request: a decimal string or "2/3"; never a float.
FractionIn = Annotated[
    Fraction,
    InstanceOf(),
    BeforeValidator(_as_fraction),
    WithJsonSchema({"type": "string", "pattern": f"^{FRACTION.pattern}$"}),
]
# The same, below zero as well: that a rule which names its bounds can refuse it.
SIGNED = re.compile(f"-?{FRACTION.pattern}")
SignedIn = Annotated[
    Fraction,
    InstanceOf(),
    BeforeValidator(_as_signed),
    WithJsonSchema({"type": "string", "pattern": f"^{SIGNED.pattern}$"}),
]
QuarterIn = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}Q[1-4]$", examples=["2026Q3"])]
# Whole minor units of a sheet, written as money.
MoneyField = Annotated[MoneyOut, BeforeValidator(_as_money)]
# An exact fraction of a sheet, written as a decimal string ("0.08") or as "2/3".
FractionField = Annotated[str, BeforeValidator(_as_exact)]


class PageOut(BaseModel, Generic[T]):
    """Some items, and what to pass as `after` to get the next ones (null at the end)."""

    items: list[T]
    next: str | None


class ProblemOut(BaseModel):
    """Why a request was refused (RFC 9457), with a stable `code`."""

    type: str = "about:blank"
    title: str
    status: int
    code: Annotated[str, Field(examples=["voting_closed"])]
    detail: str
    problems: list[dict[str, str]] = []


def money(minor: int, currency: str = "CNY") -> MoneyOut:
    """Whole minor units as the API writes them."""
    return MoneyOut(amount=Money(minor, currency).text(), currency=currency)


def rate(value: Rate) -> RateOut:
    """A rate as the API writes it."""
    return RateOut(
        status=value.status,
        value=value.value,
        roots=list(value.roots),
        log_roots=list(value.log_roots),
        modified=None
        if value.modified is None
        else ModifiedOut(value=value.modified, finance_rate=FINANCE_RATE, reinvest_rate=REINVEST_RATE),
    )


After = Annotated[str | None, Query(max_length=18, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT, description="How many items at most")]
LIMIT = DEFAULT_LIMIT

REFUSALS: dict[int | str, dict[str, object]] = {
    status: {
        "model": ProblemOut,
        "description": text,
        "content": {"application/problem+json": {}},
    }
    for status, text in {
        401: "Nobody is signed in",
        403: "The actor may not do this",
        404: "There is no such thing, or the actor may not know of it",
        409: "The present state does not allow it",
        422: "The request is not valid; `problems` names each field",
        503: "Something needed is not available",
    }.items()
}
