"""The first start: while there is no user, whoever holds the set-up code makes the first administrator."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.deps import LanguageDep, Now, TxDep
from app.errors import status_of
from app.languages import Language
from app.pages.entrance import SentByAnother, let_in
from app.pages.rendering import page
from app.security import is_foreign
from kernel.db import introduce
from kernel.errors import Refusal
from kernel.identity.actions import open_session
from kernel.identity.beginning import AlreadyBegun, SetupCodeWrong, begin
from kernel.identity.queries import has_users
from kernel.identity.rules import SYSTEM

router = APIRouter(include_in_schema=False)
Typed = Annotated[str, Form(max_length=200)]


def start_page(
    language: Language, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> HTMLResponse:
    """The form, with what was typed before; never the code or the password."""
    problems = {one.where: one for one in refusal.problems} if refusal else {}
    status = status_of(refusal).value if refusal else 200
    facts = {"typed": typed or {}, "refusal": refusal, "problems": problems, "here": "/start"}
    return HTMLResponse(page(language, "start.html", **facts), status)


@router.get("/start")
def first_start(tx: TxDep, language: LanguageDep) -> Response:
    """Who runs this? Closed for good once there is a user."""
    return RedirectResponse("/sign-in", 303) if has_users(tx) else start_page(language)


@router.post("/start")
def make_first(
    request: Request,
    tx: TxDep,
    now: Now,
    language: LanguageDep,
    code: Typed,
    login: Typed,
    name: Typed,
    password: Typed,
) -> Response:
    """Make the first administrator and let that person in."""
    if is_foreign(request.headers):
        return start_page(language, refusal=SentByAnother())
    introduce(tx, SYSTEM)
    typed = {"login": login.strip(), "name": name.strip()}
    try:
        with tx.begin_nested():
            user = begin(tx, code=code, **typed, password=password, language=language.value, now=now)
    except AlreadyBegun:
        return RedirectResponse("/sign-in", 303)
    except Refusal as refusal:
        return start_page(language, typed, refusal)
    if user is None:  # answered, not raised: the note of the failure must be committed
        return start_page(language, typed, SetupCodeWrong())
    return let_in(request, open_session(tx, user=user, now=now), where="/today")
