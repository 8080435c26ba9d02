"""The charter: opening a fund, the versions of its terms and how they differ, and writing the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import money, percent
from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from app.pages.frame import STAFF
from app.pages.portfolio import key_words
from app.pages.wording import TERM_WORDS
from fund.charter.queries import FundSheet, VersionSheet, versions
from fund.charter.rules import (
    Basis,
    Compounding,
    Dimension,
    FeeBasis,
    Language,
    Limit,
    Terms,
    changes,
)
from fund.ledger.amending import amend as amend_terms
from fund.ledger.opening import open_with_books
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund")


def _n(says: str) -> str:
    return says


SPARE_LIMITS, MOST_LIMITS = 3, 40
DAYS = ("first_close_on", "final_close_on", "commitment_period_ends_on", "term_ends_on")
RATES = ("fee_rate", "offset_share", "hurdle", "catch_up", "carry", "equalisation_rate")
CHOICES: dict[str, type[StrEnum]] = {
    "fee_basis": FeeBasis,
    "compounding": Compounding,
    "language": Language,
}
IN_WORDS = {
    Language.ZH: _n("Chinese"),
    Language.EN: _n("English"),
    Language.BOTH: _n("both languages"),
}
USUAL: dict[str, str] = {
    "fee_rate": "2",
    "fee_basis": FeeBasis.COMMITMENT_THEN_INVESTED,
    "hurdle": "8",
    "compounding": Compounding.DAILY,
    "catch_up": "100",
    "carry": "20",
    "equalisation_rate": "8",
    "offset_share": "100",
    "notice_business_days": "10",
    "language": Language.BOTH,
}


@dataclass(frozen=True)
class Told:
    """One change of the terms in words."""

    name: str
    was: str
    now: str


@dataclass(frozen=True)
class VersionLine:
    """A version and how it differs from the one before it."""

    sheet: VersionSheet
    changes: tuple[Told, ...]


@router.get("/new")
def new_fund(desk: DeskDep) -> HTMLResponse:
    """The form that opens a fund."""
    return new_page(desk)


def new_page(desk: Desk) -> HTMLResponse:
    """The form with the usual promises filled in."""
    desk.actor.require(Role.MANAGER)
    return desk.show("fund/new.html", **_form(desk, USUAL, ()))


@router.post("/new")
def open_it(desk: DeskDep) -> Response:
    """Open the fund with its chart of accounts."""
    made: list[FundSheet] = []

    def act() -> None:
        fields = desk.fields
        code, name_zh = fields.text("code"), fields.text("name_zh")
        promised, effective_on = terms_from(fields), fields.maybe_day("effective_on")
        fields.check()
        opened = open_with_books(
            desk.tx,
            desk.actor,
            code=code,
            name_zh=name_zh,
            name_en=fields.raw("name_en"),
            terms=promised,
            effective_on=effective_on,
            now=desk.now,
        )
        made.append(opened)

    def then() -> str:
        return f"/today?fund={made[0].code}" if made else "/today"

    return desk.act("open", act, then=then, done="fund.opened", again=new_page)


@router.get("/terms")
def terms(desk: DeskDep) -> HTMLResponse:
    """Every version of the terms."""
    return terms_page(desk)


def terms_page(desk: Desk) -> HTMLResponse:
    """The terms in force, every version with what it changed, and the form that writes the next one."""
    desk.actor.require(*STAFF)
    found = versions(desk.tx, fund_id=desk.fund.id)
    on = day_in_beijing(desk.now)
    begun = [one for one in found if one.effective_on <= on] or found[:1]
    in_force = max(begun, key=lambda one: (one.effective_on, one.version))
    latest = found[-1]
    return desk.show(
        "fund/terms.html",
        in_force=in_force,
        facts=[
            (desk.say(TERM_WORDS[name]), shown(desk, getattr(in_force.terms, name))) for name in TERM_WORDS
        ],
        limits=[shown(desk, one) for one in in_force.terms.limits],
        lines=history(desk, found),
        latest=latest,
        may_amend=desk.actor.has(Role.MANAGER),
        **_form(desk, typed_terms(latest.terms), latest.terms.limits),
    )


@router.post("/terms")
def amend(desk: DeskDep) -> Response:
    """Write the next version."""

    def act() -> None:
        fields = desk.fields
        promised, effective_on = terms_from(fields), fields.day("effective_on")
        note, read = fields.text("note"), fields.whole("version")
        fields.check()
        amend_terms(
            desk.tx,
            desk.actor,
            fund_id=desk.fund.id,
            terms=promised,
            effective_on=effective_on,
            note=note,
            read=read,
            now=desk.now,
        )

    return desk.act("amend", act, then="/fund/terms", done="terms.amended", again=terms_page)


def history(desk: Desk, found: Sequence[VersionSheet]) -> list[VersionLine]:
    """The versions, the newest first, each with what it changed."""
    lines = []
    before: VersionSheet | None = None
    for sheet in found:
        told = changes(before.terms, sheet.terms) if before else []
        words = {"limits": desk.say("Limit"), **{name: desk.say(says) for name, says in TERM_WORDS.items()}}
        lines.append(
            VersionLine(
                sheet,
                tuple(
                    Told(words.get(one.name, one.name), shown(desk, one.was), shown(desk, one.is_))
                    for one in told
                ),
            )
        )
        before = sheet
    return lines[::-1]


def shown(desk: Desk, value: object) -> str:
    """A term as people read it."""
    if value is None:
        return "–"
    if isinstance(value, Limit):
        where = desk.label(value.dimension)
        if value.key:
            where += f" {key_words(desk, value.dimension, value.key)}"
        elif value.dimension is not Dimension.COMPANY:
            where = desk.say("any one: {dimension}", dimension=where)
        return f"{where} ≤ {percent(value.maximum)} {desk.label(value.basis)}"
    if isinstance(value, StrEnum):
        return desk.say(IN_WORDS[value]) if isinstance(value, Language) else desk.label(value)
    if isinstance(value, Fraction):
        return percent(value, 2)
    if isinstance(value, date):
        return value.isoformat()
    return money(value) if isinstance(value, int) and value > 1000 else str(value)


def typed_terms(said: Terms) -> dict[str, str]:
    """The terms as they would be typed into the form."""
    rates = {name: _typed_percent(getattr(said, name)) for name in RATES}
    days = {name: getattr(said, name).isoformat() for name in DAYS}
    choices = {name: getattr(said, name).value for name in CHOICES}
    counted = {"size": money(said.size), "notice_business_days": str(said.notice_business_days)}
    return {**rates, **days, **choices, **counted}


def _typed_percent(share: Fraction) -> str:
    return percent(share, 4).rstrip("%").rstrip("0").rstrip(".")


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
    )


def _form(desk: Desk, values: dict[str, str], limits: Sequence[Limit]) -> dict[str, object]:
    """What the fields of the terms need: words, what stands there, what may be chosen."""
    rows = [
        (one.dimension.value, one.key or "", _typed_percent(one.maximum), one.basis.value) for one in limits
    ]
    return {
        "words": {name: desk.say(says) for name, says in TERM_WORDS.items()},
        "values": values,
        "choices": {name: [(one.value, shown(desk, one)) for one in kind] for name, kind in CHOICES.items()},
        "limit_rows": [*rows, *[("", "", "", Basis.COMMITMENTS.value)] * SPARE_LIMITS],
        "dimensions": [(one.value, desk.label(one)) for one in Dimension],
        "bases": [(one.value, desk.label(one)) for one in Basis],
    }
