"""A row of the list of marks as the mark and the file that it makes, and a mark with its file as such a row."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from fund.holdings.mark_rules import Causes
from fund.holdings.queries import MarkSheet
from fund.valuations.file import File, Future, Input, Planned, Quoted, Rights, Synergy, Weighed
from fund.valuations.layouts import MarkRow
from kernel.errors import Invalid


class InputUndated(Invalid):
    code = "valuation_input_undated"
    says = "The input {name} has no day; a valuation file says of which day each input is."


class WorkingTwice(Invalid):
    code = "valuation_working_twice"
    says = "A mark has one valuation of its classes; {count} stand in the row."


def plain_of(one: Mapping[str, Any]) -> dict[str, str]:
    """A record as a mark keeps it: days as ISO text, without what only a file holds."""
    told = {name: part.isoformat() if isinstance(part, date) else part for name, part in one.items()}
    told.pop("evidence", None)
    if told.get("on") == "":
        del told["on"]
    return told


def causes_of(row: MarkRow) -> Causes | None:
    """The movement as split in the row; without the company's part the whole movement is the company's."""
    if row.company is None:
        return None
    return Causes(row.company, row.market, row.rights, row.currency)


def reason_of(row: MarkRow) -> str:
    """The reason in both languages, parted as everywhere: 中文 / English."""
    return " / ".join(text for text in (row.reason, row.reason_en) if text)


def file_of_row(row: MarkRow) -> File:
    """The valuation file of a row. Refused: an input whose day is not told, class rights valued twice."""
    undated = next((one["name"] for one in row.inputs if not one["on"]), None)
    if undated is not None:
        raise InputUndated(name=undated)
    return File(
        techniques=tuple(
            Weighed(one["technique"], one["weight"], _maybe(one["value"]), one["why"])
            for one in row.techniques
        ),
        inputs=tuple(Input(one["name"], one["value"], one["source"], one["on"]) for one in row.inputs),
        quoted=tuple(Quoted(one["number"], one["now"], one["why"]) for one in row.quoted),
        milestones=tuple(
            Planned(one["what"], one["due_on"], one["met_on"] or None, one["what_en"], one["evidence"])
            for one in row.milestones
        ),
        readiness=row.readiness,
        readiness_source=row.readiness_source,
        scenarios=tuple(_future(one) for one in row.scenarios),
        rights=_rights(row),
        synergy=None if row.synergy is None else Synergy(row.synergy, row.left_out),
        assisted_by=row.assisted_by,
    )


def _future(one: Mapping[str, Any]) -> Future:
    years, rate = one["years"] or Fraction(0), one["rate"] or Fraction(0)
    return Future(one["name"], one["probability"], one["proceeds"], years, rate, bool(one["is_converted"]))


def _rights(row: MarkRow) -> Rights | None:
    """How the classes on record are valued; a price of a share stands in yuan in the row."""
    if len(row.working) > 1:
        raise WorkingTwice(count=len(row.working))
    for one in row.working:
        price = _maybe(one["price"])
        return Rights(
            method=one["method"],
            classes=(),
            held=one["held"],
            held_shares=one["held_shares"],
            equity=_maybe(one["equity"]),
            volatility=_maybe(one["volatility"]),
            years=_maybe(one["years"]),
            rate=_maybe(one["rate"]),
            priced=one["priced"],
            price=None if price is None else price * 100,
        )
    return None


def _maybe(value: Any) -> Any:
    """What a record leaves out is nothing."""
    return None if value == "" else value


def row_of(known: MarkSheet, *, code: str, file: File | None, rights: Rights | None) -> MarkRow:
    """The row that makes a mark. `rights`: the file's, in shares as issued; those whose classes were typed into the
    file have no row.
    """
    causes = known.bridge.causes
    row = MarkRow(
        marked_on=known.marked_on,
        holding=code,
        value=known.value,
        technique=known.technique,
        company=causes.company,
        market=causes.market,
        rights=causes.rights,
        currency=causes.currency,
        reason=known.reason,
        reason_en="",
        inputs=tuple({**_NO_INPUT, **one, "on": _day(one.get("on"))} for one in known.inputs),
        calibration=known.calibration,
        milestones=tuple(
            {**_NO_MILESTONE, **one, "due_on": _day(one["due_on"]), "met_on": _day(one.get("met_on"))}
            for one in known.milestones
        ),
        is_permanent_loss=known.is_permanent_loss,
        corrects=False,
        techniques=(),
        scenarios=(),
        quoted=(),
        readiness=None,
        readiness_source="",
        synergy=None,
        left_out="",
        assisted_by="",
        instrument=known.instrument,
        ownership=known.ownership,
        working=() if rights is None else (_working(rights),),
    )
    return _with_file(row, file) if file else row


_NO_INPUT = {"name": "", "value": "", "source": ""}
_NO_MILESTONE = {"what": "", "what_en": "", "evidence": ""}


def _day(written: str | None) -> date | str:
    return date.fromisoformat(written) if written else ""


def _with_file(row: MarkRow, file: File) -> MarkRow:
    return replace(
        row,
        milestones=tuple(
            {
                "what": one.what,
                "what_en": one.what_en,
                "due_on": one.due_on,
                "met_on": one.met_on or "",
                "evidence": one.evidence,
            }
            for one in file.milestones
        ),
        techniques=tuple(
            {"technique": one.technique, "weight": one.weight, "value": _told(one.value), "why": one.why}
            for one in file.techniques
        ),
        scenarios=tuple(
            {
                "name": one.name,
                "probability": one.probability,
                "proceeds": one.proceeds,
                "years": one.years,
                "rate": one.rate,
                "is_converted": one.is_converted,
            }
            for one in file.scenarios
        ),
        quoted=tuple({"number": one.number, "now": one.now, "why": one.why} for one in file.quoted),
        readiness=file.readiness,
        readiness_source=file.readiness_source,
        synergy=file.synergy.exists if file.synergy else None,
        left_out=file.synergy.left_out if file.synergy else "",
        assisted_by=file.assisted_by,
    )


def _working(rights: Rights) -> dict[str, Any]:
    return {
        "method": rights.method,
        "held": rights.held,
        "held_shares": rights.held_shares,
        "equity": _told(rights.equity),
        "volatility": _told(rights.volatility),
        "years": _told(rights.years),
        "rate": _told(rights.rate),
        "priced": rights.priced,
        "price": "" if rights.price is None else rights.price / 100,
    }


def _told(value: Any) -> Any:
    return "" if value is None else value
