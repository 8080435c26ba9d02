"""Notices handed out: frozen and printed when they are first asked for, the press holding no transaction.

Nobody but the system may read what all partners together were told, so it is the system that freezes; who asks has been
let through before, and gets the notices that were asked for.
"""

import zipfile
from datetime import datetime
from io import BytesIO

from anyio import to_thread
from fastapi import Response
from starlette.types import Receive, Scope, Send

from app.printing import printed
from kernel.db import Database, Tx, introduce
from kernel.identity.rules import SYSTEM, Actor
from lp_reports import notices, pdf
from lp_reports.notices import Unprinted, Wishes
from lp_reports.rules import Act
from lp_reports.seal import Seal

AT_ONCE = 20
ZIP = "application/zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
Named = tuple[str, bytes]


def freeze(tx: Tx, actor: Actor, *, act: Act, act_id: int, now: datetime) -> None:
    """Freeze the notices of an act that the actor has found, unless they are."""
    introduce(tx, SYSTEM)
    try:
        notices.freeze(tx, act=act, act_id=act_id, now=now)
    finally:
        introduce(tx, actor)


def editions(
    database: Database, *, act: Act, act_id: int, wanted: Wishes, seal: Seal, now: datetime
) -> list[Named]:
    """The sealed files of an act's notices by name, printed now where they are not kept yet."""
    with database.transaction(SYSTEM) as tx:
        notices.freeze(tx, act=act, act_id=act_id, now=now)
        missing = notices.unprinted(tx, act=act, act_id=act_id, wanted=wanted)
    drawn = _drawn(missing)
    with database.transaction(SYSTEM) as tx:
        notices.freeze(tx, act=act, act_id=act_id, now=now)
        both = list(zip(missing, drawn, strict=True))
        notices.file(tx, act=act, act_id=act_id, printed=both, seal=seal, now=now)
        return notices.opened(tx, act=act, act_id=act_id, wanted=wanted)


def _drawn(missing: list[Unprinted]) -> list[bytes]:
    """A few at a time, since one run of the press is bounded."""
    documents = [notices.document(one) for one in missing]
    if len(documents) == 1:
        return [printed(documents[0])]
    found: list[bytes] = []
    for start in range(0, len(documents), AT_ONCE):
        found += pdf.print_all(documents[start : start + AT_ONCE])
    return found


def bundled(files: list[Named]) -> bytes:
    """The files in one ZIP; the same files give the same bytes."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, one in files:
            bundle.writestr(zipfile.ZipInfo(name, EPOCH), one, zipfile.ZIP_DEFLATED)
    return content.getvalue()


class Notices(Response):
    """Notices to come once the request's transaction has ended: one as a PDF or, with a `name`, all in one ZIP."""

    def __init__(
        self,
        database: Database,
        *,
        act: Act,
        act_id: int,
        wanted: Wishes,
        seal: Seal,
        now: datetime,
        name: str = "",
    ) -> None:
        super().__init__()
        self.database, self.seal, self.now = database, seal, now
        self.act, self.act_id, self.wanted, self.name = act, act_id, wanted, name

    def _print(self) -> Named:
        found = editions(
            self.database,
            act=self.act,
            act_id=self.act_id,
            wanted=self.wanted,
            seal=self.seal,
            now=self.now,
        )
        return (f"{self.name}.zip", bundled(found)) if self.name else found[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Print, then send."""
        name, content = await to_thread.run_sync(self._print)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        media_type = ZIP if self.name else pdf.MEDIA_TYPE
        await Response(content, media_type=media_type, headers=headers)(scope, receive, send)
