"""What a handler is given: one transaction, the actor, the instant, the language.

The transaction is declared with scope "function", so that it has committed (or failed) before the answer leaves;
with the default scope a failed commit would be answered 200. A test guards this.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from app.languages import COOKIE, Language, choose
from app.security import CSRF_FIELD, CSRF_HEADER, SAFE_METHODS, SESSION_COOKIE, same_secret
from fund.watch.actions import look_again
from kernel.db import Database, Tx, introduce
from kernel.errors import Forbidden
from kernel.identity.queries import SessionSheet, actor_of_token, has_users, session_of
from kernel.identity.rules import Actor
from lp_reports.seal import Seal
from pipeline.closing.promised import promised

PAGE_TO_CHOOSE = "/password"
ROUTE_TO_CHOOSE = "/api/v1/password"


class SignInNeeded(Forbidden):
    code = "sign_in_needed"
    says = "Sign in, or send a valid token as `Authorization: Bearer`."


class CsrfMissing(Forbidden):
    code = "csrf_missing"
    says = "The page was too old or the request did not come from it; reload the page and try again."


class BeginFirst(SignInNeeded):
    code = "begin_first"
    says = "There is no user yet: open /start and enter the set-up code that stands on the terminal."


class PasswordToChoose(Forbidden):
    code = "password_one_time"
    says = "You came in by a one-time password: choose your own first."


def database(request: Request) -> Database:
    """The application's database."""
    found: Database = request.app.state.database
    return found


def transaction(request: Request) -> Iterator[Tx]:
    """One transaction per request. It sees nothing protected until the actor is known.

    A limit that the request has broken is told of in the same transaction.
    """
    with database(request).transaction(None) as tx:
        yield tx
        if request.method not in SAFE_METHODS:
            look_again(tx, promises=promised, now=instant(request))


def instant(request: Request) -> datetime:
    """The instant of this request, read once from the application's clock."""
    if not hasattr(request.state, "now"):
        request.state.now = request.app.state.clock()
    now: datetime = request.state.now
    return now


def report_seal(request: Request) -> Seal:
    """The seal that published reports carry."""
    found: Seal = request.app.state.seal
    return found


SealDep = Annotated[Seal, Depends(report_seal)]
TxDep = Annotated[Tx, Depends(transaction, scope="function")]
Now = Annotated[datetime, Depends(instant)]


async def _form_csrf(request: Request) -> str | None:
    """The CSRF field of a form post; the form is kept by Starlette for the handler."""
    kind = request.headers.get("content-type", "")
    if request.method in SAFE_METHODS or not kind.startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        return None
    form: FormData = await request.form()
    value = form.get(CSRF_FIELD)
    return value if isinstance(value, str) else None


def session(
    request: Request, tx: TxDep, now: Now, csrf: Annotated[str | None, Depends(_form_csrf)]
) -> SessionSheet | None:
    """The browser's session, if it has one; a changing request must carry the session's CSRF secret."""
    secret = request.cookies.get(SESSION_COOKIE)
    found = session_of(tx, secret=secret, now=now) if secret else None
    if found and request.method not in SAFE_METHODS:
        given = request.headers.get(CSRF_HEADER) or csrf
        if not same_secret(given, found.csrf):
            raise CsrfMissing
    return found


SessionDep = Annotated[SessionSheet | None, Depends(session)]


def page_session(request: Request, tx: TxDep, found: SessionDep) -> SessionSheet:
    """The session of somebody who has signed in; the database is told who it is.

    Whoever came in by a one-time password reaches nothing but the page on which another one is chosen.
    """
    if found is None:
        raise (SignInNeeded if has_users(tx) else BeginFirst)()
    if found.must_change and request.url.path != PAGE_TO_CHOOSE:
        raise PasswordToChoose
    request.state.actor = found.actor
    introduce(tx, found.actor)
    return found


PageSession = Annotated[SessionSheet, Depends(page_session)]


def page_actor(found: PageSession) -> Actor:
    """Who is acting on a page."""
    return found.actor


def token_secret(request: Request) -> str | None:
    """The secret of an `Authorization: Bearer` header, or None."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def api_actor(request: Request, tx: TxDep, now: Now) -> Actor:
    """Who is acting through the API: a bearer token, or a signed-in browser with its CSRF header."""
    secret = token_secret(request)
    actor = actor_of_token(tx, secret=secret, now=now) if secret else None
    if actor is None and secret is None:
        found = session(request, tx, now, None)
        actor = found.actor if found else None
        if found and found.must_change and request.url.path != ROUTE_TO_CHOOSE:
            raise PasswordToChoose
    if actor is None:
        raise SignInNeeded
    request.state.actor = actor
    introduce(tx, actor)
    return actor


PageActor = Annotated[Actor, Depends(page_actor)]
ApiActor = Annotated[Actor, Depends(api_actor)]


def language(request: Request) -> Language:
    """The language to answer in."""
    preference = getattr(request.state, "language", None)
    return choose(
        cookie=request.cookies.get(COOKIE),
        preference=preference,
        accepts=request.headers.get("accept-language", ""),
    )


LanguageDep = Annotated[Language, Depends(language)]
