"""Edits name the version that was read; a stale one is refused."""

from typing import Annotated

from fastapi import Depends, Header, Response

from kernel.errors import Invalid


class VersionNeeded(Invalid):
    code = "if_match_needed"
    says = 'Send the version that was read as `If-Match: "3"`.'


def version_read(
    if_match: Annotated[
        str | None, Header(max_length=20, description="The version that was read", examples=['"3"'])
    ] = None,
) -> int:
    """The version in `If-Match`, with or without quotes."""
    version = (if_match or "").strip('W/" ')
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise VersionNeeded
    return int(version)


def tell_version(response: Response, version: int) -> None:
    """Send the version with the answer, as its `ETag`."""
    response.headers["ETag"] = f'"{version}"'


VersionDep = Annotated[int, Depends(version_read)]
