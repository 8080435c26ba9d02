"""Importing a list: choose a file, see what every row would become, then bring it in, all rows or none."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.formats import NOTHING, money, percent
from app.languages import Language
from app.lists.blanks import blank, kind_named, known_as
from app.lists.kinds import KINDS, Given, Kind, ListKind, bring_in, kinds_for, kinds_of
from app.lists.looking import Look, SeenColumn, SeenList, SeenRow, look
from app.pages.desk import Desk, DeskDep
from app.uploads import list_of
from fund.fees.categories import Category, category_facts
from kernel.blobs.actions import hand_in, let_go
from kernel.blobs.queries import handed_in
from kernel.errors import Forbidden, Problem
from kernel.sheets.files import LARGEST_MEGABYTES, open_file
from kernel.sheets.reading import Column
from kernel.sheets.words import Secret
from kernel.sheets.writing import MEDIA_TYPE

router = APIRouter(include_in_schema=False, prefix="/import")

SHOWN_ROWS = 100
HOMES = {
    ListKind.TERMS: "/fund/terms",
    ListKind.USERS: "/users",
    ListKind.PARTNERS: "/fund/partners",
    ListKind.COMMITMENTS: "/fund/partners",
    ListKind.CALLS: "/fund/calls",
    ListKind.RECEIPTS: "/fund/calls",
    ListKind.EXPENSES: "/fund/costs",
    ListKind.EARNED_INCOME: "/fund/income",
    ListKind.ENTRIES: "/fund/books/journals",
    ListKind.HOLIDAYS: "/holidays",
    ListKind.BANK_LINES: "/fund/bank",
    ListKind.TRANSFERS: "/fund/transfers",
    ListKind.SIDE_LETTERS: "/fund/letters",
    ListKind.MARKS: "/fund/portfolio",
    ListKind.INDEX_LEVELS: "/fund/returns",
    ListKind.RESERVES: "/fund/reserves",
    ListKind.CLASS_RIGHTS: "/fund/portfolio",
    ListKind.REVENUES: "/fund/exposure",
    ListKind.DEMANDS: "/channel/demands",
    ListKind.ACHIEVEMENTS: "/channel/achievements",
    ListKind.READINESS: "/channel/achievements",
    ListKind.SPINOUTS: "/channel/spinouts",
    ListKind.DEALS: "/deals",
}


class NothingToImport(Forbidden):
    code = "nothing_to_import"
    says = "There is no list that you may bring in."


@router.get("")
def choose(desk: DeskDep) -> HTMLResponse:
    """Choose a file, or take a blank to fill in."""
    return choose_page(desk)


def choose_page(desk: Desk) -> HTMLResponse:
    """The field for a file and the lists that this person may bring in."""
    kinds = kinds_for(desk.actor)
    if not kinds:
        raise NothingToImport
    lists = [(kind.name, [heading_of(desk, column) for column in kind.layout.columns]) for kind in kinds]
    return desk.show("imports/choose.html", lists=lists, megabytes=LARGEST_MEGABYTES)


@router.get("/blank/{kind}")
def blank_of(desk: DeskDep, kind: str) -> Response:
    """A workbook to fill in."""
    found = kind_named(KINDS, kind)
    content = blank(desk.actor, kind=found, made_at=desk.now)
    name = quote(f"{desk.label(found.name)}.xlsx")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.post("")
def hand(desk: DeskDep) -> Response:
    """Take the file and show what it would do; nothing counts yet."""
    kept: list[int] = []

    def act() -> None:
        file = desk.fields.file("file")
        if file is None:
            desk.fields.wrong("file", "Choose a file.")
        desk.fields.check()
        assert file is not None
        assert desk.actor.user_id is not None
        given = Given((file.filename or "")[-120:], list_of(file))
        kinds_of(open_file(given.name, given.content))
        kept.append(
            hand_in(
                desk.tx,
                user_id=desk.actor.user_id,
                filename=given.name,
                content=given.content,
                now=desk.now,
            )
        )

    return desk.act("file", act, then=lambda: f"/import/{kept[0]}", done="", again=choose_page)


@router.get("/{key:int}")
def examine(desk: DeskDep, key: int) -> HTMLResponse:
    """What the file would do."""
    return look_page(desk, key)


def look_page(desk: Desk, key: int) -> HTMLResponse:
    """Every list of it with its columns, totals, rows and faults."""
    given = _given(desk, key)
    kinds = kinds_of(open_file(given.name, given.content))
    seen = look(desk.tx, desk.actor, given=given, named=None, fund_id=_fund(desk, kinds), now=desk.now)
    return desk.show(
        "imports/look.html",
        key=key,
        look=seen,
        lists=[
            (one, rows_shown(one), [cells(desk, one, row) for row in rows_shown(one)]) for one in seen.lists
        ],
        heading_of=lambda column: heading_of(desk, column),
        home=home_of(seen),
    )


@router.post("/{key:int}")
def bring(desk: DeskDep, key: int) -> Response:
    """Bring the list in, as it was looked at."""
    where = ["/import"]
    told: list[Problem] = []

    def act() -> None:
        given = _given(desk, key)
        kinds = kinds_of(open_file(given.name, given.content))
        fund_id = _fund(desk, kinds)
        done = bring_in(desk.tx, desk.actor, kinds=kinds, given=given, fund_id=fund_id, now=desk.now)
        told.extend(one for list_ in done for one in list_.told)
        assert desk.actor.user_id is not None
        let_go(desk.tx, user_id=desk.actor.user_id)
        where[0] = HOMES.get(kinds[0].name, "/import")

    def again(refused: Desk) -> Response:
        return look_page(refused, key)

    answer = desk.act("bring", act, then=lambda: where[0], done="list.imported", again=again)
    if told and answer.status_code == HTTPStatus.SEE_OTHER:
        return desk.show("imports/told.html", told=told, home=where[0])
    return answer


def _given(desk: Desk, key: int) -> Given:
    assert desk.actor.user_id is not None
    row = handed_in(desk.tx, user_id=desk.actor.user_id, key=key)
    return Given(row.filename, row.content)


def _fund(desk: Desk, kinds: Sequence[Kind]) -> int | None:
    return desk.fund.id if any(kind.of_fund for kind in kinds) else None


def home_of(seen: Look) -> str:
    """The page on which the rows will be found."""
    return HOMES.get(seen.kinds[0].name, "/import")


def heading_of(desk: Desk, column: Column) -> str:
    """A column's heading in the language of the page."""
    return known_as(column)[desk.language is Language.EN]


def rows_shown(one: SeenList) -> list[SeenRow]:
    """The first rows, and of the others those that are faulty."""
    faulty = [row for row in one.rows[SHOWN_ROWS:] if row.faults]
    return [*one.rows[:SHOWN_ROWS], *faulty[:SHOWN_ROWS]]


def cells(desk: Desk, one: SeenList, row: SeenRow) -> list[str]:
    """A row's values as they would be kept, or as they stand in the file where it could not be read."""
    found = zip(one.columns, row.values, strict=True)
    return [_text(desk, column, value) if row.is_read else _typed(column, value) for column, value in found]


def _typed(column: SeenColumn, value: object) -> str:
    reader = column.column.reader
    return reader.shown(str(value)) if isinstance(reader, Secret) else str(value)


def _text(desk: Desk, column: SeenColumn, value: object) -> str:
    match value:
        case None | "" | ():
            found = NOTHING
        case bool():
            found = desk.say("Yes") if value else desk.say("No")
        case int() if column.is_money:
            found = money(value)
        case int() if isinstance(column.column.reader, Category):
            facts = category_facts(value)
            found = f"{value} {desk.name(facts.name_zh, facts.name_en)}"
        case StrEnum():
            found = desk.label(value)
        case date():
            found = value.isoformat()
        case Fraction():
            found = percent(value)
        case tuple():
            parts = [" ".join(one.values()) if isinstance(one, dict) else str(one) for one in value]
            found = "；".join(parts)
        case _:
            found = _typed(column, value)
    return found
