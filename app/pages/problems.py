"""A refusal as a page in plain words."""

from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.languages import Language
from app.pages.rendering import page
from app.security import SAFE_METHODS, is_ours
from kernel.errors import Refusal


def problem_page(
    request: Request, refusal: Refusal, status: HTTPStatus, in_language: Language
) -> HTMLResponse:
    """What was refused and what to do next."""
    back = came_from(request)
    facts = {"refusal": refusal, "status": status.value, "back": back, "here": back}
    changing = request.method not in SAFE_METHODS
    return HTMLResponse(page(in_language, "problem.html", changing=changing, **facts), status.value)


def came_from(request: Request) -> str:
    """The page of ours that the request came from, "/today" when it is unknown."""
    try:
        before = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/today"
    path = before.path + (f"?{before.query}" if before.query else "")
    is_elsewhere = before.netloc != request.url.netloc or before.path == request.url.path
    return "/today" if is_elsewhere or not is_ours(path) else path
