"""The charter: opening a fund, the versions of its terms and how they differ, and writing the next one."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.terms_form import USUAL, form_of, shown, terms_from, typed_terms
from app.pages.wording import TERM_WORDS
from fund.capital.promises import withdraw_terms
from fund.charter.changes import changes
from fund.charter.queries import FundSheet, VersionSheet, written_versions
from fund.ledger.opening import open_with_books
from fund.watch.amending import amend_terms
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund")


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
    return desk.show("fund/new.html", **form_of(desk, USUAL, None))


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
    written = written_versions(desk.tx, fund_id=desk.fund.id, actor=desk.actor)
    found = [one for one in written if one.withdrawn is None]
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
        tiers=[shown(desk, one) for one in in_force.terms.further],
        lines=history(desk, written),
        latest=latest,
        may_amend=desk.actor.has(Role.MANAGER),
        may_withdraw=desk.actor.has(Role.MANAGER) and latest.version > 1 and latest.effective_on > on,
        **form_of(desk, typed_terms(latest.terms), latest.terms),
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
            planned=fields.ticked("planned"),
            read=read,
            now=desk.now,
        )

    return desk.act("amend", act, then="/fund/terms", done="terms.amended", again=terms_page)


@router.post("/terms/{version:int}/withdraw")
def withdraw(desk: DeskDep, version: int) -> Response:
    """Withdraw a version that does not hold yet."""

    def act() -> None:
        reason = desk.fields.text("reason")
        desk.fields.check()
        withdraw_terms(
            desk.tx, desk.actor, fund_id=desk.fund.id, version=version, reason=reason, now=desk.now
        )

    return desk.act("withdraw", act, then="/fund/terms", done="terms.withdrawn", again=terms_page)


def history(desk: Desk, found: Sequence[VersionSheet]) -> list[VersionLine]:
    """The versions, the newest first, each with what it changed of the one before that was not withdrawn."""
    lines = []
    before: VersionSheet | None = None
    for sheet in found:
        told = changes(before.terms, sheet.terms) if before else []
        words = {
            "limits": desk.say("Limit"),
            "further": desk.say("Further tier"),
            **{name: desk.say(says) for name, says in TERM_WORDS.items()},
        }
        lines.append(
            VersionLine(
                sheet,
                tuple(
                    Told(words.get(one.name, one.name), shown(desk, one.was), shown(desk, one.is_))
                    for one in told
                ),
            )
        )
        before = before if sheet.withdrawn else sheet
    return lines[::-1]
