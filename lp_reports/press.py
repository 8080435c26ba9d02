"""The printing press: a child process that turns HTML documents with their attachments into PDF bytes.

`lp_reports.pdf` starts it, sends one JSON message on standard input and reads one from standard output. The press
bounds its own memory and time, fetches nothing but the bundled style sheets, and takes every date from the message,
so that equal messages give equal bytes.
"""

from __future__ import annotations

import base64
import gc
import json
import math
import resource
import sys
from datetime import datetime
from typing import TypedDict

import weasyprint
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from lp_reports.tokens import ASSETS

SCHEME = "asset:///"
VARIANT = "pdf/a-3u"


class AttachedFile(TypedDict):
    name: str
    description: str
    content: str


class Sheet(TypedDict):
    """One document to print: `at` is ISO 8601, `identifier` 32 hexadecimal digits, contents base64."""

    html: str
    at: str
    identifier: str
    attachments: list[AttachedFile]


class Message(TypedDict):
    sheets: list[Sheet]
    memory: int
    seconds: int


def bundled_only(url: str) -> URLFetcherResponse:
    """Serves ``asset:///name`` from the bundled assets; anything else stops the printing."""
    name = url.removeprefix(SCHEME)
    asset = ASSETS / name
    if not url.startswith(SCHEME) or "/" in name or not asset.is_file():
        raise FatalURLFetchingError(f"only bundled assets may be used, not {url}")
    return URLFetcherResponse(url, asset.read_bytes(), {"Content-Type": "text/css"})


def attach(one: AttachedFile, at: datetime) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        string=base64.b64decode(one["content"]),
        name=one["name"],
        description=one["description"],
        created=at,
        modified=at,
        relationship="Data",
        url_fetcher=bundled_only,
    )


def press(sheet: Sheet) -> bytes:
    """The PDF/A-3 bytes of one document."""
    at = datetime.fromisoformat(sheet["at"])
    document = weasyprint.HTML(string=sheet["html"], url_fetcher=bundled_only, base_url=SCHEME)
    content: bytes = document.write_pdf(
        pdf_variant=VARIANT,
        pdf_identifier=bytes.fromhex(sheet["identifier"]),
        attachments=[attach(one, at) for one in sheet["attachments"]],
    )
    return content


def bound(memory: int, seconds: int) -> None:
    """Let this process take at most `memory` bytes of address space and `seconds` of processor time from now on."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # A second after it is told to stop it is killed; with one bound for both it would be killed unheard.
    most = math.ceil(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))


def main() -> None:
    """Read one message, print its documents, end. The process is too short-lived to be worth sweeping."""
    gc.disable()
    message: Message = json.load(sys.stdin)
    bound(message["memory"], message["seconds"])
    sys.stdout.write(json.dumps([base64.b64encode(press(sheet)).decode() for sheet in message["sheets"]]))


if __name__ == "__main__":
    main()
