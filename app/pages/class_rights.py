"""The page of a company's class rights: what is on record from which day, and the form that puts a set on record."""

from fractions import Fraction

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.api.schemas import exact
from app.formats import money
from app.pages.desk import Desk, DeskDep
from app.pages.fields import Fields
from app.pages.frame import STAFF
from app.pages.portfolio import holding_of
from app.pages.valuation_classes import lines_shown
from app.pages.valuation_fields import CLASSES
from fund.valuations.right_rules import AntiDilution, ClassKind, ClassRights
from fund.valuations.rights import KEEPERS, RightsSheet, keep_rights, rights_on, rights_versions
from kernel.identity.rules import Role
from kernel.instants import day_in_beijing

router = APIRouter(include_in_schema=False, prefix="/fund/portfolio/{code}/rights")


@router.get("")
def show(desk: DeskDep, code: str) -> HTMLResponse:
    """What is on record."""
    return rights_page(desk, code)


def rights_page(desk: Desk, code: str) -> HTMLResponse:
    """The rights that hold today, every set before, and the form, begun with what holds."""
    desk.actor.require(*STAFF, Role.COMMITTEE)
    today = day_in_beijing(desk.now)
    sheet = holding_of(desk, code, today)
    found = rights_on(desk.tx, party_id=sheet.party_id, on=today)
    begun = _typed(found.kept if found else None)
    return desk.show(
        "fund/class_rights.html",
        holding=sheet,
        kept=found.kept if found else None,
        adjustments=found.adjustments if found else (),
        used={one.name: one.used for one in found.converting} if found else {},
        versions=rights_versions(desk.tx, party_id=sheet.party_id)[::-1],
        begun=begun,
        lines=lines_shown(desk, begun),
        kinds=[(one, desk.label(one)) for one in ClassKind],
        ways=[(one, desk.label(one)) for one in AntiDilution],
        may_keep=desk.actor.has(*KEEPERS),
        today=today,
    )


@router.post("")
def keep(desk: DeskDep, code: str) -> Response:
    """Put a set of rights on record."""
    desk.actor.require(*KEEPERS)
    sheet = holding_of(desk, code, day_in_beijing(desk.now))

    def act() -> None:
        fields = desk.fields
        effective_on, source = fields.day("effective_on"), fields.text("source")
        classes = tuple(_class(fields, line) for line in CLASSES.filled(fields))
        fields.check()
        keep_rights(
            desk.tx,
            desk.actor,
            holding=sheet,
            effective_on=effective_on,
            classes=classes,
            source=source,
            now=desk.now,
        )

    return desk.act(
        "rights",
        act,
        then=f"/fund/portfolio/{code}/rights",
        done="valuation.rights_kept",
        again=lambda refused: rights_page(refused, code),
    )


def _class(fields: Fields, line: int) -> ClassRights:
    def number(name: str, otherwise: int) -> Fraction:
        return fields.number(f"{name}{line}") if fields.raw(f"{name}{line}") else Fraction(otherwise)

    return ClassRights(
        name=fields.raw(f"class{line}"),
        kind=fields.choice(f"kind{line}", ClassKind),
        shares=fields.number(f"shares{line}"),
        invested=fields.maybe_money(f"invested{line}") or 0,
        multiple=number("multiple", 1),
        is_participating=fields.ticked(f"participating{line}"),
        cap_multiple=fields.number(f"cap{line}") if fields.raw(f"cap{line}") else None,
        seniority=fields.maybe_whole(f"seniority{line}") or 0,
        conversion=number("conversion", 1),
        anti_dilution=fields.maybe_choice(f"dilution{line}", AntiDilution) or AntiDilution.NONE,
        strike=number("strike", 0) * 100,
        is_exempt=fields.ticked(f"exempt{line}"),
    )


def _typed(kept: RightsSheet | None) -> dict[str, str]:
    """What the form begins with: the rights that hold."""
    typed: dict[str, str] = {}
    for line, one in enumerate(kept.classes if kept else (), 1):
        said = {
            "class": one.name,
            "kind": one.kind,
            "shares": exact(one.shares),
            "invested": money(one.invested) if one.invested else "",
            "multiple": exact(one.multiple) if one.invested else "",
            "participating": "yes" if one.is_participating else "",
            "cap": "" if one.cap_multiple is None else exact(one.cap_multiple),
            "seniority": str(one.seniority) if one.seniority else "",
            "conversion": exact(one.conversion) if one.invested else "",
            "dilution": one.anti_dilution,
            "strike": exact(one.strike / 100) if one.strike else "",
            "exempt": "yes" if one.is_exempt else "",
        }
        typed |= {f"{name}{line}": text for name, text in said.items()}
    return typed
