"""Names for the ids that sheets carry, in the language of the page."""

from app.pages.desk import Desk
from fund.holdings.queries import holding_labels, holdings
from fund.ledger.queries import chart
from fund.parties.queries import search
from fund.parties.rules import PartyKind
from fund.partners.queries import partners
from kernel.identity.queries import users
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.paging import MAXIMUM_LIMIT
from pipeline.channel.queries import achievements

LEADS = frozenset({Role.MANAGER, Role.ANALYST})


def partner_names(desk: Desk) -> dict[int, str]:
    """Every partner of the fund that the actor may know of, as "LP02 name"."""
    found = partners(desk.tx, fund_id=desk.fund.id)
    return {one.id: f"{one.code} {desk.name(one.name_zh, one.name_en)}" for one in found}


def partners_of_all(desk: Desk) -> dict[int, str]:
    """Every partner of every fund, as "AF1 · LP02 name" where there are several funds."""
    return {
        one.id: f"{fund.code + ' · ' if len(desk.funds) > 1 else ''}{one.code} "
        f"{desk.name(one.name_zh, one.name_en)}"
        for fund in desk.funds
        for one in partners(desk.tx, fund_id=fund.id)
    }


def account_names(desk: Desk) -> dict[str, str]:
    """Every account's name in the language of the page."""
    return {one.code: desk.name(one.name_zh, one.name_en) for one in chart(desk.tx, fund_id=desk.fund.id)}


def holding_names(desk: Desk) -> dict[int, str]:
    """Every holding that the actor may know of, as "H03 name"."""
    found = holding_labels(desk.tx, fund_id=desk.fund.id)
    return {key: f"{code} {name}" for key, (code, name) in found.items()}


def company_names(desk: Desk) -> dict[str, str]:
    """The name in the reader's language of every company that the actor may know of, by its Chinese name."""
    today = day_in_beijing(desk.now)
    found = holdings(desk.tx, fund_id=desk.fund.id, as_of=today, actor=desk.actor)
    return {one.name: desk.name(one.name, one.name_en) for one in found}


def organisation_names(desk: Desk) -> dict[int, str]:
    """Organisations by id in the order of their names."""
    found = search(desk.tx, kind=PartyKind.ORGANISATION, limit=MAXIMUM_LIMIT)
    return {one.id: desk.name(one.name_zh, one.name_en) for one in found.items}


def people_choices(desk: Desk) -> list[tuple[int, str]]:
    """Those who may lead a deal."""
    found = users(desk.tx, limit=MAXIMUM_LIMIT)
    return [(one.id, one.name) for one in found.items if one.is_active and LEADS.intersection(one.roles)]


def achievement_choices(desk: Desk) -> list[tuple[int, str]]:
    """The achievements that a deal may rest on."""
    found = achievements(desk.tx, actor=desk.actor, limit=MAXIMUM_LIMIT)
    return [(one.id, f"{one.code} {desk.name(one.title_zh, one.title_en)}") for one in found.items]
