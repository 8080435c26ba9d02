"""Search: everything that a name, its pinyin, a code or a reference may mean, in groups, each behind its own window."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.parties import READERS as PARTY_READERS
from fund.holdings.queries import holding_labels
from fund.ledger.queries import found as find_entries
from fund.parties.queries import parties
from fund.parties.queries import search as find_parties
from fund.parties.rules import initials, sort_key
from fund.partners.queries import partners
from kernel.identity.rules import Role
from kernel.paging import MAXIMUM_LIMIT
from lp_reports.queries import reports
from pipeline.channel.queries import achievements, demands
from pipeline.committee.queries import motions
from pipeline.deals.queries import of_companies
from pipeline.deals.queries import search as find_deals
from pipeline.spinouts.queries import spinouts

router = APIRouter(include_in_schema=False)

FEW = 4
MANY = 30
LONGEST = 80


@dataclass(frozen=True)
class Hit:
    """Something found, and where it is."""

    what: str
    more: str
    href: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    kind: str
    hits: tuple[Hit, ...]


@router.get("/search")
def search(desk: DeskDep) -> HTMLResponse:
    """Everything found, on a page."""
    groups = found_for(desk, limit=MANY)
    return desk.show("search.html", groups=groups, text=desk.query.raw("q")[:LONGEST])


@router.get("/search/found")
def found(desk: DeskDep) -> HTMLResponse:
    """The first few of each kind, for the list under the field."""
    return desk.show("found.html", groups=found_for(desk, limit=FEW))


def found_for(desk: Desk, *, limit: int) -> list[Group]:
    """What the text means, by kind; kinds of which nothing was found are left out."""
    text = desk.query.raw("q")[:LONGEST]
    if not text:
        return []
    named = find_parties(desk.tx, text=text, limit=MAXIMUM_LIMIT).items
    ids = {one.id for one in named}
    kinds = (
        (desk.say("Deals"), _deals(desk, text, limit)),
        (desk.say("Motions"), _motions(desk, text, limit)),
        (desk.say("Partners"), _partners(desk, text, ids)),
        (desk.say("Holdings"), _holdings(desk, text)),
        (desk.say("Companies"), _companies(desk, text, ids, limit)),
        (desk.say("Reports"), _reports(desk, text, ids, limit)),
        (desk.say("Achievements"), _achievements(desk, text, limit)),
        (desk.say("Demands"), _demands(desk, text, limit)),
        (desk.say("Entries"), _entries(desk, text, limit)),
        (desk.say("Organisations and people"), _parties(desk, text, limit)),
    )
    groups = [Group(kind, tuple(islice(hits, limit))) for kind, hits in kinds]
    return [group for group in groups if group.hits]


def _deals(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    for one in find_deals(desk.tx, actor=desk.actor, text=text, limit=limit):
        more = f"{desk.label(one.stage)} · {desk.half(one.technology)}"
        yield Hit(f"{one.code} {desk.half(one.name)}", more, f"/deals/{one.code}")


def _motions(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF, Role.COMMITTEE):
        return
    for one in motions(desk.tx, actor=desk.actor, text=text, limit=limit).items:
        more = f"{one.code} · {desk.label(one.state)}"
        yield Hit(desk.half(one.title), more, f"/committee/{one.id}")


def _partners(desk: Desk, text: str, ids: set[int]) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF) or not desk.funds:
        return
    for one in partners(desk.tx, fund_id=desk.fund.id, actor=desk.actor):
        if one.party_id in ids or text.casefold() in one.code.casefold():
            name = f"{one.code} {desk.name(one.name_zh, one.name_en)}"
            yield Hit(name, desk.label(one.kind), f"/fund/partners/{one.code}")


def _holdings(desk: Desk, text: str) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF) or not desk.funds:
        return
    for code, name in holding_labels(desk.tx, fund_id=desk.fund.id, actor=desk.actor).values():
        if says(text, code, name):
            yield Hit(f"{code} {name}", "", f"/fund/portfolio/{code}")


def _companies(desk: Desk, text: str, ids: set[int], limit: int) -> Iterator[Hit]:
    listed = spinouts(desk.tx, actor=desk.actor, text=text, party_ids=ids, limit=limit).items
    names = parties(desk.tx, party_ids=[one.party_id for one in listed])
    deals = of_companies(desk.tx, actor=desk.actor, spinout_ids=[one.id for one in listed])
    for one in listed:
        name, more = names[one.party_id], " · ".join(filter(None, (one.sector, one.city)))
        href = f"/deals/{deals[one.id]}" if one.id in deals else f"/parties/{one.party_id}"
        yield Hit(f"{one.code} {desk.name(name.name_zh, name.name_en)}", more, href)


def _reports(desk: Desk, text: str, ids: set[int], limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF, Role.LP_USER) or not desk.funds:
        return
    own = [one.id for one in partners(desk.tx, fund_id=desk.fund.id, actor=desk.actor) if one.party_id in ids]
    for one in reports(desk.tx, actor=desk.actor, text=text, partner_ids=own, limit=limit).items:
        more = f"{desk.name(one.partner_name_zh, one.partner_name_en)} · {desk.label(one.state, 'State')}"
        yield Hit(one.number, more, f"/reports/{one.id}")


def _achievements(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF, Role.TECHNOLOGY_MANAGER, Role.LP_USER, Role.LP_EXPERT):
        return
    for one in achievements(desk.tx, actor=desk.actor, text=text, limit=limit).items:
        name = f"{one.code} {desk.name(one.title_zh, one.title_en)}"
        yield Hit(name, one.sector, f"/channel/achievements/{one.code}")


def _demands(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF, Role.TECHNOLOGY_MANAGER, Role.LP_USER, Role.LP_EXPERT):
        return
    for one in demands(desk.tx, actor=desk.actor, text=text, limit=limit).items:
        more = desk.name(one.enterprise_zh, one.enterprise_en)
        yield Hit(f"{one.code} {desk.half(one.title)}", more, f"/channel/demands/{one.code}")


def _entries(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF) or not desk.funds:
        return
    for one in find_entries(desk.tx, fund_id=desk.fund.id, text=text, actor=desk.actor, limit=limit):
        yield Hit(one.reference, desk.half(one.memo), f"/fund/books/entries/{one.reference}")


def _parties(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*PARTY_READERS):
        return
    for one in find_parties(desk.tx, text=text, limit=limit).items:
        yield Hit(desk.name(one.name_zh, one.name_en), desk.label(one.kind), f"/parties/{one.id}")


def says(text: str, code: str, name: str) -> bool:
    """Whether a code, a name, its pinyin or its initials contain the text, blanks and case aside."""
    wanted = "".join(text.casefold().split())
    said = (f"{code} {name}", sort_key(name), initials(name))
    return any(wanted in "".join(one.casefold().split()) for one in said)
