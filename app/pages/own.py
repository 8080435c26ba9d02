"""What belongs to the person who has signed in: the password, and which fund the pages are about."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.deps import PAGE_TO_CHOOSE
from app.pages.desk import Desk, DeskDep
from app.pages.entrance import inside
from app.pages.problems import came_from
from app.security import SESSION_COOKIE
from kernel.identity.actions import SignInRefused
from kernel.identity.models import User
from kernel.identity.passwords import change_password

router = APIRouter(include_in_schema=False)


@router.get(PAGE_TO_CHOOSE)
def password(desk: DeskDep) -> HTMLResponse:
    """The form that changes one's own password."""
    return password_page(desk)


def password_page(desk: Desk) -> HTMLResponse:
    """The form, which says why it is asked for where the password was a one-time one."""
    return desk.show("people/password.html")


@router.post(PAGE_TO_CHOOSE)
def change(desk: DeskDep) -> Response:
    """Choose another password; every other session ends."""
    changed: list[User | None] = []

    def act() -> None:
        current, fresh = desk.fields.text("current"), desk.fields.text("password")
        if fresh != desk.fields.raw("again"):
            desk.fields.wrong("again", "This is not the same.")
        desk.fields.check()
        cookie = desk.request.cookies.get(SESSION_COOKIE)
        changed.append(
            change_password(
                desk.tx, desk.actor, current=current, password=fresh, session=cookie, now=desk.now
            )
        )

    answer = desk.act("password", act, then="/today", done="password.changed", again=password_page)
    if changed == [None]:  # answered, not raised: the note of the failure must be committed
        return password_page(replace(desk, form="password", refusal=SignInRefused()))
    return answer


@router.post("/fund/choice")
def choose_fund(desk: DeskDep) -> Response:
    """Go on with another fund, from its own first page or from the page one was on."""
    back = inside(came_from(desk.request))
    # A page about one thing of the other fund would be a page about nothing.
    answer = desk.go(back if back.count("/") == 1 else "/fund" if desk.sees_fund else "/today")
    desk.keep_fund(answer)
    return answer
