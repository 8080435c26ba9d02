"""Answers that are printed once the request's transaction has ended: a press is slow and holds nothing meanwhile."""

from functools import lru_cache

from anyio import to_thread
from fastapi import Response
from starlette.types import Receive, Scope, Send

from lp_reports import pdf

KEPT = 16


@lru_cache(maxsize=KEPT)
def printed(document: pdf.Document) -> bytes:
    """The PDF of a document; the same one is printed once."""
    [content] = pdf.print_all([document])
    return content


class Printed(Response):
    """A PDF to come. The handler returns it unprinted, so that its transaction ends before the press begins.

    Refused as PressFailed before anything is sent.
    """

    media_type = pdf.MEDIA_TYPE

    def __init__(self, document: pdf.Document, *, name: str) -> None:
        super().__init__()
        self.document, self.name = document, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Print, then send."""
        content = await to_thread.run_sync(printed, self.document)
        headers = {"Content-Disposition": f'attachment; filename="{self.name}.pdf"'}
        await Response(content, media_type=pdf.MEDIA_TYPE, headers=headers)(scope, receive, send)
