"""Notices handed out: frozen and printed when they are first asked for, the press holding no transaction.

Nobody but the system may read what all partners together were told, so it is the system that freezes; who asks has been
let through before, and gets the notices that were asked for. A few are printed and kept at a time: however many
partners there are, no more than those are held in memory, and a run that breaks off is gone on with when somebody asks
again.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

from anyio import to_thread
from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.printing import printed_all
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM, Actor
from lp_reports import notices, pdf
from lp_reports.notices import Wishes
from lp_reports.rules import Act
from lp_reports.seal import Seal

AT_ONCE = 20
ZIP = "application/zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
Named = tuple[str, bytes]


def freeze(tx: Tx, actor: Actor, *, act: Act, act_id: int, now: datetime) -> None:
    """Freeze the notices of an act that the actor has found, unless they are."""
    introduce(tx, SYSTEM)
    try:
        notices.freeze(tx, act=act, act_id=act_id, now=now)
    finally:
        introduce(tx, actor)


class Acts(StrEnum):
    """What partners get notice of, as addresses name it."""

    CALLS = "calls"
    DISTRIBUTIONS = "distributions"
    NETTINGS = "nettings"
    INDEMNITIES = "indemnities"


NOUNS = {
    Act.CALL: Acts.CALLS,
    Act.DISTRIBUTION: Acts.DISTRIBUTIONS,
    Act.NETTING: Acts.NETTINGS,
    Act.INDEMNITY: Acts.INDEMNITIES,
}


@dataclass(frozen=True)
class Order:
    """Which editions of an act's notices are wanted, under which seal."""

    act: Act
    act_id: int
    wanted: Wishes
    seal: Seal
    now: datetime


def editions(database: Database, order: Order, *, at_once: int = AT_ONCE) -> Iterator[Named]:
    """The sealed files of an act's notices by name, `at_once` at a time, printed now where they are not kept yet."""
    for start in range(0, len(order.wanted), at_once):
        yield from _editions(database, replace(order, wanted=order.wanted[start : start + at_once]))


def _editions(database: Database, order: Order) -> list[Named]:
    """As many as one run of the press takes."""
    which: dict[str, Any] = {"act": order.act, "act_id": order.act_id}
    with database.transaction(SYSTEM) as tx:
        notices.freeze(tx, now=order.now, **which)
        missing = notices.unprinted(tx, wanted=order.wanted, **which)
    drawn = printed_all([notices.document(one) for one in missing])
    with database.transaction(SYSTEM) as tx:
        # A look, where the first transaction was kept; a rehearsal keeps none.
        notices.freeze(tx, now=order.now, **which)
        both = list(zip(missing, drawn, strict=True))
        notices.file(tx, printed=both, seal=order.seal, now=order.now, **which)
        return notices.opened(tx, wanted=order.wanted, **which)


class Notices(Response):
    """Notices to come once the request's transaction has ended: one as a PDF or, with a `name`, all in one ZIP."""

    def __init__(self, database: Database, order: Order, *, name: str = "") -> None:
        super().__init__()
        self.database, self.order, self.name = database, order, name

    def _print(self) -> Response:
        """One notice, or all in a ZIP; what the press refuses is refused before anything is sent."""
        if not self.name:
            name, content = next(editions(self.database, self.order))
            return Response(content, media_type=pdf.MEDIA_TYPE, headers=_as_file(name))
        chunks = _zipped(editions(self.database, self.order))
        return StreamingResponse(
            chain([next(chunks)], chunks), media_type=ZIP, headers=_as_file(f"{self.name}.zip")
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Print, then send."""
        found = await to_thread.run_sync(self._print)
        await found(scope, receive, send)


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _zipped(files: Iterable[Named]) -> Iterator[bytes]:
    """The files in one ZIP, from a file on disk that is gone once it was read; the same files give the same bytes."""
    with TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, one in files:
                bundle.writestr(zipfile.ZipInfo(name, EPOCH), one, zipfile.ZIP_DEFLATED)
        target.seek(0)
        while chunk := target.read(CHUNK):
            yield chunk
