"""Exposure by each partner's industrial chain, and by one dimension quarter after quarter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.pages.desk import Desk, DeskDep
from app.pages.frame import STAFF
from app.pages.keys import key_words
from app.pages.mandate_view import mandates
from app.pages.portfolio import asked_day
from app.pages.who import company_names
from fund.charter.rules import Dimension
from fund.results.chain_rules import ChainRole
from fund.results.chains import chains
from fund.results.exposure import exposure_history
from fund.results.exposure_rules import UNSAID
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from kernel.periods import Quarter
from pipeline.deals.readiness import readiness_history, readiness_spread

router = APIRouter(include_in_schema=False, prefix="/fund/exposure")

# A quarter, the share under each key, and the HHI.
Told = tuple[Quarter, Mapping[str, Fraction], float | None]
# More keys than these are told together, so that the table can be read.
COLUMNS = 6


class PastKind(StrEnum):
    """By what the portfolio's past is told apart: the labels of holdings, and the readiness assessed of each day."""

    COMPANY = "company"
    SECTOR = "sector"
    CHAIN_POSITION = "chain_position"
    STAGE = "stage"
    ORIGIN = "origin"
    CITY = "city"
    VINTAGE = "vintage"
    READINESS = "readiness"


@dataclass(frozen=True)
class Past:
    """A dimension over time: the keys in words, and for each quarter their shares, what is left, the HHI."""

    keys: tuple[str, ...]
    rows: tuple[tuple[Quarter, tuple[Fraction | None, ...], Fraction, float | None], ...]
    has_rest: bool


@router.get("")
def by_chain(desk: DeskDep) -> HTMLResponse:
    """The chains of all partners and the past spread; to a partner's own people their own chain alone."""
    return exposure_page(desk)


def exposure_page(desk: Desk) -> HTMLResponse:
    """Chains, mandates with the forms that take them down, and the past."""
    desk.actor.require(*STAFF, Role.LP_USER)
    on, partner_id = asked_day(desk), desk.query.maybe_whole("partner")
    dimension = desk.query.maybe_choice("dimension", PastKind) or PastKind.SECTOR
    desk.query.check()
    is_staff = desk.actor.has(*STAFF)
    return desk.show(
        "fund/exposure.html",
        as_of=on,
        found=chains(desk.tx, fund_id=desk.fund.id, as_of=on, partner_id=partner_id),
        roles=list(ChainRole),
        role_words=lambda roles: role_words(desk, roles),
        dimension=dimension,
        dimensions=list(PastKind),
        past=past(desk, dimension) if is_staff and partner_id is None else None,
        is_staff=is_staff,
        named=company_names(desk),
        ready=readiness_spread(desk.tx, fund_id=desk.fund.id, as_of=on)
        if is_staff and partner_id is None
        else None,
        **mandates(desk, on, partner_id),
        partner_id=partner_id,
    )


def role_words(desk: Desk, roles: tuple[ChainRole, ...]) -> str:
    """What a partner's group is to companies, in words."""
    return "、".join(desk.label(role) for role in roles) or desk.say("outside the chain")


def past(desk: Desk, dimension: PastKind) -> Past:
    """The shares of the keys that are largest now or were, up to the present quarter; every level of readiness."""
    quarter, fund_id = Quarter.containing(day_in_beijing(desk.now)), desk.fund.id
    moments: Sequence[Told]
    if dimension is PastKind.READINESS:
        found = readiness_history(desk.tx, fund_id=fund_id, through=quarter)
        moments = [
            (
                one.quarter,
                {_level(part.level): part.share for part in one.spread.slices},
                one.spread.concentration,
            )
            for one in found
        ]
        levels = sorted({part.level or 0 for one in found for part in one.spread.slices}, reverse=True)
        named = {_level(key): f"TRL {key}" if key else desk.say("not assessed") for key in levels}
        return _past(moments, named, list(named), len(named))
    of = Dimension(dimension.value)
    spreads = exposure_history(desk.tx, fund_id=fund_id, dimension=of, through=quarter)
    moments = [
        (one.quarter, {part.key: part.share for part in one.spread.slices}, one.spread.concentration)
        for one in spreads
    ]
    named = {key: key_words(desk, of, key) for _, shares, _ in moments for key in shares}
    return _past(moments, named, _largest(moments), COLUMNS)


def _largest(moments: Sequence[Told]) -> list[str]:
    largest: dict[str, Fraction] = {}
    for _, shares, _ in moments:
        for key, share in shares.items():
            largest[key] = max(largest.get(key, Fraction(0)), share)
    return sorted((key for key, share in largest.items() if share), key=lambda key: (-largest[key], key))


def _past(moments: Sequence[Told], named: Mapping[str, str], told: list[str], most: int) -> Past:
    keys, rest = told[:most], told[most:]
    words = tuple(named[key] for key in keys)
    return Past(words, tuple(_row(moment, keys) for moment in reversed(moments)), bool(rest))


def _level(level: int | None) -> str:
    return str(level or UNSAID)


def _row(
    moment: Told, keys: list[str]
) -> tuple[Quarter, tuple[Fraction | None, ...], Fraction, float | None]:
    quarter, shares, concentration = moment
    rest = sum((share for key, share in shares.items() if key not in keys), Fraction(0))
    return quarter, tuple(shares.get(key) for key in keys), rest, concentration
