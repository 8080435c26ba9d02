"""Blanks are read by the importers whose layouts they are made from; their example never comes in."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from app.lists.blanks import BlankUnknown, blank, heading, kind_named
from app.lists.examples import EXAMPLES
from app.lists.kinds import KINDS, Kind, ListKind, kinds_for, kinds_of
from kernel.identity.rules import SYSTEM, Actor, Role, RoleMissing
from kernel.sheets.files import open_file
from kernel.sheets.reading import EXAMPLE_MARK, Layout, SheetRefused, read_grid

NOW = datetime(2026, 9, 30, tzinfo=UTC)
NAMES = [kind.name for kind in KINDS]


def layouts(kind: Kind) -> list[tuple[ListKind, Layout[object]]]:
    return [(kind.name, kind.layout), *((one.name, one.layout) for one in kind.beside)]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_blank_is_known_by_its_headings_and_holds_no_rows(kind: Kind) -> None:
    grids = open_file("blank.xlsx", blank(SYSTEM, kind=kind, made_at=NOW))
    assert kinds_of(grids)[0] is kind
    for (_, layout), grid in zip(layouts(kind), grids, strict=False):
        assert layout.fit(grid) == len(layout.columns)
        assert not read_grid(grid, layout).lines


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_the_example_row_is_one_that_the_importer_understands(kind: Kind) -> None:
    book = load_workbook(BytesIO(blank(SYSTEM, kind=kind, made_at=NOW)))
    for page in book.worksheets:
        for cell in page[2]:
            if isinstance(cell.value, str):
                cell.value = cell.value.removeprefix(EXAMPLE_MARK)
    target = BytesIO()
    book.save(target)
    grids = open_file("filled.xlsx", target.getvalue())
    for (name, layout), grid in zip(layouts(kind), grids, strict=False):
        reading = read_grid(grid, layout)
        assert not reading.problems
        assert not reading.notices
        (line,) = reading.lines
        given = {field for field, value in EXAMPLES[name].items() if value is not None}
        assert given <= {column.field for column in layout.columns}
        for field in given:
            wanted, found = EXAMPLES[name][field], getattr(line.value, field)
            if isinstance(wanted, int):
                assert found == wanted, field


def test_every_column_is_explained_in_both_languages() -> None:
    for kind in KINDS:
        notes = load_workbook(BytesIO(blank(SYSTEM, kind=kind, made_at=NOW)))["填写说明 Notes"]
        told = {row[1]: row[3] for row in notes.iter_rows(min_row=2, values_only=True)}
        for _, layout in layouts(kind):
            for column in layout.columns:
                assert told[heading(column)]


def test_a_choice_names_every_word_that_may_be_chosen() -> None:
    notes = load_workbook(BytesIO(blank(SYSTEM, kind=kind_named(KINDS, "deals"), made_at=NOW)))[
        "填写说明 Notes"
    ]
    told = {str(row[1]): str(row[3]) for row in notes.iter_rows(min_row=2, values_only=True)}
    assert "实验室、联合创新中心" in told["来源 Origin"]


def test_a_blank_is_for_those_who_may_bring_the_list_in() -> None:
    analyst = Actor(1, "A", frozenset({Role.ANALYST}))
    with pytest.raises(RoleMissing):
        blank(analyst, kind=kind_named(KINDS, "calls"), made_at=NOW)
    assert "calls" not in {kind.name for kind in kinds_for(analyst)}
    with pytest.raises(BlankUnknown):
        kind_named(KINDS, "rights")


def test_a_forgotten_example_is_passed_over_and_other_rows_are_read() -> None:
    book = Workbook()
    page = book.worksheets[0]
    for row in (["类型", "名称"], ["例：组织", "甲"], ["组织", "乙"], ["妖怪", "丙"]):
        page.append(row)
    target = BytesIO()
    book.save(target)
    (grid,) = open_file("x.xlsx", target.getvalue())
    reading = read_grid(grid, kind_named(KINDS, "parties").layout)
    assert [line.value.name_zh for line in reading.lines] == ["乙"]
    with pytest.raises(SheetRefused, match="1 faults"):
        reading.required()
