"""What may be sent to the application as a file: one size limit for every page and every route."""

from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import Invalid, Problem
from kernel.sheets.files import LARGEST_MEGABYTES as LARGEST_LIST

LARGEST_DOCUMENT = 50
MEGABYTE = 1024 * 1024
# Whatever is longer is not even read to its end: a form may carry several documents, anything else carries words.
LARGEST_FORM = 6 * LARGEST_DOCUMENT * MEGABYTE
LARGEST_WORDS = 2 * MEGABYTE
# Whoever brings neither cookie nor token has only a name and a password to say.
LARGEST_OF_STRANGERS = MEGABYTE // 8


class UploadTooLarge(Invalid):
    code = "document_too_large"
    says = "A document may have {limit} MB at most."


def content_of(file: UploadFile, *, field: str = "file", megabytes: int = LARGEST_DOCUMENT) -> bytes:
    """The bytes of an uploaded file, read no further than it may be long."""
    limit = megabytes * MEGABYTE
    content = file.file.read(limit + 1)
    if len(content) > limit:
        problem = Problem(field, UploadTooLarge.says, {"limit": megabytes})
        raise UploadTooLarge(limit=megabytes, problems=[problem])
    return content


def list_of(file: UploadFile) -> bytes:
    """The bytes of an uploaded list."""
    return content_of(file, megabytes=LARGEST_LIST)


class BoundedRequests:
    """Stops reading a request that is longer than anything the application takes from such an asker."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what arrives."""
        seen, limit = 0, most_of(Headers(scope=scope)) if scope["type"] == "http" else 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413)
            return message

        await self.app(scope, counted if scope["type"] == "http" else receive, send)


def most_of(headers: Headers) -> int:
    """How many bytes a request with these headers may carry."""
    if "cookie" not in headers and "authorization" not in headers:
        return LARGEST_OF_STRANGERS
    is_form = headers.get("content-type", "").startswith("multipart/form-data")
    return LARGEST_FORM if is_form else LARGEST_WORDS
