"""Filtering, sorting and paging deals: conditions and keys as SQL, and the token of a page.

A viewer who sees only teasers may neither sort nor filter by what a teaser leaves out.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from kernel.errors import Forbidden
from kernel.identity.rules import Actor
from kernel.paging import MAXIMUM_LIMIT, PageInvalid
from pipeline.deals.models import Deal, DealInterest
from pipeline.deals.rules import LIMIT_DAYS, ORDER, Origin, Stage, Status


class NotForTeasers(Forbidden):
    code = "deals_not_for_teasers"
    says = "You see the teasers of deals; they cannot be filtered or sorted by {fact}."


class Sort(StrEnum):
    """By what the table may be sorted; ties go by id, so that pages never overlap."""

    CODE = "code"
    NAME = "name"
    SECTOR = "sector"
    STAGE = "stage"
    DAYS = "days"
    AMOUNT = "amount"
    SCORE = "score"
    NEXT_STEP = "next_step"


@dataclass(frozen=True)
class Wanted:
    """What the viewer filters by; nothing given means everything. Passed deals are left out unless asked for."""

    text: str = ""
    stages: tuple[Stage, ...] = ()
    statuses: tuple[Status, ...] = (Status.ACTIVE, Status.ON_HOLD)
    sectors: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    owner_id: int | None = None
    interested_party_id: int | None = None
    is_late: bool = False
    has_conflict: bool = False


_STAGE_PLACE = sa.case(
    {stage: place for place, stage in enumerate(ORDER)}, value=sa.cast(Deal.stage, sa.Text)
)

# No key is ever NULL, since a row comparison with NULL would lose rows between two pages.
SORT_KEYS: Mapping[Sort, Any] = MappingProxyType(
    {
        Sort.CODE: col(Deal.code),
        Sort.NAME: col(Deal.name_sort),
        Sort.SECTOR: col(Deal.sector),
        Sort.STAGE: _STAGE_PLACE,
        Sort.DAYS: col(Deal.entered_stage_at),
        Sort.AMOUNT: sa.func.coalesce(col(Deal.amount), -1),
        Sort.SCORE: sa.func.coalesce(col(Deal.score_hundredths), -1),
        Sort.NEXT_STEP: sa.func.coalesce(col(Deal.next_step_on), sa.cast("9999-12-31", sa.Date)),
    }
)
KEY_TYPES: Mapping[Sort, type] = MappingProxyType(
    {Sort.DAYS: datetime, Sort.NEXT_STEP: date, Sort.AMOUNT: int, Sort.SCORE: int, Sort.STAGE: int}
)
NOT_FOR_TEASERS = frozenset({Sort.AMOUNT, Sort.SCORE, Sort.NEXT_STEP})


def check_for(actor: Actor, wanted: Wanted, sort: Sort) -> None:
    """Refuse a viewer of teasers who asks for an order or a choice that would tell what is left out."""
    if actor.reach == "all":
        return
    asked = {
        "owner": wanted.owner_id is not None,
        "interested enterprise": wanted.interested_party_id is not None,
        "conflict": wanted.has_conflict,
        sort.value: sort in NOT_FOR_TEASERS,
    }
    for fact, is_asked in asked.items():
        if is_asked:
            raise NotForTeasers(fact=fact)


def conditions(wanted: Wanted, *, fund_id: int, now: datetime) -> list[sa.ColumnElement[bool]]:
    """What a deal must be to be wanted."""
    found = [col(Deal.fund_id) == fund_id]
    for column, chosen in (
        (Deal.stage, wanted.stages),
        (Deal.status, wanted.statuses),
        (Deal.sector, wanted.sectors),
        (Deal.origin, wanted.origins),
    ):
        if chosen:
            found.append(col(column).in_(chosen))
    text = "".join(wanted.text.casefold().split())
    if text:
        found.append(sa.func.replace(col(Deal.search_key), " ", "").contains(text, autoescape=True))
    if wanted.owner_id is not None:
        found.append(col(Deal.owner_id) == wanted.owner_id)
    if wanted.interested_party_id is not None:
        interest = sa.select(col(DealInterest.id)).where(
            col(DealInterest.deal_id) == Deal.id,
            col(DealInterest.party_id) == wanted.interested_party_id,
            col(DealInterest.ended_at).is_(None),
        )
        found.append(interest.exists())
    if wanted.is_late:
        found.append(sa.or_(*(_stays_too_long(stage, days, now) for stage, days in LIMIT_DAYS.items())))
    if wanted.has_conflict:
        found.append(col(Deal.conflict_note) != "")
    return found


def _stays_too_long(stage: Stage, days: int, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(col(Deal.stage) == stage, col(Deal.entered_stage_at) <= now - timedelta(days=days + 1))


def token(sort: Sort, descending: bool, key: object, deal_id: int) -> str:
    """The place of a deal in a sort, as text that goes into an address."""
    said = key.isoformat() if isinstance(key, date) else key
    body = json.dumps([sort, descending, said, deal_id], ensure_ascii=False)
    return base64.urlsafe_b64encode(body.encode()).decode()


def _is_id(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 2**63


def read_token(after: str, sort: Sort, descending: bool, key: Any) -> tuple[Any, Any]:
    """The sort key and id that a token names; refused when it is not ours or belongs to another sort."""
    try:
        said = json.loads(base64.urlsafe_b64decode(after.encode()))
        said_sort, said_descending, value, deal_id = said
        str(value).encode()  # half a character is no text that the database could be asked for
        if sort in {Sort.DAYS, Sort.NEXT_STEP}:
            value = (datetime if sort == Sort.DAYS else date).fromisoformat(value)
    except (ValueError, TypeError) as fault:
        raise PageInvalid(maximum=MAXIMUM_LIMIT) from fault
    fits = isinstance(value, KEY_TYPES.get(sort, str)) and _is_id(deal_id)
    if isinstance(value, int) and not abs(value) < 2**63:
        fits = False
    if [said_sort, said_descending] != [sort, descending] or not fits:
        raise PageInvalid(maximum=MAXIMUM_LIMIT)
    return sa.literal(value, type_=key.type), sa.literal(deal_id, type_=sa.BigInteger)
