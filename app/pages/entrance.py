"""Coming in, going out, and the language."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.deps import LanguageDep, Now, SessionDep, TxDep
from app.errors import status_of
from app.languages import COOKIE, Language
from app.pages.rendering import page
from app.security import SESSION_COOKIE, client_of, is_foreign, is_ours
from fund.charter.queries import funds
from kernel.db import Tx, introduce
from kernel.errors import Forbidden, Refusal
from kernel.identity.actions import SignedIn, SignInRefused, SignInThrottled, sign_in, sign_out
from kernel.identity.queries import has_users
from kernel.identity.rules import SYSTEM

router = APIRouter(include_in_schema=False)

YEAR = 365 * 24 * 3600


class SentByAnother(Forbidden):
    code = "sent_by_another_site"
    says = "Another site sent you here with a name and a password; enter them yourself."


def inside(path: str) -> str:
    """`path` when it is an address of ours, else the start: nobody is sent away by a link."""
    return path if is_ours(path) else "/today"


def entrance(
    tx: Tx, language: Language, *, next_: str, login: str = "", refusal: Refusal | None = None
) -> HTMLResponse:
    """The sign-in page."""
    known = funds(tx)
    fund = known[0] if len(known) == 1 else None
    name = (fund.name_zh if language is Language.ZH else fund.name_en) if fund else ""
    status = status_of(refusal).value if refusal else 200
    facts = {
        "fund_name": name,
        "is_example": bool(fund and fund.is_example),
        "login": login,
        "refusal": refusal,
    }
    text = page(language, "sign_in.html", next=inside(next_), here=f"/sign-in?next={inside(next_)}", **facts)
    return HTMLResponse(text, status)


@router.get("/")
def start() -> RedirectResponse:
    """The first page is today."""
    return RedirectResponse("/today", 303)


@router.get("/sign-in", response_model=None)
def sign_in_page(
    tx: TxDep, language: LanguageDep, next_: Annotated[str, Query(alias="next")] = "/today"
) -> Response:
    """Who are you? While there is nobody to be, the first administrator is made instead."""
    if not has_users(tx):
        return RedirectResponse("/start", 303)
    return entrance(tx, language, next_=next_)


@router.post("/sign-in")
def enter(
    request: Request,
    tx: TxDep,
    now: Now,
    language: LanguageDep,
    login: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=200)],
    next_: Annotated[str, Form(alias="next")] = "/today",
) -> Response:
    """Open a session, or say that the name or the password is wrong (which is kept and slows guessing)."""
    if is_foreign(request.headers):
        return entrance(tx, language, next_=next_, refusal=SentByAnother())
    introduce(tx, SYSTEM)
    try:
        signed_in = sign_in(tx, login=login.strip(), password=password, client=client_of(request), now=now)
    except SignInThrottled as refusal:
        return entrance(tx, language, next_=next_, login=login, refusal=refusal)
    if signed_in is None:
        return entrance(tx, language, next_=next_, login=login, refusal=SignInRefused())
    return let_in(request, signed_in, where=inside(next_))


def let_in(request: Request, signed_in: SignedIn, *, where: str) -> RedirectResponse:
    """Send somebody on with the cookie of a fresh session."""
    answer = RedirectResponse(where, 303)
    answer.set_cookie(
        SESSION_COOKIE,
        signed_in.secret,
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure_cookies,
        path="/",
    )
    return answer


@router.post("/sign-out")
def leave(request: Request, tx: TxDep, now: Now, _: SessionDep) -> RedirectResponse:
    """End the session."""
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        sign_out(tx, secret=secret, now=now)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.post("/language")
def switch(
    request: Request, language: Annotated[Language, Form()], back: Annotated[str, Form()] = "/today"
) -> RedirectResponse:
    """Speak the other language from now on."""
    answer = RedirectResponse(inside(back), 303)
    secure = request.app.state.secure_cookies
    answer.set_cookie(COOKIE, language.value, max_age=YEAR, samesite="lax", secure=secure, path="/")
    return answer
