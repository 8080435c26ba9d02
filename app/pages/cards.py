"""Scorecards: what deals are scored by. A new version is adopted by a manager; rounds that run keep theirs."""

from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.api.schemas import exact
from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing
from pipeline.screening.actions import publish_scorecard
from pipeline.screening.queries import scorecards
from pipeline.screening.rules import Audience, Criterion, Scorecard, Share

router = APIRouter(include_in_schema=False, prefix="/screening/cards")

READERS = (Role.MANAGER, Role.ANALYST, Role.ACCOUNTANT, Role.AUDITOR, Role.COMMITTEE, Role.TECHNOLOGY_MANAGER)
SPARE, MOST = 4, 60


@router.get("")
def cards(desk: DeskDep) -> HTMLResponse:
    """Every version of every scorecard."""
    return cards_page(desk)


def cards_page(desk: Desk) -> HTMLResponse:
    """The cards, the newest first, and for the manager the form that adopts the next version."""
    desk.actor.require(*READERS)
    found = scorecards(desk.tx)
    latest = found[0] if found else None
    card = latest.card if latest else None
    return desk.show(
        "screening/cards.html",
        cards=found,
        marks={one.id: exact(one.card.pass_mark) for one in found},
        spread=exact(card.spread_limit) if card else "30",
        percents={one.id: percents(one.card) for one in found},
        latest=latest,
        today=day_in_beijing(desk.now),
        may_adopt=desk.actor.has(Role.MANAGER),
        shares=[
            (
                one.value,
                desk.label(one),
                hundred(card.shares[one].weight) if card and one in card.shares else "",
                bool(card and one in card.shares and card.shares[one].is_required),
            )
            for one in Audience
        ],
        rows=[*_rows(card), *[("", "", "", "", "", "", "")] * SPARE],
        audiences=[(one.value, desk.label(one)) for one in Audience],
    )


def percents(card: Scorecard) -> dict[str, str]:
    """The weights of a card's criteria as they are read, by key."""
    words = {one.key: hundred(one.weight) for one in card.criteria}
    return {key: found if "/" in found else f"{found}%" for key, found in words.items()}


def hundred(share: Fraction) -> str:
    """A share as it is typed: in percent where that is a decimal number, else as in 1/3."""
    text = exact(share * 100)
    return text if "/" not in text else f"{share.numerator}/{share.denominator}"


def _rows(card: Scorecard | None) -> list[tuple[str, ...]]:
    if card is None:
        return []
    return [
        (
            one.key,
            one.audience.value,
            one.label_zh,
            one.label_en,
            hundred(one.weight),
            str(one.top),
            "" if one.minimum is None else str(one.minimum),
        )
        for one in card.criteria
    ]


@router.post("")
def adopt(desk: DeskDep) -> Response:
    """Adopt the next version of a card."""

    def act() -> None:
        fields = desk.fields
        name, effective_on = fields.text("name"), fields.day("effective_on")
        card = card_from(fields)
        fields.check()
        publish_scorecard(desk.tx, desk.actor, name=name, card=card, effective_on=effective_on, now=desk.now)

    return desk.act("card", act, then="/screening/cards", done="card.adopted", again=cards_page)


def card_from(fields: Fields) -> Scorecard:
    """The card that a form describes; every fault is noted."""
    shares = {
        one: Share(fields.share(f"weight-{one}"), fields.ticked(f"required-{one}"))
        for one in Audience
        if fields.raw(f"weight-{one}")
    }
    criteria = [_criterion(fields, str(row)) for row in range(1, MOST + 1) if fields.raw(f"key{row}")]
    return Scorecard(
        criteria=tuple(criteria),
        shares=shares,
        pass_mark=fields.number("pass_mark"),
        spread_limit=fields.number("spread_limit"),
    )


def _criterion(fields: Fields, row: str) -> Criterion:
    return Criterion(
        key=fields.text(f"key{row}"),
        audience=fields.choice(f"audience{row}", Audience),
        label_zh=fields.text(f"zh{row}"),
        label_en=fields.text(f"en{row}"),
        weight=fields.share(f"weight{row}"),
        top=fields.whole(f"top{row}"),
        minimum=fields.maybe_whole(f"minimum{row}"),
    )
