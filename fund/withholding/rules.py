"""What the fund keeps back of a distribution as a partner's tax, and hands to the tax office. Pure.

Who is taxed at the partner's own door and for whom the fund has to withhold is not in this code: the manager writes
the rates down, by what the partner is or for one partner, with the reason. Tax is a share of income and gain; capital
that comes back is never taxed here. What is withheld has been distributed: only the money goes elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from fund.parties.rules import PartyKind
from kernel.errors import Conflict, Invalid, NotFound, Problem
from kernel.money import format_percent

LONGEST = 400


class RateInvalid(Invalid):
    code = "withholding_rate_invalid"
    says = "Tax cannot be withheld like this."


class TaxPaymentInvalid(Invalid):
    code = "tax_payment_invalid"
    says = "Name the distributions whose tax is paid, each once."


class NothingWithheld(Conflict):
    code = "nothing_withheld"
    says = "No tax withheld from {distribution} is waiting to be paid."


class TaxPaidTooEarly(Conflict):
    code = "tax_paid_too_early"
    says = "{distribution} was paid on {pay_on}; its tax is paid on that day or later."


class TaxPaymentUnknown(NotFound):
    code = "tax_payment_unknown"
    says = "There is no payment of tax {payment}."


class TaxWasPaid(Conflict):
    code = "withheld_tax_paid"
    says = "{payment} has paid the tax withheld from {distribution}; take that payment back first."


@dataclass(frozen=True)
class Rate:
    """What share of income and of gain is withheld from a day on: of one partner, or of every partner of a kind."""

    partner_id: int | None
    party_kind: PartyKind | None
    effective_on: date
    income: Fraction
    gain: Fraction
    reason: str


@dataclass(frozen=True)
class Withheld:
    """A partner's tax on one distribution: what it was a share of, the shares, and the amount in minor units."""

    partner_id: int
    income: int
    gain: int
    rate: Rate
    amount: int


def check_rate(rate: Rate) -> None:
    """Refuse shares outside 0 to 1, a rate without a reason, or one that is not for just a partner or a kind."""
    says = "expected from 0 % to 100 %, got {rate}"
    shares = (("income", rate.income), ("gain", rate.gain))
    problems = [
        Problem(name, says, {"rate": format_percent(one)}) for name, one in shares if not 0 <= one <= 1
    ]
    if (rate.partner_id is None) == (rate.party_kind is None):
        problems.append(Problem("partner", "name either one partner or a kind of partner"))
    if not rate.reason.strip():
        problems.append(Problem("reason", "say why: by which law, treaty or paper"))
    if problems:
        raise RateInvalid(problems=problems)


def rate_for(rates: Iterable[Rate], *, partner_id: int, kind: PartyKind, on: date) -> Rate | None:
    """The rate of a day: the partner's own before that of its kind, the latest of each; None without either.

    Of two from the same day the one written down later holds, which stands later among `rates`.
    """
    own, of_kind = None, None
    for rate in sorted(rates, key=lambda one: one.effective_on):
        if rate.effective_on > on:
            continue
        if rate.partner_id == partner_id:
            own = rate
        elif rate.party_kind is kind:
            of_kind = rate
    return own or of_kind


def withheld(rate: Rate | None, *, partner_id: int, income: int, gain: int) -> Withheld | None:
    """The tax on a partner's part, to the fen, halves upwards; None where there is none."""
    if rate is None:
        return None
    exact = income * rate.income + gain * rate.gain
    amount = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return Withheld(partner_id, income, gain, rate, amount) if amount else None


@dataclass(frozen=True)
class Owed:
    """Tax withheld from one partner of a paid distribution and not paid to the tax office yet."""

    withholding_id: int
    distribution: str
    partner_id: int
    withheld_on: date
    amount: int


def to_pay(owed: Sequence[Owed], *, distributions: Sequence[str], on: date) -> list[Owed]:
    """What a payment for these distributions pays: all that is withheld from them.

    Refused: no distribution or one named twice, one from which nothing is waiting, a day before it was paid.
    """
    if not distributions or len(set(distributions)) != len(distributions):
        raise TaxPaymentInvalid()
    found = []
    for code in distributions:
        own = [one for one in owed if one.distribution == code]
        if not own:
            raise NothingWithheld(distribution=code)
        if on < own[0].withheld_on:
            raise TaxPaidTooEarly(distribution=code, pay_on=own[0].withheld_on)
        found += own
    return found
