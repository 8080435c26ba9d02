"""The classes of a valuation form, taken over from the rights on record, or from the cap table where somebody asks."""

from collections.abc import Mapping
from datetime import date

from app.pages.desk import Desk
from app.pages.valuation_fields import CLASSES, CLASSES_SHOWN, INPUTS, typed_classes, typed_counts
from fund.holdings.queries import HoldingSheet
from fund.valuations.queries import FileSheet
from fund.valuations.rights import rights_on
from pipeline.spinouts.class_table import ClassTable, NoCapTable, class_table, counted_again

# The fields of one line of the form's table of classes.
CLASS_FIELDS = ("class", "shares", "invested", "multiple", "participating", "cap", "seniority", "strike")


def table_of(desk: Desk, sheet: HoldingSheet, on: date) -> ClassTable | None:
    """The classes of that day, where there are any that the person may read."""
    try:
        return class_table(desk.tx, holding=sheet, on=on, actor=desk.actor)
    except NoCapTable:
        return None


def is_too_long(table: ClassTable | None) -> bool:
    """Whether a file could not hold the classes of the table; a part of them would be valued as if it were all."""
    return table is not None and len(table.classes) > CLASSES.lines


def is_taken(desk: Desk, table: ClassTable | None) -> bool:
    """Whether the form begins with the classes of the table: always with rights on record, else where it is asked."""
    if table is None or is_too_long(table):
        return False
    return table.rights is not None or bool(desk.query.raw("classes"))


def taken_over(
    desk: Desk,
    table: ClassTable | None,
    begun: dict[str, str],
    *,
    sheet: HoldingSheet,
    last: FileSheet | None,
) -> dict[str, str]:
    """What the form begins with: the classes of the table where they are taken, what they are from as inputs, and of
    the last file the fund's shares and the price as those classes count them.
    """
    if table is None or not is_taken(desk, table):
        return begun
    kept = {name: text for name, text in begun.items() if name.rstrip("0123456789") not in CLASS_FIELDS}
    kept |= typed_classes(table.classes)
    if last is not None and last.file.rights is not None:
        before = rights_on(desk.tx, party_id=sheet.party_id, on=last.effective_on)
        kept |= typed_counts(*counted_again(last.file.rights, table, before))
    count = desk.say("{count} classes", count=len(table.classes))
    if table.rights is not None:
        known = table.rights.kept
        told = desk.say("No. {number}, {count} classes", number=known.number, count=len(table.classes))
        kept |= _as_input(desk.say("Rights of share classes"), told, known.source, known.effective_on, kept)
    if table.company:
        source = desk.say("Cap table of {company}", company=table.company)
        kept |= _as_input(desk.say("Cap table"), count, source, table.on, kept)
    return kept


def lines_shown(desk: Desk, begun: Mapping[str, str]) -> int:
    """As many lines of classes as are filled and one more, and at least the usual ones."""
    named = {name for name, text in desk.entered.items() if text} | set(begun)
    last = max((line for line in range(1, CLASSES.lines + 1) if f"class{line}" in named), default=0)
    return min(CLASSES.lines, max(CLASSES_SHOWN, last + 1))


def _as_input(name: str, value: str, source: str, on: date, begun: Mapping[str, str]) -> dict[str, str]:
    """What the classes are from as the first input that is free, with its source and its day."""
    taken = [line for line in range(1, INPUTS.lines + 1) if begun.get(f"input{line}") not in {None, "", name}]
    free = next((line for line in range(1, INPUTS.lines + 1) if line not in taken), None)
    if free is None:
        return {}
    return {
        f"input{free}": name,
        f"input_value{free}": value,
        f"input_source{free}": source,
        f"input_on{free}": on.isoformat(),
    }
