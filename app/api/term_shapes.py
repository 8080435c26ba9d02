"""What the API takes and answers about the terms that a fund promises."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from app.api.schemas import AmountIn, Body, FractionField, FractionIn, MoneyField, Out
from fund.charter.carry_rules import CarryForm, EscrowTest, FurtherTier, Measure
from fund.charter.queries import FundSheet, VersionSheet
from fund.charter.rules import Basis, Compounding, Dimension, FeeBasis, Language, Limit, Terms


class LimitOut(Out):
    """No more than `maximum` of `basis` in one `key` (every one when null) of `dimension`."""

    dimension: Dimension
    key: str | None
    maximum: FractionField
    basis: Basis


class TierOut(Out):
    """Above `threshold` (a multiple of contributions, or a return a year) the carry is `carry`."""

    measure: Measure
    threshold: FractionField
    carry: FractionField


class WithdrawnOut(Out):
    """Why a version was withdrawn before it held, by whom and when; a partner is told when."""

    reason: str
    by: str
    at: datetime


class TermsOut(Out):
    """What the fund promised; rates are exact decimal strings (0.08 is 8 %). `withdrawn` is null but of a version that
    was found wrong before it held, and never does.
    """

    version: int
    effective_on: date
    recorded_at: datetime
    note: str
    size: MoneyField
    first_close_on: date
    final_close_on: date
    commitment_period_ends_on: date
    term_ends_on: date
    fee_rate: FractionField
    fee_basis: FeeBasis
    hurdle: FractionField
    compounding: Compounding
    catch_up: FractionField
    carry: FractionField
    notice_business_days: int
    equalisation_rate: FractionField
    close_at_nav: bool
    offset_share: FractionField
    language: Language
    limits: list[LimitOut]
    carry_form: CarryForm
    carry_tax: FractionField
    carry_escrow: FractionField
    escrow_test: EscrowTest
    organisation_cap: MoneyField | None
    organisation_share: FractionField | None
    unused_return_days: int | None
    recall_cap: FractionField | None
    recall_fees_cap: FractionField | None
    recall_within_months: int | None
    recall_expires_months: int | None
    giveback_cap: FractionField | None
    giveback_months: int | None
    giveback_restores: bool
    further: list[TierOut]
    withdrawn: WithdrawnOut | None


class LimitIn(Body):
    """No more than `maximum` of `basis` in one `key` of `dimension`; without a key in any one of them."""

    dimension: Dimension
    key: Annotated[str | None, Field(min_length=1, max_length=80)] = None
    maximum: FractionIn
    basis: Basis = Basis.COMMITMENTS


class TierIn(Body):
    """A further tier: once the partner has `threshold` (2 is 2.0 x; 0.15 is 15 % a year), the carry is `carry`."""

    measure: Measure
    threshold: Annotated[FractionIn, Field(examples=["2"])]
    carry: Annotated[FractionIn, Field(examples=["0.25"])]


class TermsIn(Body):
    """What the fund promises. Left out: a fee of 2 % of commitments, then of cost; 8 % a year compounded daily;
    full catch-up; 20 % carry over the whole fund, none of it held back; ten business days' notice.

    `carry_tax` is the share of carry that a clawback leaves for tax on it, `carry_escrow` the share of each payment of
    carry that is kept in escrow until `escrow_test` is met.
    """

    size: Annotated[AmountIn, Field(examples=[{"amount": "500000000.00", "currency": "CNY"}])]
    first_close_on: Annotated[date, Field(examples=["2027-01-15"])]
    final_close_on: Annotated[date, Field(examples=["2028-01-15"])]
    commitment_period_ends_on: Annotated[date, Field(examples=["2032-01-15"])]
    term_ends_on: Annotated[date, Field(examples=["2035-01-15"])]
    fee_rate: FractionIn = Fraction(2, 100)
    fee_basis: FeeBasis = FeeBasis.COMMITMENT_THEN_INVESTED
    hurdle: FractionIn = Fraction(8, 100)
    compounding: Compounding = Compounding.DAILY
    catch_up: FractionIn = Fraction(1)
    carry: FractionIn = Fraction(20, 100)
    notice_business_days: Annotated[int, Field(ge=0, le=60)] = 10
    equalisation_rate: FractionIn = Fraction(8, 100)
    close_at_nav: Annotated[
        bool,
        Field(description="Whether a later close may go by net asset value instead of cost and interest"),
    ] = False
    offset_share: Annotated[
        FractionIn, Field(description="How much of a fee that a company pays the manager is set off")
    ] = Fraction(1)
    language: Language = Language.BOTH
    limits: Annotated[list[LimitIn], Field(max_length=100)] = []
    carry_form: CarryForm = CarryForm.WHOLE_FUND
    carry_tax: FractionIn = Fraction(0)
    carry_escrow: FractionIn = Fraction(0)
    escrow_test: EscrowTest = EscrowTest.HURDLE
    organisation_cap: Annotated[
        AmountIn | None, Field(description="Organisation costs above it are the manager's")
    ] = None
    organisation_share: Annotated[
        FractionIn | None, Field(description="The same cap as a share of all commitments; the lower counts")
    ] = None
    unused_return_days: Annotated[
        int | None, Field(ge=1, le=3660, description="Unused money goes back within")
    ] = None
    recall_cap: Annotated[
        FractionIn | None,
        Field(description="Capital that may be called again in all, as a share of commitments"),
    ] = None
    recall_fees_cap: Annotated[
        FractionIn | None,
        Field(
            description="Amounts equal to fees and expenses paid in may be called again beyond that, "
            "up to this share of commitments"
        ),
    ] = None
    recall_within_months: Annotated[
        int | None,
        Field(ge=1, le=360, description="Only capital back within so long of being paid in is recallable"),
    ] = None
    recall_expires_months: Annotated[
        int | None, Field(ge=1, le=360, description="For how long it can be called again")
    ] = None
    giveback_cap: Annotated[
        FractionIn | None,
        Field(description="What partners give back to pay a liability, as a share of distributions received"),
    ] = None
    giveback_months: Annotated[
        int | None, Field(ge=1, le=360, description="A distribution is free of it after so long")
    ] = None
    giveback_restores: Annotated[
        bool, Field(description="Whether what is given back can be called again")
    ] = False
    further: Annotated[list[TierIn], Field(max_length=8)] = []

    def terms(self) -> Terms:
        """The terms as the rules take them."""
        said = {name: getattr(self, name) for name in TermsIn.model_fields}
        limits = tuple(Limit(one.dimension, one.key, one.maximum, one.basis) for one in self.limits)
        further = tuple(FurtherTier(one.measure, one.threshold, one.carry) for one in self.further)
        cap = self.organisation_cap.minor() if self.organisation_cap else None
        plain = {"size": self.size.minor(), "currency": self.size.currency, "organisation_cap": cap}
        return Terms(**(said | plain | {"limits": limits, "further": further}))


def terms_out(fund: FundSheet, sheet: VersionSheet) -> TermsOut:
    """One version as the API writes it."""
    said = {name: getattr(sheet.terms, name) for name in TermsOut.model_fields if hasattr(sheet.terms, name)}
    gone = WithdrawnOut.of(sheet.withdrawn) if sheet.withdrawn else None
    noted = {
        "effective_on": sheet.effective_on,
        "recorded_at": sheet.recorded_at,
        "note": sheet.note,
        "withdrawn": gone,
    }
    return TermsOut.of(said | noted | {"version": sheet.version}, fund.currency)
