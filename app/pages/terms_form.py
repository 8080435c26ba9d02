"""The fields of a fund's terms: what stands in them, what they promise, and how a term reads."""

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.formats import money, percent
from app.pages.desk import Desk
from app.pages.fields import Fields
from app.pages.keys import key_words
from app.pages.wording import TERM_WORDS
from fund.charter.carry_rules import CarryForm, EscrowTest, FurtherTier, Measure
from fund.charter.recycling_rules import SPANS
from fund.charter.rules import Basis, Compounding, Dimension, FeeBasis, Language, Limit, Terms


def _n(says: str) -> str:
    return says


SPARE_LIMITS, MOST_LIMITS = 3, 40
SPARE_TIERS, MOST_TIERS = 2, 8
DAYS = ("first_close_on", "final_close_on", "commitment_period_ends_on", "term_ends_on")
RATES = (
    "fee_rate",
    "offset_share",
    "hurdle",
    "catch_up",
    "carry",
    "carry_tax",
    "carry_escrow",
    "equalisation_rate",
)
SHARES = ("recall_cap", "recall_fees_cap", "giveback_cap")
CHOICES: dict[str, type[StrEnum]] = {
    "fee_basis": FeeBasis,
    "compounding": Compounding,
    "carry_form": CarryForm,
    "escrow_test": EscrowTest,
    "language": Language,
}
IN_WORDS = {
    Language.ZH: _n("Chinese"),
    Language.EN: _n("English"),
    Language.BOTH: _n("both languages"),
}
YES, NO = _n("yes"), _n("no")
USUAL: dict[str, str] = {
    "fee_rate": "2",
    "fee_basis": FeeBasis.COMMITMENT_THEN_INVESTED,
    "hurdle": "8",
    "compounding": Compounding.DAILY,
    "catch_up": "100",
    "carry": "20",
    "carry_form": CarryForm.WHOLE_FUND,
    "carry_tax": "0",
    "carry_escrow": "0",
    "escrow_test": EscrowTest.HURDLE,
    "equalisation_rate": "8",
    "offset_share": "100",
    "notice_business_days": "10",
    "giveback_restores": "no",
    "close_at_nav": "no",
    "language": Language.BOTH,
}
YES_OR_NO = ("giveback_restores", "close_at_nav")


def shown(desk: Desk, value: object) -> str:
    """A term as people read it."""
    if value is None or isinstance(value, bool):
        return "–" if value is None else desk.say(YES if value else NO)
    if isinstance(value, Limit | FurtherTier):
        return _limit(desk, value) if isinstance(value, Limit) else _tier(desk, value)
    if isinstance(value, StrEnum):
        return desk.say(IN_WORDS[value]) if isinstance(value, Language) else desk.label(value)
    if isinstance(value, Fraction):
        return percent(value, 2)
    if isinstance(value, date):
        return value.isoformat()
    return money(value) if isinstance(value, int) and value > 1000 else str(value)


def _limit(desk: Desk, limit: Limit) -> str:
    where = desk.label(limit.dimension)
    if limit.key:
        where += f" {key_words(desk, limit.dimension, limit.key)}"
    elif limit.dimension is not Dimension.COMPANY:
        where = desk.say("any one: {dimension}", dimension=where)
    return f"{where} ≤ {percent(limit.maximum)} {desk.label(limit.basis)}"


def _tier(desk: Desk, tier: FurtherTier) -> str:
    carry = percent(tier.carry)
    if tier.measure is Measure.MULTIPLE:
        return desk.say("{carry} from {multiple} x on", carry=carry, multiple=float(tier.threshold))
    return desk.say("{carry} from {rate} a year on", carry=carry, rate=percent(tier.threshold))


def typed_terms(said: Terms) -> dict[str, str]:
    """The terms as they would be typed into the form."""
    rates = {name: _typed_percent(getattr(said, name)) for name in RATES}
    cap, share = said.organisation_cap, said.organisation_share
    caps = {
        "organisation_cap": "" if cap is None else money(cap),
        "organisation_share": "" if share is None else _typed_percent(share),
        **{name: "" if (one := getattr(said, name)) is None else _typed_percent(one) for name in SHARES},
        **{name: "" if (one := getattr(said, name)) is None else str(one) for name in SPANS},
    }
    days = {name: getattr(said, name).isoformat() for name in DAYS}
    choices = {name: getattr(said, name).value for name in CHOICES}
    counted = {name: "yes" if getattr(said, name) else "no" for name in YES_OR_NO}
    counted |= {"size": money(said.size), "notice_business_days": str(said.notice_business_days)}
    return {**rates, **caps, **days, **choices, **counted}


def _typed_percent(share: Fraction) -> str:
    return percent(share, 4).rstrip("%").rstrip("0").rstrip(".")


def _typed_threshold(tier: FurtherTier) -> str:
    if tier.measure is Measure.RETURN:
        return _typed_percent(tier.threshold)
    return _typed_percent(tier.threshold / 100)


def terms_from(fields: Fields) -> Terms:
    """The terms that a form promises; every fault is noted."""
    limits = []
    for number in range(1, MOST_LIMITS + 1):
        if fields.raw(f"dimension{number}"):
            limits.append(
                Limit(
                    fields.choice(f"dimension{number}", Dimension),
                    fields.raw(f"key{number}") or None,
                    fields.percent(f"maximum{number}"),
                    fields.choice(f"basis{number}", Basis),
                )
            )
    tiers = [
        FurtherTier(
            fields.choice(f"measure{number}", Measure),
            _threshold(fields, number),
            fields.percent(f"tier_carry{number}"),
        )
        for number in range(1, MOST_TIERS + 1)
        if fields.raw(f"measure{number}")
    ]
    return Terms(
        size=fields.money("size"),
        currency="CNY",
        first_close_on=fields.day("first_close_on"),
        final_close_on=fields.day("final_close_on"),
        commitment_period_ends_on=fields.day("commitment_period_ends_on"),
        term_ends_on=fields.day("term_ends_on"),
        fee_rate=fields.percent("fee_rate"),
        fee_basis=fields.choice("fee_basis", FeeBasis),
        hurdle=fields.percent("hurdle"),
        compounding=fields.choice("compounding", Compounding),
        catch_up=fields.percent("catch_up"),
        carry=fields.percent("carry"),
        notice_business_days=fields.whole("notice_business_days"),
        limits=tuple(limits),
        equalisation_rate=fields.percent("equalisation_rate"),
        language=fields.choice("language", Language),
        offset_share=fields.percent("offset_share"),
        carry_form=fields.maybe_choice("carry_form", CarryForm) or CarryForm.WHOLE_FUND,
        carry_tax=_maybe_percent(fields, "carry_tax"),
        carry_escrow=_maybe_percent(fields, "carry_escrow"),
        escrow_test=fields.maybe_choice("escrow_test", EscrowTest) or EscrowTest.HURDLE,
        organisation_cap=fields.maybe_money("organisation_cap"),
        organisation_share=fields.percent("organisation_share") if fields.raw("organisation_share") else None,
        **_recycling(fields),
        further=tuple(tiers),
    )


def _recycling(fields: Fields) -> dict[str, Any]:
    """Terms of money that goes back or between partners; what is left empty is not promised."""
    caps = {name: fields.percent(name) if fields.raw(name) else None for name in SHARES}
    said = {name: fields.raw(name) == "yes" for name in YES_OR_NO}
    return caps | said | {name: fields.maybe_whole(name) for name in SPANS}


def _maybe_percent(fields: Fields, name: str) -> Fraction:
    """A percentage that is nil where nothing was typed."""
    return fields.percent(name) if fields.raw(name) else Fraction(0)


def _threshold(fields: Fields, number: int) -> Fraction:
    """A multiple as it is written, a return in percent."""
    name = f"threshold{number}"
    return fields.number(name) if fields.raw(f"measure{number}") == Measure.MULTIPLE else fields.percent(name)


def form_of(desk: Desk, values: dict[str, str], said: Terms | None) -> dict[str, object]:
    """What the fields of the terms need: words, what stands there, what may be chosen."""
    limits, further = (said.limits, said.further) if said else ((), ())
    rows = [
        (one.dimension.value, one.key or "", _typed_percent(one.maximum), one.basis.value) for one in limits
    ]
    tiers = [(one.measure.value, _typed_threshold(one), _typed_percent(one.carry)) for one in further]
    return {
        "words": {name: desk.say(says) for name, says in TERM_WORDS.items()},
        "values": values,
        "choices": {name: [(one.value, shown(desk, one)) for one in kind] for name, kind in CHOICES.items()},
        "limit_rows": [*rows, *[("", "", "", Basis.COMMITMENTS.value)] * SPARE_LIMITS],
        "tier_rows": [*tiers, *[("", "", "")] * SPARE_TIERS][:MOST_TIERS],
        "yes_no": [("no", desk.say(NO)), ("yes", desk.say(YES))],
        "measures": [(one.value, desk.label(one)) for one in Measure],
        "dimensions": [(one.value, desk.label(one)) for one in Dimension],
        "bases": [(one.value, desk.label(one)) for one in Basis],
    }
