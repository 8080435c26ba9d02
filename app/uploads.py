"""What may be sent to the application as a file: one size limit for every page and every route."""

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import Invalid, Problem
from kernel.sheets.files import LARGEST_MEGABYTES as LARGEST_LIST

LARGEST_DOCUMENT = 50
# A form may carry several documents; whatever is longer is not even read to its end.
LARGEST_REQUEST = 6 * LARGEST_DOCUMENT


class UploadTooLarge(Invalid):
    code = "document_too_large"
    says = "A document may have {limit} MB at most."


def content_of(file: UploadFile, *, field: str = "file", megabytes: int = LARGEST_DOCUMENT) -> bytes:
    """The bytes of an uploaded file, read no further than it may be long."""
    limit = megabytes * 1024 * 1024
    content = file.file.read(limit + 1)
    if len(content) > limit:
        problem = Problem(field, UploadTooLarge.says, {"limit": megabytes})
        raise UploadTooLarge(limit=megabytes, problems=[problem])
    return content


def list_of(file: UploadFile) -> bytes:
    """The bytes of an uploaded list."""
    return content_of(file, megabytes=LARGEST_LIST)


class BoundedRequests:
    """Stops reading a request that is longer than anything the application takes."""

    def __init__(self, app: ASGIApp, megabytes: int = LARGEST_REQUEST) -> None:
        self.app, self.limit = app, megabytes * 1024 * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what arrives."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise HTTPException(413)
            return message

        await self.app(scope, counted if scope["type"] == "http" else receive, send)
