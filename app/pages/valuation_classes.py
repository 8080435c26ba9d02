"""The classes of a valuation form, taken over from the company's cap table where somebody asks for it."""

from datetime import date

from app.pages.desk import Desk
from app.pages.valuation_fields import INPUTS, typed_classes
from fund.holdings.queries import HoldingSheet
from pipeline.spinouts.class_table import ClassTable, NoCapTable, class_table

# The fields of one line of the form's table of classes.
CLASS_FIELDS = ("class", "shares", "invested", "multiple", "participating", "cap", "seniority", "strike")


def table_of(desk: Desk, sheet: HoldingSheet, on: date) -> ClassTable | None:
    """The classes by the cap table of that day, where there is one that the person may read."""
    try:
        return class_table(desk.tx, holding=sheet, on=on, actor=desk.actor)
    except NoCapTable:
        return None


def taken_over(desk: Desk, table: ClassTable | None, begun: dict[str, str]) -> dict[str, str]:
    """What the form begins with: where the address asks for it the classes of the cap table, and it as an input."""
    if table is None or not desk.query.raw("classes"):
        return begun
    kept = {name: text for name, text in begun.items() if name.rstrip("0123456789") not in CLASS_FIELDS}
    return kept | typed_classes(table.classes) | _as_input(desk, table, kept)


def _as_input(desk: Desk, table: ClassTable, begun: dict[str, str]) -> dict[str, str]:
    """The cap table as the first input that is free, with its source and its day."""
    name = desk.say("Cap table")
    taken = [line for line in range(1, INPUTS.lines + 1) if begun.get(f"input{line}") not in {None, "", name}]
    free = next((line for line in range(1, INPUTS.lines + 1) if line not in taken), None)
    if free is None:
        return {}
    return {
        f"input{free}": name,
        f"input_value{free}": desk.say("{count} classes", count=len(table.classes)),
        f"input_source{free}": desk.say("Cap table of {company}", company=table.company),
        f"input_on{free}": table.on.isoformat(),
    }
