"""Lists from spreadsheets: what a file would do, bringing it in (all rows or none), and blanks to fill in."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, File, Header, Query, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.api.once import Once
from app.api.schemas import REFUSALS, MoneyOut, money
from app.deps import ApiActor, LanguageDep, Now, TxDep
from app.languages import Language, fault, label, place
from app.lists.blanks import blank, kind_named, known_as
from app.lists.kinds import KINDS, Given, Kind, ListKind, bring_in, kinds_for, kinds_of
from app.lists.looking import Look, SeenList, look
from app.lists.untold import unread
from app.uploads import list_of
from fund.charter.queries import fund_by_code, only_fund
from kernel.db import Tx
from kernel.errors import Problem
from kernel.idempotency.actions import request_hash
from kernel.sheets.files import open_file
from kernel.sheets.importing import Imported
from kernel.sheets.writing import MEDIA_TYPE

router = APIRouter(prefix="/api/v1/imports", tags=["imports"], responses=REFUSALS)

NamedKind = Annotated[
    ListKind | None, Query(description="Which list it is; found by its headings when left out")
]
FundCode = Annotated[str | None, Query(max_length=16, description="Needed when there are several funds")]
Key = Annotated[
    str, Header(min_length=1, max_length=64, description="A fresh key per request; repeat it to retry safely")
]


class KindOut(BaseModel):
    """A list that the actor may bring in, and the headings it must have."""

    kind: ListKind
    name: str
    needed: list[str]
    optional: list[str]


class ImportedOut(BaseModel):
    """What was read from one sheet and booked, or would be; `known` of its rows said nothing new."""

    what: str
    sheet: str
    rows: int
    known: int


class FaultOut(BaseModel):
    """What is wrong, where: `row` is null for the file as a whole."""

    sheet: str
    row: int | None
    heading: str
    what: str


class ColumnOut(BaseModel):
    """A heading of the file and the field it was taken for; `total` sums a column of money."""

    heading: str
    field: str
    total: MoneyOut | None


class ListOut(BaseModel):
    """One list of the file as it was understood."""

    kind: ListKind
    sheet: str
    rows: int
    faulty: int
    columns: list[ColumnOut]
    absent: list[str]


class ImportOut(BaseModel):
    """What an import did, or as a dry run would do; `faults` refuse the file, `notices` are only told, `known`
    names the rows that said nothing new and were left alone.

    `told` holds what is told this once (one-time passwords); a repetition of the request answers without it.
    """

    file: str
    sha256: str
    dry_run: bool
    is_good: bool
    imported: list[ImportedOut]
    lists: list[ListOut]
    faults: list[FaultOut]
    notices: list[str]
    unread: list[str]
    known: list[FaultOut] = []
    told: list[str] = []


def given(file: Annotated[UploadFile, File(description="CSV or XLSX, 20 MB at most")]) -> Given:
    """The file of the request."""
    return Given((file.filename or "list")[-120:], list_of(file))


GivenDep = Annotated[Given, Depends(given)]


@router.get("")
def listed(actor: ApiActor, language: LanguageDep) -> list[KindOut]:
    """The lists that the actor may bring in."""
    return [
        KindOut(
            kind=kind.name,
            name=label(language, kind.name),
            needed=[_shown(language, kind, place) for place in _columns(kind, needed=True)],
            optional=[_shown(language, kind, place) for place in _columns(kind, needed=False)],
        )
        for kind in kinds_for(actor)
    ]


@router.get("/{kind}/blank", response_class=Response)
def blank_of(kind: ListKind, actor: ApiActor, now: Now) -> Response:
    """A workbook to fill in: headings in both languages, an example row, and how to write each column."""
    content = blank(actor, kind=kind_named(KINDS, kind), made_at=now)
    headers = {"Content-Disposition": f'attachment; filename="{kind}-blank.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.post("", status_code=201, response_model=ImportOut)
def bring(
    tx: TxDep,
    actor: ApiActor,
    now: Now,
    language: LanguageDep,
    file: GivenDep,
    idempotency_key: Key,
    kind: NamedKind = None,
    fund: FundCode = None,
    dry_run: Annotated[bool, Query(description="Check every row and change nothing")] = False,
) -> object:
    """Bring a list in, all rows or none. A dry run answers with every column, total and fault and changes nothing."""
    grids = open_file(file.name, file.content)
    kinds = (kind_named(KINDS, kind),) if kind else kinds_of(grids)
    fund_id = _fund(tx, fund, kinds)
    if dry_run:
        seen = look(tx, actor, given=file, named=kind, fund_id=fund_id, now=now)
        return JSONResponse(_looked(seen, file, language).model_dump(mode="json"), 200)

    told: list[str] = []

    def act() -> ImportOut:
        done = bring_in(tx, actor, kinds=kinds, given=file, fund_id=fund_id, now=now)
        told.extend(_said(language, one) for list_ in done for one in list_.told)
        return _answer(file, language, done=done, unread=list(unread(grids, kinds, done)))

    asked = {"sha256": file.sha256, "name": file.name, "kind": kind, "fund": fund}
    answer = Once(tx, actor, now, idempotency_key, request_hash("POST /api/v1/imports", asked)).answer(act)
    # Secrets go out with the first answer only and are not kept with it.
    return (
        JSONResponse(json.loads(bytes(answer.body)) | {"told": told}, answer.status_code) if told else answer
    )


def _fund(tx: Tx, code: str | None, kinds: tuple[Kind, ...]) -> int | None:
    if not any(kind.of_fund for kind in kinds):
        return None
    return (fund_by_code(tx, code=code) if code else only_fund(tx)).id


def _answer(file: Given, language: Language, *, done: tuple[Imported, ...], unread: list[str]) -> ImportOut:
    imported = [
        ImportedOut(what=one.what, sheet=one.sheet, rows=one.rows, known=len(one.known)) for one in done
    ]
    return ImportOut(
        file=file.name,
        sha256=file.sha256,
        dry_run=False,
        is_good=True,
        imported=imported,
        lists=[],
        faults=[],
        notices=[],
        unread=unread,
        known=[_known(language, one.sheet, row) for one in done for row in one.known],
    )


def _looked(seen: Look, file: Given, language: Language) -> ImportOut:
    general = [FaultOut(sheet="", row=None, heading="", what=_said(language, one)) for one in seen.general]
    faults = [
        FaultOut(sheet=one.sheet, row=row.number, heading=wrong.heading, what=fault(language, wrong.problem))
        for one in seen.lists
        for row in one.rows
        for wrong in row.faults
    ]
    imported = [
        ImportedOut(
            what=one.kind,
            sheet=one.sheet,
            rows=len(one.rows),
            known=sum(row.known is not None for row in one.rows),
        )
        for one in seen.lists
    ]
    return ImportOut(
        file=seen.file,
        sha256=file.sha256,
        dry_run=True,
        is_good=seen.is_good,
        imported=imported if seen.is_good else [],
        lists=[_list(one) for one in seen.lists],
        faults=general + faults,
        notices=[_said(language, one) for one in seen.notices],
        unread=list(seen.unread),
        known=[_known(language, one.sheet, row.known) for one in seen.lists for row in one.rows if row.known],
    )


def _known(language: Language, sheet: str, row: Problem) -> FaultOut:
    number = row.where.rpartition("row ")[2]
    return FaultOut(sheet=sheet, row=int(number), heading="", what=fault(language, row))


def _said(language: Language, problem: Problem) -> str:
    where = f"{place(language, problem.where)}: " if problem.where else ""
    return where + fault(language, problem)


def _list(one: SeenList) -> ListOut:
    columns = [
        ColumnOut(
            heading=column.written,
            field=column.column.field,
            total=money(column.total) if column.is_money else None,
        )
        for column in one.columns
    ]
    return ListOut(
        kind=one.kind,
        sheet=one.sheet,
        rows=len(one.rows),
        faulty=one.faulty,
        columns=columns,
        absent=[column.field for column in one.missing],
    )


def _columns(kind: Kind, *, needed: bool) -> list[int]:
    return [place for place, column in enumerate(kind.layout.columns) if column.required is needed]


def _shown(language: Language, kind: Kind, place: int) -> str:
    return known_as(kind.layout.columns[place])[language is Language.EN]
