"""Search: deals, partners, holdings, parties and entries from one field."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from fund.holdings.queries import holding_labels
from fund.ledger.queries import EntryUnknown, entry
from fund.parties.queries import search as find_parties
from fund.partners.queries import partners
from kernel.identity.rules import Role
from pipeline.channel.queries import achievements, demands
from pipeline.committee.queries import motions
from pipeline.deals.queries import search as find_deals

router = APIRouter(include_in_schema=False)

FEW = 6


@dataclass(frozen=True)
class Hit:
    """Something found, and where it is."""

    kind: str
    what: str
    more: str
    href: str


@router.get("/search")
def search(desk: DeskDep) -> HTMLResponse:
    """Everything found, on a page."""
    return desk.show("search.html", hits=list(hits(desk, limit=30)), text=desk.query.raw("q"))


@router.get("/search/found")
def found(desk: DeskDep) -> HTMLResponse:
    """The first few, for the list under the field."""
    return desk.show("found.html", hits=list(hits(desk, limit=FEW))[: 2 * FEW])


def hits(desk: Desk, *, limit: int) -> Iterator[Hit]:
    """What contains the text, each only where the viewer may know of it."""
    text = desk.query.raw("q")
    if not text:
        return
    for one in find_deals(desk.tx, actor=desk.actor, text=text, limit=limit):
        more = f"{desk.label(one.stage)} · {one.technology}"
        yield Hit(desk.say("Deal"), f"{one.code} {one.name}", more, f"/deals/{one.code}")
    yield from _fund(desk, text)
    yield from _channel(desk, text, limit)


def _fund(desk: Desk, text: str) -> Iterator[Hit]:
    wanted = text.casefold()
    if not desk.actor.has(*STAFF) or not desk.funds:
        return
    parties = {one.id for one in find_parties(desk.tx, text=text).items}
    for partner in partners(desk.tx, fund_id=desk.fund.id, actor=desk.actor):
        if partner.party_id in parties or wanted in partner.code.casefold():
            name = f"{partner.code} {desk.name(partner.name_zh, partner.name_en)}"
            yield Hit(desk.say("Partner"), name, "", f"/fund/partners/{partner.code}")
    for code, name in holding_labels(desk.tx, fund_id=desk.fund.id, actor=desk.actor).values():
        if wanted in f"{code} {name}".casefold():
            yield Hit(desk.say("Holding"), f"{code} {name}", "", f"/fund/portfolio/{code}")
    for motion in motions(desk.tx, actor=desk.actor).items:
        if wanted in f"{motion.code} {motion.title}".casefold():
            yield Hit(desk.say("Motion"), motion.title, motion.code, f"/committee/{motion.id}")
    try:
        sheet = entry(desk.tx, fund_id=desk.fund.id, reference=text, actor=desk.actor)
    except EntryUnknown:
        return
    yield Hit(desk.say("Entry"), sheet.reference, sheet.memo, f"/fund/books/entries/{sheet.reference}")


def _channel(desk: Desk, text: str, limit: int) -> Iterator[Hit]:
    if not desk.actor.has(*STAFF, Role.TECHNOLOGY_MANAGER, Role.LP_USER, Role.LP_EXPERT):
        return
    for one in achievements(desk.tx, actor=desk.actor, text=text, limit=limit).items:
        name = f"{one.code} {desk.name(one.title_zh, one.title_en)}"
        yield Hit(desk.say("Achievement"), name, one.sector, f"/channel/achievements/{one.code}")
    for need in demands(desk.tx, actor=desk.actor, text=text, limit=limit).items:
        more = desk.name(need.enterprise_zh, need.enterprise_en)
        yield Hit(desk.say("Demand"), f"{need.code} {need.title}", more, f"/channel/demands/{need.code}")
