"""Organisations and people, and who is what to whom: conflict rules judge by it."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from fund.parties import actions, queries
from fund.parties.queries import PartySheet
from fund.parties.rules import PartyKind, RelationKind
from fund.revenues.actions import state_revenue
from fund.revenues.queries import revenues
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/parties")

READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.TECHNOLOGY_MANAGER)
WRITERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.TECHNOLOGY_MANAGER)
CHOICES = 200


@router.get("")
def parties(desk: DeskDep) -> HTMLResponse:
    """Everybody on record, or those found."""
    return parties_page(desk)


def parties_page(desk: Desk) -> HTMLResponse:
    """The list beside the form that puts somebody on record."""
    desk.actor.require(*READERS)
    text, kind = desk.query.raw("text"), desk.query.maybe_choice("kind", PartyKind)
    desk.query.check()
    found = queries.search(desk.tx, text=text, kind=kind, after=desk.query.raw("after") or None)
    return desk.show(
        "parties/parties.html",
        parties=found,
        text=text,
        kind=kind,
        kinds=[(one.value, desk.label(one)) for one in PartyKind],
        may_write=desk.actor.has(*WRITERS),
    )


@router.post("")
def register(desk: DeskDep) -> Response:
    """Put somebody on record."""
    made: list[PartySheet] = []

    def act() -> None:
        fields = desk.fields
        name_zh, kind = fields.text("name_zh"), fields.choice("kind", PartyKind)
        fields.check()
        sheet = actions.register_party(
            desk.tx,
            desk.actor,
            kind=kind,
            name_zh=name_zh,
            name_en=fields.raw("name_en"),
            registration_no=fields.raw("registration_no") or None,
            now=desk.now,
        )
        made.append(sheet)

    def then() -> str:
        return f"/parties/{made[0].id}" if made else "/parties"

    return desk.act("register", act, then=then, done="party.registered", again=parties_page)


@router.get("/{party_id:int}")
def party(desk: DeskDep, party_id: int) -> HTMLResponse:
    """One party."""
    return party_page(desk, party_id)


def party_page(desk: Desk, party_id: int) -> HTMLResponse:
    """What a party is to others and others to it, beside the forms that change it."""
    desk.actor.require(*READERS)
    sheet = queries.party(desk.tx, party_id=party_id)
    today = day_in_beijing(desk.now)
    relations = queries.relations_of(desk.tx, party_id=party_id)
    others = queries.search(desk.tx, limit=CHOICES).items
    return desk.show(
        "parties/party.html",
        party=sheet,
        name=desk.name(sheet.name_zh, sheet.name_en),
        relations=relations,
        open_relations=[one for one in relations if one.until_on is None or one.until_on > today],
        others=[(one.id, desk.name(one.name_zh, one.name_en)) for one in others if one.id != party_id],
        kinds=[(one.value, desk.label(one)) for one in RelationKind],
        **_sold(desk, party_id),
        today=today,
        may_write=desk.actor.has(*WRITERS),
    )


def _sold(desk: Desk, party_id: int) -> dict[str, object]:
    """What the party sold year by year, and who bought it."""
    found = revenues(desk.tx, company_ids=[party_id])
    who = queries.parties(desk.tx, party_ids={key for one in found for key in one.customers})
    return {
        "sold": found,
        "buyers": {key: desk.name(one.name_zh, one.name_en) for key, one in who.items()},
        "last_year": day_in_beijing(desk.now).year - 1,
    }


@router.post("/{party_id:int}/revenue")
def revenue(desk: DeskDep, party_id: int) -> Response:
    """State what the company sold in a year, and what one customer bought of it."""

    def act() -> None:
        fields = desk.fields
        year, total, source = fields.whole("year"), fields.money("total"), fields.text("source")
        customer_id, amount = fields.maybe_whole("customer_id"), fields.maybe_money("amount")
        fields.check()
        state_revenue(
            desk.tx,
            desk.actor,
            company_id=party_id,
            year=year,
            total=total,
            customer_id=customer_id,
            amount=amount or 0,
            source=source,
            now=desk.now,
        )

    return _change(desk, party_id, "revenue", act, "revenue.stated")


@router.post("/{party_id:int}/edit")
def edit(desk: DeskDep, party_id: int) -> Response:
    """Change what a party is called or registered under."""

    def act() -> None:
        fields = desk.fields
        name_zh, version = fields.text("name_zh"), fields.whole("version")
        fields.check()
        actions.edit_party(
            desk.tx,
            desk.actor,
            party_id=party_id,
            name_zh=name_zh,
            name_en=fields.raw("name_en"),
            registration_no=fields.raw("registration_no") or None,
            version=version,
            now=desk.now,
        )

    return _change(desk, party_id, "edit", act, "party.edited")


@router.post("/{party_id:int}/relate")
def relate(desk: DeskDep, party_id: int) -> Response:
    """Say what the party is to another."""

    def act() -> None:
        fields = desk.fields
        other, kind = fields.whole("to_party_id"), fields.choice("kind", RelationKind)
        since_on, until_on = fields.day("since_on"), fields.maybe_day("until_on")
        fields.check()
        actions.relate(
            desk.tx,
            desk.actor,
            from_party_id=party_id,
            to_party_id=other,
            kind=kind,
            since_on=since_on,
            until_on=until_on,
            note=fields.raw("note"),
            now=desk.now,
        )

    return _change(desk, party_id, "relate", act, "relation.added")


@router.post("/{party_id:int}/end")
def end(desk: DeskDep, party_id: int) -> Response:
    """Say on which day a relation ended, and why."""

    def act() -> None:
        fields = desk.fields
        relation_id, until_on = fields.whole("relation_id"), fields.day("until_on")
        reason = fields.text("reason")
        fields.check()
        actions.end_relation(
            desk.tx, desk.actor, relation_id=relation_id, until_on=until_on, reason=reason, now=desk.now
        )

    return _change(desk, party_id, "end", act, "relation.ended")


def _change(desk: Desk, party_id: int, form: str, act: Callable[[], None], done: str) -> Response:
    def again(refused: Desk) -> Response:
        return party_page(refused, party_id)

    return desk.act(form, act, then=f"/parties/{party_id}", done=done, again=again)
