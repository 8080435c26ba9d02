"""HTML to PDF/A-3, printed in a child process bounded in memory and time.

Dates in the file are those of the figures and the identifier is their fingerprint, so the same figures print to
the same bytes on every run.
"""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kernel.errors import Unavailable
from lp_reports.press import AttachedFile, Message, Sheet

MEDIA_TYPE = "application/pdf"
_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from lp_reports.press import main; main()"


class PressFailed(Unavailable):
    code = "report_press_failed"
    says = "The report could not be printed: {reason}."


@dataclass(frozen=True)
class Attachment:
    """A file carried inside the PDF."""

    name: str
    description: str
    content: bytes


@dataclass(frozen=True)
class Document:
    """One document to print: its HTML, the instant written into the file, its fingerprint and its attachments."""

    html: str
    at: datetime
    sha256: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """What the child process may use: bytes of address space, seconds of processor time, seconds until it is given up.

    A machine that is busy with other work prints slowly, which is no fault of the report.
    """

    memory: int = 4 * 1024**3
    seconds: int = 120
    patience: int = 1800


def print_all(documents: Sequence[Document], bounds: Bounds = Bounds()) -> list[bytes]:
    """The PDF bytes of each document, in order, from one child process. Refused as PressFailed when it fails."""
    message: Message = {
        "sheets": [_sheet(document) for document in documents],
        "memory": bounds.memory,
        "seconds": bounds.seconds,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", _START, str(_ROOT)],
            input=json.dumps(message),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=bounds.patience,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PressFailed(reason=f"it was not done after {bounds.patience} s") from error
    if done.returncode == -signal.SIGXCPU:
        raise PressFailed(reason=f"it took more than {bounds.seconds} s of the processor")
    if done.returncode:
        raise PressFailed(reason=_last_line(done.stderr) or f"the press ended with status {done.returncode}")
    return [base64.b64decode(content) for content in json.loads(done.stdout)]


def _sheet(document: Document) -> Sheet:
    return {
        "html": document.html,
        "at": document.at.isoformat(),
        "identifier": document.sha256[:32],
        "attachments": [_attached(one) for one in document.attachments],
    }


def _attached(one: Attachment) -> AttachedFile:
    return {
        "name": one.name,
        "description": one.description,
        "content": base64.b64encode(one.content).decode(),
    }


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
