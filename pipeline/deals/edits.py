"""Which facts of a deal may be changed, and into what. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from kernel.errors import Conflict, Invalid, Problem
from pipeline.channel.rules import ChainPosition
from pipeline.deals.rules import Origin, Stage

TEXTS = frozenset(
    {"name", "technology", "sector", "city", "development_stage", "round_name", "instrument", "next_step"}
)
AMOUNTS = frozenset({"amount", "pre_money"})
KEYS = frozenset({"owner_id", "spinout_id", "achievement_id"})
CHOICES: Mapping[str, type[StrEnum]] = MappingProxyType({"chain_position": ChainPosition, "origin": Origin})
EDITABLE = TEXTS | AMOUNTS | KEYS | CHOICES.keys() | {"next_step_on"}

# What the committee has decided on stays as it was: the company, the money, and what the limits are held against.
FIXED_BY_DECISION = AMOUNTS | {
    "instrument",
    "round_name",
    "spinout_id",
    "achievement_id",
    "origin",
    "sector",
    "chain_position",
    "development_stage",
    "city",
}
DECIDED = frozenset({Stage.CLOSING, Stage.HELD, Stage.EXITED})


class DealInvalid(Invalid):
    code = "deal_invalid"
    says = "The deal cannot be kept as it is:"


class DealFixed(Conflict):
    code = "deal_fixed"
    says = "{deal} is {stage}: the committee has decided on it, so these stay as they are: {fields}."


def checked(changes: Mapping[str, object]) -> dict[str, Any]:
    """The changes in their own types, texts without blanks around them; every fault is named at once."""
    clean: dict[str, Any] = {}
    problems: list[Problem] = []
    for field, value in changes.items():
        fault = _fault(field, value)
        if fault:
            problems.append(Problem(field, fault, {"value": value}))
        else:
            clean[field] = _clean(field, value)
    if problems:
        raise DealInvalid(problems=problems)
    return clean


def check_fixed(code: str, stage: Stage, fields: frozenset[str]) -> None:
    """Refuse to change what the committee has decided on; a deal that is sent back may be changed again."""
    fixed = sorted(fields & FIXED_BY_DECISION)
    if stage in DECIDED and fixed:
        raise DealFixed(deal=code, stage=stage, fields=", ".join(fixed))


def _fault(field: str, value: object) -> str:
    if field not in EDITABLE:
        return "there is nothing of that name to change"
    if field in TEXTS:
        return _text_fault(field, value)
    if value is None:
        return "must not be empty" if field == "origin" else ""
    if field in CHOICES:
        return "" if value in list(CHOICES[field]) else "“{value}” is not one of the choices"
    if field == "next_step_on":
        return "" if isinstance(value, date) else "expected a day"
    is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return "" if is_whole else "expected a whole number, not below zero"


def _text_fault(field: str, value: object) -> str:
    if not isinstance(value, str):
        return "expected text"
    return "must not be empty" if field == "name" and not value.strip() else ""


def _clean(field: str, value: object) -> object:
    if isinstance(value, str) and field in CHOICES:
        return CHOICES[field](value)
    return value.strip() if isinstance(value, str) else value


def plain(value: object) -> object:
    """A fact as it is kept in the history: text, number or nothing."""
    return value if value is None or isinstance(value, int) else str(value)
