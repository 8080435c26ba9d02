"""The colours and families that pages share with the printed reports: one file, read from where it lies."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from app.pages.rendering import TOKENS

router = APIRouter(include_in_schema=False)


@router.get("/static/tokens.css")
def tokens() -> FileResponse:
    """The shared tokens."""
    return FileResponse(TOKENS, media_type="text/css", headers={"cache-control": "max-age=86400"})
