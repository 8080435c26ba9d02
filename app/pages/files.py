"""Kept files as answers."""

from urllib.parse import quote

from fastapi import Response

from kernel.blobs.models import Blob

# What a browser may show by itself; anything else is only handed over.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})
ENDINGS = {
    "application/pdf": ".pdf",
    "application/json": ".json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "text/csv": ".csv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
}


def file_answer(blob: Blob, title: str) -> Response:
    """The bytes of a kept file under its title."""
    ending = ENDINGS.get(blob.media_type, "")
    name = title if title.endswith(ending) else title + ending
    how = "inline" if blob.media_type in SHOWN else "attachment"
    headers = {"content-disposition": f"{how}; filename*=UTF-8''{quote(name)}"}
    return Response(blob.content, media_type=blob.media_type, headers=headers)
