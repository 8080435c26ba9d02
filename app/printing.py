"""Answers that are printed once the request's transaction has ended: a press is slow and holds nothing meanwhile."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from anyio import to_thread
from fastapi import Response
from starlette.types import Receive, Scope, Send

from lp_reports import pdf

KEPT = 32
_kept: OrderedDict[pdf.Document, bytes] = OrderedDict()
_one_at_a_time = Lock()


def printed(document: pdf.Document) -> bytes:
    """The PDF of a document; one that was printed lately is not printed again."""
    [content] = printed_all([document])
    return content


def printed_all(documents: Sequence[pdf.Document]) -> list[bytes]:
    """The PDFs of documents, in one run of the press those that were not printed lately."""
    with _one_at_a_time:
        found = {document: _kept[document] for document in documents if document in _kept}
    missing = [document for document in documents if document not in found]
    found |= dict(zip(missing, pdf.print_all(missing) if missing else (), strict=True))
    with _one_at_a_time:
        _kept.update(found)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return [found[document] for document in documents]


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
