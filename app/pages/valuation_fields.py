"""The form of a valuation file: reading it, and what it begins with when the last file of the company is taken over."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.api.schemas import exact
from app.formats import money
from app.pages.fields import Fields
from fund.holdings.mark_rules import Technique
from fund.valuations.file import (
    MOST_CLASSES,
    ClassTerms,
    File,
    Future,
    Input,
    Planned,
    Quoted,
    Rights,
    RightsMethod,
    Synergy,
    Weighed,
)
from fund.valuations.queries import CalibrationSheet


@dataclass(frozen=True)
class Grid:
    """A part of the form with several lines: how many, and the name that says whether a line was filled in."""

    name: str
    lines: int

    def filled(self, fields: Fields) -> Iterator[int]:
        """The lines that say something; one beyond those of the form is a fault, so that none is left out unsaid."""
        lines = {f"{self.name}{line}": line for line in range(1, self.lines + 1)}
        numbered = re.compile(rf"{self.name}[0-9]+")
        for name in fields.typed():
            if numbered.fullmatch(name) and name not in lines and fields.raw(name):
                fields.wrong(self.name, "The form has at most {most} lines of this kind.", most=self.lines)
        return (line for name, line in lines.items() if fields.raw(name))


def _field(name: str) -> str:
    """The name of a field as the catalogue knows it; a line's number is added where a problem is told."""
    return name


NAMES = (
    _field("technique"),
    _field("weight"),
    _field("gives"),
    _field("input_on"),
    _field("now"),
    _field("milestone_due"),
    _field("milestone_met"),
    _field("readiness"),
    _field("scenario"),
    _field("probability"),
    _field("proceeds"),
    _field("years"),
    _field("rate"),
    _field("shares"),
    _field("invested"),
    _field("multiple"),
    _field("cap"),
    _field("seniority"),
    _field("strike"),
    _field("rights_method"),
    _field("held_shares"),
    _field("equity"),
    _field("volatility"),
    _field("rights_years"),
    _field("rights_rate"),
    _field("price"),
)
TECHNIQUES = Grid("technique", 3)
INPUTS = Grid("input", 6)
MILESTONES = Grid("milestone", 4)
SCENARIOS = Grid("scenario", 4)
CLASSES = Grid("class", MOST_CLASSES)
CLASSES_SHOWN = 5


def read_file(fields: Fields, known: Sequence[CalibrationSheet]) -> File:
    """The file that was typed; every fault is noted in its field."""
    answer = fields.raw("synergy")
    return File(
        techniques=tuple(_technique(fields, line) for line in TECHNIQUES.filled(fields)),
        inputs=tuple(
            Input(
                fields.raw(f"input{line}"),
                fields.raw(f"input_value{line}"),
                fields.raw(f"input_source{line}"),
                fields.day(f"input_on{line}"),
            )
            for line in INPUTS.filled(fields)
        ),
        quoted=tuple(
            Quoted(one.number, fields.number(f"now{one.number}"), fields.raw(f"moved{one.number}"))
            for one in known
            if fields.raw(f"now{one.number}")
        ),
        milestones=tuple(_milestone(fields, line) for line in MILESTONES.filled(fields)),
        readiness=fields.maybe_whole("readiness"),
        readiness_source=fields.raw("readiness_source"),
        scenarios=tuple(_scenario(fields, line) for line in SCENARIOS.filled(fields)),
        rights=_rights(fields),
        synergy=Synergy(answer == "yes", fields.raw("left_out")) if answer in {"yes", "no"} else None,
        assisted_by=fields.raw("assisted_by"),
    )


def _technique(fields: Fields, line: int) -> Weighed:
    return Weighed(
        fields.choice(f"technique{line}", Technique),
        fields.percent(f"weight{line}"),
        fields.maybe_money(f"gives{line}"),
        fields.raw(f"why{line}"),
    )


def _milestone(fields: Fields, line: int) -> Planned:
    return Planned(
        fields.raw(f"milestone{line}"),
        fields.day(f"milestone_due{line}"),
        fields.maybe_day(f"milestone_met{line}"),
        evidence=fields.raw(f"evidence{line}"),
    )


def _scenario(fields: Fields, line: int) -> Future:
    return Future(
        fields.raw(f"scenario{line}"),
        fields.percent(f"probability{line}"),
        fields.money(f"proceeds{line}"),
        _number(fields, f"years{line}", Fraction(0)),
        fields.percent(f"rate{line}") if fields.raw(f"rate{line}") else Fraction(0),
        fields.ticked(f"converted{line}"),
    )


def _class(fields: Fields, line: int) -> ClassTerms:
    return ClassTerms(
        fields.raw(f"class{line}"),
        fields.number(f"shares{line}"),
        fields.maybe_money(f"invested{line}") or 0,
        _number(fields, f"multiple{line}", Fraction(1)),
        fields.ticked(f"participating{line}"),
        fields.number(f"cap{line}") if fields.raw(f"cap{line}") else None,
        fields.maybe_whole(f"seniority{line}") or 0,
        _number(fields, f"strike{line}", Fraction(0)) * 100,
    )


def _rights(fields: Fields) -> Rights | None:
    method = fields.maybe_choice("rights_method", RightsMethod)
    if method is None:
        return None
    price = fields.number("price") * 100 if fields.raw("price") else None
    return Rights(
        method,
        tuple(_class(fields, line) for line in CLASSES.filled(fields)),
        fields.raw("held"),
        fields.number("held_shares"),
        fields.maybe_money("equity"),
        fields.percent("volatility") if fields.raw("volatility") else None,
        fields.number("rights_years") if fields.raw("rights_years") else None,
        fields.percent("rights_rate") if fields.raw("rights_rate") else None,
        fields.raw("priced"),
        price,
    )


def _number(fields: Fields, name: str, otherwise: Fraction) -> Fraction:
    return fields.number(name) if fields.raw(name) else otherwise


def typed_file(file: File) -> dict[str, str]:
    """What the fields say for a file: the form begins with the last one, so that only what changed is typed."""
    typed = {
        "readiness": str(file.readiness or ""),
        "readiness_source": file.readiness_source,
        "assisted_by": file.assisted_by,
    }
    if file.synergy:
        typed |= {"synergy": "yes" if file.synergy.exists else "no", "left_out": file.synergy.left_out}
    for line, one in enumerate(file.techniques, 1):
        typed |= _lined(line, technique=one.technique, weight=_percent(one.weight), why=one.why)
        typed[f"gives{line}"] = "" if one.value is None else money(one.value)
    for line, given in enumerate(file.inputs, 1):
        typed |= _lined(line, input=given.name, input_value=given.value, input_source=given.source)
        typed[f"input_on{line}"] = given.on.isoformat()
    for line, planned in enumerate(file.milestones, 1):
        typed |= _lined(line, milestone=planned.what, milestone_due=planned.due_on.isoformat())
        met = planned.met_on.isoformat() if planned.met_on else ""
        typed |= _lined(line, milestone_met=met, evidence=planned.evidence)
    for line, future in enumerate(file.scenarios, 1):
        typed |= _lined(line, scenario=future.name, probability=_percent(future.probability))
        typed |= _lined(line, proceeds=money(future.proceeds), years=exact(future.years))
        typed |= _lined(line, rate=_percent(future.rate), converted="yes" if future.is_converted else "")
    return typed | _typed_rights(file.rights) if file.rights else typed


def _typed_rights(rights: Rights) -> dict[str, str]:
    typed = {
        "rights_method": rights.method,
        "held": rights.held,
        "equity": "" if rights.equity is None else money(rights.equity),
        "volatility": _percent(rights.volatility),
        "rights_years": "" if rights.years is None else exact(rights.years),
        "rights_rate": _percent(rights.rate),
        "priced": rights.priced,
    }
    return typed | typed_counts(rights.held_shares, rights.price) | typed_classes(rights.classes)


def typed_counts(held_shares: Fraction | None, price: Fraction | None) -> dict[str, str]:
    """What the fields say for the shares held and the price of a share."""
    return {
        "held_shares": "" if held_shares is None else exact(held_shares),
        "price": "" if price is None else exact(price / 100),
    }


def typed_classes(classes: Iterable[ClassTerms]) -> dict[str, str]:
    """What the fields say for a cap table."""
    typed: dict[str, str] = {}
    for line, one in enumerate(classes, 1):
        typed |= _lined(line, shares=exact(one.shares), invested=money(one.invested) if one.invested else "")
        typed |= _lined(line, multiple=exact(one.multiple), seniority=str(one.seniority))
        typed |= _lined(line, participating="yes" if one.is_participating else "")
        typed |= _lined(line, cap="" if one.cap_multiple is None else exact(one.cap_multiple))
        typed |= _lined(line, strike=exact(one.strike / 100) if one.strike else "")
        typed[f"class{line}"] = one.name
    return typed


def _lined(line: int, **said: str) -> dict[str, str]:
    return {f"{name}{line}": text for name, text in said.items()}


def _percent(share: Fraction | None) -> str:
    return "" if share is None else exact(share * 100)
