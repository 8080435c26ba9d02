"""From a refusal to an answer: problem+json for scripts, a page in plain words for people.

Refusals that concern who may see what are also written to the audit trail, in a transaction of their own because
the request's was rolled back. Surprises are not caught here: the server logs them and answers 500 without details.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from psycopg.errors import ForeignKeyViolation
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException

from app.deps import (
    PAGE_TO_CHOOSE,
    BeginFirst,
    PasswordToChoose,
    SignInNeeded,
    database,
    instant,
    language,
)
from app.faults import validation_problems
from app.languages import Language, fault, place, sentence
from app.metrics import REFUSALS
from fund.charter.rules import NoFundYet
from kernel.audit.actions import record
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Unavailable
from kernel.identity.rules import SYSTEM, Actor, RoleMissing
from pipeline.committee.rules import NotSeated

STATUS: tuple[tuple[type[Refusal], HTTPStatus], ...] = (
    (SignInNeeded, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
PROBLEM_TYPE = "application/problem+json"


class RequestInvalid(Invalid):
    code = "request_invalid"
    says = "The request is not of the form expected here."


class PathUnknown(NotFound):
    code = "path_unknown"
    says = "There is nothing at this address."


class MethodUnknown(Conflict):
    code = "method_not_allowed"
    says = "This address does not answer to that kind of request."


class ValueUnfit(Invalid):
    code = "value_unfit"
    says = "A number is too large to be kept, or a text holds a character that cannot be kept."


class ReferenceUnknown(Invalid):
    code = "reference_unknown"
    says = "The request names something that does not exist."


class TooLarge(Invalid):
    code = "too_large"
    says = "What was sent is too large."


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status that goes with a refusal."""
    if isinstance(refusal, MethodUnknown):
        return HTTPStatus.METHOD_NOT_ALLOWED
    return next((status for kind, status in STATUS if isinstance(refusal, kind)), HTTPStatus.BAD_REQUEST)


def is_api(request: Request) -> bool:
    """Whether the request came from a machine rather than from somebody who reads pages."""
    return request.url.path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))


def problem_json(refusal: Refusal, in_language: Language) -> JSONResponse:
    """A refusal as RFC 9457 problem details with a stable `code`."""
    status = status_of(refusal)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": refusal.code,
        "detail": sentence(in_language, refusal),
    }
    if refusal.problems:
        body["problems"] = [
            {"where": _where(problem.where, in_language), "what": fault(in_language, problem)}
            for problem in refusal.problems
        ]
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status_code=status, media_type=PROBLEM_TYPE, headers=headers)


def _where(where: str, in_language: Language) -> str:
    """A field by the name that scripts know, a place in a file ("a.csv, row 2, 金额") as people read it."""
    return where if where.isidentifier() else place(in_language, where)


def answer(request: Request, refusal: Refusal) -> Response:
    """A refusal as the asker can use it."""
    REFUSALS.labels(refusal.code).inc()
    note_refusal(request, refusal)
    in_language = language(request)
    if is_api(request):
        return problem_json(refusal, in_language)
    if isinstance(refusal, BeginFirst):
        return RedirectResponse("/start", status_code=HTTPStatus.SEE_OTHER)
    if isinstance(refusal, PasswordToChoose):
        return RedirectResponse(PAGE_TO_CHOOSE, status_code=HTTPStatus.SEE_OTHER)
    if isinstance(refusal, NoFundYet) and request.method == "GET":
        return RedirectResponse("/fund", status_code=HTTPStatus.SEE_OTHER)
    if isinstance(refusal, SignInNeeded):
        target = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={target}", status_code=HTTPStatus.SEE_OTHER)
    page: Response = request.app.state.problem_page(request, refusal, status_of(refusal), in_language)
    return page


def note_refusal(request: Request, refusal: Refusal) -> None:
    """Write to the audit trail that somebody known reached for what is not theirs."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None or not isinstance(refusal, Forbidden | NotFound):
        return
    detail = {"path": request.url.path, "method": request.method, "code": refusal.code}
    subject = f"user:{actor.user_id}"
    who = actor
    if _tells_a_ballot(request, refusal):
        del detail["code"]
        subject, who = "ballot:refused", SYSTEM
    with database(request).transaction(actor) as tx:
        record(tx, who, action="access.refused", subject=subject, detail=detail, now=instant(request))


def _tells_a_ballot(request: Request, refusal: Refusal) -> bool:
    """Whether naming who was refused would tell who votes, or how: a veto without the right to it is a no."""
    is_ballot = request.method == "POST" and request.url.path.endswith(("/ballot", "/ballots"))
    return is_ballot and not isinstance(refusal, NotFound | NotSeated | RoleMissing)


def install(app: FastAPI, page: Callable[..., Response]) -> None:
    """Turn every anticipated refusal of `app` into an answer; people get it as a `page`."""
    app.state.problem_page = page

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return answer(request, error)

    def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, RequestInvalid(problems=validation_problems(error.errors())))

    def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kinds: dict[int, type[Refusal]] = {404: PathUnknown, 405: MethodUnknown, 413: TooLarge}
        response = answer(request, kinds.get(error.status_code, RequestInvalid)())
        response.headers.update(error.headers or {})
        return response

    def unfit(request: Request, error: Exception) -> Response:
        assert isinstance(error, DataError)
        # Out of range for BIGINT, a NUL in a text: the database says so before anything is kept.
        return answer(request, ValueUnfit())

    def dangling(request: Request, error: Exception) -> Response:
        if isinstance(error, IntegrityError) and isinstance(error.orig, ForeignKeyViolation):
            return answer(request, ReferenceUnknown())
        raise error

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(IntegrityError, dangling)
    app.add_exception_handler(DataError, unfit)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http_error)
