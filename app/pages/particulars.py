"""A partner's particulars: whom to write to, in which language, and where the partner is paid."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.terms_form import IN_WORDS
from fund.charter.rules import Language
from fund.partners import actions, queries
from fund.partners.banking import decide_bank, propose_bank
from fund.partners.queries import PartnerSheet
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/partners/{code}/particulars")

KEEPERS = (Role.MANAGER, Role.ACCOUNTANT)


def _partner(desk: Desk, code: str) -> PartnerSheet:
    desk.actor.require(*STAFF)
    return queries.partner_by_code(desk.tx, fund_id=desk.fund.id, code=code, actor=desk.actor)


@router.get("")
def particulars(desk: DeskDep, code: str) -> HTMLResponse:
    """One partner's particulars."""
    return particulars_page(desk, code)


def particulars_page(desk: Desk, code: str) -> HTMLResponse:
    """Contacts and bank details, the change that waits, and the forms of those who keep them."""
    partner, today = _partner(desk, code), day_in_beijing(desk.now)
    waiting = queries.bank_change(desk.tx, desk.actor, partner_id=partner.id)
    contacts = queries.contacts(desk.tx, partner_id=partner.id, actor=desk.actor)
    return desk.show(
        "fund/particulars.html",
        partner=partner,
        contacts=contacts,
        live=[one for one in contacts if one.ended_on is None or one.ended_on > today],
        bank=queries.bank(desk.tx, desk.actor, partner_id=partner.id),
        waiting=waiting,
        is_own=bool(waiting and waiting.prepared_by_id == desk.actor.user_id),
        languages=[(one.value, desk.say(IN_WORDS[one])) for one in Language],
        in_words={one.value: desk.say(IN_WORDS[one]) for one in Language},
        today=today,
        may_keep=desk.actor.has(*KEEPERS),
    )


@router.post("/contact")
def add_contact(desk: DeskDep, code: str) -> Response:
    """Put somebody on record who is written to."""
    partner = _partner(desk, code)

    def act() -> None:
        fields = desk.fields
        name, language = fields.text("name"), fields.choice("language", Language)
        fields.check()
        actions.add_contact(
            desk.tx,
            desk.actor,
            partner_id=partner.id,
            name=name,
            title=fields.raw("title"),
            email=fields.raw("email"),
            phone=fields.raw("phone"),
            language=language,
            receives_notices=fields.ticked("receives_notices"),
            receives_reports=fields.ticked("receives_reports"),
            now=desk.now,
        )

    return _change(desk, code, "contact", act, "contact.added")


@router.post("/contact/end")
def end_contact(desk: DeskDep, code: str) -> Response:
    """Stop writing to somebody."""
    partner = _partner(desk, code)

    def act() -> None:
        contact_id, ended_on = desk.fields.whole("contact_id"), desk.fields.day("ended_on")
        desk.fields.check()
        actions.end_contact(
            desk.tx,
            desk.actor,
            partner_id=partner.id,
            contact_id=contact_id,
            ended_on=ended_on,
            now=desk.now,
        )

    return _change(desk, code, "end-contact", act, "contact.ended")


@router.post("/language")
def write_in(desk: DeskDep, code: str) -> Response:
    """Say in which languages the partner is written to."""
    partner = _partner(desk, code)

    def act() -> None:
        language = desk.fields.choice("language", Language)
        desk.fields.check()
        actions.write_in(desk.tx, desk.actor, partner_id=partner.id, language=language, now=desk.now)

    return _change(desk, code, "language", act, "partner.language")


@router.post("/bank")
def change_bank(desk: DeskDep, code: str) -> Response:
    """Prepare new bank details."""
    partner = _partner(desk, code)

    def act() -> None:
        fields = desk.fields
        given = {name: fields.text(name) for name in ("bank_name", "account_name", "account_no", "reason")}
        since_on = fields.day("since_on")
        fields.check()
        propose_bank(desk.tx, desk.actor, partner_id=partner.id, since_on=since_on, now=desk.now, **given)

    return _change(desk, code, "bank", act, "bank.proposed")


@router.post("/bank/approve")
def approve_bank(desk: DeskDep, code: str) -> Response:
    """Approve what somebody else has prepared."""
    return _decide(desk, code, is_approved=True)


@router.post("/bank/refuse")
def refuse_bank(desk: DeskDep, code: str) -> Response:
    """Turn the change down."""
    return _decide(desk, code, is_approved=False)


def _decide(desk: Desk, code: str, *, is_approved: bool) -> Response:
    partner = _partner(desk, code)

    def act() -> None:
        seen = desk.fields.whole("change")
        desk.fields.check()
        decide_bank(
            desk.tx,
            desk.actor,
            partner_id=partner.id,
            change_id=seen,
            is_approved=is_approved,
            now=desk.now,
        )

    return _change(desk, code, "decide", act, "bank.approved" if is_approved else "bank.refused")


def _change(desk: Desk, code: str, form: str, act: Callable[[], None], done: str) -> Response:
    def again(refused: Desk) -> Response:
        return particulars_page(refused, code)

    return desk.act(form, act, then=f"/fund/partners/{code}/particulars", done=done, again=again)
