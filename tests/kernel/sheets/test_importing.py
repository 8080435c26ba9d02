"""Booking rows: all or nothing, each refusal told by its row, a dry run that leaves nothing."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from kernel.db import Tx
from kernel.errors import Conflict, Problem
from kernel.sheets.importing import book
from kernel.sheets.reading import Column, Layout, Reading, SheetRefused, read_file
from kernel.sheets.words import Code


class Taken(Conflict):
    code = "taken"
    says = "{code} is taken."


class Doubtful(Conflict):
    code = "doubtful"
    says = "Some fields are doubtful."


@dataclass(frozen=True)
class Seat:
    code: str
    row: str


SEATS = Layout("seats", Seat, (Column("code", Code(), ("编号",)), Column("row", Code(), ("排",))))


def seats(*codes: str) -> Reading[Seat]:
    lines = "".join(f"{code},1\n" for code in codes)
    return read_file("seats.csv", f"编号,排\n{lines}".encode(), SEATS)


class Room:
    """Seats people: refuses A9 after having written it, and B1 for two reasons at once."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        tx.execute(sa.text("CREATE TEMP TABLE seated (code text) ON COMMIT DROP"))

    def seat(self, seat: Seat) -> None:
        self.tx.execute(sa.text("INSERT INTO seated VALUES (:code)"), {"code": seat.code})
        if seat.code == "A9":
            raise Taken(code=seat.code)
        if seat.code == "B1":
            raise Doubtful(
                problems=[Problem("排", "no such row"), Problem("", "too far from {what}", {"what": "here"})]
            )

    def seated(self) -> list[str]:
        return list(self.tx.execute(sa.text("SELECT code FROM seated ORDER BY code")).scalars())


@pytest.fixture
def room(tx: Tx) -> Room:
    return Room(tx)


def test_every_row_is_booked(room: Room) -> None:
    done = book(room.tx, seats("A1", "A2"), room.seat, what="seats")
    assert (done.rows, done.dry_run, done.what, done.file) == (2, False, "seats", "seats.csv")
    assert room.seated() == ["A1", "A2"]


def test_a_dry_run_tries_everything_and_leaves_nothing(room: Room) -> None:
    assert book(room.tx, seats("A1", "A2"), room.seat, what="seats", dry_run=True).rows == 2
    assert room.seated() == []
    with pytest.raises(SheetRefused):
        book(room.tx, seats("A9"), room.seat, what="seats", dry_run=True)


def test_one_refused_row_refuses_the_file_and_every_refusal_is_told_by_its_row(room: Room) -> None:
    with pytest.raises(SheetRefused) as refused:
        book(room.tx, seats("A1", "A9", "A2", "B1"), room.seat, what="seats")
    assert [str(problem) for problem in refused.value.problems] == [
        "seats.csv, row 3: A9 is taken.",
        "seats.csv, row 5, 排: no such row",
        "seats.csv, row 5: too far from here",
    ]
    assert room.seated() == []


def test_a_file_that_cannot_be_read_books_nothing(room: Room) -> None:
    with pytest.raises(SheetRefused):
        book(
            room.tx,
            read_file("seats.csv", b"\xe7\xbc\x96\xe5\x8f\xb7,\xe6\x8e\x92\nA1,\n", SEATS),
            room.seat,
            what="x",
        )
    assert room.seated() == []
